"""Look what is wrong with Docker Toolbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from invoke.context import Context

from provisioning.tasks.framing import task
from provisioning.tasks.toolbox import MACHINE
from provisioning.tasks.verify import FORM

if TYPE_CHECKING:
    from provisioning.operations.presenting import Form

NAMESPACE = "toolbox"


@task(help={"strict": "a warning fails"}, options=(MACHINE, FORM))
def doctor(context: Context, machine: str, form: Form, strict: bool = False) -> int:  # noqa: ARG001
    """Look what keeps VirtualBox, the VM or its shares from working; exit 0 pass, 1 warn, 2 fail, 3 unknown."""
    from provisioning.operations import presenting, verifying
    from provisioning.operations.toolbox.doctoring import examine
    from provisioning.operations.toolbox.workplace import this_workplace

    reports = [examine(this_workplace(), machine)]
    return presenting.present(form, verifying.strictly(reports) if strict else reports)
