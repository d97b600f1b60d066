"""Reaching hosts: the only part of provisioning with processes and sockets."""

from __future__ import annotations

from provisioning.hosts import Address
from provisioning.runners.model import Access, Runner


def connect(address: Address | None, access: Access) -> Runner:
    """Return the runner for a host, None being this machine. Nothing is dialled before the first `run`."""
    if address is None:
        from provisioning.runners.local import LocalRunner

        return LocalRunner(access.sudo_password)
    from provisioning.runners.ssh import SshRunner  # slow: Fabric and paramiko

    return SshRunner(address, access)
