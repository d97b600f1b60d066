"""What stands in daemon.json already: kept, hidden where it is secret, and back in place when the engine refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from lab import Endpoints, Host
from tests.lab.driving import DAEMON_JSON, Gpudock, Said, changed, look, manifest, write

SECRET = "hunter2"
PROXY = f"http://ada:{SECRET}@proxy.invalid:3128"
FOREIGN: dict[str, Any] = {
    "log-driver": "json-file",
    "log-opts": {"max-size": "10m"},
    "features": {"buildkit": True, "containerd-snapshotter": True},
    "labels": ["team=ml", f"proxy={PROXY}", 'said="it\'s" $HOME `id` grüße'],
    "proxies": {"http-proxy": PROXY, "https-proxy": PROXY, "no-proxy": "*"},
    "default-address-pools": [{"base": "10.99.0.0/16", "size": 24}],
    "max-concurrent-downloads": 7,
    # Or Docker 26 takes every mirror for TLS where images are containerd's.
    "insecure-registries": ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
}


@dataclass(frozen=True)
class Provisioned:
    host: Host
    login: str
    said: tuple[Said, ...]
    """All that was ever said of this host, the last time when it was provisioned."""
    saved: str


@pytest.fixture(scope="module")
def foreign(ready_host: Host, gpudock: Gpudock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provisioned]:
    """A GPU host whose daemon.json somebody has written anew."""
    host, login, file = ready_host, f"root@{ready_host.name}", tmp_path_factory.mktemp("facts") / "facts.json"
    look(host, f"rm {DAEMON_JSON}")
    write(host, DAEMON_JSON, json.dumps(FOREIGN))
    look(host, f"chown root:adm {DAEMON_JSON} && chmod 604 {DAEMON_JSON}")
    said = (
        gpudock.run("plan", login),
        gpudock.run("provision", login, "--yes"),
        gpudock.run("facts", login, "--json"),
        gpudock.run("facts", login, "--save", str(file)),
        gpudock.run("verify", login, "--json"),
    )
    yield Provisioned(host, login, said, file.read_text())
    look(host, f"rm {DAEMON_JSON}")
    gpudock.run("provision", f"admin@{host.name}", "--yes")


@pytest.fixture(scope="module")
def wanted(lab_endpoints: Endpoints) -> dict[str, Any]:
    return {
        "registry-mirrors": [lab_endpoints.registry_mirror],
        "runtimes": {"nvidia": {"path": "nvidia-container-runtime", "args": []}},
        "features": {"cdi": True},
    }


def document(host: Host) -> Any:
    return json.loads(look(host, f"cat {DAEMON_JSON}"))


def started(host: Host) -> str:
    return look(host, "systemctl show -p ActiveState,ExecMainStartTimestampMonotonic docker.service")


def test_no_foreign_key_is_lost(foreign: Provisioned, wanted: dict[str, Any]) -> None:
    """Red when `merge` replaces `features` instead of going into it."""
    assert foreign.said[1].code == 0, foreign.said[1].all
    assert document(foreign.host) == {**FOREIGN, **wanted, "features": {**FOREIGN["features"], "cdi": True}}


def test_mode_and_owner_stay(foreign: Provisioned) -> None:
    """Red without `gd_fit`."""
    assert look(foreign.host, f"stat -c '%a %U:%G' {DAEMON_JSON}").strip() == "604 root:adm"


def test_the_engine_has_read_it(foreign: Provisioned) -> None:
    """Red when a change of a key that only a start reads leads to a reload."""
    said = look(foreign.host, "docker info --format '{{.Driver}} {{json .Labels}}'")
    assert said.startswith("overlayfs ") and '"team=ml"' in said  # the engine lists labels in no order


def test_credentials_are_never_shown(foreign: Provisioned) -> None:
    """Red when `_hide` does not know a URL with a password."""
    for said in foreign.said:
        assert SECRET not in said.all
        assert "ada:" not in said.all
    assert SECRET not in foreign.saved
    assert look(foreign.host, f"grep -rsl {SECRET} /var/lib/gpudock /run/gpudock --exclude-dir backups || true") == ""


def test_backups_are_for_root_alone(foreign: Provisioned) -> None:
    """Red without the `umask 077` of `gd_journal` and `gd_backup`."""
    [found] = look(foreign.host, f"grep -rl {SECRET} /var/lib/gpudock/backups").split()
    assert json.loads(look(foreign.host, f"cat {found}")) == FOREIGN
    look(foreign.host, f"! cat {found} 2>/dev/null", user="admin")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", {}),
        (" \n", {}),
        ("{}", {}),
        ('{"runtimes": [], "features": null}', {}),
        ('\ufeff{"debug": true}\n', {"debug": True}),
    ],
    ids=["empty", "white-space", "nothing", "no-objects", "byte-order-mark"],
)
def test_odd_documents_come_right(
    foreign: Provisioned, wanted: dict[str, Any], gpudock: Gpudock, text: str, kept: dict[str, Any]
) -> None:
    """Red when `load` refuses the text (second, last), or `merge` keeps a list where an object is needed (fourth)."""
    write(foreign.host, DAEMON_JSON, text)
    said = gpudock.run("provision", foreign.login, "--yes")
    assert said.code == 0, said.all
    assert document(foreign.host) == {**kept, **wanted}
    assert "nvidia" in look(foreign.host, "docker info --format '{{json .Runtimes}}'")


def test_only_a_reload_where_a_restart_is_not_needed(
    foreign: Provisioned, wanted: dict[str, Any], gpudock: Gpudock
) -> None:
    """Red when `reload_suffices` is never true: containers would be stopped for a mirror."""
    write(foreign.host, DAEMON_JSON, json.dumps({**wanted, "registry-mirrors": []}))
    before = started(foreign.host)
    said = gpudock.run("provision", foreign.login, "--yes")
    assert said.code == 0, said.all
    assert started(foreign.host) == before
    mirrors = look(foreign.host, "docker info --format '{{json .RegistryConfig.Mirrors}}'")
    assert json.loads(mirrors) == [f"{wanted['registry-mirrors'][0]}/"]


@pytest.mark.parametrize("text", ['{"debug": tru}', "[]"])
def test_broken_json_is_refused_before_anything_is_touched(foreign: Provisioned, gpudock: Gpudock, text: str) -> None:
    """Red when `_config_obstacles` lets it pass."""
    write(foreign.host, DAEMON_JSON, text)
    before = manifest(foreign.host)
    said = gpudock.run("provision", foreign.login, "--yes")
    assert said.code == 70, said.all
    assert DAEMON_JSON in said.err
    assert "Nothing was changed." in said.err
    assert changed(foreign.host, before) == []


def test_a_folder_in_its_place_is_named(foreign: Provisioned, gpudock: Gpudock) -> None:
    """Red without the first line of `files.reading`: `docker run -v` makes such a folder where there is no file."""
    look(foreign.host, f"mv {DAEMON_JSON} /root/kept.json; mkdir {DAEMON_JSON}")
    try:
        said = gpudock.run("provision", foreign.login, "--yes")
    finally:
        look(foreign.host, f"rmdir {DAEMON_JSON}; mv /root/kept.json {DAEMON_JSON}")
    assert said.code == 70, said.all
    assert f"{foreign.login}: daemon_config: exit code 1: {DAEMON_JSON} is a directory" in said.err


def refused(foreign: Provisioned, gpudock: Gpudock, text: str) -> Said:
    """Provision with this daemon.json, which the engine refuses; it must be there afterwards as it was."""
    write(foreign.host, DAEMON_JSON, text)
    said = gpudock.run("provision", foreign.login, "--yes")
    assert said.code == 70, said.all
    assert look(foreign.host, f"cat {DAEMON_JSON}") == text
    assert look(foreign.host, "find /etc/docker -name '.gpudock*'; find /tmp -name 'tmp.*'") == ""
    return said


def test_a_directive_that_the_engine_does_not_know(foreign: Provisioned, gpudock: Gpudock) -> None:
    """Red without `gd_check_daemon_json`: the engine would be stopped, and not come up."""
    before = started(foreign.host)
    said = refused(foreign, gpudock, '{"no-such-directive": true}')
    assert "no-such-directive" in said.err
    assert "configuration" in said.err
    assert started(foreign.host) == before


FLAG = "[Service]\nEnvironment=DOCKER_OPTS=--registry-mirror=http://elsewhere.invalid\n"
DROP_IN = "/etc/systemd/system/docker.service.d/flags.conf"
BOTH = "specified both as a flag and in the configuration file"


@contextmanager
def mirror_as_a_flag(host: Host) -> Iterator[None]:
    """Have the mirrors among the engine's flags, from its next start on."""
    write(host, DROP_IN, FLAG)
    write(host, DAEMON_JSON, "{}")
    look(host, "systemctl daemon-reload")
    try:
        yield
    finally:
        look(
            host, f"rm {DROP_IN} && systemctl daemon-reload && systemctl reset-failed docker; systemctl restart docker"
        )


