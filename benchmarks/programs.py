"""How each program is told to do the job, and how its output says that nothing was left to do."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import join
from typing import Protocol

from benchmarks.environments import PEERS
from benchmarks.timed import Program
from lab import Endpoints

ROOT = Path(__file__).parents[1]
LAUNCHER = str(ROOT / "gpudock")
PACKAGES = ("docker-ce", "docker-ce-cli", "containerd.io", "docker-buildx-plugin", "docker-compose-plugin")
USER = "admin"
"""Who logs in: a user with sudo, as on a cloud's image."""


@dataclass(frozen=True)
class Way:
    """The way to hosts of the lab: its files hold a block and a key for each name."""

    ssh_config: Path
    known_hosts: Path
    identity: Path


def source_options(endpoints: Endpoints, *, gpu: bool) -> tuple[str, ...]:
    """Return the options that lead gpudock to the lab's package sources, NVIDIA's too where there is a GPU."""
    toolkit = ("--toolkit-source", endpoints.toolkit_source, "--toolkit-key", str(endpoints.toolkit_key))
    return (
        *(toolkit if gpu else ("--gpu", "no")),
        *("--docker-source", endpoints.docker_source),
        *("--docker-key", str(endpoints.docker_key)),
        *("--registry-mirror", endpoints.registry_mirror),
    )


class Contestant(Protocol):
    """A program that does the job."""

    @property
    def name(self) -> str:
        """What the table calls it."""

    def program(self, hosts: Sequence[str], way: Way, scratch: Path, /) -> Program:
        """Return what to run. `scratch` is an empty folder for this run alone."""


class Converging(Contestant, Protocol):
    """One that looks first, and leaves alone what is as wanted."""

    def found_all_well(self, output: str) -> bool:
        """Tell whether its output says that all hosts were found as they should be."""


@dataclass(frozen=True)
class Gpudock:
    """This checkout, by its launcher. `options` lead it to the lab's package sources."""

    options: tuple[str, ...]
    name: str = "gpudock"

    def program(self, hosts: Sequence[str], way: Way, _scratch: Path, /) -> Program:
        logins = ",".join(f"{USER}@{host}" for host in hosts)
        reach = ("--ssh-config", str(way.ssh_config))
        return Program((LAUNCHER, "provision", logins, "--yes", *reach, *self.options))

    def found_all_well(self, output: str) -> bool:
        return "change(s) to make" not in output and "nothing needs changing" in output


@dataclass(frozen=True)
class Ansible:
    """Ansible with pipelining and twenty forks. `job` is the folder of files that the playbook copies."""

    bin: Path
    job: Path
    name: str

    def program(self, hosts: Sequence[str], way: Way, scratch: Path, /) -> Program:
        variables = json.dumps({"job": str(self.job), "ansible_user": USER})
        return Program(
            (
                *(str(self.bin / "ansible-playbook"), "--inventory", ",".join(hosts) + ","),
                *("--extra-vars", variables, str(PEERS / "playbook.yml")),
            ),
            {
                "ANSIBLE_HOME": str(scratch),
                "ANSIBLE_CONFIG": str(PEERS / "ansible.cfg"),
                # Its connections outlive it; the next run must not find them, or it would not have to log in.
                "ANSIBLE_SSH_CONTROL_PATH_DIR": str(scratch / "cp"),
                "ANSIBLE_SSH_ARGS": f"-F {way.ssh_config} -o ControlMaster=auto -o ControlPersist=10s",
            },
        )

    def found_all_well(self, output: str) -> bool:
        changes = re.findall(r"\bchanged=(\d+)", output)
        return bool(changes) and set(changes) == {"0"}


@dataclass(frozen=True)
class Pyinfra:
    """pyinfra. `job` is the folder of files that the deploy puts in place."""

    bin: Path
    job: Path
    name: str

    def program(self, hosts: Sequence[str], way: Way, scratch: Path, /) -> Program:
        data = {
            "ssh_user": USER,
            "ssh_config_file": str(way.ssh_config),
            "ssh_known_hosts_file": str(way.known_hosts),
            "ssh_strict_host_key_checking": "yes",
            "ssh_key": str(way.identity),
            "job": str(self.job),
        }
        inventory = scratch / "inventory.py"
        inventory.write_text(f"hosts = ({list(hosts)!r}, {data!r})\n")
        return Program((str(self.bin / "pyinfra"), str(inventory), str(PEERS / "deploy.py"), "--sudo", "--yes"))

    def found_all_well(self, output: str) -> bool:
        total = re.search(r"Grand total\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)", output)
        return total is not None and total[2] == "-" and total[3] == "-"


@dataclass(frozen=True)
class Login:
    """OpenSSH that logs in and does nothing: what no program can be faster than."""

    name: str = "ssh HOST true"

    def program(self, hosts: Sequence[str], way: Way, _scratch: Path, /) -> Program:
        return Program(("ssh", "-F", str(way.ssh_config), f"{USER}@{hosts[0]}", "true"))

    def found_all_well(self, output: str) -> bool:
        return not output


@dataclass(frozen=True)
class AptByHand:
    """apt and dpkg alone, where source and key are in place: what the packages themselves cost."""

    name: str = "apt-get, by hand over ssh"

    def program(self, hosts: Sequence[str], way: Way, _scratch: Path, /) -> Program:
        install = ("apt-get", "install", "-y", "-q", "--no-install-recommends", *PACKAGES)
        script = f"export DEBIAN_FRONTEND=noninteractive; apt-get update -q && {join(install)}"
        return Program(("ssh", "-F", str(way.ssh_config), f"root@{hosts[0]}", script))
