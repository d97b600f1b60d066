"""`bench`, `bench-images`: gpudock beside Ansible, pyinfra and testinfra, on disposable hosts of this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from invoke.context import Context

from provisioning.tasks.framing import task

if TYPE_CHECKING:
    from benchmarks.measured import Row


@task(
    help={
        "hosts": "N: how many for the scenario with many; the goals are for 20",
        "runs": "N: how often each program runs in each scenario",
    }
)
def bench(context: Context, hosts: int = 20, runs: int = 5) -> None:  # noqa: ARG001
    """Measure gpudock, Ansible, pyinfra and testinfra at the same jobs, and print the table."""
    from benchmarks.comparison import compare

    _print_table(runs, lambda say: compare(hosts, runs, say))


@task(name="bench-images", help={"runs": "N: how often each program runs in each scenario"})
def bench_images(context: Context, runs: int = 3) -> None:  # noqa: ARG001
    """Measure how fast images are saved and copied, beside the same pipes typed by hand, and print the table."""
    from benchmarks.images import compare

    _print_table(runs, lambda say: compare(runs, say))


def _print_table(runs: int, measure: Callable[[Callable[[str], None]], Iterable[Row]]) -> None:
    """Print what `measure` gives; where that ends early, what it gave until then."""
    from benchmarks.machine import load, this_machine
    from benchmarks.report import show
    from provisioning.operations.showing import console

    out, before = console(), load()
    rows: list[Row] = []
    try:
        rows.extend(measure(lambda sentence: out.print(sentence, style="dim", markup=False)))
    finally:
        show(out, rows, (this_machine(), f"Load before {before}, after {load()}; {runs} run(s) each."))
