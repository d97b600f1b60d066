"""Verification measured: gpudock's checks beside assertions of testinfra's, and the judging of saved hosts."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.environments import PEERS
from benchmarks.programs import LAUNCHER, USER, Way
from benchmarks.timed import Program

ASSERTIONS = PEERS / "assertions.py"
HOW_MANY = 32
"""Assertions in that file, those with several parameters counted for each."""


@dataclass(frozen=True)
class Verify:
    """All checks of gpudock's that facts alone decide."""

    checks: int

    @property
    def name(self) -> str:
        return f"gpudock verify --no-deep ({self.checks} checks)"

    def program(self, hosts: Sequence[str], way: Way, _scratch: Path, /) -> Program:
        logins = ",".join(f"{USER}@{host}" for host in hosts)
        return Program((LAUNCHER, "verify", logins, "--no-deep", "--json", "--ssh-config", str(way.ssh_config)))

    def found_all_well(self, output: str) -> bool:
        return '"exit_code": 0' in output


@dataclass(frozen=True)
class Assertions:
    """pytest-testinfra with assertions as its documentation writes them. `backend`: its way to hosts."""

    backend: str

    @property
    def name(self) -> str:
        return f"testinfra {importlib.metadata.version('pytest-testinfra')}, {self.backend} ({HOW_MANY} assertions)"

    def program(self, hosts: Sequence[str], way: Way, scratch: Path, /) -> Program:
        named = ",".join(f"{self.backend}://{USER}@{host}" for host in hosts)
        config = scratch / "ssh_config"  # paramiko's way takes the user from here alone
        config.write_text(way.ssh_config.read_text().replace("User root", f"User {USER}"))
        alone = ("-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(scratch))
        reach = (f"--hosts={named}", f"--ssh-config={config}")
        return Program((sys.executable, "-m", "pytest", "-q", *alone, *reach, str(ASSERTIONS)))

    def found_all_well(self, output: str) -> bool:
        return " passed" in output and " failed" not in output and " error" not in output


@dataclass(frozen=True)
class Judging:
    """gpudock over the saved facts in a folder, without any host."""

    folder: Path
    form: str

    @property
    def name(self) -> str:
        return f"gpudock verify --from DIR --format {self.form}"

    def program(self, _hosts: Sequence[str], _way: Way, scratch: Path, /) -> Program:
        page = str(scratch / "report")
        return Program((LAUNCHER, "verify", "--from", str(self.folder), "--format", self.form, "--output", page))

    def found_all_well(self, output: str) -> bool:
        return not output


def copies(saved: Sequence[str], number: int, folder: Path) -> None:
    """Write `number` files of facts into a folder: those saved in turn, each as of a host with a name of its own."""
    for at in range(number):
        facts = json.loads(saved[at % len(saved)])
        answers = facts["answers"]
        answers["login"]["output"] = answers["login"]["output"].replace("user1", f"user{at}")
        answers["machine"]["output"] = re.sub(r"(?m)^(free_kib \d)", f"\\g<1>{at:03}", answers["machine"]["output"])
        (folder / f"host{at:04}.json").write_text(json.dumps(facts))
