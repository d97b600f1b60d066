"""`tunnel`: ports of this machine that lead to a host."""

from __future__ import annotations

from invoke.context import Context

from provisioning.tasks.framing import host_task
from provisioning.tasks.targets import Targets


@host_task(help={"ports": "LOCAL[:REMOTE]: a port here and the one there that it leads to; several with commas"})
def tunnel(context: Context, targets: Targets, ports: str) -> int:  # noqa: ARG001
    """Let ports of this machine lead to ports of a host until Ctrl-C, like `ssh -L`, through lost connections too."""
    from provisioning.operations import tunnel as operation
    from provisioning.runners.forwarding import parse_pairs

    return operation.hold(targets, parse_pairs(ports))
