"""The engine, its settings and its storage: faults by name, with what dockerd says of them."""

from __future__ import annotations

import pytest

from checks.catalog.engine import judge_access, judge_context, judge_running
from checks.catalog.engine_config import judge_flags, judge_json
from checks.catalog.engine_info import judge_cgroup, judge_warnings
from checks.catalog.engine_setup import redact_programs, redact_target
from checks.catalog.storage import judge_driver, judge_low, redact_room
from checks.model import Status, Verdict
from provisioning.probe import UnknownFact
from tests.unit.checks.one_fault import named
from tests.unit.described_host import FRESH, INFO, READY, daemon_json, ready, unit, units

DEPENDANTS = {"dk.socket", "dk.storage", "dk.cgroup", "dk.warnings", "dk.forward", "dk.iptables", "dk.mtu", "ctr.hello"}
STOPPED = {"daemon": "silent docker.service does not run\n"}
PROGRAMS = READY["engine_programs"]
LOGIN = READY["login"]
GROUPLESS = LOGIN.replace("group docker:x:990:admin", "group ").replace("socket 990 660", "socket ")
ROOM = READY["docker_room"]
DEACTIVATED = "docker.service: Deactivated successfully."
HOSTS = '{"hosts": ["fd://"]}'
FLAGS = "# /usr/lib/systemd/system/docker.service\nExecStart=/usr/bin/dockerd -H fd:// --containerd=/run/c.sock\n"


def down(state: str = "failed", result: str = "exit-code", *journal: str) -> dict[str, str]:
    said = "".join(f"journal {line}\n" for line in journal)
    told = unit("docker.service", state).replace("Result=success", f"Result={result}")
    told += READY["units"].replace(unit("docker.service"), "")
    return {"units": told, **STOPPED, "engine_programs": PROGRAMS + said}


@pytest.mark.parametrize(
    ("broken", "cause", "remedy"),
    [
        (down(), "journalctl -u docker", "systemctl reset-failed docker && sudo systemctl start docker"),
        (down("inactive", "success"), "stopped, or never started", "systemctl start docker"),
        (
            down(
                "inactive",
                "success",
                "failed to start daemon: no space left on device",
                DEACTIVATED,
                DEACTIVATED.replace("service", "socket"),
            ),
            "stopped, or never started",
            "systemctl start docker",
        ),
        (down("failed", "start-limit-hit"), "systemd gave up", "systemctl reset-failed docker"),
        (down("activating", "success"), "on its way", "Try again"),
        (down("failed", "exit-code", "mkdir /var/lib/docker/tmp: no space left on device"), "disk is full", "df -h"),
        (
            down("failed", "exit-code", "failed to start containerd: timeout waiting for containerd to start"),
            "containerd, which runs",
            "systemctl restart containerd",
        ),
        (
            {"units": units("activating").replace("ActiveState=activating", "ActiveState=failed"), **STOPPED},
            "docker.service is failed, containerd.service failed",
            "systemctl restart containerd",
        ),
        (
            down("failed", "exit-code", "failed to create NAT chain DOCKER: iptables failed: Table does not exist"),
            "firewall rules",
            "Install iptables",
        ),
        (
            down(
                "failed", "exit-code", "can't create unix socket: listen tcp 0.0.0.0:2375: bind: address already in use"
            ),
            "Another program",
            "ss -ltnp",
        ),
        (
            down("failed", "exit-code", "process with PID 812 is still running"),
            "second dockerd",
            "pgrep -a dockerd",
        ),
        ({**down("inactive", "success"), "login": GROUPLESS}, "group docker is missing", "groupadd --system docker"),
        (
            {"units": unit("docker.service").replace("=loaded", "=masked"), **STOPPED},
            "forbade systemd",
            "systemctl unmask docker",
        ),
        (
            {"units": unit("docker.service", "absent"), **STOPPED, "packages": FRESH["packages"]},
            "no docker.service",
            "gpudock provision",
        ),
        ({"units": unit("docker.service", "absent"), **STOPPED}, "files of theirs are gone", "reinstall -y docker-ce"),
        (
            {"daemon": "silent failed to connect to the docker API at unix:///var/run/docker.sock\n"},
            "does not answer",
            "restart docker",
        ),
    ],
)
def test_an_engine_that_does_not_run(broken: dict[str, str], cause: str, remedy: str) -> None:
    found = named(broken, "dk.running", cause, remedy)
    assert set(found.explains) >= DEPENDANTS


