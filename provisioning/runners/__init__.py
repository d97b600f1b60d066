"""Reaching hosts: the only part of provisioning with processes and sockets."""

from __future__ import annotations

from concurrent.futures import Executor

from provisioning.errors import UsageError
from provisioning.hosts import Address
from provisioning.runners.model import Access, Dialer


def connect(address: Address | None, access: Access, pool: Executor | None = None) -> Dialer:
    """Return the runner for a host, None being this machine. Raises UsageError for the VM of Docker Toolbox.

    It begins to log in at once where there is a `pool` to do that in, else with the first `run`.
    """
    if address is None:
        from provisioning.runners.local import LocalRunner

        return LocalRunner(access.sudo_password)
    if address.vm:
        raise UsageError(
            f"{address.text} is the VM of Docker Toolbox, and this is not for it.",
            "gpudock toolbox.share and its kin look after it; `run` and `jupyter.up` have containers in it.",
        )
    from provisioning.runners.ssh import SshRunner  # slow: Fabric and paramiko

    runner = SshRunner(address, access)
    if pool:
        runner.log_in_ahead(pool)
    return runner
