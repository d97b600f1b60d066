"""Boot the guest, in its namespaces: a root in memory, as boot2docker's, and its order of events."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from collections.abc import Sequence
from pathlib import Path

from lab.toolbox import disk, guest, vboxsf
from lab.toolbox.state import Machine, World, load

FOLDERS = (
    "bin sbin lib lib64 usr/bin usr/sbin usr/local/bin etc proc .proc dev run var/run root home/docker .containers mnt "
    + disk.PERSISTENT
)
FILES = {
    # The stand-in's sudo is `su` to a root without a password.
    "etc/passwd": "root::0:0:root:/root:/bin/sh\ndocker:x:1000:50:Docker:/home/docker:/bin/sh\n",
    "etc/group": "root:x:0:\nstaff:x:50:\ndocker:x:101:docker\n",
    "etc/os-release": 'NAME=Boot2Docker\nVERSION=19.03.12\nID=boot2docker\nPRETTY_NAME="Boot2Docker (stand-in)"\n',
    "proc/version": "Linux version 4.19.130-boot2docker (stand-in)\n",
    "run/vboxsf-symlinks": "",
    "proc/meminfo": "MemTotal:        1013556 kB\n",
}
DEVICES = {"null": (1, 3), "zero": (1, 5), "urandom": (1, 9), "tty": (5, 0)}
GUEST_PROGRAMS = Path(__file__).with_name("guest_programs")
HOOK_SECONDS = 60.0


def main(state: Path, argv: Sequence[str]) -> int:
    """Boot the machine named in `argv`."""
    world = load(state.read_text())
    machine = world.machines[argv[0]]
    root = guest.root(world, machine.name)
    _build(world, machine, root)
    automount(world, machine)
    _hook(root, "bootsync.sh", wait=True)
    _start_engine(root)
    _hook(root, "bootlocal.sh", wait=False)
    return 0


def automount(world: World, machine: Machine) -> None:
    """Mount what is marked so at `/NAME`, as boot2docker does.

    It cuts the name out of VBoxControl's list, `01 - NAME [...]`, at blanks, and does not tell of what failed.
    """
    for number, share in enumerate((each for each in machine.shares if each.automount), 1):
        name = f"{number:02} - {share.name}".split(" ")[2]
        point = "/" + name.lstrip("/")
        folder = guest.root(world, machine.name) / point.lstrip("/")
        folder.mkdir(parents=True, exist_ok=True)
        if vboxsf.mount(vboxsf.Place(world, machine), name, point, "uid=1000,gid=50,iocharset=utf8"):
            for empty in (folder, *folder.parents):
                if empty == guest.root(world, machine.name) or any(empty.iterdir()):
                    break
                empty.rmdir()
    vboxsf.write_tables(vboxsf.Place(world, machine))


def _build(world: World, machine: Machine, root: Path) -> None:
    root.mkdir(parents=True, exist_ok=True)
    root.with_name("mounts.json").unlink(missing_ok=True)
    _run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", str(root))
    for folder in FOLDERS.split():
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "tmp").mkdir(mode=0o1777)
    (root / "tmp").chmod(0o1777)
    os.chown(root / "home/docker", 1000, 50)
    for path, text in FILES.items():
        (root / path).write_text(text)
    for name, (major, minor) in DEVICES.items():
        os.mknod(root / "dev" / name, stat.S_IFCHR | 0o666, os.makedev(major, minor))
        (root / "dev" / name).chmod(0o666)
    _run("mount", "-t", "proc", "proc", str(root / ".proc"))
    (root / "proc/self").symlink_to("/.proc/self")
    disk.mount_cache(world, machine.name)
    _install_programs(world, machine, root)
    vboxsf.write_tables(vboxsf.Place(world, machine))


def _start_engine(root: Path) -> None:
    (root / "run/dockerd").touch()
    socket = root / "var/run/docker.sock"
    os.mknod(socket, stat.S_IFSOCK)
    socket.chmod(0o660)
    os.chown(socket, 0, guest.DOCKER_GROUP)


def _install_programs(world: World, machine: Machine, root: Path) -> None:
    shutil.copy(world.busybox, root / "bin/busybox")
    _run("chroot", str(root), "/bin/busybox", "--install", "-s", "/bin")
    _install_shell(root)
    # Of all programs only this one may become root; busybox gives the right up for the others.
    (root / "bin/su").unlink()
    shutil.copy(world.busybox, root / "bin/su")
    (root / "bin/su").chmod(0o4755)
    for source in GUEST_PROGRAMS.iterdir():
        target = root / ("sbin" if source.name.startswith("mount.") else "bin") / source.name
        target.unlink(missing_ok=True)
        shutil.copy(source, target)
        target.chmod(0o755)
    words = guest.program(world, "vboxsf", machine.name)
    (root / "etc/stand-in").write_text("".join(f"{word}\n" for word in words))
    if world.faults.no_guest_additions:
        (root / "sbin/mount.vboxsf").unlink()


def _install_shell(root: Path) -> None:
    """Busybox's own shell prefers busybox's programs to those of PATH, and so to the stand-in's."""
    told = subprocess.run(["ldd", "/bin/dash"], capture_output=True, text=True, check=True).stdout
    for library in re.findall(r"(/\S+) \(0x", told):
        (root / library[1:]).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(library, root / library[1:])
    (root / "bin/sh").unlink()
    shutil.copy("/bin/dash", root / "bin/sh")


def _hook(root: Path, name: str, *, wait: bool) -> None:
    if not (root / disk.PERSISTENT / name).exists():
        return
    argv = ("chroot", str(root), *guest.in_home("/root"), "sh", f"/{disk.PERSISTENT}/{name}")
    process = subprocess.Popen(
        argv,
        env=guest.environment("/root"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if wait:
        process.wait(HOOK_SECONDS)


def _run(*argv: str) -> None:
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL)
