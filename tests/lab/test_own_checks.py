"""Checks of one's own on a real host: judged by verify and by pytest, in the trip that there is anyway."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import lab
from lab import Host
from tests.lab.driving import ROOT, Gpudock, look

DOCUMENTED = (ROOT / "docs/checks.md").read_text(encoding="utf-8")
COUNT = "journalctl -o cat -t sshd-session -t sshd | grep -c 'Starting session: .* for admin ' || true"
COUNTING = "echo LogLevel VERBOSE >/etc/ssh/sshd_config.d/00-count-sessions.conf && systemctl reload ssh.service"


@pytest.fixture(scope="module")
def host(ready_host: Host) -> Host:
    look(ready_host, COUNTING)
    return ready_host


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The directory that the page describes: its first module, and tests that ask for facts alone."""
    [module, _] = re.findall(r"```python\n(.*?)```", DOCUMENTED, re.DOTALL)
    (tmp_path / "site.py").write_text(module)
    (tmp_path / "test_site.py").write_text(
        "from provisioning.probes.driver import GPUS\n\n\n"
        "def test_gpus(facts):\n    assert len(facts[GPUS].names) == 8\n\n\n"
        "def test_engine(findings):\n    assert findings['dk.running'].status.value == 'pass'\n\n\n"
        "def test_that_fails(facts):\n    assert not facts[GPUS].names\n"
    )
    return tmp_path


def through_testinfra(host: Host, own: Path, *options: str) -> tuple[str, int]:
    """Return what pytest says, and how many sessions it took."""
    way = (f"--hosts=ssh://admin@{host.name}", f"--ssh-config={lab.ssh_config()}", "-p", "no:cacheprovider")
    argv = (sys.executable, "-m", "pytest", "checks", *way, "--checks", str(own), *options)
    before = int(look(host, COUNT))
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    return done.stdout + done.stderr, int(look(host, COUNT)) - before


def test_verify_judges_them(host: Host, own: Path, gpudock: Gpudock) -> None:
    """Red when their probes are not asked on the host."""
    login = f"admin@{host.name}"
    said = gpudock.run("verify", login, "--no-deep", "--checks", str(own))
    assert said.code == 2, said.all
    assert "✖ fail    site.scratch" in said.out and "mend it: sudo mkdir --mode=1777 /scratch" in said.out
    mended = gpudock.run("verify", login, "--no-deep", "--checks", str(own), "--fix", "--yes")
    assert mended.code == 0 and "site.scratch is mended" in mended.err, mended.all
    assert look(host, "stat -c %a /scratch && rmdir /scratch").strip() == "1777"


def test_pytest_judges_them_and_runs_the_tests_in_one_trip(host: Host, own: Path) -> None:
    """Red when a test module reads the host once more, or tests of the directory are not collected."""
    said, sessions = through_testinfra(host, own, "--no-deep")
    assert sessions == 1, said
    assert "test_host[site.scratch-ssh" in said and "mend it: sudo mkdir --mode=1777 /scratch" in said
    assert "test_site.py::test_that_fails" in said and "2 failed" in said, said


def test_what_pytest_cannot_mean_is_said_before_any_login(host: Host, tmp_path: Path) -> None:
    said, sessions = through_testinfra(host, tmp_path / "nowhere")
    assert "there is no such directory" in said and "Traceback" not in said and sessions == 0
