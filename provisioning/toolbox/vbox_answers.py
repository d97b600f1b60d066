"""What VBoxManage prints, from version 5 on, read without depending on the language it speaks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from provisioning.runners.programs import Reply
from provisioning.toolbox.shares import Share

LOCKED = "VBOX_E_INVALID_OBJECT_STATE"
NOT_FOUND = "VBOX_E_OBJECT_NOT_FOUND"
IN_USE = "VBOX_E_OBJECT_IN_USE"
NOT_READY = frozenset({LOCKED, "E_ACCESSDENIED"})
"""Codes that pass: somebody has the machine open, or VirtualBox's service has only just begun."""

_NO_SERVICE = "Failed to create the VirtualBox object"
_LINE = re.compile(r'^([^="]+|"[^"]*")=(.*)$', re.MULTILINE)
_MAPPING = re.compile(r"SharedFolderName(Machine|Transient|Global)Mapping(\d+)$")


@dataclass(frozen=True)
class Refusal:
    """Why VBoxManage did not do it."""

    text: str
    code: str = ""
    """Such as VBOX_E_OBJECT_IN_USE; '' where it names none."""

    @property
    def passes(self) -> bool:
        """Tell whether it is worth to ask again: `The object is not ready` is what docker-machine waits for too."""
        return self.code in NOT_READY or _NO_SERVICE in self.text or "object is not ready" in self.text


def refusal(reply: Reply) -> Refusal | None:
    """Return why it failed, None where it did not. An `error:` counts whatever the exit code is."""
    lines = [line.partition("error: ")[2].strip() for line in reply.err.splitlines() if "error: " in line]
    if reply.code == 0 and not lines:
        return None
    codes = re.findall(r"\bcode (\w+) \(0x", reply.err)
    said = lines or reply.err.strip().splitlines()[-1:] or reply.out.strip().splitlines()[-1:]
    return Refusal(said[0] if said else f"exit code {reply.code}", codes[0] if codes else "")


def version(text: str) -> tuple[int, int]:
    """Return (7, 2) for `7.2.22_Debianr175245`; warnings may stand on lines before. (0, 0) where none is told."""
    found = re.search(r"^(\d+)\.(\d+)\.", text, re.MULTILINE)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def settings(text: str) -> dict[str, str]:
    """Read `showvminfo --machinereadable`: keys and values without their quotes, values as they are written."""
    return {key.strip('"'): _unquoted(value.strip()) for key, value in _LINE.findall(text)}


def machines(text: str) -> dict[str, str]:
    """Read `list vms`: names by UUID. One whose settings file has gone is called `<inaccessible>`."""
    return {uuid: name for name, uuid in re.findall(r'^"(.*)" \{(.+)\}$', text, re.MULTILINE)}


def extra_data(text: str) -> dict[str, str]:
    """Read `getextradata NAME enumerate`."""
    return dict(re.findall(r"^Key: (.*?), Value: (.*)$", text, re.MULTILINE))


def shares(values: dict[str, str], human: str) -> tuple[Share, ...]:
    """Return the machine's shares: names and paths from `values`, flags from the pages for people.

    VirtualBox 5 writes paths raw and 7 escaped: the page for people has them raw, so it says which reading is right.
    """
    return tuple(_shares(values, human))


def _shares(values: dict[str, str], human: str) -> Iterator[Share]:
    for key, written in values.items():
        mapping = _MAPPING.match(key)
        if not mapping:
            continue
        path = values.get(f"SharedFolderPath{mapping[1]}Mapping{mapping[2]}", "")
        told = _told_of(_readings(written), _readings(path), human)
        transient = mapping[1] == "Transient"
        name, host_path, flags = told[-1 if transient else 0] if told else (written, path, "")
        yield Share(
            name,
            host_path,
            transient=transient,
            writable="readonly" not in flags,
            automount="auto-mount" in flags,
            symlinks="symlink-policy: subtree" in flags,
        )


def _told_of(names: Sequence[str], paths: Sequence[str], human: str) -> list[tuple[str, str, str]]:
    """Return name, path and flags from each line that tells of them, in whichever reading: permanent ones first."""
    return [
        (name, path, flags)
        for name in names
        for path in paths
        for flags in re.findall(rf"'{re.escape(name)}'.*'{re.escape(path)}' \([^)]*\), (.*)$", human, re.MULTILINE)
    ]


def _readings(written: str) -> list[str]:
    return list(dict.fromkeys([written, re.sub(r'\\([\\"])', r"\1", written)]))


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
