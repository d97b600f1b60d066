"""The hosts that a task works on: logged in to from the first moment, while the rest of gpudock is still loading."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from provisioning.fleet import AT_ONCE
from provisioning.runners import connect
from provisioning.runners.model import Runner
from provisioning.tasks.targets import Targets


@contextmanager
def runners(targets: Targets) -> Iterator[list[Runner]]:
    """Give a runner for each host, or for this machine, and hang up at the end."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        opened = [connect(address, targets.access, pool) for address in targets.hosts or (None,)]
        try:
            yield opened
        finally:
            for runner in opened:
                runner.close()
