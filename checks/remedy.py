"""Remedies as data: what mends a cause on a host, and what else that does."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from enum import Enum

from provisioning.command import Command


class Risk(Enum):
    """What a remedy does besides mending."""

    SAFE = "safe"
    RESTARTS_DOCKER = "restarts Docker"
    ENDS_GPU_JOBS = "ends GPU jobs"
    REBOOT = "reboots"


@dataclass(frozen=True)
class Remedy:
    """How to mend a cause on this very host: commands for root where there are any, words where a person must act."""

    words: str = ""
    commands: tuple[Command, ...] = ()
    risk: Risk = Risk.SAFE
    provision: bool = False
    """Provisioning the host is what mends it."""

    @property
    def told(self) -> str:
        """What a person does, '' where there are commands alone. HOST stands for the host."""
        return self.words or ("./gpudock provision HOST" if self.provision else "")

    def __str__(self) -> str:
        line = " && ".join(map(_typed, self.commands))
        return f"{self.told}: {line}" if self.told and line else self.told or line


def _typed(command: Command) -> str:
    """Return the command as a person types it on one line, its input too."""
    if not isinstance(command.stdin, str):
        return f"sudo {command}"
    text = command.stdin.replace("\\", "\\\\").replace("%", "%%").replace("\n", "\\n")
    return f"printf {shlex.quote(text)} | sudo {command}"


NO_REMEDY = Remedy()


def by_hand(words: str) -> Remedy:
    return Remedy(words)


def by_commands(*commands: tuple[str, ...], risk: Risk = Risk.SAFE, words: str = "") -> Remedy:
    """Return the remedy that runs these argv, in this order, as root."""
    return Remedy(words, tuple(Command(argv) for argv in commands), risk)


def by_sysctl(topic: str, *settings: str) -> Remedy:
    """Return the remedy that sets `KEY=VALUE` for the kernel, now and at each boot in a file of this topic."""
    lasting = Command(("tee", f"/etc/sysctl.d/90-gpudock-{topic}.conf"), "".join(f"{each}\n" for each in settings))
    return Remedy(commands=(lasting, Command(("sysctl", "-w", *settings))))


BY_PROVISIONING = Remedy(provision=True, risk=Risk.RESTARTS_DOCKER)
RESTART_DOCKER = by_commands(("systemctl", "restart", "docker"), risk=Risk.RESTARTS_DOCKER)
