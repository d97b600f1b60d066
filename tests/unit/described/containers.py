"""A host without containers, its limits, and what those say that verification starts."""

from __future__ import annotations

from tests.unit.described.gpu import UUID

IMAGE = "nvidia/cuda:12.4.1-base-ubuntu22.04"
HOST_IMAGE = (
    "made\noutside dns registry-1.docker.io\noutside reach registry-1.docker.io:443\n"
    "engine runs\ninside dns yes\ninside reach yes\ncuda 0 1\n"
)
READY = {
    "containers": "",
    "limits": "max_user_instances 128\nmax_user_watches 62184\nroot_maxkeys 1000000\n"
    "instances 14 0\ninstances 4 1000\nwatches 208\n",
}
DEEP = {
    "hello_world": "run 0 hello-world\n\nHello from Docker!\nThis message shows\n",
    "host_image": HOST_IMAGE,
    "cuda_container": f"run 0 {IMAGE}\nGPU 0: Tesla T4 (UUID: {UUID})\n",
    "cdi_container": f"run 0 {IMAGE}\nGPU 0: Tesla T4 (UUID: {UUID})\n",
}
