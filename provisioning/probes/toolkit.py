"""The NVIDIA Container Toolkit on the host: its programs and the CDI devices they describe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provisioning.probe import Probe

PROGRAMS = ("nvidia-ctk", "nvidia-cdi-hook", "nvidia-container-runtime", "nvidia-container-runtime-hook")

# A program's birth: the time of its last change moves with a rename or a label too. An upgrade replaces the program but
# keeps its package's directory, and a hook that dockerd once found stays found.
SNIPPET = f"""
for name in {" ".join(PROGRAMS)}; do
  package=nvidia-container-toolkit-base; [ $name = nvidia-container-runtime-hook ] && package=nvidia-container-toolkit
  path=$(command -v $name) &&
    echo "program $name $path $(stat -L -c "%Z %W" "$path") $(stat -c %W /usr/share/doc/$package 2>/dev/null)"
done
for spec in /etc/cdi/*nvidia* /var/run/cdi/*nvidia*; do [ -f "$spec" ] && echo "spec $spec"; done
command -v nvidia-ctk >/dev/null || exit 0
nvidia-ctk cdi list 2>/dev/null | sed -n 's/^ *\\([^ =]*=[^ ]*\\)$/device \\1/p'
"""


@dataclass(frozen=True)
class Toolkit:
    programs: Mapping[str, str]
    """Name → path of those on root's PATH."""
    installed: int
    """When the newest of them was first on the disk, seconds since the epoch; 0 when there is none."""
    cdi_devices: frozenset[str]
    """Names that `nvidia-ctk cdi list` finds in the CDI directories, such as `nvidia.com/gpu=all`."""
    specs: tuple[str, ...] = ()
    """CDI specifications of NVIDIA's on the disk."""

    @property
    def hand_made_specs(self) -> tuple[str, ...]:
        """Those that nobody renews, beside the one that the toolkit's own unit writes."""
        if not any(path.startswith("/var/run/") for path in self.specs):
            return ()
        return tuple(path for path in self.specs if path.startswith("/etc/cdi/"))


def parse(text: str) -> Toolkit:
    rows = [line.split() for line in text.splitlines()]
    programs = [row for row in rows if row[0] == "program"]
    return Toolkit(
        programs={row[1]: row[2] for row in programs},
        installed=max((_since(row[3:]) for row in programs), default=0),
        cdi_devices=frozenset(row[1] for row in rows if row[0] == "device"),
        specs=tuple(row[1] for row in rows if row[0] == "spec"),
    )


def _since(times: list[str]) -> int:
    """Return the earliest; a filesystem that keeps no births says 0, or a question mark."""
    return min(int(time) for time in times if time.isdecimal() and int(time))


TOOLKIT = Probe("toolkit", SNIPPET, parse)
