"""The NVIDIA Container Toolkit: whole, and known to the engine."""

from __future__ import annotations

from checks.catalog.driver import NO_GPU
from checks.model import Check, Verdict, failed, not_applicable, passed
from checks.remedy import BY_PROVISIONING, RESTART_DOCKER, Risk, by_commands
from provisioning.probe import Facts
from provisioning.probes.driver import GPUS_ON_BUS
from provisioning.probes.engine import DAEMON, UNIT_STATES
from provisioning.probes.packages import PACKAGES
from provisioning.probes.toolkit import TOOLKIT
from provisioning.selection import TOOLKIT as TOOLKIT_PACKAGES
from provisioning.steps.cdi import EVERY_GPU


def judge_version(facts: Facts) -> Verdict:
    if not facts[GPUS_ON_BUS]:
        return not_applicable(NO_GPU)
    installed = {name: facts[PACKAGES].get(name, "") for name in TOOLKIT_PACKAGES}
    missing = [name for name, version in installed.items() if not version]
    versions = sorted(set(installed.values()))
    if missing:
        return failed(
            f"not installed: {', '.join(missing)}",
            cause="Without the toolkit the engine cannot hand a GPU to a container.",
            remedy=BY_PROVISIONING,
        )
    if len(versions) > 1:
        return failed(
            ", ".join(f"{name} {version}" for name, version in installed.items()),
            cause="The four packages of the toolkit work together only at one version (nvidia-container-toolkit#1091).",
            remedy=by_commands(("apt-get", "install", "-y", *TOOLKIT_PACKAGES), risk=Risk.RESTARTS_DOCKER),
        )
    return passed(f"toolkit {versions[0]}")


def judge_registered(facts: Facts) -> Verdict:
    if not facts[GPUS_ON_BUS]:
        return not_applicable(NO_GPU)
    toolkit, engine = facts[TOOLKIT], facts[DAEMON].engine
    if toolkit.installed > facts[UNIT_STATES]["docker.service"].started:
        return failed(
            "the toolkit is newer than the running daemon",
            cause="dockerd looks for the GPU hook only when it starts, and the toolkit was installed after that.",
            remedy=RESTART_DOCKER,
        )
    listed = engine.cdi_devices if engine and engine.cdi_devices is not None else toolkit.cdi_devices
    ways = [f"CDI {EVERY_GPU}"] if EVERY_GPU in listed else []
    ways += ["runtime nvidia"] if engine and "nvidia" in engine.runtimes else []
    if ways:
        return passed(" and ".join(ways))
    return failed(
        "no CDI device and no runtime",
        cause="The engine knows no way to a GPU.",
        remedy=BY_PROVISIONING,
    )


VERSION = Check("ctk.version", "The toolkit is installed at one version", judge_version, gpu=True)
REGISTERED = Check(
    "ctk.registered",
    "The engine knows the GPUs",
    judge_registered,
    needs=("dk.running", "drv.answers", "ctk.version"),
    gpu=True,
)
