"""Attaches a program of a host, or of this machine (`-`), to this process: HOST, `terminal` or `pipes`, argv."""

from __future__ import annotations

import sys
from contextlib import closing

from provisioning.hosts import parse_host
from provisioning.runners import connect
from tests.lab.reaching import access


def main(host: str, how: str, *argv: str) -> int:
    with closing(connect(None if host == "-" else parse_host(host), access())) as runner:
        return runner.attach(argv, terminal=how == "terminal", interrupted=lambda: sys.stderr.write("told\n"))


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("left")
