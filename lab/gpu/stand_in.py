"""Puts the stand-in for a GPU and its driver into a host's root; the host's boot unit brings it to life."""

from __future__ import annotations

import platform
import shutil
from pathlib import Path

from lab.gpu.profiles import Profile
from lab.gpu.render import bus_files, driver_files
from lab.gpu.shared_object import shared_object
from lab.shell import run

PLACE = Path("usr/share/gpudock-lab/gpu")
LIBRARIES = ("libnvidia-ml.so", "libcuda.so")
NVIDIA_SMI = Path(__file__).with_name("nvidia-smi")


def install_stand_in(root: Path, profile: Profile, *, with_driver: bool) -> None:
    """Write the GPU's files under `root`, and the driver's programs and libraries if it is to have one."""
    _write(root / PLACE, dict(bus_files(profile)))
    if not with_driver:
        return
    _write(root / PLACE, dict(driver_files(profile)))
    shutil.copy(NVIDIA_SMI, root / "usr/bin/nvidia-smi")
    files = ["/usr/bin/nvidia-smi", *_libraries(root, profile.driver)]
    _write(root / PLACE, {"files": "".join(f"{path}\n" for path in files)})
    run("chroot", str(root), "ldconfig")


def _libraries(root: Path, version: str) -> list[str]:
    place = next((root / "usr/lib").glob("*-linux-gnu"))
    for library in LIBRARIES:
        (place / f"{library}.{version}").write_bytes(shared_object(f"{library}.1", platform.machine()))
    return [f"/{place.relative_to(root)}/{library}.{version}" for library in LIBRARIES]


def _write(place: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(text)
