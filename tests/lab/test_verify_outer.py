"""Around verification, on a real host: explain, save and judge again, wait, mend."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from lab import Host
from tests.lab.driving import ROOT, Gpudock, Said, look
from tests.lab.terminal import type_into

STOP = "systemctl stop docker.socket docker.service"
START = "systemctl reset-failed docker.service; systemctl start docker.socket docker.service"


@pytest.fixture(scope="module")
def host(ready_host: Host) -> Host:
    return ready_host


@contextmanager
def stopped(host: Host) -> Iterator[None]:
    look(host, STOP)
    try:
        yield
    finally:
        look(host, START)


def offline(*words: str) -> Said:
    """Run the product without a host."""
    argv = (sys.executable, str(ROOT / "tasks.py"), *words)
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60)
    return Said(done.returncode, done.stdout, done.stderr)


def test_saved_facts_are_judged_as_the_host_was_and_tell_of_nobody(
    host: Host, gpudock: Gpudock, tmp_path: Path
) -> None:
    """Red when a mask breaks a probe's answer, or a probe's answer has a name that no mask knows of."""
    file, login = tmp_path / "facts.json", f"admin@{host.name}"
    live = gpudock.run("verify", login, "--json", "--save", str(file))
    again = offline("verify", "--json", "--from", str(file))
    outcome = [
        [(each["check"], each["status"]) for each in said.json["hosts"][0]["findings"]] for said in (live, again)
    ]
    assert sorted(outcome[0]) == sorted(outcome[1])
    text = file.read_text(encoding="utf-8")
    address = look(host, "hostname -I").split()[0]
    uuids = re.findall(r"GPU-[0-9a-f]{8}-[0-9a-f-]+", look(host, "nvidia-smi -L"))
    assert uuids
    for told in ("admin", host.name, address, *uuids):
        assert told not in text


def test_every_form_says_the_same(host: Host, gpudock: Gpudock) -> None:
    login, options = f"admin@{host.name}", ("--no-deep",)
    with stopped(host):
        forms = ("tree", "table", "json", "junit", "nagios", "prometheus", "html")
        told = {form: gpudock.run("verify", login, *options, "--format", form) for form in forms}
    assert {said.code for said in told.values()} == {2}
    assert told["tree"].out.splitlines()[1].startswith("✖ fail    dk.running")
    assert told["json"].json["hosts"][0]["findings"][0]["check"] == "dk.running"
    assert "dk.running" in Xml.fromstring(told["junit"].out).findall(".//testcase[failure]")[0].attrib["name"]
    assert told["nagios"].out.startswith("GPUDOCK CRITICAL - dk.running fail: ")
    status = f'gpudock_check_status{{host="{login}",check="dk.running",severity="critical"}} 2'
    assert status in told["prometheus"].out.splitlines()
    assert "<code>dk.running</code>" in told["html"].out


def test_waiting_ends_when_the_engine_is_back(host: Host, gpudock: Gpudock) -> None:
    """Red when a look does not log in anew, or the wait ends at its first look."""
    look(host, f"{STOP}; systemd-run -q --on-active=4 sh -c '{START}'")
    said = gpudock.run("verify", f"admin@{host.name}", "--no-deep", "--wait", "60s")
    assert said.code == 0, said.all
    assert "waiting: " in said.err and "dk.running" in said.err


def test_waiting_in_vain_ends_with_the_reason(host: Host, gpudock: Gpudock) -> None:
    with stopped(host):
        said = gpudock.run("verify", f"admin@{host.name}", "--only", "dk.socket", "--wait", "2s")
    assert said.code == 2
    assert "gave up after 2 s: " in said.err and "dk.running" in said.err.splitlines()[-1]


def test_a_safe_remedy_is_applied_and_proved(host: Host, gpudock: Gpudock) -> None:
    with stopped(host):
        said = gpudock.run("verify", f"admin@{host.name}", "--no-deep", "--fix", "--yes", "--json")
        assert look(host, "systemctl is-active docker").strip() == "active"
    assert said.code == 0 and said.json["hosts"][0]["changed"] == 1
    assert "dk.running is mended" in said.err


def test_a_remedy_that_restarts_docker_asks_first(host: Host, gpudock: Gpudock) -> None:
    """Red when --yes covers more than what is safe, or the answer is not waited for."""
    login = f"admin@{host.name}"
    look(host, "iptables -t nat -F && iptables -t nat -X DOCKER")  # as a firewall does that starts after Docker
    said = gpudock.run("verify", login, "--only", "dk.iptables", "--fix", "--yes")
    assert said.code == 2 and "Left alone: it restarts Docker" in said.err
    argv = gpudock.argv("verify", login, "--only", "dk.iptables", "--fix")
    no = type_into(argv, "Do it?", "n\n")
    assert no.code == 2 and "dk.iptables is mended" not in no.out
    yes = type_into(argv, "Do it?", "y\n")
    assert yes.code == 0 and "dk.iptables is mended" in yes.out, yes.out


def test_explain_asks_the_host_which_meaning_holds(host: Host, gpudock: Gpudock) -> None:
    text = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"
    with stopped(host):
        said = gpudock.run("explain", text, "--host", f"admin@{host.name}")
    assert said.code == 2, said.all
    assert "✖ fail    dk.running" in said.out and "✔ pass    dk.context" in said.out


def test_the_list_needs_no_host() -> None:
    said = offline("verify", "--list", "--json")
    checks = {each["check"]: each for each in json.loads(said.out)["checks"]}
    assert "dk.running" in checks["dk.socket"]["needs"] and said.code == 0
