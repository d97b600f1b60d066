"""The options that all host tasks share."""

from __future__ import annotations

import getpass
import warnings
from pathlib import Path
from typing import Any, NoReturn

import pytest

from provisioning.command import Secret
from provisioning.errors import AccessDenied, UsageError
from provisioning.runners.model import Access
from provisioning.tasks.targets import read_targets


def test_nothing_said_is_this_machine() -> None:
    targets = read_targets()
    assert (targets.hosts, targets.access) == ((), Access())


def test_everything_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = tmp_path / "a key"
    key.touch()
    prompts: list[str] = []

    def ask(prompt: str) -> str:
        prompts.append(prompt)
        return "s3cret"

    monkeypatch.setattr(getpass, "getpass", ask)
    targets = read_targets(
        host="admin@h1,h2",
        identity=str(key),
        ssh_config=str(key),
        connect_timeout=3,
        accept_new_host_keys=True,
        ask_sudo_pass=True,
    )
    assert [host.text for host in targets.hosts] == ["admin@h1", "h2"]
    assert targets.access == Access(key, key, 3, True, Secret("s3cret"))
    assert prompts == ["sudo password for admin@h1,h2: "]
    assert "s3cret" not in repr(targets)


def test_a_key_of_somebody_else_is_no_missing_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = tmp_path / "key"
    key.touch(0o600)

    def refuse(self: Path, mode: str = "r") -> NoReturn:
        raise PermissionError(13, "Permission denied", str(self), mode)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(AccessDenied, match=r"--identity is '.*/key', and .* may not read it") as refused:
        read_targets(identity=str(key))
    assert refused.value.exit_code == 77


def test_a_home_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "id").touch()
    assert read_targets(identity="~/id").access.identity == tmp_path / "id"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"host": ""}, "HOST ''"),
        ({"identity": ""}, "--identity is ''"),
        ({"identity": "/no/such"}, "--identity is '/no/such', and there is no such file"),
        ({"ssh_config": "/"}, "--ssh-config is '/'"),
        ({"connect_timeout": 86401}, "--connect-timeout takes at most 86400 seconds"),
    ],
)
def test_bad_values(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_targets(**options)


def cannot_hide(prompt: str) -> str:
    warnings.warn("Can not control echo", getpass.GetPassWarning, stacklevel=1)
    return "shown to everybody"


def closed(prompt: str) -> str:
    raise EOFError


@pytest.mark.parametrize("terminal", [cannot_hide, closed])
def test_no_password_is_asked_where_it_would_be_seen(terminal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getpass", terminal)
    with pytest.raises(UsageError, match="--ask-sudo-pass"):
        read_targets(ask_sudo_pass=True)


@pytest.mark.parametrize(
    ("host", "vm", "ours"),
    [(None, "", True), ("gpu1", "", False), ("toolbox:default", "default", True), ("toolbox:a,gpu1", "", False)],
)
def test_whose_folders_are_meant(host: str | None, vm: str, ours: bool) -> None:
    """Red when a folder of this machine is looked for on another host, or a VM among hosts is taken for the one."""
    targets = read_targets(host=host)
    assert (targets.vm, targets.has_our_folders) == (vm, ours)
