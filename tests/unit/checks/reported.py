"""Two hosts as reports show them: one broken in one way, one out of reach."""

from __future__ import annotations

from checks import graph
from checks.model import Check, Finding, Severity, Verdict, failed, not_applicable, passed, unknown
from checks.remedy import RESTART_DOCKER, by_commands
from checks.report import HostReport
from provisioning.errors import Unreachable
from provisioning.probe import Facts

HOSTILE = 'said <b>"no"</b> | 50% \x1b[31m\x00 & more'
"""What a host may say that a form must not take for its own."""


def check(name: str, verdict: Verdict, *needs: str, severity: Severity = Severity.CRITICAL) -> Check:
    return Check(name, f"Claim of {name}", lambda _: verdict, severity, needs)


CHECKS = (
    check("dk.running", failed(HOSTILE, cause="A cause.", remedy=RESTART_DOCKER)),
    check("dk.socket", passed("x"), "dk.running"),
    check("ctr.smoke", passed("x"), "dk.socket"),
    check(
        "drv.held",
        failed("not held", cause="It will be upgraded.", remedy=by_commands(("apt-mark", "hold", "x"))),
        severity=Severity.WARNING,
    ),
    check("gpu.pcie", unknown("no answer within 20 s")),
    check("drv.fabric", not_applicable("no NVSwitch")),
    *(check(f"os.well{number}", passed("well")) for number in range(12)),
)


def findings() -> tuple[Finding, ...]:
    return tuple(graph.judge(Facts(), CHECKS))


BROKEN = HostReport("admin@gpu1", findings(), subtitle="Debian 13, 1 × Tesla T4")
WELL = HostReport("gpu2", tuple(each for each in findings() if each.check.startswith("os.")))
GONE = HostReport("gpu3", error=Unreachable("gpu3 does not <answer>.", "Check the network."))
EVERYTHING = (BROKEN, WELL, GONE)
