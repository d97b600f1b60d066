"""How NVIDIA's driver is installed: the module on the disk, its device nodes and libraries, what updates it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from provisioning.probe import Probe

# `dkms status` and `apt-mark showhold` take half a second between them; the directories that they read take none.
SNIPPET = r"""
kernel=$(uname -r)
[ -e /sys/module/nouveau/initstate ] && echo nouveau
grep -qsE '^[[:space:]]*(blacklist|install|alias)[[:space:]]+nouveau' \
  /etc/modprobe.d/*.conf /lib/modprobe.d/*.conf /usr/lib/modprobe.d/*.conf /run/modprobe.d/*.conf && echo blacklisted
command -v modinfo >/dev/null && echo modinfo
if [ -e "/lib/modules/$kernel/modules.dep" ]; then
  for name in nvidia nvidia-current nvidia-current-open; do
    module=$(modinfo "$name" 2>/dev/null) || continue
    printf '%s\n' "$module" | sed -nE 's/^(version|license|vermagic|signer): +/module \1 /p'; break
  done
  grep -lsE '/nvidia(-current(-open)?)?\.ko' /lib/modules/*/modules.dep |
    sed -nE 's,^/lib/modules/(.*)/modules.dep$,module_for \1,p'
fi
for image in /boot/vmlinuz-*; do [ -e "$image" ] && echo "kernel ${image#/boot/vmlinuz-}"; done
for headers in /lib/modules/*/build/.; do
  [ -e "$headers" ] && headers=${headers#/lib/modules/} && echo "headers ${headers%/build/.}"
done
for source in /var/lib/dkms/nvidia*/*/source; do
  [ -e "$source" ] || continue
  if [ -e "${source%/source}/$kernel" ]; then state=built
  elif [ -e "${source%/source}/build/make.log" ]; then state=failed
  else state=added; fi
  echo "dkms $state ${source%/source}"
done
efi=/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c
[ -e $efi ] && echo "secure_boot $(od -An -tu1 $efi | sed 's/.* //')"
stat -c 'node %n %a' /dev/nvidia[0-9]* /dev/nvidiactl /dev/nvidia-uvm /dev/nvidia-uvm-tools 2>/dev/null
set -- /dev/char/195:*; [ -L "$1" ] && echo devchar
command -v nvidia-modprobe >/dev/null && echo nvidia-modprobe
ldconfig -p | sed -nE 's/^[[:space:]]*libnvidia-ml\.so\.1 \(libc6,.*=> //p' | head -n 1 |
  while read -r path; do echo "library $(readlink -f "$path")"; done
for unit in nvidia-persistenced nvidia-fabricmanager; do
  for place in /etc /lib /usr/lib; do
    [ -e "$place/systemd/system/$unit.service" ] && echo "unit $unit $(systemctl is-active $unit.service)" && break
  done
done
if [ -x /usr/bin/unattended-upgrade ]; then
  sed -nE 's/^ *APT::Periodic::Unattended-Upgrade +"(.*)";.*/upgrades \1/p' /etc/apt/apt.conf.d/*
  sed -n '/Package-Blacklist/,/}/p' /etc/apt/apt.conf.d/* | grep -qE '^[^/#]*nvidia' && echo spared
fi
true
"""


@dataclass(frozen=True)
class Module:
    """nvidia.ko for the running kernel, as modinfo describes the file."""

    version: str
    license: str
    kernel: str
    """The kernel it was built for."""
    signer: str

    @property
    def open(self) -> bool:
        """NVIDIA's open kernel modules are `Dual MIT/GPL`, the others `NVIDIA`."""
        return "MIT" in self.license


@dataclass(frozen=True)
class DriverSetup:
    nouveau: bool
    """Loaded."""
    nouveau_blacklisted: bool
    modinfo: bool
    """The host has modinfo: without it nothing is known of the module."""
    module: Module | None
    kernels: tuple[str, ...]
    """Those that can be booted."""
    headers: frozenset[str]
    """Kernels whose headers are here."""
    modules_for: frozenset[str]
    """Kernels that have an nvidia module."""
    dkms: Mapping[str, str]
    """`/var/lib/dkms/nvidia/550.163.01` → `built`, `failed` or `added`, for the running kernel."""
    secure_boot: bool
    nodes: Mapping[str, int]
    """`/dev/nvidia0` → its permissions."""
    char_links: bool
    """/dev/char leads to the GPUs."""
    nvidia_modprobe: bool
    library: str
    """The file behind libnvidia-ml.so.1 of this machine's word size; '' when the linker's cache has none."""
    units: Mapping[str, str]
    """`nvidia-persistenced` and `nvidia-fabricmanager`, where they are installed → `active`, `inactive`, `failed`."""
    upgrades: bool
    """unattended-upgrades installs new versions."""
    spared: bool
    """Its blacklist names NVIDIA's packages."""

    @property
    def library_version(self) -> str:
        found = re.search(r"\.so\.(\d+\.\d+(?:\.\d+)?)$", self.library)
        return found[1] if found else ""


def parse(text: str) -> DriverSetup:
    rows = [line.split(" ", 1) for line in text.splitlines()]
    flags = {row[0] for row in rows if len(row) == 1}

    def named(key: str) -> tuple[str, ...]:
        return tuple(row[1] for row in rows if len(row) > 1 and row[0] == key)

    return DriverSetup(
        nouveau="nouveau" in flags,
        nouveau_blacklisted="blacklisted" in flags,
        modinfo="modinfo" in flags,
        module=_module(dict(map(_two, named("module")))),
        kernels=named("kernel"),
        headers=frozenset(named("headers")),
        modules_for=frozenset(named("module_for")),
        dkms={place: state for state, place in map(_two, named("dkms"))},
        secure_boot=named("secure_boot") == ("1",),
        nodes={name: int(mode, 8) for name, mode in map(_two, named("node"))},
        char_links="devchar" in flags,
        nvidia_modprobe="nvidia-modprobe" in flags,
        library="".join(named("library")[:1]),
        units=dict(map(_two, named("unit"))),
        upgrades=named("upgrades")[-1:] not in ((), ("0",)),
        spared="spared" in flags,
    )


def _two(line: str) -> tuple[str, str]:
    first, _, rest = line.partition(" ")
    return first, rest


def _module(said: Mapping[str, str]) -> Module | None:
    if not said:
        return None
    kernel = said.get("vermagic", "").split(" ")[0]
    return Module(said.get("version", ""), said.get("license", ""), kernel, said.get("signer", ""))


DRIVER_SETUP = Probe("driver_setup", SNIPPET, parse)
