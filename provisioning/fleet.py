"""The same work on many hosts at once, where one host's failure is that host's result."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

from provisioning.errors import GpudockError

T = TypeVar("T")
K = TypeVar("K")

AT_ONCE = 20


@dataclass(frozen=True)
class Done(Generic[K, T]):
    """What the work on `item` gave, or the expected failure that ended it."""

    item: K
    value: T | None = None
    error: GpudockError | None = None


def each(items: Iterable[K], work: Callable[[K], T]) -> list[Done[K, T]]:
    """Do `work` on all items in parallel; results in the order of the items. A bug is raised, not collected."""

    def attempt(item: K) -> Done[K, T]:
        try:
            return Done(item, value=work(item))
        except GpudockError as error:
            return Done(item, error=error)

    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        return list(pool.map(attempt, items))
    finally:  # Ctrl-C does not wait for what the hosts do: their runs go on without us
        pool.shutdown(wait=False, cancel_futures=True)
