"""Hosts as their probes' raw answers describe them: what a test does not name is as on a healthy Debian 13."""

from __future__ import annotations

import base64
import importlib
import pkgutil
from collections.abc import Mapping

from provisioning.probe import Answer, Facts
from provisioning.probes.files import DOCKER_KEY, DOCKER_SOURCE, TOOLKIT_KEY, TOOLKIT_PIN, TOOLKIT_SOURCE
from provisioning.settings import Settings
from tests.unit import described
from tests.unit.described import gpu

UUID, SMI = gpu.UUID, gpu.SMI

DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nVERSION_ID="13"\nVERSION_CODENAME=trixie\nID=debian\n'
UBUNTU = (
    'PRETTY_NAME="Ubuntu 24.04.1 LTS"\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\nID=ubuntu\nID_LIKE=debian\n'
    "UBUNTU_CODENAME=noble\n"
)
DRIVER = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.163.01  Fri Apr 18 20:15:00 UTC 2025\nGCC version: 12\n"
GPU = {"gpus_on_bus": "0000:18:00.0 0x1eb8\n", "kernel_driver": DRIVER, "gpus": SMI}

DISTRIBUTION = "Types: deb\nURIs: http://mirror/debian\nSuites: trixie\nComponents: main\n"

STARTED = "Fri 2026-01-02 03:04:05 UTC"
STARTED_EPOCH = 1767323045

DOCKER_PACKAGES = "".join(
    f"ii  {name} {version}\n"
    for name, version in (
        ("docker-ce", "5:28.5.1-1~debian.13~trixie"),
        ("docker-ce-cli", "5:28.5.1-1~debian.13~trixie"),
        ("containerd.io", "1.7.28-1"),
        ("docker-buildx-plugin", "0.29.1-1"),
        ("docker-compose-plugin", "2.40.0-1"),
    )
)
TOOLKIT_PACKAGES = "".join(
    f"ii  {name} 1.20.1-1\n"
    for name in (
        "nvidia-container-toolkit",
        "nvidia-container-toolkit-base",
        "libnvidia-container-tools",
        "libnvidia-container1",
    )
)
TOOLKIT = (
    f"program nvidia-ctk /usr/bin/nvidia-ctk {STARTED_EPOCH - 60}\n"
    f"program nvidia-container-runtime-hook /usr/bin/nvidia-container-runtime-hook {STARTED_EPOCH - 60}\n"
    "device nvidia.com/gpu=0\ndevice nvidia.com/gpu=all\n"
)
INFO = (
    'answers {"ServerVersion": "28.5.1", "Runtimes": {"runc": {}, "nvidia": {}}, "LiveRestoreEnabled": false, '
    '"DiscoveredDevices": [{"Source": "cdi", "ID": "nvidia.com/gpu=all"}], "DockerRootDir": "/var/lib/docker", '
    '"Driver": "overlay2", "DriverStatus": [["Backing Filesystem", "extfs"], ["Supports d_type", "true"]], '
    '"CgroupDriver": "systemd", "CgroupVersion": "2", '
    '"RegistryConfig": {"Mirrors": []}, "Warnings": null}\n'
)


def unit(name: str, active: str = "active", enabled: str = "enabled", started: str = STARTED) -> str:
    state = "not-found" if active == "absent" else "loaded"
    active = "inactive" if active == "absent" else active
    return (
        f"Result=success\nExecMainStartTimestamp={started}\nId={name}\nLoadState={state}\nActiveState={active}\n"
        f"SubState=x\nUnitFileState={enabled}\n\n"
    )


def units(active: str = "active", enabled: str = "enabled", started: str = STARTED) -> str:
    names = ("docker.service", "docker.socket", "containerd.service", "nvidia-cdi-refresh.service")
    return "".join(unit(name, active, enabled, started) for name in names)


def file(path: str, content: str | None) -> str:
    return f"{path} absent\n" if content is None else f"{path} present {base64.b64encode(content.encode()).decode()}\n"


def daemon_json(content: str | None) -> dict[str, str]:
    return {"daemon_config": file("/etc/docker/daemon.json", content)}


def sources(contents: Mapping[str, str]) -> str:
    return "".join(
        file(path, contents.get(path)) for path in (DOCKER_KEY, DOCKER_SOURCE, TOOLKIT_KEY, TOOLKIT_SOURCE, TOOLKIT_PIN)
    )


RIGHT_SOURCES = sources(
    {
        DOCKER_KEY: Settings().docker_key.armored,
        DOCKER_SOURCE: (
            "Types: deb\nURIs: https://download.docker.com/linux/debian\nSuites: trixie\nComponents: stable\n"
            "Architectures: amd64\nSigned-By: /etc/apt/keyrings/docker.asc\n"
        ),
        TOOLKIT_KEY: Settings().toolkit_key.armored,
        TOOLKIT_SOURCE: (
            "Types: deb\nURIs: https://nvidia.github.io/libnvidia-container/stable/deb/amd64\nSuites: /\n"
            "Architectures: amd64\nSigned-By: /etc/apt/keyrings/nvidia-container-toolkit.asc\n"
        ),
    }
)

FRESH = {
    "operating_system": DEBIAN,
    "machine": "arch amd64\nkernel 6.12.0-1-cloud-amd64\ninit systemd\ncontainer none\nfree_kib 99999999\napparmor N\n",
    "login": "session uid=1000(admin) gid=1000(admin) groups=1000(admin),27(sudo)\nreader 0\ngroup \nsocket \n",
    "packages": "",
    "apt_lists": "",
    "sources": sources({}),
    "activity": "",
    "units": units("absent", "", ""),
    "daemon": "missing\n",
    **daemon_json(None),
    "gpus_on_bus": "",
    "kernel_driver": "",
    "gpus": "missing\n",
    "toolkit": "",
    "apt_sources": file("/etc/apt/sources.list.d/debian.sources", DISTRIBUTION),
    "apt_preferences": "",
    "keyrings": "",
    "dpkg_state": "",
    "tenants": "",
    "current_run": "",
    "daemon_flags": "",
}
READY = {
    **FRESH,
    **GPU,
    **daemon_json('{"runtimes": {"nvidia": {"path": "nvidia-container-runtime", "args": []}}}'),
    "login": "session uid=1000(admin) gid=1000(admin) groups=1000(admin),27(sudo),990(docker)\nreader 0\n"
    "group docker:x:990:admin\nsocket 990 660\n",
    "packages": DOCKER_PACKAGES + TOOLKIT_PACKAGES,
    "apt_lists": "mirror_debian_dists_trixie_main_binary-amd64_Packages.lz4\n",
    "sources": RIGHT_SOURCES,
    "units": units(),
    "daemon": INFO,
    "toolkit": TOOLKIT,
}


def _subjects(name: str) -> dict[str, str]:
    """Gather what the modules of `described` say; a bare host is as a ready one where they say nothing else."""
    found: dict[str, str] = {}
    for info in pkgutil.iter_modules(described.__path__):
        module = importlib.import_module(f"{described.__name__}.{info.name}")
        found.update(module.READY)
        found.update(getattr(module, name, {}))
    return found


FRESH = {**_subjects("FRESH"), **FRESH}
READY = {**_subjects("READY"), **READY}


def fresh(**answers: str) -> Facts:
    """A bare host without a GPU; `answers` replace those of single probes."""
    return facts({**FRESH, **answers})


def ready(**answers: str) -> Facts:
    """A provisioned host with one GPU."""
    return facts({**READY, **answers})


def facts(answers: Mapping[str, str]) -> Facts:
    return Facts({name: Answer(0, output) for name, output in answers.items()})
