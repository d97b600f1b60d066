"""Which packages at which versions: pins, holds, downgrades, vendors that move together."""

from __future__ import annotations

import pytest

from provisioning.errors import UsageError
from provisioning.probe import Facts
from provisioning.selection import DOCKER, ENGINE, TOOLKIT, Selected, needs_versions, selected, to_hold
from provisioning.settings import Settings
from tests.unit.described_host import GPU, READY, fresh, ready

NUMBERS = ("28.1.1", "28.5.1", "29.0.0")
AVAILABLE = "".join(
    [f"{name} | 5:{number}-1~x | http://m stable/amd64 Packages\n" for name in ENGINE for number in NUMBERS]
    + [f"{name} | {version} | http://m / Packages\n" for name in TOOLKIT for version in ("1.19.1-1", "1.20.1-1")]
)
HELD = "".join(f"hold installed {name}\n" for name in (*DOCKER, *TOOLKIT))


def chosen(facts: Facts, settings: Settings) -> dict[str, str]:
    return {each.name: each.version for each in selected(facts, settings)}


def test_a_bare_host_gets_the_newest_of_all() -> None:
    assert chosen(fresh(), Settings()) == dict.fromkeys(DOCKER, "")
    assert set(chosen(fresh(**GPU), Settings())) == {*DOCKER, *TOOLKIT}


def test_a_pin_goes_to_the_engine_and_its_client_together() -> None:
    facts = fresh(available=AVAILABLE)
    assert needs_versions(facts, Settings(docker_version="28.1"))
    versions = chosen(facts, Settings(docker_version="28.1"))
    assert {name: versions[name] for name in ENGINE} == dict.fromkeys(ENGINE, "5:28.1.1-1~x")
    assert versions["containerd.io"] == ""


def test_the_four_of_the_toolkit_move_together() -> None:
    facts = fresh(available=AVAILABLE, **GPU)
    versions = chosen(facts, Settings(toolkit_version="1.19"))
    assert {name: versions[name] for name in TOOLKIT} == dict.fromkeys(TOOLKIT, "1.19.1-1")


def test_an_upgrade_replaces_what_is_there() -> None:
    facts = ready(available=AVAILABLE)
    picked = selected(facts, Settings(docker_version="29"))
    assert picked == [Selected(name, "5:28.5.1-1~debian.13~trixie", "5:29.0.0-1~x") for name in ENGINE]


def test_what_fits_is_left_and_held() -> None:
    settings = Settings(docker_version="28.5")
    assert not needs_versions(ready(), settings) and not selected(ready(), settings)
    assert to_hold(ready(), settings) == list(DOCKER)
    assert to_hold(ready(dpkg_state=HELD), settings) == []


def test_what_is_held_and_moves_keeps_its_hold_without_being_told() -> None:
    facts = ready(available=AVAILABLE, dpkg_state=HELD)
    assert to_hold(facts, Settings(docker_version="29")) == []


def test_a_downgrade_is_refused_unless_it_was_allowed() -> None:
    facts = ready(available=AVAILABLE)
    with pytest.raises(UsageError, match=r"28\.1: 5:28\.5\.1.* is installed, and 5:28\.1\.1-1~x is older"):
        selected(facts, Settings(docker_version="28.1"))
    allowed = Settings(docker_version="28.1", allow_downgrade=True)
    assert chosen(facts, allowed) == dict.fromkeys(ENGINE, "5:28.1.1-1~x")


def test_rootless_extras_follow_the_engine_where_they_are() -> None:
    extras = READY["packages"] + "ii  docker-ce-rootless-extras 5:28.5.1-1~debian.13~trixie\n"
    facts = ready(packages=extras, available=AVAILABLE)
    assert "docker-ce-rootless-extras" in chosen(facts, Settings(docker_version="29"))


def test_a_toolkit_of_mixed_versions_is_put_right_as_a_whole() -> None:
    for other in ("1.17.9", "1.99.0"):  # older, and newer as of a CUDA repository
        mixed = READY["packages"].replace("container1 1.20.1", f"container1 {other}")
        facts = ready(packages=mixed, available=AVAILABLE)
        assert needs_versions(facts, Settings()) and not needs_versions(facts, Settings(gpu="no"))
        assert chosen(facts, Settings()) == dict.fromkeys(TOOLKIT, "1.20.1-1")
