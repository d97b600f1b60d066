"""What a container may do to its host."""

from __future__ import annotations

import pytest

from provisioning.containers import risks
from provisioning.containers.spec import Bind, ContainerSpec, Port


@pytest.mark.parametrize(
    ("spec", "line"),
    [
        (ContainerSpec("i", further=(("--privileged", "true"),)), "it is privileged: as good as root on the host"),
        (
            ContainerSpec("i", mounts=(Bind("/var/run/docker.sock", "/s", read_only=True),)),
            "it commands the host's engine",
        ),
        (ContainerSpec("i", mounts=(Bind("/", "/host"),)), "it can change every file of the host"),
        (ContainerSpec("i", network="host"), "it shares the host's network"),
        (ContainerSpec("i", ports=(Port(80, 80, ""),)), "its port 80 is published on all addresses, past ufw"),
        (ContainerSpec("i", further=(("--cap-add", "SYS_ADMIN"),)), "it has the capability SYS_ADMIN"),
        (
            ContainerSpec("i", further=(("--device", "/dev/fuse:/dev/fuse:rwm"),)),
            "it may use the host's device /dev/fuse",
        ),
        (ContainerSpec("i", further=(("--ipc", "host"),)), "it shares memory with others: host"),
        (ContainerSpec("i", further=(("--pid", "host"),)), "it sees the host's processes"),
        (
            ContainerSpec("i", further=(("--security-opt", "seccomp=unconfined"),)),
            "its confinement is changed: seccomp",
        ),
    ],
)
def test_a_risk_is_a_line(spec: ContainerSpec, line: str) -> None:
    [told] = risks.of(spec)
    assert told.startswith(line)


@pytest.mark.parametrize(
    "spec",
    [
        ContainerSpec("i", mounts=(Bind("/", "/host", read_only=True), Bind("/srv", "/srv")), ports=(Port(80),)),
        ContainerSpec("i", further=(("--security-opt", "no-new-privileges"), ("--cap-drop", "ALL"))),
    ],
)
def test_what_is_no_risk_is_not_told(spec: ContainerSpec) -> None:
    assert list(risks.of(spec)) == []
