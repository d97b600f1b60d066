"""The stand-in of a Jupyter server: shows its folder to whoever has the token of its configuration, to nobody else."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

CONFIG = Path("/run/gpudock/jupyter_config.py")


class Server(BaseHTTPRequestHandler):
    """Answers `/api` to all, and `/api/contents` to the owner."""

    token = ""

    def do_GET(self) -> None:
        known = self.headers.get("Authorization") == f"token {self.token}"
        if not known and self.path.partition("?")[0].rstrip("/") != "/api":
            self.send_error(403, "Forbidden")
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"folder": os.getcwd(), "names": sorted(os.listdir())}).encode())  # noqa: PTH109, PTH208 - as the container sees it


def main(_: Path, argv: Sequence[str]) -> int:
    """Listen at ADDRESS PORT, in ROOT as USER in FOLDER: `argv` names the five."""
    address, port, root, user, folder = argv
    server = HTTPServer((address, int(port)), Server)
    os.chroot(root)
    os.chdir(folder)
    uid, gid = map(int, user.split(":"))
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    found = re.search('token = "(.+)"', CONFIG.read_text())
    Server.token = found[1] if found else ""
    server.serve_forever()
    return 0
