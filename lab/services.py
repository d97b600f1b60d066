"""The two servers on the bridge: package sources over HTTP, and the registry."""

from __future__ import annotations

import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from lab import processes
from lab.places import PACKAGES, REGISTRY, STATE
from lab.shell import CommandFailed

PACKAGES_PORT = 8480
REGISTRY_PORT = 5000
REGISTRY_PROGRAMS = REGISTRY / "programs"
LISTENS_WITHIN = 10.0
POLL = 0.02


@dataclass(frozen=True, slots=True)
class Service:
    """A server with the address that it listens on; pid file and log are named after it."""

    name: str
    argv: tuple[str, ...]
    address: str
    port: int

    @property
    def pidfile(self) -> Path:
        return STATE / f"{self.name}.pid"

    @property
    def log(self) -> Path:
        return STATE / f"{self.name}.log"


def package_server(address: str) -> Service:
    """Serve the package sources as they lie on disk."""
    serve = ("-m", "http.server", "--bind", address, "--directory", str(PACKAGES), str(PACKAGES_PORT))
    return Service("package-server", (sys.executable, *serve), address, PACKAGES_PORT)


def registry(address: str) -> Service:
    """Serve images; its configuration file is written by `write_registry_config`."""
    program = REGISTRY_PROGRAMS / "usr/bin/docker-registry"
    return Service("registry", (str(program), "serve", str(REGISTRY / "config.yml")), address, REGISTRY_PORT)


def write_registry_config(address: str) -> None:
    """Write the registry's configuration: plain HTTP on the bridge, images in the lab's directory."""
    (REGISTRY / "config.yml").write_text(
        "version: 0.1\n"
        f"storage:\n  filesystem:\n    rootdirectory: {REGISTRY}/images\n"
        f"http:\n  addr: {address}:{REGISTRY_PORT}\n"
        "log:\n  level: warn\n  accesslog:\n    disabled: true\n"
    )


def ensure_all_running(address: str) -> None:
    """Start both servers where they do not run."""
    write_registry_config(address)
    for service in (package_server(address), registry(address)):
        ensure_running(service)


def ensure_running(service: Service) -> None:
    """Start the server unless it runs, and wait until it takes connections.

    Raises CommandFailed, with the end of its log, when it does not.
    """
    if processes.is_alive(service.pidfile):
        return
    processes.start(service.pidfile, service.argv, log=service.log)
    deadline = time.monotonic() + LISTENS_WITHIN
    while not _listens(service):
        if time.monotonic() > deadline or not processes.is_alive(service.pidfile):
            tail = "\n".join(service.log.read_text(errors="replace").splitlines()[-5:])
            raise CommandFailed(f"The lab's {service.name} did not start:\n{tail}")
        time.sleep(POLL)


def stop(service: Service) -> None:
    """Stop the server if it runs."""
    processes.stop(service.pidfile, patience=2.0)


def stop_all() -> None:
    """Stop both servers."""
    for service in (package_server(""), registry("")):
        stop(service)


def _listens(service: Service) -> bool:
    try:
        socket.create_connection((service.address, service.port), timeout=1.0).close()
    except OSError:
        return False
    return True
