"""Where the engine keeps images and containers: room, inodes, and a driver that can be trusted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from checks.model import Check, Severity, Verdict, failed, not_applicable, passed, unknown
from checks.remedy import by_hand
from provisioning.probe import Facts, Probe, fields
from provisioning.probes.engine import DAEMON

# A flag wins over the file; the nearest directory that exists stands for one that the engine has yet to make.
ROOM_SNIPPET = """
at=; pid=
read -r pid 2>/dev/null </var/run/docker.pid
[ -r "/proc/$pid/cmdline" ] &&
  case $(tr '\\0' ' ' <"/proc/$pid/cmdline") in *--data-root=*)
    at=$(tr '\\0' '\\n' <"/proc/$pid/cmdline" | sed -n 's/^--data-root=//p');;
  esac
file=/etc/docker/daemon.json
[ -n "$at" ] || [ ! -r $file ] || at=$(sed -n 's/.*"data-root" *: *"\\([^"]*\\)".*/\\1/p' $file)
at=${at:-/var/lib/docker}
echo "directory $at"
while [ ! -d "$at" ]; do at=${at%/*}; at=${at:-/}; done
stat -f -c 'room %a %S %c %d' "$at"
"""


@dataclass(frozen=True)
class Room:
    directory: str
    free_kib: int
    inodes: int
    """0 on a file system that makes them as it needs them."""
    free_inodes: int

    @property
    def free_inode_percent(self) -> float:
        return 100 * self.free_inodes / self.inodes if self.inodes else 100.0

    @property
    def text(self) -> str:
        return f"{self.free_kib / 1024 / 1024:.1f} GiB and {self.free_inode_percent:.0f} % of inodes free"


def parse_room(text: str) -> Room:
    said = fields(text)
    blocks, size, inodes, free_inodes = (int(part) for part in said["room"].split())
    return Room(said["directory"], blocks * size // 1024, inodes, free_inodes)


def redact_room(text: str) -> str:
    return re.sub(r"/home/[^/\s]+", "/home/user", text)


ROOM = Probe("docker_room", ROOM_SNIPPET, parse_room, redact=redact_room)

FULL_KIB, LOW_KIB = 512 * 1024, 10 * 1024 * 1024
FULL_INODES, LOW_INODES = 1, 10
"""Percent."""
MAKE_ROOM = by_hand(
    "See what takes it with `docker system df`, let `docker system prune` remove what no container uses,"
    " or move `data-root` in daemon.json to a larger disk"
)
SOUND_DRIVERS = frozenset({"overlay2", "overlayfs", "btrfs", "zfs", "fuse-overlayfs", "stargz"})


def judge_full(facts: Facts) -> Verdict:
    room = facts[ROOM]
    if room.free_kib >= FULL_KIB and room.free_inode_percent >= FULL_INODES:
        return passed(f"{room.text} in {room.directory}")
    return failed(
        f"{room.text} in {room.directory}",
        cause="The disk is full: `no space left on device` is what everything ends with.",
        remedy=MAKE_ROOM,
    )


def judge_low(facts: Facts) -> Verdict:
    room = facts[ROOM]
    if room.free_kib >= LOW_KIB and room.free_inode_percent >= LOW_INODES:
        return passed(room.text)
    return failed(
        f"{room.text} in {room.directory}",
        cause="One CUDA image takes up to 10 GiB: the next pulls will fill the disk.",
        remedy=MAKE_ROOM,
    )


def judge_driver(facts: Facts) -> Verdict:
    engine = facts[DAEMON].engine
    if engine is None:
        return not_applicable("the engine tells this user nothing")
    if not engine.storage_driver:
        return unknown("docker info names no storage driver")
    if not engine.supports_d_type:
        return failed(
            f"{engine.storage_driver}: Supports d_type: false",
            cause="The file system under the images has no d_type (XFS with ftype=0), which breaks layers.",
            remedy=by_hand("Move `data-root` to a file system made with mkfs.xfs -n ftype=1, or to ext4"),
        )
    if engine.storage_driver not in SOUND_DRIVERS:
        return failed(
            engine.storage_driver,
            cause=f"The storage driver {engine.storage_driver} is slow or abandoned: each container copies its image.",
            remedy=by_hand('Take "storage-driver" out of daemon.json; images and containers have to be made again'),
        )
    return passed(engine.storage_driver)


DISK = Check("dk.disk", "The disk of images and containers is not full", judge_full, needs=("dk.installed",))
DISK_LOW = Check("dk.disk_low", "There is room for CUDA images", judge_low, Severity.WARNING, ("dk.disk",))
STORAGE = Check(
    "dk.storage", "Layers are kept by a sound storage driver", judge_driver, Severity.WARNING, ("dk.running",)
)