@pytest.mark.parametrize(
    ("broken", "check", "cause", "remedy"),
    [
        ({"tenants": "snap docker\n"}, "dk.snap", "never finds the GPU hook", "--remove-snap-docker"),
        (
            {name: FRESH[name] for name in ("engine_programs", "units", "packages")} | {"daemon": "missing\n"},
            "dk.installed",
            "no dockerd and no docker",
            "gpudock provision",
        ),
        (
            {"engine_programs": PROGRAMS.replace("/usr/bin/dockerd", "")},
            "dk.installed",
            "no dockerd The packages are installed",
            "apt-get install --reinstall -y docker-ce docker-ce-cli",
        ),
        (
            {"engine_programs": PROGRAMS + "podman yes\n"},
            "dk.installed",
            "Emulate Docker CLI using podman",
            "provision",
        ),
        (daemon_json('{\n "debug": true,\n}'), "dk.json", "line 3, column 1", "dockerd --validate"),
        (
            {
                **daemon_json('{"debgu": true}'),
                "engine_programs": PROGRAMS + "validate 1 unable to configure the Docker daemon with file "
                "/etc/docker/daemon.json: the following directives don't match any configuration option: debgu\n",
            },
            "dk.json",
            "don't match any configuration option: debgu",
            "dockerd --validate",
        ),
        ({**daemon_json(HOSTS), "daemon_flags": FLAGS}, "dk.flags", "hosts: in /etc/docker", "systemctl edit docker"),
        ({"docker_room": ROOM.replace("99999999", "4096")}, "dk.disk", "no space left on device", "system prune"),
        ({"docker_room": ROOM.replace("900000", "12")}, "dk.disk", "0 % of inodes", "data-root"),
    ],
)
def test_what_keeps_an_engine_from_running(broken: dict[str, str], check: str, cause: str, remedy: str) -> None:
    assert set(named(broken, check, cause, remedy).explains) >= DEPENDANTS | {"dk.running"}


@pytest.mark.parametrize(
    ("login", "cause", "remedy"),
    [
        (LOGIN.replace(",990(docker)", "").replace(":admin", ":"), "not in group docker", "gpasswd --add admin docker"),
        (LOGIN.replace(",990(docker)", ""), "take effect at login", "Log out"),
        (LOGIN.replace("socket 990 660", "socket "), "socket is gone", "docker.socket"),
        (LOGIN.replace("socket 990 660", "socket 990 600"), "mode was changed", "restart docker.socket"),
    ],
)
def test_a_user_whom_the_engine_does_not_let_in(login: str, cause: str, remedy: str) -> None:
    assert set(named({"login": login}, "dk.socket", cause, remedy).explains) >= {"ctr.hello"}


