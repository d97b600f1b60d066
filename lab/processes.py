"""Long-running programs of the lab: started in a session of their own, known by a pid file."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Collection, Sequence
from pathlib import Path

from lab.shell import CommandFailed, detach

LAUNCHER = Path(__file__).with_name("launch.sh")
STARTS_WITHIN = 5.0
POLL = 0.02


def start(pidfile: Path, argv: Sequence[str], *, log: Path, cgroup: str = "") -> None:
    """Start a program that outlives this one; its output goes to `log`.

    Raises CommandFailed when it is gone before it noted its process id.
    """
    pidfile.parent.mkdir(parents=True, exist_ok=True)
    pidfile.unlink(missing_ok=True)
    detach("setsid", "--fork", "sh", str(LAUNCHER), str(pidfile), cgroup, *argv, log=log)
    deadline = time.monotonic() + STARTS_WITHIN
    while not pidfile.exists():
        if time.monotonic() > deadline:
            raise CommandFailed(f"{argv[0]} did not start", f"Its output is in {log}.")
        time.sleep(POLL)


def is_alive(pidfile: Path) -> bool:
    """Whether the process noted in the file lives (and is not another one with the same number)."""
    return _running_pid(pidfile) is not None


def stop(pidfile: Path, *, patience: float) -> None:
    """End the process politely, after `patience` seconds for good; removes the file."""
    _signal(pidfile, signal.SIGTERM)
    _await_end(pidfile, patience)


def stop_innermost(pidfile: Path, outer: Collection[str], *, patience: float) -> None:
    """End the process by killing what the programs named in `outer` have started, so that they can tidy up.

    After `patience` seconds it is killed itself; removes the file.
    """
    pid = _running_pid(pidfile)
    if pid is not None:
        for inner in _innermost(pid, outer):
            os.kill(inner, signal.SIGKILL)
    _await_end(pidfile, patience)


def _innermost(pid: int, outer: Collection[str]) -> list[int]:
    if Path(f"/proc/{pid}/comm").read_text().strip() not in outer:
        return [pid]
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [inner for child in children for inner in _innermost(int(child), outer)]


def _await_end(pidfile: Path, patience: float) -> None:
    deadline = time.monotonic() + patience
    while is_alive(pidfile):
        if time.monotonic() > deadline:
            _signal(pidfile, signal.SIGKILL)
        time.sleep(POLL)
    pidfile.unlink(missing_ok=True)


def _signal(pidfile: Path, number: signal.Signals) -> None:
    pid = _running_pid(pidfile)
    if pid is not None:
        os.kill(pid, number)


def _running_pid(pidfile: Path) -> int | None:
    try:
        pid, started = pidfile.read_text().split()
        # The second field, the program's name, is in brackets and may hold spaces.
        fields = Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return None
    state, start_time = fields[0], fields[19]
    return int(pid) if start_time == started and state != "Z" else None
