"""`verify`: prove that a host runs GPU containers, or name the cause."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from invoke.context import Context

from provisioning.errors import UsageError
from provisioning.tasks.framing import OptionSet, host_task
from provisioning.tasks.targets import Targets

if TYPE_CHECKING:
    from checks.choosing import Choice
    from provisioning.operations.presenting import Form


def read_choice(*, only: str = "", skip: str = "", severity: str = "", checks: str = "") -> Choice:
    """Return which checks are asked for. Raises UsageError."""
    from checks.choosing import choose
    from checks.graph import all_checks
    from checks.own import OwnChecks, load

    own = load(Path(checks).expanduser()) if checks else OwnChecks()
    if checks and not own.checks:
        raise UsageError(f"--checks {checks}: there is no check in it.", "docs/checks.md says how checks are written.")
    return replace(choose([*all_checks(), *own.checks], only, skip, severity), probes=own.probes)


def read_form(
    *,
    format: str = "tree",  # noqa: A002
    json: bool = False,
    output: str = "",
    all: bool = False,  # noqa: A002
    ascii: bool = False,  # noqa: A002
) -> Form:
    """Return how to tell what was found. Raises UsageError."""
    from provisioning.operations.presenting import FORMATS, Form

    if json and format not in {"tree", "json"}:
        raise UsageError(f"--json and --format {format} do not go together.", "Leave one of them out.")
    name = "json" if json else format
    if name not in FORMATS:
        raise UsageError(f"--format takes one of {', '.join(FORMATS)}, and was given {name!r}.")
    return Form(name, Path(output) if output else None, everything=all, ascii_only=ascii)


CHOICE = OptionSet(
    read_choice,
    {
        "only": "IDS: judge these checks, with commas (`drv`: all of them); broken ones that they need show too",
        "skip": "IDS: leave these checks out",
        "severity": "critical|warning: only checks of this severity",
        "checks": "DIR: judge the checks in this directory too (docs/checks.md)",
    },
    {"which checks": ("list_", "only", "skip", "severity", "checks", "deep")},
)
FORM = OptionSet(
    read_form,
    {
        "format": "tree|table|json|junit|nagios|prometheus|html: how to tell it",
        "json": "the same as --format json",
        "output": "FILE: write it there, whole or not at all",
        "all": "a line for each check, also for those that are well",
        "ascii": "no character beyond ASCII",
    },
    {"how to tell it": ("format", "json", "output", "all", "ascii")},
)


@host_task(
    help={
        "list_": "show every check with what it proves, what it needs and its severity, and judge nothing",
        "deep": "start no container and knock at no registry: facts alone, from one round trip",
        "cuda_image": "IMAGE: CUDA image to prove the GPU with; chosen by the driver's CUDA version otherwise",
        "strict": "a warning fails",
        "save": "FILE: save the facts too, names and addresses masked: for a bug report, and for --from",
        "from_": "FILE: judge facts that were saved, without the host; a directory of them too; repeatable",
        "wait": "TIME: look again until nothing fails, for 90s, 10m or 1h",
        "fix": "propose what mends each cause, ask, do it and look again",
        "yes": "with --fix: do what is safe without asking, and nothing else",
    },
    groups={"again, and from files": ("save", "from_", "wait"), "mending": ("fix", "yes")},
    options=(CHOICE, FORM),
)
def verify(
    context: Context,  # noqa: ARG001
    targets: Targets,
    choice: Choice,
    form: Form,
    list_: bool = False,
    deep: bool = True,
    cuda_image: str = "",
    strict: bool = False,
    save: str = "",
    from_: tuple[str, ...] = (),
    wait: str = "",
    fix: bool = False,
    yes: bool = False,
) -> int:
    """Prove that a host runs GPU containers; exit 0 pass, 1 warn, 2 fail, 3 unknown."""
    from provisioning.operations import fixing, presenting, verifying, waiting
    from provisioning.settings import image_wanted

    if list_:
        presenting.list_checks(form, choice.listed)
        return 0
    if yes and not fix:
        raise UsageError(
            "--yes answers what --fix asks, and verify alone changes nothing.", "Add --fix, or leave out --yes."
        )
    _refuse_together(from_=from_, save=save, wait=wait, fix=fix)
    question = verifying.Question(choice, image_wanted("--cuda-image", cuda_image), deep)
    if from_:
        reports = verifying.verify_saved(targets, question, [Path(name) for name in from_])
    elif fix:
        reports = fixing.fix_hosts(targets, question, yes=yes)
    else:
        again = waiting.patiently(wait) if wait else verifying.once
        reports = verifying.verify_hosts(targets, question, Path(save) if save else None, again)
    return presenting.present(form, verifying.strictly(reports) if strict else reports)


def _refuse_together(**given: object) -> None:
    """Raise UsageError where two options are given of which each is a job of its own."""
    named = ["--" + name.rstrip("_") for name, value in given.items() if value and (name != "save")]
    if len(named) > 1:
        raise UsageError(f"{' and '.join(named)} do not go together.", "Leave one of them out.")
    if given["save"] and (given["from_"] or given["fix"]):
        raise UsageError(f"--save and {named[0]} do not go together.", "Leave one of them out.")
