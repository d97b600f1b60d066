"""The hosts that a task works on: logged in to from the first moment, while the rest of gpudock is still loading."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager

from provisioning.errors import UsageError
from provisioning.fleet import AT_ONCE
from provisioning.runners import connect
from provisioning.runners.model import Dialer, Runner
from provisioning.tasks.targets import Targets


@contextmanager
def runners(targets: Targets) -> Iterator[list[Runner]]:
    """Give a runner for each host, or for this machine, and hang up at the end."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        opened: list[Runner] = [connect(address, targets.access, pool) for address in targets.hosts or (None,)]
        try:
            yield opened
        finally:
            for runner in opened:
                runner.close()


@contextmanager
def one_runner(targets: Targets) -> Iterator[Dialer]:
    """Give the runner of the one host, or of this machine, and hang up at the end. Raises UsageError for several."""
    if len(targets.hosts) > 1:
        raise UsageError("--host takes one host here.", "Run it once for each host.")
    with ThreadPoolExecutor(1) as pool:
        runner = _runner(targets, pool)
        try:
            yield runner
        finally:
            runner.close()


def _runner(targets: Targets, pool: Executor) -> Dialer:
    if not targets.vm:
        return connect(targets.hosts[0] if targets.hosts else None, targets.access, pool)
    from provisioning.operations.toolbox.vm import Vm
    from provisioning.operations.toolbox.vm_runner import VmRunner
    from provisioning.operations.toolbox.workplace import this_workplace

    return VmRunner(Vm(this_workplace(), targets.vm))
