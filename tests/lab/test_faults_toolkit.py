"""The toolkit and CDI broken for real, in one way at a time: the report's first line is that cause."""

from __future__ import annotations

import pytest

from lab import Host
from tests.lab.driving import Gpudock, look

SPEC = "/var/run/cdi/nvidia.yaml"
REFRESH = "systemctl restart nvidia-cdi-refresh"
CONFIG = "/etc/nvidia-container-runtime/config.toml"


@pytest.mark.parametrize(
    ("breaking", "mending", "check", "words"),
    [
        (
            "mv /usr/bin/nvidia-container-runtime-hook /root",
            "mv /root/nvidia-container-runtime-hook /usr/bin",
            "ctk.installed",
            "could not select device driver",
        ),
        (f"rm {SPEC}", REFRESH, "ctk.cdi", "unresolvable CDI devices"),
        (f"sed -i 's/libcuda.so.[0-9.]*/libcuda.so.1.2.3/' {SPEC}", REFRESH, "ctk.cdi_stale", "which is gone"),
        (
            f"sed -i 's,- path: /dev/nvidia-uvm$,&\\n              major: 200,' {SPEC}",
            REFRESH,
            "ctk.cdi_uvm",
            "/dev/nvidia-uvm major number 200",
        ),
        (
            "mv /usr/bin/nvidia-container-runtime /root",
            "mv /root/nvidia-container-runtime /usr/bin",
            "ctk.runtime_path",
            "no program nvidia-container-runtime",
        ),
        (
            f'cp {CONFIG} /root; sed -i \'s/"auto"/"cdi"/\' {CONFIG}',
            f"cp /root/config.toml {CONFIG}",
            "ctk.config",
            "cdi",
        ),
        (f"cp {CONFIG} /root; echo mode = auto >>{CONFIG}", f"cp /root/config.toml {CONFIG}", "ctk.config", "at line"),
    ],
)
def test_a_toolkit_broken_in_one_way(
    ready_host: Host, gpudock: Gpudock, breaking: str, mending: str, check: str, words: str
) -> None:
    """Red when the judge of that check passes, or another one blames something else."""
    look(ready_host, breaking)
    try:
        found = gpudock.findings(f"admin@{ready_host.name}")
    finally:
        look(ready_host, mending)
    bad = {name for name, finding in found.items() if finding["status"] in {"fail", "warn"}}
    assert words in found[check]["seen"] + found[check]["cause"]
    assert {name for name in bad if not name.startswith("ctr.")} == {check}
    assert next(iter(found)) == check


def test_of_registry_and_engine_the_broken_one_is_named(ready_host: Host, gpudock: Gpudock) -> None:
    """Red when an engine without images counts as an engine that does not work."""
    ports = "-p tcp -m multiport --dports 443,5000 -j REJECT"
    look(ready_host, f"docker image prune -af; iptables -A OUTPUT {ports}")
    try:
        found = gpudock.findings(f"admin@{ready_host.name}")
    finally:
        look(ready_host, f"iptables -D OUTPUT {ports}")
    assert "The engine works: it ran an image made of the host's own files" in found["ctr.hello"]["cause"]
    assert found["ctr.smoke"]["status"] == "blocked"


def test_containers_that_do_not_get_out(ready_host: Host, gpudock: Gpudock) -> None:
    """Red when what a container reaches is not compared with what the host reaches."""
    look(ready_host, "iptables -I FORWARD -i docker0 -j DROP")
    try:
        found = gpudock.findings(f"admin@{ready_host.name}")
    finally:
        look(ready_host, "iptables -D FORWARD -i docker0 -j DROP")
    assert (found["ctr.dns"]["status"], next(iter(found))) == ("fail", "ctr.dns")


def test_the_container_that_will_not_come_back_is_named(ready_host: Host, gpudock: Gpudock) -> None:
    """Red when `judge_next` trusts a container because it runs."""
    image = look(ready_host, "docker images --format '{{.Repository}}:{{.Tag}}' nvidia/cuda").split()[0]
    run = f"docker run -d --name train --shm-size 1g --device nvidia.com/gpu=all {image} sleep 9999"
    look(ready_host, f"{run} && rm {SPEC}")
    try:
        found = gpudock.findings(f"admin@{ready_host.name}")
    finally:
        look(ready_host, f"docker rm -f train; {REFRESH}")
    assert found["ctr.next"]["seen"] == "1 container(s) will not come back: train"
    assert found["ctr.lost"]["status"] == "pass"
