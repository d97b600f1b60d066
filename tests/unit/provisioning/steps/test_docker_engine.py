"""When the engine is started, restarted or only reloaded."""

from __future__ import annotations

import pytest

from provisioning.command import Command, command
from provisioning.plan import Change
from provisioning.probe import Facts
from provisioning.settings import Settings
from provisioning.steps import docker_engine
from tests.unit.described_host import INFO, READY, STARTED, STARTED_EPOCH, TOOLKIT, daemon_json, fresh, ready, units


def only(changes: list[Change]) -> Change:
    assert len(changes) == 1
    return changes[0]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (ready(daemon="silent no\n"), "Restart Docker: it does not answer"),
        (ready(**daemon_json("{}"), daemon=INFO.replace("28.5.1", "26.1.5")), "daemon.json has changed"),
        (ready(toolkit=TOOLKIT.replace(str(STARTED_EPOCH - 60), str(STARTED_EPOCH + 1))), "only when it starts"),
        (ready(dpkg_state="gone nvidia-container-toolkit /usr/bin/hook\n"), "only when it starts"),
        (ready(packages=READY["packages"].replace("ii  libnvidia-container1", "rc  x")), "only when it starts"),
        (
            ready(
                packages=READY["packages"].replace("base 1.20.1", "base 1.19.1"),
                available="nvidia-container-toolkit | 1.20.1-1 | http://m / Packages\n",
            ),
            "only when it starts",
        ),
    ],
)
def test_restarts_for_a_reason(facts: Facts, reason: str) -> None:
    change = only(docker_engine.changes(facts, Settings()))
    assert reason in change.sentence
    assert change.commands == (command("gd_engine", "restart"),)


STOPPED = {"daemon": "silent no\n", "units": units("inactive")}


@pytest.mark.parametrize(
    ("facts", "settings", "verbs"),
    [
        (ready(units=units("failed"), daemon="silent no\n"), Settings(), ["start"]),
        (ready(**STOPPED), Settings(registry_mirrors=("http://m",)), ["start", "reload"]),
        (ready(**STOPPED), Settings(daemon_json={"log-opts": {"max-size": "9m"}}), ["restart"]),
        (fresh(), Settings(), ["start"]),
        (fresh(), Settings(registry_mirrors=("http://m",)), ["start", "reload"]),
        (fresh(), Settings(gpu="yes"), ["restart"]),
    ],
)
def test_an_engine_that_its_package_starts_is_started_anew_only_where_it_must(
    facts: Facts, settings: Settings, verbs: list[str]
) -> None:
    """Red when it restarts for keys that it rereads, or only reloads although the GPU hook came with it."""
    change = docker_engine.changes(facts, settings)[-1]
    assert change.sentence == "Start Docker"
    assert change.commands == tuple(command("gd_engine", verb) for verb in verbs)


def test_reloads_where_that_is_enough() -> None:
    change = only(docker_engine.changes(ready(), Settings(registry_mirrors=("http://m",))))
    assert change.commands == (command("gd_engine", "reload"),)
    assert not change.stops


def test_a_failed_restart_takes_daemon_json_back() -> None:
    facts = ready(**daemon_json('{"log-driver": "local"}'), daemon=INFO.replace("28.5.1", "26.1.5"))
    change = only(docker_engine.changes(facts, Settings()))
    assert change.undo[0] == Command(("gd_restore", "/etc/docker/daemon.json"))
    assert change.undo[-1] == command("gd_engine", "start")


@pytest.mark.parametrize(("live_restore", "stops"), [("false", ("web", "db")), ("true", ())])
def test_names_the_containers_that_a_restart_stops(live_restore: str, stops: tuple[str, ...]) -> None:
    info = INFO.replace("28.5.1", "26.1.5").replace("false", live_restore) + "web\ndb\n"
    assert only(docker_engine.changes(ready(daemon=info, **daemon_json("{}")), Settings())).stops == stops


def test_enables_what_does_not_start_at_boot() -> None:
    change = only(docker_engine.changes(ready(units=units(enabled="disabled")), Settings()))
    assert change.commands == (command("gd_enable", "docker.service", "containerd.service"),)


def test_started_in_the_same_second_as_the_toolkit_counts_as_later() -> None:
    facts = ready(toolkit=TOOLKIT.replace(str(STARTED_EPOCH - 60), str(STARTED_EPOCH)), units=units(started=STARTED))
    assert docker_engine.changes(facts, Settings()) == []


def test_an_engine_whose_client_is_gone_was_not_asked_and_is_left_alone() -> None:
    told = {"daemon": "missing\n", "dpkg_state": "gone docker-ce-cli /usr/bin/docker\n"}
    assert docker_engine.changes(ready(**told), Settings(gpu="no")) == []
