"""Which data goes into a backup."""

from __future__ import annotations

from typing import Any

import pytest

from provisioning.containers.backup import choosing
from provisioning.containers.backup.choosing import choose, holder
from provisioning.containers.backup.manifest import Data, LeftOut
from provisioning.containers.backup.picture import Picture, Source, parse
from provisioning.containers.rendering import create_argv
from provisioning.errors import UsageError

OWN = "a" * 64


def mount(kind: str, source: str, target: str, name: str = "") -> dict[str, Any]:
    return {"Type": kind, "Source": source, "Destination": target, "Name": name, "RW": True, "Propagation": ""}


MOUNTS = (
    mount("volume", "/vol/home", "/home/jovyan", "home"),
    mount("volume", "/vol/home", "/again", "home"),
    mount("volume", "/vol/own", "/own", OWN),
    mount("bind", "/srv/project", "/work"),
    mount("bind", "/srv/one/a.ini", "/a.ini"),
    mount("bind", "/", "/host"),
    mount("bind", "/var/run/docker.sock", "/var/run/docker.sock"),
    mount("bind", "/home/me/.local/state/gpudock/secrets/lab/token", "/run/token"),
    mount("tmpfs", "", "/scratch"),
)
SOURCES = {
    "/vol/home": Source("folder", system=False, size=10),
    "/vol/own": Source("folder", system=False, size=0),
    "/srv/project": Source("folder", system=False, size=None),
    "/srv/one/a.ini": Source("file", system=False, size=3),
    "/": Source("folder", system=True, size=None),
    "/var/run/docker.sock": Source("other", system=True, size=None),
    "/home/me/.local/state/gpudock/secrets/lab/token": Source("file", system=False, size=43),
}
CONTAINER = {"HostConfig": {"Binds": ["home:/home/jovyan"], "Mounts": None}, "Mounts": list(MOUNTS)}
PICTURE = Picture(CONTAINER, {}, "2", 0, {}, SOURCES)


def chosen(*words: str) -> tuple[list[str], dict[str, str]]:
    taken, left_out = choose(PICTURE, words, ".gz")
    return [each.data.target for each in taken], {each.source: each.why for each in left_out}


SYSTEM = "a part of the system; --volumes can name it"
ALWAYS = {
    "/var/run/docker.sock": "a socket or device",
    "/home/me/.local/state/gpudock/secrets/lab/token": "a secret; it is made anew",
}
NOT_CHOSEN = "not chosen by --volumes"


@pytest.mark.parametrize(
    ("words", "targets", "left_out"),
    [
        (("all",), ["/a.ini", "/again", "/own", "/work"], {**ALWAYS, "/": SYSTEM}),
        (("none",), [], {**ALWAYS, **dict.fromkeys(["home", OWN, "/srv/project", "/srv/one/a.ini", "/"], NOT_CHOSEN)}),
        (
            ("home", "/"),
            ["/again", "/host"],
            {**ALWAYS, **dict.fromkeys([OWN, "/srv/project", "/srv/one/a.ini"], NOT_CHOSEN)},
        ),
        (("/work",), ["/work"], {**ALWAYS, **dict.fromkeys(["home", OWN, "/srv/one/a.ini", "/"], NOT_CHOSEN)}),
    ],
)
def test_every_mount_is_taken_or_told(words: tuple[str, ...], targets: list[str], left_out: dict[str, str]) -> None:
    assert chosen(*words) == (targets, left_out)


def test_what_is_nowhere_is_refused_with_what_there_is() -> None:
    with pytest.raises(UsageError, match="--volumes hom names nothing") as refused:
        chosen("home", "hom")
    assert "home at /again" in refused.value.hint


def test_data_says_where_it_belongs() -> None:
    taken, left_out = choose(PICTURE, ("all",), ".zst")
    assert [each.data for each in taken] == [
        Data("data-1.tar.zst", "", "/srv/one/a.ini", "/a.ini", is_file=True, size=3),
        Data("data-2.tar.zst", "home", "", "/again", is_file=False, size=10),
        Data("data-3.tar.zst", "", "", "/own", is_file=False, size=0),
        Data("data-4.tar.zst", "", "/srv/project", "/work", is_file=False, size=None),
    ]
    assert LeftOut("/", "/host", SYSTEM, None) in left_out


def test_the_holder_holds_each_by_itself_and_changes_nothing() -> None:
    taken, _ = choose(PICTURE, ("all",), "")
    assert create_argv(holder(taken, "copy", "h")) == (
        *("docker", "create", "--name=h", "--network=none"),
        "--mount=type=bind,source=/srv/one/a.ini,target=/gpudock/1/a.ini,readonly",
        "--mount=type=volume,source=home,target=/gpudock/2/data,readonly,volume-nocopy",
        f"--mount=type=volume,source={OWN},target=/gpudock/3/data,readonly,volume-nocopy",
        "--mount=type=bind,source=/srv/project,target=/gpudock/4/data,readonly",
        *("--label=gpudock.kind=backup", "copy", "unused"),
    )


def test_a_container_without_mounts_has_no_data() -> None:
    picture = Picture({"HostConfig": {}, "Mounts": None}, {}, "2", 0, {}, {})
    assert choose(picture, ("all",), "") == ((), ())
    with pytest.raises(UsageError) as refused:
        choose(picture, ("home",), "")
    assert "neither volumes nor folders" in refused.value.hint


def test_the_picture_is_read() -> None:
    text = (
        '{"Id": "1"}\n\nnull\n{"cgroup": "1", "root": "/var/lib/docker"}\n'
        "/dev/vda  100  20 66551087104      39% /var/lib/docker\n"
        'volume {"Name": "v"}\nsource folder 12 /srv/a b\nsource system-other - /var/run/docker.sock\n'
    )
    assert parse(text) == Picture(
        {"Id": "1"},
        {},
        "1",
        66551087104,
        {"v": {"Name": "v"}},
        {
            "/srv/a b": Source("folder", system=False, size=12),
            "/var/run/docker.sock": Source("other", system=True, size=None),
        },
    )
    assert parse("null\n") is None
    with pytest.raises(ValueError, match="`df` said"):
        parse('{}\nnull\n{"cgroup": "1"}\nno such file\n')


def test_places_are_one_for_each() -> None:
    assert choosing.place(2) == "/gpudock/2/data"