@pytest.mark.parametrize(
    ("broken", "check", "cause", "remedy"),
    [
        (
            {"client_target": "host .bashrc:export DOCKER_HOST=tcp://10.0.0.5:2376\n"},
            "dk.context",
            "DOCKER_HOST=tcp://10.0.0.5:2376 in ~/.bashrc",
            "out of ~/.bashrc",
        ),
        ({"client_target": "context desktop-linux\n"}, "dk.context", "desktop-linux", "docker context use default"),
        ({"docker_room": ROOM.replace("99999999", "9000000")}, "dk.disk_low", "8.6 GiB", "docker system df"),
        ({"docker_room": ROOM.replace("900000", "90000")}, "dk.disk_low", "9 % of inodes", "docker system df"),
        ({"daemon": INFO.replace('"overlay2"', '"vfs"')}, "dk.storage", "vfs is slow", "storage-driver"),
        ({"daemon": INFO.replace('"true"', '"false"')}, "dk.storage", "ftype=0", "ftype=1"),
        ({"daemon": INFO.replace('Version": "2"', 'Version": "1"')}, "dk.cgroup", "May 2029", "cgroup_hierarchy=1"),
        (
            {"daemon": INFO.replace("null}", '["WARNING: bridge-nf-call-iptables is disabled"]}')},
            "dk.warnings",
            "bridge-nf-call-iptables is disabled",
            "modprobe br_netfilter",
        ),
        (
            {"daemon": INFO.replace("null}", '["WARNING: No swap limit support", "WARNING: daemon is odd"]}')},
            "dk.warnings",
            "daemon is odd",
            "swapaccount=1",
        ),
        ({"daemon": INFO.replace("null}", '["WARNING: daemon is odd"]}')}, "dk.warnings", "is odd", "docker info"),
    ],
)
def test_what_will_break_one_day(broken: dict[str, str], check: str, cause: str, remedy: str) -> None:
    named(broken, check, cause, remedy)


NSPAWN = READY["machine"].replace("container none", "container systemd-nspawn")
OLD = INFO.partition(', "DockerRootDir"')[0] + "}\n"
ROOT = "session uid=0(root) gid=0(root) groups=0(root)\nreader 0\ngroup \nsocket \n"
FULL_TEXT = "WARNING: Support for cgroup v1 is deprecated and planned to be removed by no later than May 2029"


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        (judge_running(ready(login=LOGIN.replace("reader 0", "reader 9"), daemon="silent denied\n")), Status.PASS),
        (judge_access(ready(login=ROOT)), Status.PASS),
        (
            judge_context(ready(client_target='host /etc/environment:DOCKER_HOST="unix:///run/docker.sock"\n')),
            Status.PASS,
        ),
        (judge_context(ready(client_target="context default\n")), Status.PASS),
        (judge_json(ready(**daemon_json(None))), Status.PASS),
        (judge_json(ready(**daemon_json(" \n"))), Status.PASS),
        (judge_flags(ready(**daemon_json('{"debug": true}'), daemon_flags=FLAGS)), Status.PASS),
        (judge_driver(ready(daemon=INFO.replace("overlay2", "overlayfs"))), Status.PASS),
        (judge_driver(ready(daemon="silent denied\n")), Status.NOT_APPLICABLE),
        (judge_driver(ready(daemon=OLD)), Status.UNKNOWN),
        (judge_cgroup(ready(daemon=OLD)), Status.UNKNOWN),
        (judge_cgroup(ready(daemon="silent denied\n")), Status.NOT_APPLICABLE),
        (judge_cgroup(ready(daemon=INFO.replace('n": "2"', 'n": "1"'), machine=NSPAWN)), Status.NOT_APPLICABLE),
        (judge_warnings(ready(daemon=INFO.replace("null}", f'["{FULL_TEXT}"]}}'))), Status.PASS),
        (judge_warnings(ready(daemon="silent denied\n")), Status.NOT_APPLICABLE),
        (judge_low(ready(docker_room="directory /x\nroom 99999999 1024 0 0\n")), Status.PASS),
    ],
)
def test_edges(verdict: Verdict, status: Status) -> None:
    assert verdict.status is status


def test_a_flag_cannot_be_compared_with_a_file_that_is_no_json() -> None:
    with pytest.raises(UnknownFact, match="not valid"):
        judge_flags(ready(**daemon_json("{")))


@pytest.mark.parametrize(
    ("shown", "gone"),
    [
        (redact_target("host .bashrc:export DOCKER_HOST=tcp://10.0.0.5:2376\n"), "10.0.0.5"),
        (redact_target("host environment:DOCKER_HOST=unix:///home/anna/docker.sock\n"), "anna"),
        (redact_programs("dockerd /usr/bin/dockerd\njournal dial http://me:pw@10.0.0.5:3128 failed\n"), "10.0.0.5"),
        (redact_room("directory /home/anna/docker\n"), "anna"),
    ],
)
def test_what_is_saved_names_nobody(shown: str, gone: str) -> None:
    assert gone not in shown
