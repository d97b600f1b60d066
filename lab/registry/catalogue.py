"""The images in the lab's registry: hello-world and CUDA's base tags, all of them busybox in truth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lab.registry.images import NOTICE, Image, Link, image, layer

# The real image says more; programs and people look for these lines.
GREETING = f"""
Hello from Docker!
This message shows that your installation appears to be working correctly.

(The image is a {NOTICE}.)
"""

CUDA_TAGS = (
    "13.0.1-base-ubuntu24.04",
    "12.8.1-base-ubuntu24.04",
    "12.6.3-base-ubuntu24.04",
    "12.4.1-base-ubuntu22.04",
    "12.2.2-base-ubuntu22.04",
    "11.8.0-base-ubuntu22.04",
)


def images(busybox: bytes, applets: Iterable[str], architecture: str) -> Sequence[Image]:
    """Make all images; `busybox` is the static program, `applets` the names it answers to."""
    tools = layer({"bin/busybox": busybox, **{f"bin/{name}": Link("busybox") for name in applets if name != "busybox"}})
    greeting = layer({"hello.txt": GREETING.encode()})
    hello = image(
        "library/hello-world:latest", [tools, greeting], architecture=architecture, command=["cat", "/hello.txt"]
    )
    return [hello, *(_cuda(tag, tools, architecture) for tag in CUDA_TAGS)]


def _cuda(tag: str, tools: bytes, architecture: str) -> Image:
    """nvidia-smi and the libraries come from the host in the vendor's images too: nothing is missing here."""
    version = tag.partition("-")[0]
    system = layer({"etc/os-release": f'NAME="{NOTICE}"\nPRETTY_NAME="{NOTICE} for nvidia/cuda:{tag}"\n'.encode()})
    environment = (
        f"CUDA_VERSION={version}",
        f"NVIDIA_REQUIRE_CUDA=cuda>={version.rpartition('.')[0]}",
        "NVIDIA_VISIBLE_DEVICES=all",
        "NVIDIA_DRIVER_CAPABILITIES=compute,utility",
    )
    return image(
        f"nvidia/cuda:{tag}", [tools, system], architecture=architecture, command=["sh"], environment=environment
    )
