"""Hints that can be typed as they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.model import Finding, Severity, Status
from checks.remedy import BY_PROVISIONING, by_hand
from checks.report import HostReport
from provisioning.command import Secret
from provisioning.errors import Unreachable
from provisioning.operations.naming import named, typed
from provisioning.probe import UnknownFact
from provisioning.runners.model import Access

WAY = Access(ssh_config=Path("/my lab/config"))


@pytest.mark.parametrize(
    ("text", "host", "access", "said"),
    [
        ("Try: ./gpudock facts HOST --save f", "a@b", Access(), "Try: ./gpudock facts a@b --save f"),
        ("`./gpudock facts HOST` shows", "b", WAY, "`./gpudock facts b --ssh-config '/my lab/config'` shows"),
        ("./gpudock verify HOST --wait 1m", "localhost", Access(), "./gpudock verify --wait 1m"),
        (
            "./gpudock provision HOST",
            "b",
            Access(identity=Path("k"), sudo_password=Secret("hunter2")),
            "./gpudock provision b --identity k --ask-sudo-pass",
        ),
        ("ssh HOST; ./gpudock explain", "b", Access(), "ssh HOST; ./gpudock explain"),
    ],
)
def test_typed(text: str, host: str, access: Access, said: str) -> None:
    assert typed(text, host, access) == said


def finding(check: str, **more: object) -> Finding:
    return Finding(check, "claim", Severity.CRITICAL, Status.FAIL, "seen", **more)  # type: ignore[arg-type]


def test_remedies_and_errors_name_their_host() -> None:
    findings = (finding("a.b", remedy=BY_PROVISIONING), finding("a.c", remedy=by_hand("Go away")), finding("a.d"))
    error = Unreachable("gone", "Then: ./gpudock facts HOST")
    [report] = named([HostReport("h", findings, error)], Access())
    assert [str(each.remedy) for each in report.findings] == ["./gpudock provision h", "Go away", ""]
    assert report.findings[0].remedy.provision
    assert report.error is not None and report.error.hint == "Then: ./gpudock facts h"


def test_a_fact_that_is_unknown_is_one_of_its_host() -> None:
    [report] = named([HostReport("h", error=UnknownFact("gpus", "no answer within 9 s"))], Access())
    assert report.error is not None and report.error.message == "h: gpus: no answer within 9 s"
