"""What gpudock can work on, decided before anything is touched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioning import daemon_json
from provisioning.probe import Facts
from provisioning.probes.daemon_config import DAEMON_CONFIG
from provisioning.probes.machine import MACHINE, Machine
from provisioning.probes.operating_system import OPERATING_SYSTEM, OperatingSystem
from provisioning.probes.packages import PACKAGES

# The suites that Docker's repository has packages for (docker/docs, engine/install; docker-install's install.sh).
SUITES = {
    "ubuntu": ("focal", "jammy", "noble", "questing", "resolute"),
    "debian": ("bullseye", "bookworm", "trixie"),
}
ARCHITECTURES = ("amd64", "arm64")
RIVALS = ("docker.io", "docker-compose", "docker-compose-v2", "docker-doc", "podman-docker", "containerd", "runc")
NEEDED_KIB = 10 * 1024 * 1024


def obstacles(facts: Facts) -> list[str]:
    """Return why the job cannot work on this host, one sentence each; empty when it can."""
    return [
        *_system_obstacles(facts[OPERATING_SYSTEM]),
        *_machine_obstacles(facts[MACHINE]),
        *_package_obstacles(facts[PACKAGES]),
        *_config_obstacles(facts),
    ]


def notices(facts: Facts) -> list[str]:
    if facts[MACHINE].container == "systemd-nspawn":
        return [
            "This host is a systemd-nspawn container: it shares its kernel, whose modules cannot be judged from here."
        ]
    return []


def _system_obstacles(system: OperatingSystem) -> Iterator[str]:
    if system.codename not in SUITES.get(system.family, ()):
        known = "Ubuntu 20.04 to 26.04, Debian 11 to 13 and what derives from them"
        yield f"{system.name} is not supported: gpudock knows {known}."


def _machine_obstacles(machine: Machine) -> Iterator[str]:
    if machine.arch not in ARCHITECTURES:
        yield f"The architecture {machine.arch} is not supported: there are packages for {' and '.join(ARCHITECTURES)}."
    if machine.wsl1:
        yield "This is WSL 1, which has no Linux kernel to run Docker on: convert it with `wsl --set-version NAME 2`."
    elif machine.container not in {"none", "systemd-nspawn", "wsl"}:
        yield f"This is a {machine.container} container: set Docker up on the machine that runs it."
    elif machine.init != "systemd":
        yield f"PID 1 is {machine.init}, and Docker's packages need systemd there."
    if machine.free_kib < NEEDED_KIB:
        free = machine.free_kib / 1024 / 1024
        yield f"Only {free:.1f} GiB are free where Docker keeps its data: 10 GiB are needed."


def _package_obstacles(installed: Mapping[str, str]) -> Iterator[str]:
    rivals = [name for name in RIVALS if name in installed]
    if rivals:
        names = " ".join(rivals)
        yield f"Packages that Docker's own would replace are installed: {names}. Remove them: apt-get remove {names}"


def _config_obstacles(facts: Facts) -> Iterator[str]:
    try:
        daemon_json.load(facts[DAEMON_CONFIG].text)
    except ValueError as error:
        check = f"dockerd --validate --config-file={daemon_json.PATH}"
        yield f"{daemon_json.PATH} is not valid: {error}. Mend it, then check it with: {check}"
