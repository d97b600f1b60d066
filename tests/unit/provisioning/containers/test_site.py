"""Who we are on a host, its engine, and what must stand before `docker`."""

from __future__ import annotations

import pytest

from provisioning.containers import site
from provisioning.errors import AccessDenied, UnsupportedHost
from tests.unit.described_host import ready

LINES = "user ann\nuid 1000\ngid 100\nhome /home/ann b\nmemory_kib 2048\narch x86_64\nemulators 0\n"


def test_a_person() -> None:
    assert site.parse(LINES) == site.Person("ann", 1000, 100, "/home/ann b", 2 << 20, "x86_64")
    assert site.parse(LINES.replace("emulators 0", "emulators 3")).emulates


@pytest.mark.parametrize(
    ("login", "prefix"),
    [
        ("session uid=0(root) gid=0(root) groups=0(root)\nreader 0\ngroup \nsocket 990 660\n", ()),
        ("session uid=1(a) gid=1(a) groups=1(a),990(docker)\nreader 1\ngroup \nsocket 990 660\n", ()),
        ("session uid=1(a) gid=1(a) groups=1(a),990(docker)\nreader 0\ngroup \nsocket 990 640\n", ("sudo", "-n")),
        ("session uid=1(a) gid=1(a) groups=1(a)\nreader 0\ngroup \nsocket 990 660\n", ("sudo", "-n")),
    ],
)
def test_what_stands_before_docker(login: str, prefix: tuple[str, ...]) -> None:
    assert site.docker_prefix(ready(login=login), "gpu1") == prefix


def test_docker_that_is_closed_to_us() -> None:
    login = "session uid=1(ann) gid=1(ann) groups=1(ann)\nreader 1\ngroup \nsocket 990 660\n"
    with pytest.raises(AccessDenied, match="ann may not use Docker"):
        site.docker_prefix(ready(login=login), "gpu1")


@pytest.mark.parametrize(("daemon", "why"), [("missing\n", "not installed"), ("silent docker is down\n", "is down")])
def test_no_engine(daemon: str, why: str) -> None:
    with pytest.raises(UnsupportedHost, match=why):
        site.engine_of(ready(daemon=daemon), "gpu1")


def test_an_engine_that_is_closed_to_us_is_not_called_missing() -> None:
    login = "session uid=1(ann) gid=1(ann) groups=1(ann)\nreader 1\ngroup \nsocket 990 660\n"
    facts = ready(login=login, daemon="silent permission denied while trying to connect\n")
    with pytest.raises(AccessDenied, match="ann may not use Docker"):
        site.engine_of(facts, "gpu1")


def test_an_engine() -> None:
    assert site.engine_of(ready(), "gpu1").version == (28, 5, 1)
