"""How each program is called, and how its output is read."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from benchmarks.environments import PEERS, version
from benchmarks.programs import Ansible, Converging, Gpudock, Login, Pyinfra, Way

WAY = Way(Path("/w/ssh_config"), Path("/w/known_hosts"), Path("/w/id"))
GPUDOCK = Gpudock(("--docker-source", "http://10.0.0.1/docker"))
ANSIBLE = Ansible(Path("/ansible"), Path("/job"), "Ansible 2.19")
PYINFRA = Pyinfra(Path("/pyinfra"), Path("/job"), "pyinfra 3.10")

RECAP = "PLAY RECAP ***\nb-1 : ok=7    changed={}    unreachable=0    failed=0\nb-2 : ok=7    changed=0    failed=0\n"
TOTAL = "    Operation    Hosts   Success   Error   No Change\n    Grand total    9       {}       {}       8\n"


@pytest.mark.parametrize(
    ("program", "output", "unchanged"),
    [
        (GPUDOCK, "admin@b-1: nothing needs changing\nadmin@b-2: nothing needs changing\n", True),
        (GPUDOCK, "admin@b-1: nothing needs changing\nadmin@b-2: 2 change(s) to make\n", False),
        (GPUDOCK, "", False),
        (ANSIBLE, RECAP.format(0), True),
        (ANSIBLE, RECAP.format(1), False),
        (ANSIBLE, "", False),
        (PYINFRA, TOTAL.format("-", "-"), True),
        (PYINFRA, TOTAL.format("1", "-"), False),
        (PYINFRA, TOTAL.format("-", "1"), False),
        (PYINFRA, "", False),
        (Login(), "", True),
        (Login(), "Permission denied", False),
    ],
)
def test_a_run_counts_only_when_it_says_that_nothing_was_changed(
    program: Converging, output: str, unchanged: bool
) -> None:
    assert program.found_all_well(output) is unchanged


def test_gpudock_runs_by_its_launcher_as_a_person_runs_it(tmp_path: Path) -> None:
    argv = GPUDOCK.program(["b-1", "b-2"], WAY, tmp_path).argv
    assert Path(argv[0]).name == "gpudock"
    assert argv[1:4] == ("provision", "admin@b-1,admin@b-2", "--yes")
    assert argv[-4:] == ("--ssh-config", "/w/ssh_config", "--docker-source", "http://10.0.0.1/docker")


def test_ansible_logs_in_anew_each_time(tmp_path: Path) -> None:
    """Red when its control sockets lie where the next run finds them."""
    program = ANSIBLE.program(["b-1"], WAY, tmp_path)
    assert program.argv[:3] == ("/ansible/ansible-playbook", "--inventory", "b-1,")
    assert json.loads(program.argv[4]) == {"job": "/job", "ansible_user": "admin"}
    assert program.environment["ANSIBLE_SSH_CONTROL_PATH_DIR"].startswith(str(tmp_path))


def test_pyinfra_finds_hosts_and_keys_in_its_inventory(tmp_path: Path) -> None:
    argv = PYINFRA.program(["b-1", "b-2"], WAY, tmp_path).argv
    names, data = ast.literal_eval(Path(argv[1]).read_text().removeprefix("hosts = "))
    assert names == ["b-1", "b-2"]
    assert (data["ssh_config_file"], data["ssh_key"], data["job"]) == ("/w/ssh_config", "/w/id", "/job")


@pytest.mark.parametrize("name", ["ansible", "pyinfra"])
def test_each_peer_is_pinned_with_hashes(name: str) -> None:
    pins = (PEERS / f"{name}.txt").read_text()
    assert version(pins)[0].isdigit()
    packages = [line for line in pins.splitlines() if "==" in line and not line.startswith("#")]
    assert packages
    assert all(line.endswith("\\") for line in packages), "each is followed by its hashes"
