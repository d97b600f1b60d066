"""What the kernel has said of NVIDIA's driver since it booted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from provisioning.probe import Probe

# The kernel's buffer is a ring: where it no longer begins with the boot, the journal has what it lost. Without the
# right to read it dmesg fails, and silence must not be taken for health.
SNIPPET = """
[ -e /run/systemd/container ] && { echo 'a container does not see the log of its kernel' >&2; exit 1; }
log=$(dmesg)
case $log in *'[    0.000000]'*) ;; *)
  older=$(journalctl -k -b -q --no-pager -o cat 2>/dev/null); log=${older:-$log};;
esac
[ -n "$log" ] || exit 1
printf '%s\\n' "$log" | grep -E 'NVRM|Xid|nouveau|Loading of .*module|Lockdown.*module' | tail -n 300
true
"""

_STAMP = re.compile(r"^\s*\[[ \d.]+\]\s*", re.MULTILINE)
_XID = re.compile(r"Xid \((?:PCI:)?([0-9A-Fa-f:.]+)\): (\d+),? ?([^\n]*)")
_FALLEN = re.compile(r"GPU (?:at PCI:)?([0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2})[^X]{0,120}?has fallen off the bus", re.I)


@dataclass(frozen=True)
class Xid:
    """An error that the driver reported."""

    bus: str
    """Without the function: `0000:18:00`."""
    code: int
    text: str


@dataclass(frozen=True)
class KernelLog:
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """Everything in one line: the driver breaks its messages wherever it likes, with NVRM: before each piece."""
        return " ".join(" ".join(self.lines).replace("NVRM: ", "").split())

    @property
    def xids(self) -> tuple[Xid, ...]:
        found = _XID.findall("\n".join(self.lines))
        return tuple(Xid(bus.lower().rpartition(".")[0] or bus.lower(), int(code), text) for bus, code, text in found)

    @property
    def off_the_bus(self) -> tuple[str, ...]:
        """The GPUs that stopped answering, without the function: `0000:18:00`."""
        return tuple(dict.fromkeys(bus.lower() for bus in _FALLEN.findall(self.text)))


def parse(text: str) -> KernelLog:
    return KernelLog(tuple(line.strip() for line in _STAMP.sub("", text).splitlines() if line.strip()))


def redact(text: str) -> str:
    """Blank out which programs and which boards the driver speaks of."""
    return re.sub(r"(name=|Serial Number: *)[^,\n]*", r"\1…", text)


KERNEL_LOG = Probe("kernel_log", SNIPPET, parse, redact=redact)
