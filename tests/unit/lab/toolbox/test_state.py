"""The state file of the stand-in."""

from __future__ import annotations

from pathlib import Path

from lab.toolbox.state import Faults, Machine, Share, World, load, opened, save


def test_a_world_comes_back_as_it_was(tmp_path: Path) -> None:
    world = World(str(tmp_path), 7, "7.2.22r1", "/busybox", faults=Faults(ssh_refused=3), images=["busybox:latest"])
    world.machines["default"] = Machine(
        "default", "u-u", "/x.vbox", shares=[Share("d/Works", "D:\\Works", writable=False)], extra_data={"k": "wörks"}
    )
    file = tmp_path / "state.json"
    save(file, world)
    assert load(file.read_text()) == world
    with opened(file) as changed:
        changed.machines["default"].transient.append(Share("t", "/t"))
    assert load(file.read_text()).machines["default"].transient == [Share("t", "/t")]


def test_machines_are_found_by_name_and_by_uuid_and_lose_their_name_with_their_settings() -> None:
    world = World("/p", 7, "7.2.22r1", "/busybox", machines={"default": Machine("default", "u-u", "/x.vbox")})
    assert world.found("default") is world.found("u-u") is world.found("{u-u}") is world.machines["default"]
    assert world.found("other") is None
    world.faults.inaccessible = True
    assert world.found("default") is None
    assert world.found("u-u") is world.machines["default"]


def test_addresses_change_from_boot_to_boot() -> None:
    assert [Machine("m", "u", "f", boots=boots).address[-3:] for boots in (1, 2, 100, 101)] == [
        "100",
        "101",
        "199",
        "100",
    ]


def test_versions_write_paths_in_two_ways() -> None:
    assert [World("/p", 7, version, "/b").raw_paths for version in ("5.2.44r1", "6.1.0r1", "7.2.22r1")] == [
        True,
        True,
        False,
    ]
