"""Whether a container's state proves that it runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from provisioning.containers.backup.running import Verdict, judge
from tests.unit.provisioning.containers.backup.a_backup import MANIFEST

RAN = replace(MANIFEST, health="")
ENDED = replace(MANIFEST, state="exited", exit_code=3)
ILL = replace(MANIFEST, health="unhealthy")
REMOVED = replace(MANIFEST, spec=replace(MANIFEST.spec, removed=True))


def state(status: str, code: int = 0, health: str = "") -> dict[str, Any]:
    return {"Status": status, "ExitCode": code, **({"Health": {"Status": health}} if health else {})}


@pytest.mark.parametrize(
    ("found", "seconds", "manifest", "verdict", "words"),
    [
        (state("running"), 0.1, RAN, Verdict.WAIT, "it begins"),
        (state("running"), 2, RAN, Verdict.GOOD, "it runs"),
        (state("running", health="starting"), 99, RAN, Verdict.WAIT, "has not passed yet"),
        (state("running", health="healthy"), 2, RAN, Verdict.GOOD, "it runs and is healthy"),
        (state("running", health="unhealthy"), 2, RAN, Verdict.BAD, "unhealthy"),
        (state("running", health="unhealthy"), 2, ILL, Verdict.GOOD, "unhealthy, as it was"),
        (state("exited", 0), 0, RAN, Verdict.GOOD, "it ended with exit code 0"),
        (state("exited", 3), 0, RAN, Verdict.BAD, "it ended with exit code 3"),
        (state("exited", 3), 0, ENDED, Verdict.GOOD, "it ended with exit code 3"),
        (state("exited", 4), 0, ENDED, Verdict.BAD, "it ended with exit code 4"),
        (state("restarting", 1), 0, RAN, Verdict.BAD, "it is restarting"),
        (state("created"), 0, RAN, Verdict.WAIT, "it begins"),
        (state("created"), 9, RAN, Verdict.BAD, "it is created"),
        (state("removed"), 0, REMOVED, Verdict.GOOD, "removed itself as it was told"),
        (state("removed"), 0, RAN, Verdict.BAD, "it is removed"),
    ],
)
def test_verdicts(found: dict[str, Any], seconds: float, manifest: Any, verdict: Verdict, words: str) -> None:
    judged, said = judge(found, seconds, manifest)
    assert judged is verdict
    assert words in said
