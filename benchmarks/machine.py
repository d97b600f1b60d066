"""The machine that figures were made on."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path


def describe(cpuinfo: str, meminfo: str, kernel: str, cores: int, python: str) -> str:
    """Return a line: processor and cores, memory, kernel, Python. The texts are those of /proc."""
    model = re.search(r"^model name\s*: (.*)$", cpuinfo, re.MULTILINE)
    total = re.search(r"^MemTotal:\s+(\d+) kB$", meminfo, re.MULTILINE)
    memory = f"{int(total[1]) / 1024**2:.0f} GiB" if total else "unknown"
    return (
        f"{cores} cores ({model[1].strip() if model else 'unknown'}), memory {memory}, Linux {kernel}, Python {python}"
    )


def this_machine() -> str:
    """Return that line for this machine."""
    cpuinfo, meminfo = (Path("/proc", name).read_text() for name in ("cpuinfo", "meminfo"))
    kernel = re.match(r"[\d.]+", platform.release())
    return describe(
        cpuinfo, meminfo, kernel[0] if kernel else "unknown", os.cpu_count() or 1, platform.python_version()
    )


def load() -> str:
    """Return what else the machine did lately: the mean number of processes at work over one minute."""
    return f"{os.getloadavg()[0]:.1f}"
