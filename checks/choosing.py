"""Which checks are asked for: all, or some by name and severity, with what these need."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from checks.model import Check, Finding, Severity, Status
from provisioning.errors import UsageError
from provisioning.probe import Probe


@dataclass(frozen=True)
class Choice:
    """What is judged, and what of that a person wants to read."""

    judged: tuple[Check, ...]
    asked: frozenset[str]
    probes: tuple[Probe[Any], ...] = ()
    """Those that gpudock itself would not ask: checks of one's own judge their answers."""

    @property
    def listed(self) -> list[Check]:
        return [check for check in self.judged if check.id in self.asked]

    def shown(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return those that were asked for, and what broke of the checks that they need."""
        return tuple(each for each in findings if each.check in self.asked or each.status is Status.FAIL)


def choose(
    checks: Sequence[Check], only: str = "", skip: str = "", severity: str = "", *, task: str = "verify"
) -> Choice:
    """Return the choice that the options make. `only` and `skip` are ids, or `drv` for all `drv.…`, with commas.

    A check that is skipped is not judged, also where another needs it. `task` lists them all. Raises UsageError.
    """
    wanted = [check for check in checks if not severity or check.severity is _severity(severity)]
    if only:
        named = _named("--only", only, checks, task)
        wanted = [check for check in wanted if check.id in named]
    skipped = _named("--skip", skip, checks, task) if skip else frozenset[str]()
    asked = frozenset(check.id for check in wanted) - skipped
    if not asked:
        raise UsageError("No check is left to judge.", "Ask for fewer things at once: --only, --skip, --severity.")
    needed = _with_needs(asked, checks, skipped)
    return Choice(tuple(check for check in checks if check.id in needed), asked)


def _severity(text: str) -> Severity:
    try:
        return Severity(text)
    except ValueError as unheard_of:
        raise UsageError(f"--severity takes critical or warning, and was given {text!r}.") from unheard_of


def _named(option: str, text: str, checks: Sequence[Check], task: str) -> frozenset[str]:
    found: set[str] = set()
    for name in filter(None, (part.strip() for part in text.split(","))):
        ids = [check.id for check in checks if check.id == name or check.id.startswith(name + ".")]
        if not ids:
            raise _unheard_of(option, name, [check.id for check in checks], task)
        found.update(ids)
    return frozenset(found)


def _unheard_of(option: str, name: str, known: Sequence[str], task: str) -> UsageError:
    nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.3)
    hint = [*(f"Did you mean {match}?" for match in nearest), f"./gpudock {task} --list shows all."]
    return UsageError(f"{option}: there is no check {name!r}.", " ".join(hint))


def _with_needs(asked: frozenset[str], checks: Sequence[Check], skipped: frozenset[str]) -> frozenset[str]:
    needs = {check.id: check.needs for check in checks}
    found, left = set[str](), list(asked)
    while left:
        name = left.pop()
        if name in needs and name not in found | skipped:
            found.add(name)
            left.extend(needs[name])
    return frozenset(found)
