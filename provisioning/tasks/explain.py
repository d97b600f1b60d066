"""`explain`: what an error text means, and on a host which of its meanings holds."""

from __future__ import annotations

from invoke.context import Context

from provisioning.tasks.framing import host_task
from provisioning.tasks.targets import Targets


@host_task(
    word="text",
    help={
        "text": "TEXT: the error, in quotes; standard input otherwise",
        "json": "print it as JSON",
        "host": "HOST: run the checks that confirm it on this host too; several with commas",
    },
)
def explain(context: Context, targets: Targets, text: str = "", json: bool = False) -> int:  # noqa: ARG001
    """Explain an error text; exit 0 known, 3 not known, with --host as `verify` for the checks that confirm it."""
    from provisioning.operations import explaining

    return explaining.explain_text(targets, explaining.read_text(text), as_json=json)
