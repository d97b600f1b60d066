"""CUDA in a container of a real engine, with a stand-in for NVIDIA's libcuda that gives what it is told to give.

The lab's toolkit is a stand-in too, and is told to hand that libcuda to containers. What stays unproved without a GPU
is NVIDIA's own libcuda, and the toolkit's own way of handing it over.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lab import Host
from tests.lab.driving import Gpudock, look, write

FILES = "/usr/share/gpudock-lab/gpu/files"
"""What the lab's toolkit hands to containers."""
SOURCE = "int cuInit(unsigned flags) { return CODE; }\nint cuDeviceGetCount(int *n) { *n = COUNT; return 0; }\n"
TOOLS = "gcc libc6-dev python3"
INSTALL = f"apt-get -q update >/dev/null; apt-get install -y -q --no-install-recommends {TOOLS} >/dev/null 2>&1"


@pytest.fixture(scope="module")
def host(ready_host: Host) -> Iterator[Host]:
    look(ready_host, INSTALL)
    write(ready_host, "/root/cuda.c", SOURCE)
    look(ready_host, f"cp {FILES} /root/files; cp /usr/lib/*-linux-gnu/libcuda.so.1 /root/libcuda.of-the-lab")
    look(ready_host, f"echo /usr/lib/$(uname -m)-linux-gnu/libcuda.so.1 >>{FILES}")
    yield ready_host
    look(
        ready_host,
        f"cat /root/files >{FILES}; cat /root/libcuda.of-the-lab >/usr/lib/$(uname -m)-linux-gnu/libcuda.so.1",
    )


@pytest.mark.parametrize(
    ("code", "count", "status", "words"),
    [
        (0, 8, "pass", "cuInit gives 0, 8 device(s)"),
        (0, 7, "fail", "CUDA counts 7 of 8 GPUs"),
        (803, 8, "fail", "another version than the loaded driver"),
        (999, 8, "fail", "The device of unified memory is missing"),
    ],
)
def test_what_cuda_says_in_a_container_is_judged(
    host: Host, gpudock: Gpudock, code: int, count: int, status: str, words: str
) -> None:
    """Red when the container is not the one that asks, or its answer is not read."""
    look(host, f"gcc -shared -DCODE={code} -DCOUNT={count} -o /root/libcuda.so /root/cuda.c")
    look(host, "cat /root/libcuda.so >/usr/lib/$(uname -m)-linux-gnu/libcuda.so.1")
    found = gpudock.findings(f"admin@{host.name}", "--only", "ctr.cuda")["ctr.cuda"]
    assert (found["status"], words in f"{found['seen']} {found['cause']}") == (status, True), found
