"""The guest's disk, and its end: what was not written back in time is lost, as after a quick restart of boot2docker."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from lab.toolbox import guest
from lab.toolbox.state import World, load

PERSISTENT = "var/lib/boot2docker"
SIZE = "1m"


def mount_cache(world: World, name: str) -> None:
    """Read the disk into what stands for the kernel's memory of it: only `sync`, and time, write it back."""
    cache, disk = guest.root(world, name) / PERSISTENT, guest.disk(world, name)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"mode=755,size={SIZE}", "tmpfs", str(cache)], check=True)
    disk.mkdir(parents=True, exist_ok=True)
    _copy(disk, cache)


def sync(world: World, name: str) -> None:
    """Write all of it to the disk."""
    cache, disk = guest.root(world, name) / PERSISTENT, guest.disk(world, name)
    shutil.rmtree(disk)
    disk.mkdir()
    _copy(cache, disk)


def _copy(source: Path, target: Path) -> None:
    """Copy all that is in a folder, with its owners and modes."""
    subprocess.run(["cp", "-a", f"{source}/.", str(target)], check=True)


def main(state: Path, argv: Sequence[str]) -> int:
    """End the machine named in `argv`, in its namespaces; the disk keeps what is older than the write-back."""
    world = load(state.read_text())
    root = guest.root(world, argv[0])
    if not root.is_mount():
        return 0
    _write_back(root / PERSISTENT, guest.disk(world, argv[0]), time.time() - world.writeback_seconds)
    for process in _processes(root):
        os.kill(process, signal.SIGKILL)
    return subprocess.run(["umount", "--recursive", "--lazy", str(root)], check=False).returncode


def _write_back(cache: Path, disk: Path, before: float) -> None:
    for path in sorted(cache.rglob("*")):
        target = disk / path.relative_to(cache)
        if path.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        elif path.stat().st_mtime < before:
            shutil.copy2(path, target)
        else:
            continue
        seen = path.stat()
        os.chown(target, seen.st_uid, seen.st_gid)
        target.chmod(stat.S_IMODE(seen.st_mode))


def _processes(root: Path) -> Iterator[int]:
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            seen = os.readlink(entry / "root")  # noqa: PTH115 - it may lead to what is no path here
        except OSError:
            continue
        if seen == str(root) or seen.startswith(f"{root}/"):
            yield int(entry.name)
