"""What is unknown for one reason stands together, below the check that the others need."""

from __future__ import annotations

from checks import graph
from checks.model import Status
from checks.reports import tree
from provisioning.probe import KILLED, Answer, Facts
from tests.unit.checks.judged_host import DEEP, findings
from tests.unit.described_host import READY, facts


def test_an_engine_that_hangs_stands_first_and_for_all_that_is_unknown_with_it() -> None:
    hanging = Facts({**facts({**READY, **DEEP}).answers, "daemon": Answer(KILLED), "containers": Answer(KILLED)})
    told = findings(hanging)
    first = graph.root_causes_first(told.values())[0]
    assert (first.check, first.status, first.seen) == ("dk.running", Status.UNKNOWN, "daemon: no answer within 10 s")
    assert "restart docker" in first.cause
    assert set(first.explains) == {name for name, each in told.items() if each.status is Status.UNKNOWN} - {first.check}
    assert {"ctk.installed", "ctr.lost", "dk.storage"} <= set(first.explains)
    said = [str(line) for line in tree.lines(tree.Pencil(ascii_only=True), list(told.values()), everything=False)]
    assert said[0].startswith("? unknown dk.running") and said[2].startswith(
        f"`-- explains {len(first.explains)} unknown"
    )
    assert not [line for line in said[3:] if "unknown" in line]
