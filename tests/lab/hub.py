"""A Docker Hub for one lab host: the lab's registry behind TLS, without the tags that it has deleted."""

from __future__ import annotations

import json
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from lab import Host
from tests.lab.driving import look, write

NAME = "registry-1.docker.io"
NOBODYS = "192.0.2.1"
"""An address that no machine has (RFC 5737): the host itself leads it to the hub."""
CERTIFICATE = "/usr/local/share/ca-certificates/hub.crt"
NAT = "iptables -t nat"


@contextmanager
def open_hub(registry: str, host: Host, home: Path) -> Iterator[type[Hub]]:
    """Give `host` a Docker Hub that has what `registry` (a URL) has; keys are made in `home`."""

    class Here(Hub):
        source = registry
        gone: ClassVar[set[str]] = set()

    address = str(urlsplit(registry).hostname)
    with ThreadingHTTPServer((address, 0), Here) as server:
        server.socket = _identity(home).wrap_socket(server.socket, server_side=True)
        Thread(target=server.serve_forever, daemon=True).start()
        hub = f"{address}:{server.server_port}"
        _lead(host, hub, (home / "certificate").read_text())
        yield Here
        _lead_away(host, hub)
        server.shutdown()


class Hub(BaseHTTPRequestHandler):
    """Answers what the registry answers, but for tags that are `gone`, and for everything when it is `full`."""

    protocol_version = "HTTP/1.1"
    source: ClassVar[str]
    gone: ClassVar[set[str]]
    full: ClassVar[bool] = False

    def do_GET(self) -> None:
        if self.full:
            self._answer(429, _error("TOOMANYREQUESTS", "You have reached your unauthenticated pull rate limit."))
        elif self.path.rpartition("/")[2] in self.gone:
            self._answer(404, _error("MANIFEST_UNKNOWN", "manifest unknown"))
        else:
            self._relay()

    do_HEAD = do_GET  # noqa: N815 - the name that the base class looks for

    def _relay(self) -> None:
        accepted = {"Accept": ", ".join(self.headers.get_all("Accept", []))}
        request = Request(self.source + self.path, headers=accepted, method=self.command)
        try:
            with urlopen(request, timeout=30) as found:
                self._answer(found.status, found.read(), dict(found.headers))
        except HTTPError as refusal:
            with refusal:
                self._answer(refusal.code, refusal.read(), dict(refusal.headers))

    def _answer(self, code: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        kept = {name: value for name, value in (headers or {}).items() if name.startswith(("Docker-", "Content-Type"))}
        length = (headers or {}).get("Content-Length", str(len(body)))
        self.send_response(code)
        for name, value in {"Content-Type": "application/json", **kept, "Content-Length": length}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class named it
        """Say nothing."""


def _error(code: str, message: str) -> bytes:
    return json.dumps({"errors": [{"code": code, "message": message}]}).encode()


def _identity(home: Path) -> ssl.SSLContext:
    key, certificate = str(home / "key"), str(home / "certificate")
    options = f"-x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={NAME} -addext subjectAltName=DNS:{NAME}"
    argv = ("openssl", "req", *options.split(), "-keyout", key, "-out", certificate)
    subprocess.run(argv, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def _lead(host: Host, hub: str, certificate: str) -> None:
    """Let the host trust the hub, find it under Docker's name, and use no mirror besides."""
    write(host, CERTIFICATE, certificate)
    look(
        host,
        f"update-ca-certificates && echo {NOBODYS} {NAME} >>/etc/hosts && {NAT} -A {_rule(hub)}"
        ' && echo \'{"features": {"cdi": true}}\' >/etc/docker/daemon.json'
        " && systemctl reset-failed docker && systemctl restart docker",
    )


def _lead_away(host: Host, hub: str) -> None:
    look(host, f"rm {CERTIFICATE} && update-ca-certificates && sed -i '/{NAME}/d' /etc/hosts && {NAT} -D {_rule(hub)}")


def _rule(hub: str) -> str:
    return f"OUTPUT -d {NOBODYS} -p tcp --dport 443 -j DNAT --to-destination {hub}"
