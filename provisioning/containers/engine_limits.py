"""What the engine itself may take, which bounds what its containers can be given."""

from __future__ import annotations

from dataclasses import dataclass

from provisioning.probe import Probe

# An engine in a container without that capability (LXC, some CI machines) cannot raise a limit above its own.
_SNIPPET = """
pid=$(cat /var/run/docker.pid 2>/dev/null) || exit 0
sed -n 's/^CapEff:[[:space:]]*/capabilities /p' "/proc/$pid/status"
sed -n 's/^Max locked memory *[^ ]* *\\([^ ]*\\).*/memlock \\1/p' "/proc/$pid/limits"
"""
_CAP_SYS_RESOURCE = 1 << 24


@dataclass(frozen=True)
class EngineLimits:
    locks_memory: bool = True
    """It may let containers lock all the memory that they want."""


def parse(text: str) -> EngineLimits:
    """Return what the engine may; where nobody could read it, that it may."""
    said = dict(line.split(" ", 1) for line in text.splitlines())
    raises = bool(int(said.get("capabilities", "-1"), 16) & _CAP_SYS_RESOURCE)
    return EngineLimits(raises or said.get("memlock", "unlimited") == "unlimited")


ENGINE_LIMITS = Probe("engine_limits", _SNIPPET, parse)
