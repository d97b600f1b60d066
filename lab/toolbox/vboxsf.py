"""Mounts in the guest: `vboxsf` is bindfs there, with the owner fixed, no chown and no events, as vboxsf has it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.toolbox import disk, docker_answers, guest, paths
from lab.toolbox.docker_words import Failed
from lab.toolbox.state import Machine, Share, World, load

KNOWN_OPTIONS = frozenset(
    "rw ro uid gid dmode fmode dmask fmask iocharset nls ttl nodev nosuid noexec relatime".split()
)
FAILED = "/sbin/mount.vboxsf: mounting failed with the error: "
BINDFS = ("bindfs", "--create-as-mounter", "--chown-deny", "--chgrp-deny", "--chmod-ignore")
SYMLINKS = "VBoxInternal2/SharedFoldersEnableSymlinksCreate/"


@dataclass(frozen=True)
class Place:
    """A guest's own view of its mounts."""

    world: World
    machine: Machine

    @property
    def root(self) -> Path:
        return guest.root(self.world, self.machine.name)

    @property
    def notes(self) -> Path:
        """What the kernel does not tell of our mounts: their options, and whether links may be made there."""
        return self.root.with_name("mounts.json")

    def at(self, point: str) -> Path:
        return self.root / point.lstrip("/")

    def noted(self) -> dict[str, dict[str, str]]:
        return dict(json.loads(self.notes.read_text())) if self.notes.exists() else {}


def mount(place: Place, name: str, point: str, options: str) -> str:
    """Mount a share; return the error, '' when it went well."""
    asked = {key: value for key, _, value in (option.partition("=") for option in options.split(",")) if key}
    unknown = asked.keys() - KNOWN_OPTIONS
    if place.world.faults.no_guest_additions:
        return f"mount: mounting {name} on {point} failed: No such device"
    if unknown:
        return f"unknown mount option `{min(unknown)}'"
    if not place.at(point).is_dir():
        return f"{FAILED}No such file or directory"
    machine = place.machine
    share = next((each for each in (*machine.transient, *machine.shares) if each.name == name), None)
    source = paths.folder(share.path, place.world.drives) if share else None
    if share is None or source is None:
        return f"{FAILED}Protocol error"
    failure = _bind(share, source, place.at(point), asked)
    if not failure:
        _note(place, share, point, asked)
    return failure


def write_tables(place: Place) -> None:
    """Write the guest's /proc/mounts and /proc/filesystems."""
    noted, rows = place.noted(), []
    for line in Path("/proc/self/mounts").read_text().splitlines():
        device, target, kind, options, *rest = line.split(" ")
        if target != str(place.root) and not target.startswith(f"{place.root}/"):
            continue
        point = target[len(str(place.root)) :] or "/"
        if kind == "fuse.vboxsf":
            note = noted.get(_plain(point), {})
            device, kind, options = note.get("name", device), "vboxsf", note.get("options", options)
        if point != "/.proc":
            rows.append(" ".join((device, point, kind, options, *rest)))
    (place.root / "proc/mounts").write_text("".join(f"{row}\n" for row in rows))
    module = "" if place.world.faults.no_guest_additions else "nodev\tvboxsf\n"
    (place.root / "proc/filesystems").write_text(f"nodev\ttmpfs\nnodev\tproc\n\text4\n{module}")
    linking = [str(place.at(point).stat().st_dev) for point, note in noted.items() if note["symlinks"]]
    (place.root / "run/vboxsf-symlinks").write_text("".join(f"{number}\n" for number in linking))


