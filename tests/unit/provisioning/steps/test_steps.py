"""Each step alone: facts in, changes out."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from provisioning import engine_config, selection
from provisioning.command import Secret, command
from provisioning.plan import Change
from provisioning.probe import Facts
from provisioning.probes.files import DOCKER_KEY, DOCKER_SOURCE
from provisioning.settings import Settings
from provisioning.steps import cdi, daemon_config, docker_access, docker_engine, docker_repository, packages
from tests.unit.described_host import (
    FRESH,
    GPU,
    INFO,
    READY,
    RIGHT_SOURCES,
    TOOLKIT,
    daemon_json,
    fresh,
    ready,
    sources,
)

MIRRORED = (
    "Types: deb\nURIs: http://m/docker-ce/linux/debian\nSuites: trixie\nComponents: stable\nArchitectures: amd64\n"
    "Signed-By: /etc/apt/keyrings/docker.asc\n"
)
REFRESH_DOCKER = command("gd_refresh", DOCKER_SOURCE, "download.docker.com_linux_debian")


def only(changes: list[Change]) -> Change:
    assert len(changes) == 1
    return changes[0]


def written(change: Change) -> dict[str, object]:
    """The daemon.json that the change writes."""
    content = change.commands[-1].stdin
    assert isinstance(content, Secret)
    loaded: dict[str, object] = json.loads(content.reveal())
    return loaded


class TestRepository:
    def test_both_files_are_written_and_taken_back(self) -> None:
        change = only(docker_repository.changes(fresh(), Settings()))
        assert [c.argv for c in change.commands] == [
            ("gd_put", DOCKER_KEY, "0644", "absent"),
            ("gd_put", DOCKER_SOURCE, "0644", "absent"),
        ]
        assert [c.argv for c in change.undo] == [("gd_restore", DOCKER_SOURCE), ("gd_restore", DOCKER_KEY)]
        assert str(Settings().docker_key) in change.sentence

    def test_a_mirror_keeps_the_vendors_layout(self) -> None:
        diff = only(docker_repository.changes(fresh(), Settings(docker_source="http://m/docker-ce"))).diff
        assert diff is not None and "URIs: http://m/docker-ce/linux/debian\n" in diff.after

    def test_a_file_that_somebody_edited_is_replaced_only_if_it_is_still_that(self) -> None:
        facts = fresh(sources=sources({DOCKER_KEY: Settings().docker_key.armored, DOCKER_SOURCE: "Types: deb\n"}))
        put = only(docker_repository.changes(facts, Settings())).commands
        assert len(put) == 1 and len(put[0].argv[3]) == 64

    def test_a_mirror_of_an_earlier_run_stays_without_being_named_again(self) -> None:
        mirrored = sources({DOCKER_KEY: Settings().docker_key.armored, DOCKER_SOURCE: MIRRORED})
        assert docker_repository.changes(fresh(sources=mirrored), Settings()) == []
        named = only(docker_repository.changes(fresh(sources=mirrored), Settings(docker_source="http://n"))).diff
        assert named is not None and "+URIs: http://n/linux/debian" in named.unified()

    def test_a_source_that_another_key_signs_is_not_kept(self) -> None:
        diff = only(docker_repository.changes(fresh(sources=sources({DOCKER_SOURCE: MIRRORED})), Settings())).diff
        assert diff is not None and "download.docker.com" in diff.after

    def test_nothing_when_both_are_right(self) -> None:
        assert docker_repository.changes(fresh(sources=RIGHT_SOURCES), Settings()) == []


class TestPackages:
    def test_empty_lists_are_filled_first(self) -> None:
        commands = only(packages.changes(fresh(), Settings())).commands
        assert commands == (command("gd_update"), REFRESH_DOCKER, command("gd_install", *selection.DOCKER))

    def test_with_the_distributions_lists_only_ours_are_refreshed(self) -> None:
        facts = fresh(apt_lists="mirror_debian_dists_trixie_main_binary-amd64_Packages.lz4\n")
        assert only(packages.changes(facts, Settings())).commands[0] == REFRESH_DOCKER

    def test_our_own_lists_are_not_the_distributions(self) -> None:
        own = "download.docker.com_linux_debian_dists_trixie_stable_binary-amd64_Packages\n"
        assert only(packages.changes(fresh(apt_lists=own), Settings())).commands[0] == command("gd_update")

    def test_only_what_is_missing_is_installed(self) -> None:
        facts = ready(packages=READY["packages"].replace("ii  docker-buildx", "rc  docker-buildx"))
        change = only(packages.changes(facts, Settings()))
        assert change.sentence == "Install docker-buildx-plugin"
        assert change.commands[-1] == command("gd_install", "docker-buildx-plugin")

    def test_apparmor_where_the_kernel_enforces_it(self) -> None:
        facts = fresh(machine=FRESH["machine"].replace("apparmor N", "apparmor Y"))
        assert only(packages.changes(facts, Settings())).commands[-1].argv[-1] == "apparmor"
        has_it = FRESH["machine"].replace("apparmor N", "apparmor Y\napparmor_parser yes")
        names = [each.name for each in selection.selected(fresh(machine=has_it), Settings())]
        assert "apparmor" not in names


class TestDaemonConfig:
    @pytest.mark.parametrize(
        ("content", "target"),
        [
            (None, {}),
            ("", {}),
            ("{}", {}),
            ('{"runtimes": []}', {}),
            ('{"features": {"buildkit": true}, "x": 1}', {"features": {"buildkit": True}, "x": 1}),
        ],
    )
    def test_whatever_stands_there_gets_runtime_and_cdi(self, content: str | None, target: dict[str, object]) -> None:
        facts = fresh(**GPU, **daemon_json(content))
        nvidia = {"nvidia": {"path": "nvidia-container-runtime", "args": []}}
        features = {**json.loads(json.dumps(target.get("features", {}))), "cdi": True}
        assert written(only(daemon_config.changes(facts, Settings()))) == {
            **target,
            "runtimes": nvidia,
            "features": features,
        }

    @pytest.mark.parametrize(
        ("version", "content", "cdi_written"),
        [
            ("28.1.9", "{}", True),
            ("28.2.0", "{}", False),
            ("29.2.0", '{"features": {"cdi": false}}', True),
            ("26.1.5", '{"features": {"cdi": true}}', False),
        ],
    )
    def test_cdi_is_switched_on_where_the_engine_has_it_off(
        self, version: str, content: str, cdi_written: bool
    ) -> None:
        facts = ready(daemon=INFO.replace("28.5.1", version), **daemon_json(content))
        before = engine_config.current(facts).get("features")
        assert (engine_config.target(facts, Settings()).get("features") != before) is cdi_written

    @pytest.mark.parametrize("path", ["nvidia-container-runtime", "/usr/bin/nvidia-container-runtime"])
    def test_a_registered_runtime_is_left_as_it_was_written(self, path: str) -> None:
        """`args` is what nvidia-ctk writes and `runtimeArgs` what dockerd documents: both mean the same."""
        content = json.dumps({"runtimes": {"nvidia": {"path": path, "runtimeArgs": []}}})
        assert daemon_config.changes(ready(**daemon_json(content)), Settings()) == []

    def test_mirrors_join_those_that_are_there(self) -> None:
        facts = fresh(**daemon_json('{"registry-mirrors": ["http://a"]}'))
        change = only(daemon_config.changes(facts, Settings(registry_mirrors=("http://b",))))
        assert written(change) == {"registry-mirrors": ["http://a", "http://b"]}

    def test_the_engine_judges_the_file_before_it_is_replaced(self) -> None:
        change = only(daemon_config.changes(fresh(**GPU), Settings()))
        assert [c.argv[0] for c in change.commands] == ["gd_check_daemon_json", "gd_put"]

    def test_the_diff_hides_credentials(self) -> None:
        facts = fresh(**GPU, **daemon_json('{"proxies": {"http-proxy": "http://me:hunter2@p"}}'))
        change = only(daemon_config.changes(facts, Settings()))
        assert change.diff is not None and "***" in change.diff.unified()
        assert "hunter2" not in repr(change)


class TestCdi:
    def test_the_toolkits_own_unit_makes_the_specification(self) -> None:
        change = only(cdi.changes(ready(toolkit=TOOLKIT.replace("gpu=all", "gpu=1")), Settings()))
        assert change.commands[-1] == command("systemctl", "restart", "nvidia-cdi-refresh.service")

    def test_an_older_toolkit_has_no_unit(self) -> None:
        facts = ready(toolkit="", packages=READY["packages"].replace("1.20.1-1", "1.17.9-1"))
        assert only(cdi.changes(facts, Settings())).commands[0].argv[:3] == ("nvidia-ctk", "cdi", "generate")

    @pytest.mark.parametrize("answers", [{"kernel_driver": ""}, {"gpus": "complains\nNVIDIA-SMI has failed\n"}])
    def test_nothing_without_a_driver_that_answers(self, answers: dict[str, str]) -> None:
        assert cdi.changes(ready(toolkit="", **answers), Settings()) == []


class TestAccess:
    @pytest.mark.parametrize(
        ("identity", "group", "needed"),
        [
            ("uid=1000(admin) gid=1000(admin) groups=1000(admin)", "docker:x:990:", True),
            ("uid=1000(admin) gid=1000(admin) groups=1000(admin)", "", True),
            ("uid=1000(admin) gid=1000(admin) groups=1000(admin)", "docker:x:990:bob,admin", False),
            ("uid=0(root) gid=0(root) groups=0(root)", "", False),
        ],
    )
    def test_only_a_user_outside_the_group_is_added(self, identity: str, group: str, needed: bool) -> None:
        facts = fresh(login=f"session {identity}\nreader 0\ngroup {group}\nsocket \n")
        assert bool(docker_access.changes(facts, Settings())) is needed

    def test_the_change_can_be_undone(self) -> None:
        change = only(docker_access.changes(fresh(), Settings()))
        assert change.commands == (command("gpasswd", "--add", "admin", "docker"),)
        assert change.undo == (command("gpasswd", "--delete", "admin", "docker"),)


STEPS: list[Callable[[Facts, Settings], list[Change]]] = [
    cdi.changes,
    daemon_config.changes,
    docker_access.changes,
    docker_engine.changes,
    docker_repository.changes,
    packages.changes,
]


@pytest.mark.parametrize("changes", STEPS)
def test_a_ready_host_needs_nothing(changes: Callable[[Facts, Settings], list[Change]]) -> None:
    assert changes(ready(), Settings()) == []


def test_who_is_behind_sudo_may_use_docker_and_root_needs_no_group() -> None:
    root = "session uid=0(root) gid=0(root) groups=0(root)\nreader 0\ngroup \nsocket \n"
    assert docker_access.changes(fresh(login=root), Settings()) == []
    change = only(docker_access.changes(fresh(login=f"{root}behind 1000 bob\n"), Settings()))
    assert change.commands == (command("gpasswd", "--add", "bob", "docker"),)
