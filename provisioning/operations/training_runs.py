"""What becomes of a training run: its log, its end, its exit code."""

from __future__ import annotations

import sys

from provisioning.containers.existing import Container
from provisioning.containers.reach import ending_text
from provisioning.containers.training import KIND
from provisioning.operations.containers import DockerHost
from provisioning.operations.following import OVERDUE, Follower
from provisioning.operations.running_containers import one_container
from provisioning.tasks.targets import Targets


def logs(targets: Targets, name: str, *, follow: bool, tail: str) -> int:
    """Write what the run says; with `follow` until it has ended. Ctrl-C leaves the run alone."""
    with one_container(targets, name, KIND) as (host, container):
        if not follow:
            return host.attach("docker", "logs", *((f"--tail={tail}",) if tail else ()), container.id)
        try:
            _tell_end(host, Follower(host, container.id).log(tail))
        except KeyboardInterrupt as interrupt:
            raise KeyboardInterrupt("the run goes on") from interrupt
        return 0


def wait(targets: Targets, name: str, seconds: int) -> int:
    """Return the run's exit code as soon as it has ended, OVERDUE when that is not within `seconds` (0: for ever)."""
    with one_container(targets, name, KIND) as (host, container):
        try:
            ended = Follower(host, container.id).ended(seconds)
        except KeyboardInterrupt as interrupt:
            raise KeyboardInterrupt("the run goes on") from interrupt
        if ended is None:
            sys.stderr.write(f"{host.name}: {container.name} still runs after {seconds} s.\n")
            return OVERDUE
        _tell_end(host, ended)
        return ended.exit_code


def _tell_end(host: DockerHost, container: Container) -> None:
    sys.stderr.write(f"{host.name}: {ending_text(container)}\n")
