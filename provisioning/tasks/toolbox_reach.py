"""Reach the VM of Docker Toolbox: `localhost` is not where its containers answer."""

from __future__ import annotations

import sys

from invoke.context import Context

from provisioning.tasks.framing import task
from provisioning.tasks.toolbox import MACHINE

NAMESPACE = "toolbox"


@task(options=(MACHINE,))
def ip(context: Context, machine: str) -> None:  # noqa: ARG001
    """Print the VM's address, which may change with a reboot."""
    from provisioning.operations.toolbox import reaching
    from provisioning.operations.toolbox.workplace import this_workplace

    sys.stdout.write(reaching.ip(this_workplace(), machine) + "\n")


@task(help={"what": "PORT|URL: a port that a container publishes, or the address that it printed"}, options=(MACHINE,))
def url(context: Context, machine: str, what: str) -> None:  # noqa: ARG001
    """Print where a browser of this machine finds it, a token kept."""
    from provisioning.operations.toolbox import reaching
    from provisioning.operations.toolbox.workplace import this_workplace

    sys.stdout.write(reaching.url(this_workplace(), machine, what) + "\n")


@task(
    help={
        "port": "PORT: of the VM, as a container publishes it",
        "host_port": "PORT: of this machine, where it is not the same",
        "remove": "take the way back",
    },
    options=(MACHINE,),
)
def forward(context: Context, machine: str, port: str, host_port: str = "", remove: bool = False) -> None:  # noqa: ARG001
    """Make localhost of this machine answer for a port of the running VM."""
    from provisioning.operations.toolbox import reaching
    from provisioning.operations.toolbox.workplace import this_workplace

    sys.stdout.write(reaching.forward(this_workplace(), machine, port, host_port, remove=remove) + "\n")


@task(options=(MACHINE,))
def ssh(context: Context, machine: str, *argv: str) -> int:  # noqa: ARG001
    """Log in to the VM, or run what follows `--` there."""
    from provisioning.operations.toolbox import reaching
    from provisioning.operations.toolbox.workplace import this_workplace

    return reaching.ssh(this_workplace(), machine, argv)
