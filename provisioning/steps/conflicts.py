"""Packages that Docker's and NVIDIA's own replace, removed; what people keep in them stays."""

from __future__ import annotations

from provisioning import gpu
from provisioning.command import command
from provisioning.plan import Change, PackageChange
from provisioning.probe import Facts
from provisioning.probes.engine import DAEMON
from provisioning.probes.packages import PACKAGES
from provisioning.settings import Settings
from provisioning.step import Step

# docker/docs, engine/install: conflicting packages. containerd.io itself conflicts with containerd and runc.
DOCKER_RIVALS = (
    "docker.io",
    "docker-cli",
    "docker-doc",
    "docker-compose",
    "docker-compose-v2",
    "docker-buildx",
    "podman-docker",
    "containerd",
    "runc",
)
# docker.io leaves this where the images are, for its postrm to delete them all when what is left of it is purged; by
# then they are Docker CE's (Debian: docker.io.prerm, docker.io.postrm).
DELETES_DATA = "/var/lib/docker/nuke-graph-directory.sh"
TOOLKIT_RIVALS = ("nvidia-docker2", "nvidia-container-runtime", "nvidia-container-runtime-hook")


def installed_rivals(facts: Facts, settings: Settings) -> list[str]:
    rivals = (*DOCKER_RIVALS, *(TOOLKIT_RIVALS if gpu.wanted(facts, settings) else ()))
    return [name for name in rivals if name in facts[PACKAGES]]


def changes(facts: Facts, settings: Settings) -> list[Change]:
    names = installed_rivals(facts, settings)
    if not names:
        return []
    engine = facts[DAEMON].engine
    return [
        Change(
            f"Remove {', '.join(names)}: Docker's and NVIDIA's own packages take their place; images and volumes stay",
            # Not purged: nvidia-docker2 owns daemon.json, and purging it deletes the file (nvidia-docker#1575).
            (command("gd_oust", *names), command("rm", "-f", DELETES_DATA)),
            packages=tuple(PackageChange(name, facts[PACKAGES][name], "absent") for name in names),
            stops=engine.running if engine and "docker.io" in names else (),
        )
    ]


STEP = Step("conflicts", changes, needs=("apt_repair", "foreign_sources"))
