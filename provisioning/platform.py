"""What gpudock can work on, decided before anything is touched."""

from __future__ import annotations

from collections.abc import Iterator

from provisioning import daemon_json, engine_config
from provisioning.probe import Facts
from provisioning.probes.daemon_flags import DAEMON_FLAGS
from provisioning.probes.machine import MACHINE, Machine
from provisioning.probes.operating_system import OPERATING_SYSTEM, OperatingSystem
from provisioning.probes.packages import PACKAGES
from provisioning.probes.tenants import TENANTS
from provisioning.probes.toolkit import TOOLKIT
from provisioning.settings import Settings

# The suites that Docker's repository has packages for (docker/docs, engine/install; docker-install's install.sh).
SUITES = {
    "ubuntu": ("focal", "jammy", "noble", "questing", "resolute"),
    "debian": ("bullseye", "bookworm", "trixie"),
}
ARCHITECTURES = ("amd64", "arm64")
NEEDED_KIB = 10 * 1024 * 1024


def obstacles(facts: Facts, settings: Settings) -> list[str]:
    """Return why the job cannot work on this host, one sentence each; empty when it can."""
    return [
        *_system_obstacles(facts[OPERATING_SYSTEM]),
        *_machine_obstacles(facts[MACHINE]),
        *_room_obstacles(facts),
        *_tenant_obstacles(facts, settings),
        *_config_obstacles(facts, settings),
    ]


def notices(facts: Facts) -> list[str]:
    """Return what a person should know and no plan changes."""
    told = [
        f"{path} was made by hand and is renewed by nobody: after a driver update it describes the old driver."
        " The toolkit keeps its own in /var/run/cdi, so it can go."
        for path in facts[TOOLKIT].hand_made_specs
    ]
    if facts[MACHINE].container == "systemd-nspawn":
        told.append("This host is a systemd-nspawn container: the kernel and its modules cannot be judged from inside.")
    return told


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


def _room_obstacles(facts: Facts) -> Iterator[str]:
    """A disk that filled up later must not keep anybody from mending the rest."""
    if facts[MACHINE].free_kib < NEEDED_KIB and "docker-ce" not in facts[PACKAGES]:
        free = facts[MACHINE].free_kib / 1024 / 1024
        yield f"Only {free:.1f} GiB are free where Docker keeps its data: 10 GiB are needed."


def _tenant_obstacles(facts: Facts, settings: Settings) -> Iterator[str]:
    tenants = facts[TENANTS]
    if tenants.of_containerd and "containerd.io" not in facts[PACKAGES] and not settings.replace_containerd:
        units = ", ".join(tenants.of_containerd)
        yield f"{units} uses this host's containerd, which Docker's own would replace: --replace-containerd goes on."
    if tenants.snap_docker and not settings.remove_snap_docker:
        kept = _listed(tenants.snap_containers, tenants.snap_volumes)
        yield f"Docker from snap runs here, with {kept}: --remove-snap-docker removes it together with them."
    if tenants.old_volumes and not settings.remove_nvidia_docker1:
        kept = _listed(tenants.old_containers, tenants.old_volumes)
        yield f"nvidia-docker 1.0 has left {kept} here: --remove-nvidia-docker1 removes them."


def _listed(containers: tuple[str, ...], volumes: tuple[str, ...]) -> str:
    return f"containers: {', '.join(containers) or 'none'}; volumes: {', '.join(volumes) or 'none'}"


def _config_obstacles(facts: Facts, settings: Settings) -> Iterator[str]:
    try:
        target = engine_config.target(facts, settings)
    except ValueError as error:
        check = f"dockerd --validate --config-file={daemon_json.PATH}"
        yield f"{daemon_json.PATH} is not valid: {error}. Mend it, then check it with: {check}"
        return
    for key, place in facts[DAEMON_FLAGS].items():
        if key in target:
            yield f"{key} is a flag in {place} and would stand in {daemon_json.PATH} too: dockerd starts with neither."
    rotating = target.get("log-opts", {}).keys() & {"max-size", "max-file"} if settings.daemon_json else ()
    if rotating and target.get("log-driver", "json-file") not in {"json-file", "local"}:
        yield f"The log driver {target['log-driver']} rotates no logs: leave out --log-max-size and --log-max-files."
