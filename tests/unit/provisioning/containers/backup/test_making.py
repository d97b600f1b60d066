"""The commands that make a container again, and that take it back."""

from __future__ import annotations

from dataclasses import replace

from provisioning.command import Secret
from provisioning.containers.backup import making as commands
from provisioning.containers.backup.making import Making
from provisioning.containers.backup.secrets_anew import NewSecret
from provisioning.containers.backup.target import Target
from provisioning.containers.secret_files import SecretPlace
from tests.unit.provisioning.containers.backup.a_backup import DATA, MANIFEST, SPEC

BARE = frozenset(["/srv/project", "/srv/one/settings.ini"])
MAKING = Making(MANIFEST, SPEC, DATA, Target(missing=BARE), (), "ab12", (), {})
THERE = replace(
    MAKING,
    target=Target(
        volumes=frozenset(["home"]), networks=frozenset(["net1", "net2"]), images=frozenset(["gpudock-backup:lab-1"])
    ),
)


def test_what_create_would_make_otherwise_is_made_first() -> None:
    assert list(commands.preparing(MAKING)) == [
        ("docker", "volume", "create", "--driver=local", "--opt=type=nfs", "--label=owner=me", "home"),
        ("docker", "network", "create", "net1"),
        ("docker", "network", "create", "net2"),
    ]
    assert list(commands.preparing(THERE)) == []


def test_folders_and_files_that_are_missing_are_made() -> None:
    assert list(commands.new_places(MAKING)) == [
        ("mkdir", "-p", "--", "/srv/project"),
        ("mkdir", "-p", "--", "/srv/one"),
        ("touch", "--", "/srv/one/settings.ini"),
    ]
    assert list(commands.new_places(THERE)) == []


def test_the_container_is_as_it_was_under_a_name_of_the_moment() -> None:
    assert commands.creating(MAKING) == (
        *("docker", "create", "--init", "--name=gpudock-restore-ab12", "--network=net1", "--restart=always"),
        *("--gpus=all", f"--shm-size={1 << 30}"),
        "--mount=type=volume,target=/own,volume-nocopy",
        "--mount=type=volume,source=home,target=/home/jovyan,volume-nocopy",
        "--mount=type=bind,source=/srv/project,target=/work",
        "--mount=type=bind,source=/srv/one/settings.ini,target=/settings.ini,readonly",
        "--mount=type=tmpfs,target=/scratch,tmpfs-mode=1777",
        *("--publish=127.0.0.1:7777:8888", "--env=A=1", "--cap-add=SYS_PTRACE", "gpudock-backup:lab-1"),
    )
    assert commands.finishing(MAKING) == ("docker", "rename", "gpudock-restore-ab12", "lab")


def test_volumes_that_are_not_filled_begin_with_what_the_image_has() -> None:
    assert "--mount=type=volume,target=/own" in commands.creating(replace(MAKING, data=()))


def test_everything_is_filled_from_outside_the_container() -> None:
    assert commands.holding(MAKING, {"/own": "f00"}) == (
        *("docker", "create", "--name=gpudock-restore-ab12-data", "--network=none"),
        "--mount=type=volume,source=home,target=/gpudock/1/data,volume-nocopy",
        "--mount=type=bind,source=/srv/project,target=/gpudock/2/data",
        "--mount=type=bind,source=/srv/one,target=/gpudock/3/data",
        "--mount=type=volume,source=f00,target=/gpudock/4/data,volume-nocopy",
        *("--label=gpudock.kind=restore", "gpudock-backup:lab-1", "unused"),
    )
    assert list(commands.filling(MAKING)) == [
        ("data-1.tar.gz", ("docker", "cp", "-", "gpudock-restore-ab12-data:/gpudock/1")),
        ("data-2.tar.gz", ("docker", "cp", "-", "gpudock-restore-ab12-data:/gpudock/2")),
        ("data-3.tar.gz", ("docker", "cp", "-", "gpudock-restore-ab12-data:/gpudock/3/data")),
        ("data-4.tar.gz", ("docker", "cp", "-", "gpudock-restore-ab12-data:/gpudock/4")),
    ]
    assert commands.letting_go(MAKING) == ("docker", "rm", "--force", "--volumes", "gpudock-restore-ab12-data")


def test_further_networks_are_joined() -> None:
    assert list(commands.joining(MAKING)) == [("docker", "network", "connect", "net2", "gpudock-restore-ab12")]


def test_what_was_not_there_is_taken_back_and_nothing_else() -> None:
    containers = [
        ("docker", "rm", "--force", "--volumes", "gpudock-restore-ab12-data"),
        ("docker", "rm", "--force", "--volumes", "gpudock-restore-ab12"),
    ]
    assert list(commands.undoing(THERE)) == containers
    assert list(commands.undoing(MAKING)) == [
        *containers,
        ("docker", "volume", "rm", "home"),
        ("docker", "network", "rm", "net1"),
        ("docker", "network", "rm", "net2"),
        ("docker", "image", "rm", "gpudock-backup:lab-1"),
    ]


def test_a_new_secret_is_taken_back_too() -> None:
    place = SecretPlace("/home/me", "lab")
    undone = list(commands.undoing(replace(THERE, secrets=(NewSecret(place, Secret("x")),))))
    assert undone[2:] == [("rm", "-f", "/home/me/.local/state/gpudock/secrets/lab")]


def test_what_stays_is_named() -> None:
    assert commands.written(MAKING) == ("/srv/project", "/srv/one/settings.ini")
    assert commands.written(THERE) == ("home", "/srv/project", "/srv/one/settings.ini")


def test_the_image_is_loaded_by_the_engine() -> None:
    assert commands.loading(replace(MAKING, prefix=("sudo", "-n"))) == ("sudo", "-n", "docker", "load")
