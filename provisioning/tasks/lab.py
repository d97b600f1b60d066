"""Disposable real hosts on this machine: raise them, look at them, log in, take them down."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from invoke.context import Context

from provisioning.command import command
from provisioning.errors import UsageError
from provisioning.tasks.framing import task

if TYPE_CHECKING:
    from lab import Endpoints, Host

NAMESPACE = "lab"


@task(
    word="name",
    help={
        "name": "NAME: what to call it, several with commas; named after its release and GPU otherwise",
        "hosts": "N: how many, where none is named",
        "release": "NAME: trixie or bookworm (Debian 13, 12), or noble, jammy or mint: stand-ins for Ubuntu and Mint",
        "gpu": "none|t4|a100|h100x8: the GPU that they get a stand-in for; `-nodriver` behind it leaves its driver out",
        "debian_mirror": "URL: Debian's archive, where this machine's apt has none",
    },
)
def up(
    context: Context,  # noqa: ARG001
    name: str | None = None,
    hosts: int = 1,
    release: str = "trixie",
    gpu: str = "none",
    debian_mirror: str | None = None,
) -> None:
    """Boot disposable hosts, and say how to provision them."""
    import lab

    if name and hosts > 1:
        raise UsageError("--hosts counts hosts that have no name, and some are named.", "Leave out either.")
    endpoints = lab.prepare(say, mirror=debian_mirror, release=release)
    chosen = name.split(",") if name else names(hosts, release, gpu)
    raised = lab.up(chosen, release=release, gpu=gpu, say=say)
    sys.stdout.write(ways_in(raised, endpoints))


@task(name="list")
def list_(context: Context) -> None:  # noqa: ARG001
    """Show the disposable hosts of this machine."""
    import lab
    from lab import releases

    rows = [("NAME", "ADDRESS", "RELEASE", "GPU", "STATE")]
    for host in lab.hosts():
        state = "up" if lab.is_up(host.name) else "down"
        rows.append((host.name, host.address, releases.label(host.release), host.gpu, state))
    sys.stdout.write(table(rows))


@task(help={"name": "[USER@]NAME: a disposable host; root where no user is named"})
def ssh(context: Context, name: str, *argv: str) -> None:  # noqa: ARG001
    """Log in to a disposable host, or run what follows `--` there."""
    import lab

    check_known([name.rpartition("@")[2]], lab.hosts())
    # OpenSSH joins the words of a remote command with spaces; the host's shell must see them apart.
    remote = [str(command(*argv))] if argv else []
    os.execvp("ssh", ["ssh", "-F", str(lab.ssh_config()), name, *remote])  # noqa: S606 - no shell is what we want


@task(
    word="name",
    help={
        "name": "NAME: one host, or several with commas",
        "all": "remove all hosts without asking",
        "purge": "leave nothing of the lab either",
    },
)
def down(
    context: Context,  # noqa: ARG001
    name: str | None = None,
    all: bool = False,  # noqa: A002
    purge: bool = False,
) -> None:
    """Remove disposable hosts and all that was on them."""
    import lab

    if name and (purge or all):
        raise UsageError(f"{'--purge' if purge else '--all'} removes all hosts, and one is named.", "Leave out either.")
    if purge:
        lab.purge(say)
        return
    known = lab.hosts()
    chosen = name.split(",") if name is not None else [host.name for host in known]
    check_known(chosen, known)
    if not (name or all) and chosen:
        agree(chosen)
    lab.down(chosen, say)
    say(f"Removed: {', '.join(chosen)}." if chosen else "There is no disposable host.")


def agree(doomed: Sequence[str]) -> None:
    """Ask whether all these hosts shall go. Raises UsageError where the answer is no, or there is nobody to ask."""
    say(f"This removes {', '.join(doomed)} and all that is on them.")
    if not sys.stdin.isatty():
        raise UsageError("Nothing was removed: there is no terminal to ask on.", "Name the hosts, or add --all.")
    if input("Go on? [y/N] ").strip().lower() not in {"y", "yes"}:
        raise UsageError("Nothing was removed.", "Answer y to go on.")


def say(sentence: str) -> None:
    """Show progress, apart from what a script may want to read."""
    sys.stderr.write(sentence + "\n")


def names(count: int, release: str, gpu: str) -> list[str]:
    """Return names that say what a host is, so that asking again for the same finds the same."""
    kind = release if gpu == "none" else f"{release}-{gpu}"
    return [f"{kind}-{number}" for number in range(1, count + 1)]


def ways_in(hosts: Sequence[Host], endpoints: Endpoints) -> str:
    """Return what a person may run next, ready to be copied."""
    from lab import releases

    provision = ["./gpudock", "provision", ",".join(host.name for host in hosts), *provisioning_options(endpoints)]
    notices = dict.fromkeys(releases.named(host.release).notice for host in hosts)
    return (
        f"Up: {', '.join(f'{host.name} ({host.address})' for host in hosts)}\n"
        + "".join(f"{notice}\n" for notice in notices if notice)
        + "\n"
        f"Provision:\n  {shlex.join(provision)}\n"
        f"Log in:\n  ./gpudock lab.ssh {hosts[0].name}\n"
        f"Remove:\n  ./gpudock lab.down {','.join(host.name for host in hosts)}\n"
    )


def provisioning_options(endpoints: Endpoints) -> list[str]:
    """Return the options that lead provisioning to the lab's hosts and sources instead of the vendors'."""
    import lab

    return [
        *("--ssh-config", str(lab.ssh_config())),
        *("--docker-source", endpoints.docker_source),
        *("--docker-key", str(endpoints.docker_key)),
        *("--toolkit-source", endpoints.toolkit_source),
        *("--toolkit-key", str(endpoints.toolkit_key)),
        *("--registry-mirror", endpoints.registry_mirror),
    ]


def check_known(chosen: Iterable[str], hosts: Iterable[Host]) -> None:
    """Raise UsageError for a name that no disposable host has."""
    known = [host.name for host in hosts]
    for name in chosen:
        if name not in known:
            nearest = get_close_matches(name, known, n=1)
            hint = f"Did you mean {nearest[0]}?" if nearest else "./gpudock lab.list shows them all."
            raise UsageError(f"There is no disposable host {name!r}.", hint)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return `rows` in columns, two spaces apart."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(lines) + "\n"
