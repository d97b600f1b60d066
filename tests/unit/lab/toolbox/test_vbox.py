"""What the stand-in's VBoxManage makes of words, states and rules; its texts are compared with the real one's."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from lab.toolbox import machine_env, vbox_info, vbox_nat, vbox_power, vboxsf
from lab.toolbox.state import Machine, Share, World
from lab.toolbox.vbox_errors import Refused
from lab.toolbox.vbox_shares import sharedfolder
from lab.toolbox.vbox_words import Words, read


def world(state: str = "poweroff", version: str = "7.2.22r1") -> World:
    return World("/p", 7, version, "/busybox", machines={"default": Machine("default", "u-u", "/x.vbox", state=state)})


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["default", "--name", "x", "--flag"], Words("default", {"--name": "x", "--flag": ""})),
        (["--name=x=y", "default"], Words("default", {"--name": "x=y"})),
        (["-name", "-x", "default"], Words("default", {"--name": "-x"})),
    ],
)
def test_words(words: Sequence[str], expected: Words) -> None:
    assert read(words, ("--name",), ("--flag",), "add") == expected


@pytest.mark.parametrize("words", [[], ["a", "b"], ["a", "--name"], ["a", "--other"], ["a", "--flag=1"]])
def test_wrong_words(words: Sequence[str]) -> None:
    with pytest.raises(Refused) as refused:
        read(words, ("--name",), ("--flag",), "add")
    assert refused.value.code == 2


@pytest.mark.parametrize("state", ["running", "paused", "starting", "stopping"])
def test_a_machine_in_use_is_locked(state: str) -> None:
    with pytest.raises(Refused, match="already locked for a session"):
        sharedfolder(world(state), ("add", "default", "--name", "x", "--hostpath", "/"))


def test_a_lock_that_passes_and_a_service_that_is_not_ready() -> None:
    box = world()
    box.faults.locks_refused = box.faults.not_ready = 1
    add = ("add", "default", "--name", "x", "--hostpath", "/")
    for reason in ("not ready", "already locked"):
        with pytest.raises(Refused, match=reason):
            sharedfolder(box, add)
    sharedfolder(box, add)
    assert box.machines["default"].shares == [Share("x", "/")]


def test_modify_is_new_in_version_7() -> None:
    with pytest.raises(Refused, match="Unknown subcommand: modify"):
        sharedfolder(world(version="5.2.44r1"), ("modify", "default", "--name", "x", "--readonly=true"))


def test_paths_are_escaped_since_version_7() -> None:
    for version, written in (("5.2.44r1", '"D:\\Works"'), ("7.2.22r1", '"D:\\\\Works"')):
        box = world(version=version)
        box.machines["default"].shares.append(Share("d/Works", "D:\\Works"))
        told = vbox_info.showvminfo(box, ("default", "--machinereadable"))
        assert f"SharedFolderPathMachineMapping1={written}\n" in told


def test_starting_ends_with_running_and_a_saved_machine_goes_on() -> None:
    box = world()
    box.faults.starting_seconds = 1000.0
    machine = vbox_power.start(box, ("default", "--type", "headless"))
    vbox_power.mark_started(box, machine)
    vbox_power.settle(box)
    assert (machine.state, machine.boots) == ("starting", 1)
    machine.runs_at = 0.0
    vbox_power.settle(box)
    vbox_power.control(box, ("default", "savestate"))
    box.faults.starting_seconds = 0.0
    vbox_power.mark_started(box, vbox_power.start(box, ("default",)))
    assert (machine.state, machine.boots) == ("running", 1)
    with pytest.raises(Refused, match="already locked by a session"):
        vbox_power.start(box, ("default",))


@pytest.mark.parametrize("rule", ["a,tcp,,1,,2", "b,tcp,127.0.0.1,1,,2"])
def test_a_rule_is_refused_for_its_name_or_its_port(rule: str) -> None:
    box = world()
    machine = box.machines["default"]
    vbox_nat.forward(box, machine, ["a,tcp,127.0.0.1,1,,9"], vbox_nat.OFF)
    with pytest.raises(Refused, match="already exists"):
        vbox_nat.forward(box, machine, [rule], vbox_nat.OFF)
    vbox_nat.forward(box, machine, ["delete", "a"], vbox_nat.OFF)
    assert machine.forwards == {}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, ""),
        ({"fmode": "640"}, "0640"),
        ({"fmode": "0640", "dmode": "0750"}, "0640:u+D:g+D"),
        ({"dmode": "0700"}, "u+D"),
    ],
)
def test_modes_as_bindfs_has_them(asked: dict[str, str], words: str) -> None:
    assert vboxsf.permissions(asked) == words


def test_environments_of_shells() -> None:
    box, machine = world(), Machine("default", "u", "f", boots=1)
    for shell, line in (
        ("bash", 'export DOCKER_HOST="tcp://192.168.99.100:2376"\n'),
        ("cmd", "SET DOCKER_HOST=tcp://192.168.99.100:2376\n"),
        ("powershell", '$Env:DOCKER_HOST = "tcp://192.168.99.100:2376"\n'),
    ):
        assert line in machine_env.rendered(box, machine, shell)
    words = ["--shell", "cmd", "default"]
    assert (machine_env.take_shell(words), words) == ("cmd", ["default"])
    assert machine_env.formatted({"Driver": {"SSHPort": 50022}}, "{{.Driver.SSHPort}} x") == "50022 x"
