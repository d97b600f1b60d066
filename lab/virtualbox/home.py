"""A user's home of VirtualBox: machines and settings of its own, and a VBoxManage for PATH that works on them.

It sees this machine's own files, under their own names; only /usr is the tree's, in a mount namespace. So folders to
be shared, the working directory and relative paths mean inside what they mean outside.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.shell import CommandFailed, run

PROGRAM = Path(__file__).with_name("VBoxManage")
ENDS_WITHIN = 10.0

# The first process of a process namespace: with it end the daemons that VBoxManage starts, even if this one is killed.
KEEPER = """
mount --bind /dev/null /etc/ld.so.cache && mount --bind "$1/usr" /usr && echo ready && read -r _
"""


@contextmanager
def home(tree: Path, place: Path) -> Iterator[Path]:
    """Make a home in `place` and give the folder with its VBoxManage, to be put on PATH; several do not meet.

    At the end no process of it runs any more; the files stay. Raises CommandFailed where it cannot be made.
    """
    unshare = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
    argv = (*unshare, "sh", "-c", KEEPER, "virtualbox-home", str(tree))
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as keeper:
        process = _first_process(keeper)
        try:
            yield _furnish(place, process)
        finally:
            keeper.communicate(timeout=ENDS_WITHIN)
            shutil.rmtree(f"/tmp/.vbox-gpudock-{process}-ipc", ignore_errors=True)  # noqa: S108 - XPCOM's choice


def _first_process(keeper: subprocess.Popen[bytes]) -> int:
    if keeper.stdout is None or keeper.stdout.readline() != b"ready\n":
        said = keeper.communicate()[1].decode(errors="replace")
        raise CommandFailed(f"The tree of VirtualBox could not be entered: {said}")
    [child] = Path(f"/proc/{keeper.pid}/task/{keeper.pid}/children").read_text().split()
    return int(child)


def _furnish(place: Path, first_process: int) -> Path:
    programs = place / "bin"
    programs.mkdir(parents=True, exist_ok=True)
    (place / "process").write_text(f"{first_process}\n")
    shutil.copy(PROGRAM, programs)
    # Of itself it takes the folder from the user's entry in /etc/passwd, whatever HOME says.
    run(str(programs / PROGRAM.name), "setproperty", "machinefolder", str(place / "VirtualBox VMs"))
    return programs
