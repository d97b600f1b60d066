"""What gpudock did to a host can be read there, and taken back: then all is as it was before."""

from __future__ import annotations

import json

import pytest

from lab import Host
from tests.lab.conftest import RaiseHosts
from tests.lab.driving import DAEMON_JSON, Gpudock, Said, look, write
from tests.lab.mishaps import packages

# Programs made these while they ran, as they do on every host; the backups of passwd and group are passwd's own.
LEFT_BY_PROGRAMS = "/etc/cni /etc/group- /etc/gshadow- /etc/passwd- /etc/subuid- /etc/subgid- /etc/.pwd.lock"

_FILES = """
cd /
find etc usr -xdev -type d -printf '/%p %m %u:%g\\n'
find usr -xdev ! -type d -printf '/%p %y %m %u:%g %s %T@ %l\\n'
find etc -xdev ! -type d -printf '/%p %y %m %u:%g %l\\n'
find etc -xdev -type f -printf '/%p\\0' | xargs -0 sha256sum | sed 's/\\([^ ]*\\)  \\(.*\\)/\\2 \\1/'
systemctl list-unit-files --no-legend --no-pager '*docker*' '*containerd*' '*nvidia*' || true
"""


def files(host: Host) -> frozenset[str]:
    """Return a line for each file and directory that packages and people keep: kind, mode, owner, content."""
    left = tuple(LEFT_BY_PROGRAMS.split())
    return frozenset(line for line in look(host, "sh -s", stdin=_FILES).splitlines() if not line.startswith(left))


@pytest.fixture(scope="module")
def hosts(lab_hosts: RaiseHosts) -> list[Host]:
    return lab_hosts("once", "by-hand", gpu="t4")


def provisioned(gpudock: Gpudock, host: Host, *options: str) -> Said:
    said = gpudock.run("provision", f"admin@{host.name}", "--yes", *options)
    assert said.code == 0, said.all
    return said


def taken_back(gpudock: Gpudock, task: str, host: Host, *options: str) -> Said:
    said = gpudock.run(task, f"admin@{host.name}", "--yes", *options)
    assert said.code == 0, said.all
    return said


@pytest.fixture(scope="module")
def once(hosts: list[Host], gpudock: Gpudock) -> tuple[Host, frozenset[str], str]:
    """A host that was provisioned, with its files and packages of before."""
    host = hosts[0]
    before = files(host), packages(host)
    provisioned(gpudock, host)
    return host, *before


def test_history_tells_who_did_what(once: tuple[Host, frozenset[str], str], gpudock: Gpudock) -> None:
    """Red when a change is not journalled as it ends, or the journal is not read back."""
    host, _, _ = once
    login = f"admin@{host.name}"
    told = gpudock.run("history", login).out
    assert f"{login}: 1 run(s)" in told
    assert "done     Install Docker and the NVIDIA Container Toolkit" in told
    [run] = json.loads(gpudock.run("history", login, "--json").out)[login]
    assert "@" in run["by"]
    assert {change["code"] for change in run["changes"]} == {0}


def test_a_rollback_that_is_only_looked_at_changes_nothing(
    once: tuple[Host, frozenset[str], str], gpudock: Gpudock
) -> None:
    """Red when `--dry-run` is not asked for before `apply`."""
    host, _, _ = once
    before = files(host), packages(host)
    said = taken_back(gpudock, "rollback", host, "--dry-run")
    assert "Remove the packages that gpudock installed" in said.out
    assert (files(host), packages(host)) == before


def test_rollback_leaves_what_was_there_before(once: tuple[Host, frozenset[str], str], gpudock: Gpudock) -> None:
    """Red when `gd_foresee` misses a package, a file is not in the journal, or group docker stays."""
    host, files_before, packages_before = once
    taken_back(gpudock, "rollback", host)
    assert packages(host) == packages_before
    assert sorted(files(host) ^ files_before) == []
    assert "docker" not in look(host, "id -nG admin; getent group docker || true")
    again = gpudock.run("rollback", f"admin@{host.name}", "--yes")
    assert again.code == 64, again.all
    assert "there is nothing to take back" in again.err
    assert "takes back 20" in gpudock.run("history", f"admin@{host.name}").out


