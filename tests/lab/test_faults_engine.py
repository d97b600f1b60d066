"""The engine broken for real, in one way at a time: the report's first line is that cause. Red when a judge passes."""

from __future__ import annotations

import pytest

from lab import Host
from tests.lab.driving import Gpudock, look

FILE = "/etc/docker/daemon.json"
KEEP = f"cp {FILE} /root/daemon.json; "
START = "systemctl reset-failed docker.service docker.socket; systemctl start docker.socket docker.service"
MEND_FILE = f"cp /root/daemon.json {FILE}; {START}"
RESTART = "systemctl restart docker || true"
GROUP = "systemctl stop docker.socket docker; cp /etc/group /root/group; sed -i /^docker:/d /etc/group"
DROP_INS = "/run/systemd/system/docker.service.d"
DOCKER0 = "ip link set docker0 mtu"


@pytest.mark.parametrize(
    ("breaking", "mending", "check", "words"),
    [
        (f"{KEEP} echo '}}' >>{FILE}; {RESTART}", MEND_FILE, "dk.json", "Extra data"),
        (
            f"{KEEP} sed -i 's|^{{|{{\"debgu\": true,|' {FILE}; {RESTART}",
            MEND_FILE,
            "dk.json",
            "match any configuration option",
        ),
        (f'{KEEP} echo \'{{"debug": "yes"}}\' >{FILE}', MEND_FILE, "dk.json", "cannot unmarshal string"),
        (f"{KEEP} sed -i 's|^{{|{{\"hosts\": [],|' {FILE}; {RESTART}", MEND_FILE, "dk.flags", "hosts: in"),
        (
            f"{GROUP}; systemctl start docker || true",
            f"cp /root/group /etc/group; {START}",
            "dk.running",
            "group docker",
        ),
        (
            "mkdir -p /snap/bin; printf '#!/bin/sh\\n' >/snap/bin/docker; chmod +x /snap/bin/docker",
            "rm -r /snap",
            "dk.snap",
            "/snap/bin/docker",
        ),
        (
            "systemctl stop docker.socket docker; systemctl mask docker",
            f"systemctl unmask docker; {START}",
            "dk.running",
            "masked",
        ),
        (
            f"mkdir {DROP_INS}; printf '[Service]\\nExecStartPre=/bin/test -e /srv/x\\n' >{DROP_INS}/own.conf;"
            f" systemctl daemon-reload; {RESTART}",
            f"rm -r {DROP_INS}; systemctl daemon-reload; {START}",
            "dk.running",
            "ExecStartPre=/bin/test -e /srv/x (exit code 1)",
        ),
        ("chmod 600 /run/docker.sock", "chmod 660 /run/docker.sock", "dk.socket", "closed to its group"),
        ("sysctl -w net.ipv4.ip_forward=0", "sysctl -w net.ipv4.ip_forward=1", "dk.forward", "forwarding is disabled"),
        ("iptables -t nat -F; iptables -t nat -X DOCKER", RESTART, "dk.iptables", "no DOCKER chain in nat"),
        (
            "echo DOCKER_HOST=tcp://127.0.0.1:9 >>/etc/environment",
            "sed -i /DOCKER_HOST/d /etc/environment",
            "dk.context",
            "DOCKER_HOST=tcp://127.0.0.1:9",
        ),
        (f"{DOCKER0} 9000", f"{DOCKER0} 1500", "dk.mtu", "docker0 9000"),
    ],
)
def test_an_engine_broken_in_one_way(
    ready_host: Host, gpudock: Gpudock, breaking: str, mending: str, check: str, words: str
) -> None:
    look(ready_host, breaking)
    try:
        found = gpudock.findings(f"admin@{ready_host.name}")
    finally:
        look(ready_host, mending)
    bad = {name for name, finding in found.items() if finding["status"] in {"fail", "warn"}}
    assert words in found[check]["seen"] + found[check]["cause"]
    assert check in bad
    assert {name for name in bad if not name.startswith("ctr.")} == {check}
    assert next(iter(found)) == check
