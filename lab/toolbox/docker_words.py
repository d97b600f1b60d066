"""The words of the stand-in's `docker run`: what it has mounted, who runs, where, and what is refused."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field

_KEPT = {
    "--name": "name",
    "-w": "workdir",
    "--workdir": "workdir",
    "-u": "user",
    "--user": "user",
    "-p": "publish",
    "--publish": "publish",
    "--entrypoint": "entrypoint",
}
VALUED = (*_KEPT, "-e", "--env", "--mount", "--label")


class Failed(Exception):
    """docker ends with `code` after this text on standard error."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


def refuse(reason: str) -> None:
    """Raise Failed as the client tells what the engine refuses."""
    raise Failed(125, f"docker: Error response from daemon: {reason}.\nSee 'docker run --help'.\n")


@dataclass(frozen=True)
class Mount:
    source: str
    target: str
    mode: str = "rw"
    kind: str = "volume"
    """`volume` as of -v, whose source is made where it is missing; `bind` as of --mount; `tmpfs`."""


@dataclass
class Run:
    mounts: list[Mount] = field(default_factory=list)
    user: str = "0:0"
    workdir: str = "/"
    environment: list[str] = field(default_factory=list)
    entrypoint: str = ""
    image: str = ""
    command: list[str] = field(default_factory=list)
    name: str = ""
    publish: str = ""
    labels: list[tuple[str, str]] = field(default_factory=list)
    detached: bool = False


def read(words: Sequence[str]) -> Run:
    """Return what the words behind `run` ask for. Raises Failed."""
    run, rest = Run(), iter(words)
    for word in rest:
        name, given, value = word.partition("=")
        if run.image:
            run.command.append(word)
        elif name in ("-v", "--volume") or name in VALUED:
            _take(run, name, value if given else next(rest))
        elif word in ("-d", "--detach"):
            run.detached = True
        elif not word.startswith("-"):
            run.image = word
    return run


def _take(run: Run, option: str, value: str) -> None:
    if option in ("-v", "--volume"):
        run.mounts.append(_volume(value))
    elif option == "--mount":
        run.mounts.append(_mount(value))
    elif option in ("-e", "--env"):
        run.environment.append(value)
    elif option == "--label":
        name, _, text = value.partition("=")
        run.labels.append((name, text))
    elif option in _KEPT:
        setattr(run, _KEPT[option], value)


def _volume(text: str) -> Mount:
    """Read `SOURCE:TARGET[:MODE]`."""
    parts = text.split(":")
    mode = parts[2] if len(parts) == 3 else "rw"
    if len(parts) not in (2, 3) or not parts[1].startswith("/"):
        refuse(f"invalid volume specification: '{text}'")
    if mode.split(",")[0] not in ("rw", "ro", "z", "Z"):
        refuse(f"invalid mode: {mode}")
    if not parts[0].startswith("/"):
        what = 'includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed'
        refuse(f'create {parts[0]}: "{parts[0]}" {what}. If you intended to pass a host directory, use absolute path')
    return Mount(parts[0], parts[1], mode)


def _mount(text: str) -> Mount:
    """Read one line of CSV, `type=bind,source=…,target=…[,readonly]`."""
    [fields] = csv.reader([text])
    said = {name: value for name, _, value in (each.partition("=") for each in fields)}
    kind = said.get("type", "volume")
    if kind not in ("bind", "tmpfs"):
        refuse(f'the stand-in mounts no "{kind}"')
    return Mount(said.get("source", ""), said["target"], "ro" if "readonly" in said else "rw", kind)
