"""Where the engine keeps its data, and what is never emptied for it."""

from __future__ import annotations

import pytest

from provisioning.data_root import data_root, may_be_emptied
from provisioning.errors import UsageError
from tests.unit.described_host import INFO, daemon_json, fresh, ready

MOVED = INFO.replace('"DockerRootDir": "/var/lib/docker"', '"DockerRootDir": "/srv/docker/100000.100000"')


@pytest.mark.parametrize(
    ("answers", "root"),
    [
        ({}, "/var/lib/docker"),
        ({"daemon": MOVED}, "/srv/docker"),
        ({"daemon": MOVED, "daemon_flags": "running --data-root=/srv/docker\n"}, "/srv/docker"),
        ({"daemon": "silent\n", **daemon_json('{"data-root": "/mnt/disk/docker"}')}, "/mnt/disk/docker"),
        ({"daemon": "missing\n", **daemon_json(None)}, "/var/lib/docker"),
    ],
)
def test_where_it_is(answers: dict[str, str], root: str) -> None:
    assert data_root(ready(**answers), "h") == root


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"daemon_flags": "# /etc/x.conf\nExecStart=/usr/bin/dockerd -g /srv\n"}, "is a flag in /etc/x.conf"),
        (daemon_json("{"), "does not say where"),
        (daemon_json('{"data-root": "/home"}'), "keeps its data in /home"),
    ],
)
def test_what_is_not_known_or_not_its_own_is_refused(answers: dict[str, str], reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        data_root(fresh(**answers), "h")


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/",
            "/home",
            "/home/alice",
            "/root",
            "/var/lib",
            "/srv",
            "/mnt",
            "/etc/docker",
            "/usr/local/docker",
            "/dev/x",
        ),
        *("", "docker", "/srv/docker/", "/srv/../home", "//srv/docker", "/srv/./docker", "/run/docker"),
    ],
)
def test_never(path: str) -> None:
    assert not may_be_emptied(path)


@pytest.mark.parametrize("path", ["/var/lib/docker", "/docker", "/data/docker", "/home/alice/docker", "/mnt/ssd"])
def test_its_own(path: str) -> None:
    assert may_be_emptied(path)