def test_a_key_that_the_engine_has_on_its_command_line(foreign: Provisioned, gpudock: Gpudock) -> None:
    """Red when nobody looks at the flags of the running engine, which would not start with both."""
    with mirror_as_a_flag(foreign.host):
        look(foreign.host, "systemctl reset-failed docker && systemctl restart docker")
        before = started(foreign.host)
        said = refused(foreign, gpudock, "{}")
        assert "registry-mirrors is a flag in the running dockerd" in said.err
        assert started(foreign.host) == before


def test_an_engine_that_does_not_come_up_gets_its_old_file_back(foreign: Provisioned, gpudock: Gpudock) -> None:
    """Red when the restart has no undo.

    Somebody has put the mirror among the engine's flags, and not started it anew.
    """
    with mirror_as_a_flag(foreign.host):
        said = refused(foreign, gpudock, "{}")
        assert BOTH in said.err
        assert "could not be undone" not in said.err
        assert look(foreign.host, "docker version --format '{{.Server.Version}}'") != ""


def test_what_cannot_be_undone_is_said(foreign: Provisioned, gpudock: Gpudock) -> None:
    """Red when `_failure` forgets `Undone`. The file that was there lets no engine start either."""
    said = refused(foreign, gpudock, '{"data-root": "/etc/hostname/docker"}')
    assert "could not be undone" in said.err
    write(foreign.host, DAEMON_JSON, "{}")
    again = gpudock.run("provision", foreign.login, "--yes")
    assert again.code == 0, again.all
