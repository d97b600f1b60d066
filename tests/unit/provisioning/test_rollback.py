"""The journal written, read back, and taken back."""

from __future__ import annotations

import json

import pytest

from provisioning.command import Secret, command, write_file
from provisioning.errors import UsageError
from provisioning.history import read, standing
from provisioning.journal import Run, opening
from provisioning.plan import Change, PackageChange, Plan
from provisioning.rollback import naming_stops, purge_data, take_back

DAEMON_JSON = "/etc/docker/daemon.json"
PLAN = Plan(
    (
        Change("Add a source", (write_file("/etc/apt/sources.list.d/x.sources", "Types: deb\n", "absent"),)),
        Change("Install", (command("gd_install", "docker-ce"),), packages=(PackageChange("docker-ce"),)),
        Change("Write it", (write_file(DAEMON_JSON, Secret('{"token": "hunter2"}'), "abc"),)),
        Change(
            "Let her in",
            (command("gpasswd", "--add", "a", "docker"),),
            back=(command("gpasswd", "--delete", "a", "docker"),),
        ),
        Change("Never begun", (command("true"),), back=(command("false"),)),
    )
)


def written(run: Run, plan: Plan, *ends: dict[str, object]) -> str:
    lines = [json.loads(opening(run, plan)), *ends]
    return "".join(json.dumps({"run": run.id, **line}) + "\n" for line in lines)


FIRST = written(
    Run("r1", 100, "me@here"),
    PLAN,
    {"change": 1, "code": 0, "at": 101},
    {"change": 2, "added": "docker-ce iptables "},
    {"change": 2, "code": 0, "at": 102},
    {"change": 3, "code": 0, "at": 103},
    {"change": 4, "code": 0, "at": 104},
)
UPGRADE = Plan(
    (Change("Upgrade", (), packages=(PackageChange("docker-ce", "5:28", "5:29"), PackageChange("jq", "1.6", "1.7"))),)
)
SECOND = written(Run("r2", 200, "me@here"), UPGRADE, {"change": 1, "added": "", "code": 0, "at": 201})
SECOND = SECOND.replace('"added": "", ', "")


def test_the_journal_holds_no_secret() -> None:
    assert "hunter2" not in FIRST


@pytest.mark.parametrize("line", ["[]", "7", '{"of": "another"}', '{"run": "r", "changes": 1}', '{"changes": []}'])
def test_json_of_something_else_is_named_with_its_file_and_line(line: str) -> None:
    at = FIRST.count("\n") + 1
    with pytest.raises(ValueError, match=rf"line {at} of /var/lib/gpudock/journal\.jsonl is JSON of something else"):
        read(f"{FIRST}{line}\n")


def test_runs_are_read_back() -> None:
    runs = read(FIRST + SECOND + '{"run": "r3", "cha')
    assert [run.id for run in runs] == ["r1", "r2"]
    assert [change.code for change in runs[0].changes] == [0, 0, 0, 0, None]
    assert runs[0].changes[1].added == ("docker-ce", "iptables")


def test_the_last_run_is_taken_back_backwards() -> None:
    plan, runs = take_back("h", read(FIRST))
    assert runs == ("r1",)
    assert plan.notices == ("this takes back the run r1, which me@here began",)
    assert [change.sentence for change in plan.changes] == [
        "Take back: Let her in",
        "Take back: Write it",
        "Remove the packages that gpudock installed",
        "Take back: Add a source",
    ]
    assert plan.changes[0].commands == (command("gd_try", "gpasswd", "--delete", "a", "docker"),)
    assert plan.changes[1].commands[0].argv[:4] == ("gd_put_back", DAEMON_JSON, "r1", "abc")
    assert plan.changes[2].commands == (command("gd_purge", "docker-ce", "iptables"),)


def test_what_a_run_brought_before_it_was_cut_off_is_taken_back_too() -> None:
    cut = written(Run("r1", 100, "me@here"), PLAN, {"change": 2, "added": "docker-ce "})
    plan, runs = take_back("h", read(cut))
    assert runs == ("r1",)
    assert [change.sentence for change in plan.changes] == [
        "Take back: Write it",
        "Remove the packages that gpudock installed",
        "Take back: Add a source",
    ]


def test_an_upgrade_goes_back_to_the_version_of_before() -> None:
    plan, runs = take_back("h", read(FIRST + SECOND))
    assert runs == ("r2",)
    assert [c.argv for change in plan.changes for c in change.commands] == [
        ("gd_reinstall", "docker-ce=5:28", "jq=1.6"),
    ]


def test_all_runs_together_change_each_package_once() -> None:
    plan, runs = take_back("h", read(FIRST + SECOND), how_many=99)
    assert runs == ("r2", "r1")
    argvs = [c.argv for change in plan.changes for c in change.commands if c.argv[0] in {"gd_purge", "gd_reinstall"}]
    assert argvs == [("gd_purge", "docker-ce", "iptables"), ("gd_reinstall", "jq=1.6")]


def test_docker_rereads_a_daemon_json_that_was_put_back() -> None:
    only_file = Plan((Change("Write it", (write_file(DAEMON_JSON, "{}", "abc"),)),))
    plan, _ = take_back("h", read(written(Run("r", 1, "m"), only_file, {"change": 1, "code": 0, "at": 2})))
    assert plan.changes[-1].sentence == "Restart Docker with the daemon.json of before"


def test_what_was_taken_back_does_not_stand() -> None:
    back = written(
        Run("r3", 300, "me", takes_back=("r2",)), Plan((Change("x", ()),)), {"change": 1, "code": 0, "at": 1}
    )
    assert [run.id for run in standing(read(FIRST + SECOND + back))] == ["r1"]
    failed = back.replace('"code": 0', '"code": 1')
    assert [run.id for run in standing(read(FIRST + SECOND + failed))] == ["r2", "r1"]


def test_nothing_to_take_back() -> None:
    with pytest.raises(UsageError, match="h: there is nothing"):
        take_back("h", read(""))


def test_data_goes_only_by_name() -> None:
    stop, *empty = purge_data("/var/lib/docker").commands
    assert stop.argv[:3] == ("gd_try", "systemctl", "stop")
    assert empty == [command("gd_empty", "/var/lib/docker"), command("gd_empty", "/var/lib/containerd")]


def test_of_a_root_that_was_moved_only_what_is_dockers_goes() -> None:
    change = purge_data("/srv/docker")
    assert change.sentence == "Delete all images, containers and volumes (/srv/docker, /var/lib/containerd)"
    assert change.commands[1:] == (command("gd_empty_root", "/srv/docker"), command("gd_empty", "/var/lib/containerd"))


def test_the_containers_that_go_down_are_named() -> None:
    plan, _ = take_back("h", read(FIRST))
    stops = {change.sentence: change.stops for change in naming_stops(plan, ("web",)).changes}
    assert stops["Remove the packages that gpudock installed"] == ("web",)
    assert stops["Take back: Let her in"] == ()


def test_a_run_that_leaves_nothing_behind_is_not_what_is_taken_back() -> None:
    restart = Plan((Change("Restart Docker", (command("true"),)),))
    mended = written(Run("r4", 400, "me"), restart, {"change": 1, "code": 0, "at": 1})
    assert [run.id for run in standing(read(FIRST + mended))] == ["r1"]
