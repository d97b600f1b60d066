"""`bench`, `bench-images`: gpudock beside Ansible, pyinfra and testinfra, on disposable hosts of this machine."""

from __future__ import annotations

from invoke.context import Context

from provisioning.tasks.framing import task


@task(
    help={
        "hosts": "N: how many for the scenario with many; the goals are for 20",
        "runs": "N: how often each program runs in each scenario",
    }
)
def bench(context: Context, hosts: int = 20, runs: int = 5) -> None:  # noqa: ARG001
    """Measure gpudock, Ansible, pyinfra and testinfra at the same jobs, and print the table."""
    from benchmarks.comparison import compare
    from benchmarks.machine import load, this_machine
    from benchmarks.report import show
    from provisioning.operations.showing import console

    out, before = console(), load()
    rows = list(compare(hosts, runs, lambda sentence: out.print(sentence, style="dim", markup=False)))
    show(out, rows, (this_machine(), f"Load before {before}, after {load()}; {runs} run(s) each."))


@task(name="bench-images", help={"runs": "N: how often each program runs in each scenario"})
def bench_images(context: Context, runs: int = 3) -> None:  # noqa: ARG001
    """Measure how fast images are saved and copied, beside the same pipes typed by hand, and print the table."""
    from benchmarks.images import compare
    from benchmarks.machine import load, this_machine
    from benchmarks.report import show
    from provisioning.operations.showing import console

    out, before = console(), load()
    rows = list(compare(runs, lambda sentence: out.print(sentence, style="dim", markup=False)))
    show(out, rows, (this_machine(), f"Load before {before}, after {load()}; {runs} run(s) each."))
