"""Look what is wrong with Docker Toolbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from invoke.context import Context

from provisioning.tasks.framing import OptionSet, task
from provisioning.tasks.toolbox import MACHINE
from provisioning.tasks.verify import FORM

if TYPE_CHECKING:
    from checks.choosing import Choice
    from provisioning.operations.presenting import Form

NAMESPACE = "toolbox"


def read_choice(*, only: str = "", skip: str = "") -> Choice:
    """Return which checks are asked for. Raises UsageError."""
    from checks.choosing import choose
    from checks.toolbox import all_checks

    return choose(all_checks(), only, skip, task="toolbox.doctor")


CHOICE = OptionSet(
    read_choice,
    {
        "only": "IDS: judge these checks, with commas; broken ones that they need show too",
        "skip": "IDS: leave these out",
    },
    {"which checks": ("list_", "only", "skip")},
)


@task(
    help={"list_": "show every check with what it proves, and judge nothing", "strict": "a warning fails"},
    options=(MACHINE, CHOICE, FORM),
)
def doctor(
    context: Context,  # noqa: ARG001
    machine: str,
    choice: Choice,
    form: Form,
    list_: bool = False,
    strict: bool = False,
) -> int:
    """Look what keeps VirtualBox, the VM or its shares from working; exit 0 pass, 1 warn, 2 fail, 3 unknown."""
    from provisioning.operations import presenting, verifying
    from provisioning.operations.toolbox.doctoring import examine
    from provisioning.operations.toolbox.workplace import this_workplace

    if list_:
        presenting.list_checks(form, choice.listed)
        return 0
    reports = [examine(this_workplace(), machine, choice)]
    return presenting.present(form, verifying.strictly(reports) if strict else reports)
