"""What is mounted in an inspected container."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from provisioning.containers.spec import Bind, Mount, Tmpfs, Volume

Document = Mapping[str, Any]

_MADE_UP = re.compile("[0-9a-f]{64}")


def mounts_of(container: Document) -> Iterator[Mount]:
    """Yield the mounts in the order of their places; `--tmpfs` is an option of its own."""
    asked = _asked(container)
    for seen in sorted(container.get("Mounts") or (), key=lambda each: str(each["Destination"])):
        target = seen["Destination"]
        if seen["Type"] == "bind":
            propagation = seen.get("Propagation") or ""
            yield Bind(seen["Source"], target, not seen["RW"], "" if propagation == "rprivate" else propagation)
        elif seen["Type"] == "volume":
            filled = not (asked.get(target, {}).get("VolumeOptions") or {}).get("NoCopy")
            yield Volume("" if is_own(container, seen["Name"]) else seen["Name"], target, not seen["RW"], filled)
    for mount in container["HostConfig"].get("Mounts") or ():
        if mount["Type"] == "tmpfs":
            options = mount.get("TmpfsOptions") or {}
            yield Tmpfs(mount["Target"], f"{options.get('Mode') or 0o1777:o}", int(options.get("SizeBytes") or 0))


def unmade_mounts(container: Document) -> Iterator[str]:
    """Yield what of the mounts no option of ours makes again."""
    for seen in container.get("Mounts") or ():
        if seen["Type"] not in ("bind", "volume", "tmpfs"):
            yield f"its mount of type {seen['Type']} at {seen['Destination']}"
        if seen["Type"] == "bind" and set(str(seen.get("Mode")).split(",")) & {"z", "Z"}:
            yield f"the SELinux label of {seen['Source']}"
    for target, asked in _asked(container).items():
        if (asked.get("VolumeOptions") or {}).get("Subpath"):
            yield f"that {target} is only the folder {asked['VolumeOptions']['Subpath']} of its volume"
        further = {name for name, on in (asked.get("BindOptions") or {}).items() if on}
        if further - {"Propagation", "CreateMountpoint"}:
            yield f"how {target} is mounted: {', '.join(sorted(further - {'Propagation', 'CreateMountpoint'}))}"


def is_own(container: Document, volume: str) -> bool:
    """Tell whether the engine made a volume's name up, for this container alone."""
    binds = (each.split(":")[0] for each in container["HostConfig"].get("Binds") or ())
    named = {*binds, *(asked.get("Source") for asked in _asked(container).values())}
    return bool(_MADE_UP.fullmatch(volume)) and volume not in named


def _asked(container: Document) -> dict[str, Document]:
    return {each["Target"]: each for each in container["HostConfig"].get("Mounts") or ()}
