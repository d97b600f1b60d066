"""What a person wants in daemon.json, and flags of dockerd that stand in its way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from provisioning.command import Secret
from provisioning.daemon_json import has_secrets, load
from provisioning.engine_config import target
from provisioning.engine_wishes import engine_wishes
from provisioning.errors import UnsupportedHost, UsageError
from provisioning.planner import plan
from provisioning.probes.daemon_flags import parse
from provisioning.settings import Settings, settings
from provisioning.steps import daemon_config
from tests.unit.described_host import daemon_json, fresh, ready

NOTHING: dict[str, Any] = {
    "default_runtime": "",
    "proxy": "",
    "no_proxy": "",
    "log_max_size": "",
    "log_max_files": 0,
    "file": "",
}


@pytest.mark.parametrize(
    ("given", "patch"),
    [
        ({}, {}),
        ({"default_runtime": "nvidia"}, {"default-runtime": "nvidia"}),
        ({"proxy": "http://p:3128"}, {"proxies": {"http-proxy": "http://p:3128", "https-proxy": "http://p:3128"}}),
        ({"no_proxy": "a,b"}, {"proxies": {"no-proxy": "a,b"}}),
        ({"log_max_size": "100m"}, {"log-opts": {"max-size": "100m"}}),
        ({"log_max_files": 3}, {"log-opts": {"max-file": "3"}}),
    ],
)
def test_options(given: dict[str, Any], patch: dict[str, Any]) -> None:
    assert engine_wishes(**{**NOTHING, **given}) == patch


def test_the_password_of_a_proxy_is_a_secret() -> None:
    wishes = engine_wishes(**{**NOTHING, "proxy": "http://me:hunter2@p:3128"})
    assert wishes["proxies"]["http-proxy"] == Secret("http://me:hunter2@p:3128")
    assert "hunter2" not in repr(settings(proxy="http://me:hunter2@p:3128"))


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("default_runtime", "-x"),
        ("default_runtime", "a b"),
        ("proxy", "p:3128"),
        ("proxy", "socks5://p"),
        ("proxy", "http://"),
        ("proxy", "http://p\n"),
        ("log_max_size", "100"),
        ("log_max_size", "0m"),
        ("log_max_size", "10mb"),
        ("file", "/nowhere"),
    ],
)
def test_refused(option: str, value: str) -> None:
    name = {"file": "daemon-json"}.get(option, option.replace("_", "-"))
    with pytest.raises(UsageError, match=f"--{name}"):
        engine_wishes(**{**NOTHING, option: value})


def test_a_wrong_proxy_is_refused_without_showing_it() -> None:
    with pytest.raises(UsageError) as refused:
        engine_wishes(**{**NOTHING, "proxy": "ftp://me:hunter2@p"})
    assert "hunter2" not in str(refused.value)


def test_a_file_is_merged_and_options_win(tmp_path: Path) -> None:
    path = tmp_path / "wanted.json"
    path.write_text('{"default-runtime": "runc", "live-restore": true}')
    wishes = settings(daemon_json=str(path), default_runtime="nvidia").daemon_json
    assert target(ready(**daemon_json('{"debug": true}')), Settings(gpu="no", daemon_json=wishes)) == {
        "debug": True,
        "default-runtime": "nvidia",
        "live-restore": True,
    }
    path.write_text("[]")
    with pytest.raises(UsageError, match="--daemon-json"):
        settings(daemon_json=str(path))


UNIT = "/usr/lib/systemd/system/docker.service"
DROP_IN = "/etc/systemd/system/docker.service.d/flags.conf"
CAT = f"# {UNIT}\nExecStart=/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock\n"


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("", {}),
        (CAT, {"hosts": UNIT, "containerd": UNIT}),
        (
            f"{CAT}# {DROP_IN}\nExecStart=\nExecStart=/usr/bin/dockerd --registry-mirror http://m -D\n",
            {"registry-mirrors": DROP_IN, "debug": DROP_IN},
        ),
        (
            "running -Hfd://\nrunning --log-opt=max-size=1m\n",
            dict.fromkeys(("hosts", "log-opts"), "the running dockerd"),
        ),
        (f"running --data-root=/x\n{CAT}", {"data-root": "the running dockerd", "hosts": UNIT, "containerd": UNIT}),
    ],
)
def test_flags(text: str, flags: dict[str, str]) -> None:
    assert parse(text) == flags


@pytest.mark.parametrize(
    ("flags", "content", "wishes"),
    [
        (
            f"# {DROP_IN}\nExecStart=/usr/bin/dockerd --registry-mirror=http://a\n",
            None,
            {"registry_mirrors": ("http://b",)},
        ),
        ("running --log-driver=local\n", '{"log-driver": "local"}', {}),
    ],
)
def test_a_key_that_is_a_flag_too_is_refused_with_both_places(flags: str, content: str, wishes: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedHost) as refused:
        plan(fresh(daemon_flags=flags, **daemon_json(content)), Settings(**wishes), "h")
    assert "/etc/docker/daemon.json too" in str(refused.value)
    assert DROP_IN in str(refused.value) or "the running dockerd" in str(refused.value)


def test_logs_that_no_driver_rotates_are_refused() -> None:
    facts = fresh(**daemon_json('{"log-driver": "journald"}'))
    with pytest.raises(UnsupportedHost, match="journald rotates no logs"):
        plan(facts, settings(log_max_size="10m"), "h")
    assert plan(facts, Settings(), "h")


def test_a_proxy_without_a_scheme_may_hold_a_password_too() -> None:
    assert has_secrets(load('{"proxies": {"http-proxy": "bob:hunter2@proxy:3128"}}'))
    assert not has_secrets(load('{"labels": ["a@b"], "hosts": ["fd://"]}'))


def test_a_new_file_with_a_password_is_for_root_alone() -> None:
    wishes = settings(proxy="http://me:hunter2@p:3128")
    [change] = daemon_config.changes(fresh(), wishes)
    assert change.commands[-1].argv[2] == "0600"


def test_the_version_that_was_asked_for_decides_over_cdi() -> None:
    facts = ready(**daemon_json("{}"))
    assert target(facts, Settings(docker_version="27"))["features"] == {"cdi": True}
    assert "features" not in target(facts, Settings(docker_version="28.5"))


@pytest.mark.parametrize(
    ("content", "mirrors", "insecure"),
    [
        ('{"features": {"containerd-snapshotter": true}}', ("http://m:5000/x", "https://n"), ["m:5000"]),
        ('{"features": {"containerd-snapshotter": false}}', ("http://m",), None),
        (None, ("http://m",), None),
        ('{"features": {"containerd-snapshotter": true}}', ("https://n",), None),
        ('{"features": {"containerd-snapshotter": true}, "insecure-registries": ["o"]}', ("http://m",), ["o", "m"]),
        (
            '{"features": {"containerd-snapshotter": true}, "insecure-registries": ["10.0.0.0/8"]}',
            ("http://10.1.2.3:5000", "http://11.1.2.3", "http://m"),
            ["10.0.0.0/8", "11.1.2.3", "m"],
        ),
    ],
)
def test_containerds_image_store_speaks_http_only_to_whom_it_may(
    content: str | None, mirrors: tuple[str, ...], insecure: list[str] | None
) -> None:
    document = target(fresh(**daemon_json(content)), Settings(registry_mirrors=mirrors))
    assert document.get("insecure-registries") == insecure
    assert document["registry-mirrors"] == list(mirrors)
