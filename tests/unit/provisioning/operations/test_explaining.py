"""How `explain` ends: by the text alone, or by what the named hosts say of it."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from checks.report import HostReport
from provisioning.hosts import parse_hosts
from provisioning.operations import explaining, verifying
from provisioning.runners.model import Access
from provisioning.tasks.targets import Targets
from tests.unit.checks.reported import BROKEN, GONE, WELL

KNOWN, NOT_KNOWN = "No devices were found", "segmentation fault in my_program"


@pytest.mark.parametrize(
    ("text", "reports", "code"),
    [
        (KNOWN, [], 0),
        (NOT_KNOWN, [], 3),
        (KNOWN, [WELL], 0),
        (KNOWN, [BROKEN], 2),
        (NOT_KNOWN, [BROKEN], 2),
        (NOT_KNOWN, [WELL], 3),
        (KNOWN, [BROKEN, GONE], 69),
    ],
)
@pytest.mark.parametrize("as_json", [True, False])
def test_the_hosts_count_before_the_text(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str,
    reports: Sequence[HostReport],
    code: int,
    as_json: bool,
) -> None:
    """Red when --json forgets the hosts, or hosts that are well make a text known."""
    monkeypatch.setattr(verifying, "verify_hosts", lambda *_: list(reports))
    targets = Targets(parse_hosts("gpu1") if reports else (), Access())
    assert explaining.explain_text(targets, text, as_json=as_json) == code
    said = capsys.readouterr().out
    if as_json:
        told = json.loads(said)
        assert (told["exit_code"], len(told["hosts"])) == (code, len(reports))
    else:
        assert ("Confirm it: " in said) == (not reports)
