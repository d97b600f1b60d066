"""Options that the tasks of containers with a web page share, and how they are read."""

from __future__ import annotations

WAY = {
    "port": "auto|PORT: the port of this machine that leads to it; its own number where that is free",
    "open_": "open the address in the browser",
}


def name_help(kind: str) -> dict[str, str]:
    return {"name": f"NAME: the container's name; {kind}-USER where none is given"}


def container_name(name: str) -> str:
    """Return the name that was given, '' for none. Raises UsageError."""
    from provisioning.containers import choices

    return choices.container_name(name)


def port_of(text: str) -> int:
    """Return the port, 0 for auto. Raises UsageError."""
    from provisioning.runners.forwarding import port_number

    return 0 if text == "auto" else port_number(text, "--port")
