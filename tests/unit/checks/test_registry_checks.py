"""Registries and the clock: faults by name, what is asked on which host, and answers of every tool."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.catalog import registry_answers
from checks.catalog.registry import judge_clock, judge_limit, judge_registry
from checks.catalog.registry_answers import HUB as HUB_URL
from checks.catalog.registry_answers import NVIDIA, REGISTRIES, network_probe
from checks.model import Status
from provisioning.probe import Answer, Facts, UnknownFact
from tests.unit.checks.judged_host import HEALTHY, findings
from tests.unit.checks.one_fault import named
from tests.unit.described.registry import DATE, HUB, NOW, NVCR, PAGES
from tests.unit.described_host import INFO, daemon_json, fresh, ready

MIRROR = "http://10.1.2.3:5000/v2/"
UNREACHED = "curl: (7) Failed to connect to 10.1.2.3 port 5000 after 0 ms: Could not connect to server"
LATE = f"answer {MIRROR} 0/0/0/0.01 {NOW + 3600} {DATE}\n"


def answer(*lines: str) -> dict[str, str]:
    return {"registries": "tool curl\n" + "".join(lines)}


def silent(words: str, url: str = HUB_URL) -> str:
    return f"silent {url} {words}\n"


@pytest.mark.parametrize(
    ("broken", "check", "cause", "remedy"),
    [
        (answer(LATE), "os.clock", "3600 s ahead of", "timedatectl set-ntp true"),
        (answer(LATE.replace(str(NOW + 3600), str(NOW - 90))), "os.clock", "90 s behind", "chronyc makestep"),
        (
            answer(
                silent("curl: (60) SSL certificate problem: certificate is not yet valid"),
                f"dated {HUB_URL} - {NOW - 9000000} {DATE}\n",
            ),
            "os.clock",
            "9000000 s behind",
            "timedatectl",
        ),
        (
            answer(silent("curl: (6) Could not resolve host: registry-1.docker.io"), NVCR),
            "net.registry",
            "name cannot be resolved",
            "host's DNS",
        ),
        (
            answer(silent("wget: unable to resolve host address 'registry-1.docker.io'"), NVCR),
            "net.registry",
            "name cannot be resolved",
            "host's DNS",
        ),
        (
            answer(silent("curl: (28) Connection timed out after 5002 milliseconds"), NVCR),
            "net.registry",
            "get no answer",
            "firewall",
        ),
        (
            answer(silent("curl: (7) Failed to connect to 10.1.2.3 port 5000: Connection refused", MIRROR), HUB),
            "net.registry",
            "10.1.2.3:5000 cannot be reached. Nothing listens",
            "take it out of daemon.json",
        ),
        (
            answer(silent("curl: (6) Could not resolve host: nvcr.io", NVIDIA[0]), silent(UNREACHED, MIRROR)),
            "net.registry",
            "10.1.2.3:5000 cannot be reached. Nothing listens",
            "firewall",
        ),
        (
            answer(silent("curl: (60) SSL certificate problem: self-signed certificate in certificate chain"), NVCR),
            "net.registry",
            "cannot be trusted",
            "update-ca-certificates",
        ),
        (
            answer(silent("HTTP 407 curl: (56) CONNECT tunnel failed, response 407"), NVCR),
            "net.registry",
            "proxy does not let it through",
            "docker.service.d",
        ),
        (answer(silent("HTTP 503 "), NVCR), "net.registry", "no proper answer", "curl -v"),
        (
            answer(HUB.replace("0.01/0.03/0.10/0.21", "2.4/2.5/2.6/2.7"), NVCR),
            "net.registry",
            "2.7 s (name 2.4 s, connection 2.5 s, TLS 2.6 s)",
            "DNS",
        ),
        (answer(HUB, NVCR, PAGES, "left 0\n"), "net.ratelimit", "toomanyrequests", "docker login"),
    ],
)
def test_one_fault_beyond_the_host(broken: dict[str, str], check: str, cause: str, remedy: str) -> None:
    named(broken, check, cause, remedy)


def test_a_wrong_clock_explains_what_the_registries_refuse() -> None:
    told = findings(HEALTHY.including(Facts({"registries": Answer(0, answer(LATE)["registries"])})))
    assert told["net.registry"].blocked_by == "os.clock"


@pytest.mark.parametrize(
    ("told", "clock", "registry", "limit"),
    [
        ("tool \nntp yes\n", Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE),
        ("tool \nntp no\n", Status.UNKNOWN, Status.UNKNOWN, Status.NOT_APPLICABLE),
        (f"tool apt-helper\nanswer {MIRROR} - {NOW} {DATE}\n", Status.PASS, Status.PASS, Status.NOT_APPLICABLE),
        (f"tool wget\nanswer {MIRROR} - \nntp \n", Status.UNKNOWN, Status.PASS, Status.NOT_APPLICABLE),
    ],
)
def test_what_a_host_can_and_cannot_ask(told: str, clock: Status, registry: Status, limit: Status) -> None:
    facts = ready(registries=told)
    assert [judge(facts).status for judge in (judge_clock, judge_registry, judge_limit)] == [clock, registry, limit]


def test_nothing_is_said_of_a_network_that_was_not_asked() -> None:
    assert {judge(ready()).status for judge in (judge_clock, judge_registry, judge_limit)} == {Status.NOT_RUN}


FILE = '{"registry-mirrors": ["http://10.1.2.3:5000"]}'
STOPPED = "silent docker.service does not run\n"
MIRRORED = ready(daemon=INFO.replace('"Mirrors": []', '"Mirrors": ["http://10.1.2.3:5000/"]'))


@pytest.mark.parametrize(
    ("facts", "asked", "not_asked"),
    [
        (MIRRORED, f"for url in {MIRROR}; do", "MIRRORS"),
        (ready(daemon=STOPPED, **daemon_json(FILE)), f"for url in {MIRROR}; do", "MIRRORS"),
        (ready(daemon=STOPPED, **daemon_json(FILE + "}")), f"for url in {MIRROR}; do", "MIRRORS"),
        (ready(daemon=STOPPED), f"for url in {HUB_URL} https://nvcr.io/v2/", "PUBLIC"),
        (fresh(), f"for url in {HUB_URL}; do", "nvcr.io"),
        (Facts(), f"for url in {HUB_URL}; do", "nvcr.io"),
    ],
)
def test_who_is_asked(facts: Facts, asked: str, not_asked: str) -> None:
    snippet = network_probe(facts).snippet
    assert asked in snippet and not_asked not in snippet


@given(text=st.text())
def test_nonsense_is_unknown_and_never_a_crash(text: str) -> None:
    told = Facts({"registries": Answer(0, text)})
    try:
        judge_registry(told)
    except UnknownFact as unknown:
        assert unknown.probe == "registries"
    assert told.redact([REGISTRIES]).redacted


def test_a_mirror_of_ones_own_is_not_named_in_saved_facts() -> None:
    told = answer(silent("curl: (6) Could not resolve host: 10.1.2.3", MIRROR), HUB)["registries"]
    shown = registry_answers.redact(told)
    assert "10.1.2.3" not in shown and "registry-1.docker.io" in shown
    hidden = registry_answers.parse(shown)
    assert replace(hidden, silent=()) == replace(registry_answers.parse(told), silent=())