def _bind(share: Share, source: Path, target: Path, asked: Mapping[str, str]) -> str:
    owner = (f"--force-user={asked.get('uid', '0')}", f"--force-group={asked.get('gid', '0')}")
    modes = permissions(asked)
    perms = [f"--perms={modes}"] if modes else []
    read_only = ["ro"] if "ro" in asked or not share.writable else []
    argv = (
        *BINDFS,
        *owner,
        *perms,
        "-o",
        ",".join(["subtype=vboxsf", "allow_other", *read_only]),
        str(source),
        str(target),
    )
    done = subprocess.run(argv, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    return f"{FAILED}{done.stderr.strip()}" if done.returncode else ""


def permissions(asked: Mapping[str, str]) -> str:
    """Return bindfs's words for `fmode` and `dmode`: of the latter it can have only who may enter folders."""
    entering = int(asked.get("dmode", "0"), 8)
    classes = [f"{letter}+D" for letter, bit in (("u", 0o100), ("g", 0o010), ("o", 0o001)) if entering & bit]
    return ":".join([*([f"{int(asked['fmode'], 8):04o}"] if "fmode" in asked else []), *classes])


def _note(place: Place, share: Share, point: str, asked: Mapping[str, str]) -> None:
    # A share that is read-only on the host is mounted `rw` all the same; only writing to it fails.
    told = ["ro" if "ro" in asked else "rw", "nodev", "relatime", "iocharset=utf8"]
    told += [f"{key}={asked[key]}" for key in ("uid", "gid", "dmode", "fmode") if key in asked]
    allowed = share.symlinks in ("subtree", "relative", "any") or place.machine.extra_data.get(SYMLINKS + share.name)
    note = {"name": _escaped(share.name), "options": ",".join(told), "symlinks": "yes" if allowed else ""}
    place.notes.write_text(json.dumps({**place.noted(), point: note}))


def main(state: Path, argv: Sequence[str]) -> int:
    """Do `MACHINE mount …`, or `umount …`, `sync`, `docker …`: what the programs of the guest hand over."""
    world = load(state.read_text())
    place = Place(world, world.machines[argv[0]])
    if argv[1] == "sync":
        disk.sync(world, argv[0])
        return 0
    if argv[1] == "docker":
        return _ask_engine(place, argv[2:])
    said = {"mount": _mount, "umount": _umount}[argv[1]](place, argv[2:])
    write_tables(place)
    if said:
        sys.stderr.write(f"{said}\n")
    return 1 if said else 0


def _ask_engine(place: Place, argv: Sequence[str]) -> int:
    try:
        sys.stdout.write(docker_answers.answer(place.world, place.machine, argv))
    except Failed as failure:
        sys.stderr.write(failure.text)
        return failure.code
    return 0


def _mount(place: Place, argv: Sequence[str]) -> str:
    """Read `[-t TYPE] [-o OPTIONS] DEVICE POINT`; `-t vboxsf` alone is done here."""
    kind, options, rest = "", [], []
    words = iter(argv)
    for word in words:
        if word == "-t":
            kind = next(words, "")
        elif word == "-o":
            options.append(next(words, ""))
        else:
            rest.append(word)
    if kind == "vboxsf" and len(rest) == 2:
        return mount(place, rest[0], rest[1], ",".join(options))
    if len(rest) != 2:
        return "mount: can't find what to mount, or where"
    known = ("-t", kind) if kind else ()
    device = str(place.at(rest[0])) if rest[0].startswith("/") else rest[0]
    return _run("mount", *known, *(("-o", ",".join(options)) if options else ()), device, str(place.at(rest[1])))


def _umount(place: Place, argv: Sequence[str]) -> str:
    points = [word for word in argv if not word.startswith("-")]
    flags = [word for word in argv if word.startswith("-")]
    for point in points:
        failure = _run("umount", *flags, str(place.at(point)))
        if failure:
            reason = "Device or resource busy" if "busy" in failure else "Invalid argument"
            return f"umount: can't unmount {point}: {reason}"
        place.notes.write_text(json.dumps({key: note for key, note in place.noted().items() if key != point}))
    return ""


def _run(*argv: str) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    return done.stderr.strip() or "failed" if done.returncode else ""


def _escaped(name: str) -> str:
    """Write a name as the kernel writes it in its table."""
    return "".join(f"\\{ord(letter):03o}" if letter in " \t\n\\" else letter for letter in name)


def _plain(word: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), word)
