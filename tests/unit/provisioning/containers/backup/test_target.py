"""What a host has already, and what of it is in the way of a container."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provisioning.containers.backup.changing import Changes, changed
from provisioning.containers.backup.target import (
    Target,
    parse,
    refuse_what_is_in_the_way,
    require_architecture,
    target_probe,
)
from provisioning.containers.site import Person
from provisioning.errors import UnsupportedHost, UsageError
from tests.unit.provisioning.containers.backup.a_backup import DATA, MANIFEST, SPEC

SAID = """\
port 0016
port 1E61
container lab
volume home
network net1
image gpudock-backup:lab-1
none /srv/project
file /srv/one/settings.ini
empty /srv/e
folder /srv/f g
"""


def test_what_a_host_says() -> None:
    assert parse(SAID) == Target(
        containers=frozenset(["lab"]),
        volumes=frozenset(["home"]),
        networks=frozenset(["net1"]),
        images=frozenset(["gpudock-backup:lab-1"]),
        full=frozenset(["/srv/one/settings.ini", "/srv/f g"]),
        missing=frozenset(["/srv/project"]),
        ports=frozenset([22, 7777]),
    )


def test_what_it_is_asked() -> None:
    lines = target_probe(replace(SPEC, name="it's"), MANIFEST).snippet.splitlines()
    asked = [line for line in lines if line.startswith(("has ", "place "))]
    assert asked[:5] == [
        "has container 'it'\"'\"'s'",
        "has image gpudock-backup:lab-1",
        "has volume home",
        "has network net1",
        "has network net2",
    ]
    assert asked[5:] == ["place /srv/project", "place /srv/one/settings.ini"]
    assert "has network host" not in target_probe(replace(SPEC, network="host"), MANIFEST).snippet


@pytest.mark.parametrize(
    ("target", "overwrite", "message", "hint"),
    [
        (Target(containers=frozenset(["lab"])), True, "there is a container lab already", "--name lab-restored"),
        (Target(ports=frozenset([7777, 7778])), True, "port 7777 is taken", "--port 7777:7779"),
        (Target(volumes=frozenset(["home"])), False, "there is data already: home", "--overwrite"),
        (Target(full=frozenset(["/srv/project"])), False, "there is data already: /srv/project", "--volumes none"),
    ],
)
def test_what_is_in_the_way(target: Target, overwrite: bool, message: str, hint: str) -> None:
    with pytest.raises(UsageError, match=message) as refused:
        refuse_what_is_in_the_way("h", SPEC, DATA, target, overwrite=overwrite)
    assert hint in refused.value.hint


def test_data_is_overwritten_only_when_told() -> None:
    there = Target(volumes=frozenset(["home"]), full=frozenset(["/srv/project"]))
    refuse_what_is_in_the_way("h", SPEC, DATA, there, overwrite=True)
    refuse_what_is_in_the_way("h", SPEC, (), there, overwrite=False)
    refuse_what_is_in_the_way("h", SPEC, DATA, Target(missing=frozenset(["/srv/project"])), overwrite=False)


def test_a_folder_that_is_nowhere_is_refused() -> None:
    with pytest.raises(UsageError, match="/srv/project is neither there nor in the backup") as refused:
        refuse_what_is_in_the_way("h", SPEC, (), Target(missing=frozenset(["/srv/project"])), overwrite=False)
    assert "--path /srv/project:PATH" in refused.value.hint


def test_a_file_keeps_its_name() -> None:
    spec = changed(SPEC, Changes(paths=(("/srv/one/settings.ini", "/srv/other.ini"),)))
    with pytest.raises(UsageError, match="is a file, and keeps its name"):
        refuse_what_is_in_the_way("h", spec, DATA, Target(), overwrite=False)
    refuse_what_is_in_the_way("h", spec, (), Target(), overwrite=False)


@pytest.mark.parametrize(
    ("arch", "emulates", "fits"), [("x86_64", False, True), ("aarch64", False, False), ("aarch64", True, True)]
)
def test_another_processor(arch: str, emulates: bool, fits: bool) -> None:
    person = Person("me", 1, 1, "/", 1, arch, emulates=emulates)
    if fits:
        require_architecture("h", MANIFEST, person)
        return
    with pytest.raises(UnsupportedHost, match="h is aarch64, and lab was saved on a host of amd64"):
        require_architecture("h", MANIFEST, person)