NEEDS_NETBASE = """
mkdir -p /tmp/theirs/DEBIAN && cd /tmp && printf '%s\\n' 'Package: theirs' 'Version: 1' 'Architecture: all' \\
  'Maintainer: them' 'Depends: netbase' 'Description: theirs' >theirs/DEBIAN/control
dpkg-deb --build theirs >/dev/null && dpkg -i theirs.deb >/dev/null && rm -r theirs theirs.deb
"""


@pytest.fixture(scope="module")
def by_hand(hosts: list[Host], gpudock: Gpudock) -> tuple[Host, frozenset[str], str, Said]:
    """A host that was provisioned, changed by hand, and rolled back; its files and packages of before."""
    host = hosts[1]
    before = files(host), packages(host)
    provisioned(gpudock, host)
    document = json.loads(look(host, f"cat {DAEMON_JSON}"))
    write(host, DAEMON_JSON, json.dumps({**document, "debug": True}))
    look(host, "sh -s", stdin=NEEDS_NETBASE)
    look(host, "gpasswd -d admin docker && apt-get -qq remove docker-compose-plugin >/dev/null")
    return host, *before, taken_back(gpudock, "rollback", host)


def test_what_people_changed_since_is_left_alone_and_named(by_hand: tuple[Host, frozenset[str], str, Said]) -> None:
    """Red when `gd_put_back` does not compare, `gd_purge` has no `gd_victims`, or a command that fails stops it all."""
    host, files_before, packages_before, said = by_hand
    assert f"W: {DAEMON_JSON} was changed since then: it is left as it is" in said.out
    assert "W: netbase stays, for these need it: theirs" in said.out
    assert "W: this did not work, and is left as it is: gpasswd --delete admin docker" in said.out
    new = set(packages(host).splitlines()) - set(packages_before.splitlines())
    assert {line.split()[1] for line in new} == {"netbase", "theirs"}
    owned = ["/etc/networks", *look(host, "dpkg -L netbase theirs").split()]
    changed = {line.split()[0] for line in files(host) ^ files_before} - set(owned)
    assert changed == {"/etc/docker", DAEMON_JSON}


def test_uninstall_takes_back_all_runs_and_what_was_kept(
    hosts: list[Host], once: tuple[Host, frozenset[str], str], gpudock: Gpudock
) -> None:
    """Red when `take_back` ends at the newest run, or `--purge-data` leaves an image."""
    host, files_before, packages_before = once
    provisioned(gpudock, host)
    provisioned(gpudock, host, "--docker-version", "26.1.4", "--allow-downgrade")
    assert "docker-ce" in look(host, "apt-mark showhold")
    said = taken_back(gpudock, "uninstall", host, "--purge-data")
    assert "Delete all images, containers and volumes (/var/lib/docker, /var/lib/containerd)" in said.out
    assert packages(host) == packages_before
    assert sorted(files(host) ^ files_before) == []
    assert look(host, "apt-mark showhold; find /var/lib/docker /var/lib/containerd -mindepth 1") == ""
    again = taken_back(gpudock, "uninstall", host, "--purge-data")
    assert "gpudock has left nothing here that could be taken back" in again.out
    assert "run(s)" in gpudock.run("history", f"admin@{host.name}").out


def test_a_data_root_that_was_moved_is_emptied_where_it_is(
    hosts: list[Host], by_hand: tuple[Host, frozenset[str], str, Said], gpudock: Gpudock
) -> None:
    """Red when `purge_data` has one place for all engines."""
    host = hosts[1]
    write(host, DAEMON_JSON, json.dumps({"data-root": "/srv/docker"}))
    provisioned(gpudock, host)
    look(host, "test -d /srv/docker/image && mkdir -p /var/lib/docker/of-somebody")
    said = taken_back(gpudock, "uninstall", host, "--purge-data")
    assert "Delete all images, containers and volumes (/srv/docker, /var/lib/containerd)" in said.out
    assert look(host, "ls -A /srv/docker; ls /var/lib/docker | grep somebody") == "of-somebody\n"
