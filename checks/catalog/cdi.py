"""CDI: the engine lists the GPUs, and the specification behind that is true of this host."""

from __future__ import annotations

from checks.applicability import with_gpu
from checks.catalog.cdi_specs import SPECS, CdiSpecs
from checks.gpu_access import EVERY_GPU, cdi_devices, engine, has_cdi, needs_cdi
from checks.model import Check, Severity, Verdict, failed, not_applicable, passed
from checks.remedy import BY_PROVISIONING, RESTART_DOCKER, Remedy, by_commands
from provisioning.probe import Facts
from provisioning.probes.driver import KERNEL_DRIVER
from provisioning.probes.engine import UNIT_STATES
from provisioning.probes.toolkit import TOOLKIT

REFRESH = "nvidia-cdi-refresh.service"
UVM = "/dev/nvidia-uvm"
NO_SPEC = "no CDI specification of NVIDIA's"
ADDITIONAL_GIDS_SINCE, ADDITIONAL_GIDS_ENGINE = (0, 7), (26, 1)
"""Version 0.7.0 of the specification, and the first Docker that reads it (release notes of the toolkit 1.19.1)."""


def refresh_remedy(facts: Facts) -> Remedy:
    """Return what writes the specification anew on this host."""
    refresh = facts[UNIT_STATES].get(REFRESH)
    if refresh and refresh.loaded:
        return by_commands(
            ("systemctl", "enable", "--now", "nvidia-cdi-refresh.path"), ("systemctl", "restart", REFRESH)
        )
    # Without the unit nobody makes it again after a reboot, so it must not lie under /var/run.
    return by_commands(("nvidia-ctk", "cdi", "generate", "--output=/etc/cdi/nvidia.yaml"))


def judge_listed(facts: Facts) -> Verdict:
    docker = engine(facts)
    if EVERY_GPU in cdi_devices(facts) and has_cdi(facts):
        return passed(f"Docker {docker.text}: {EVERY_GPU}")
    if not needs_cdi(facts):
        return not_applicable(f"Docker {docker.text} gives GPUs to containers through the hook, not by CDI")
    if EVERY_GPU in facts[TOOLKIT].cdi_devices:
        return failed(
            f"nvidia-ctk lists {EVERY_GPU}, Docker {docker.text} does not",
            cause="The engine does not take the CDI specification, or has not read it since it was written.",
            remedy=RESTART_DOCKER,
        )
    return failed(
        f"no {EVERY_GPU}" if facts[SPECS].specs else NO_SPEC,
        cause="There is no CDI device for the GPUs: unresolvable CDI devices nvidia.com/gpu=all.",
        remedy=refresh_remedy(facts),
    )


def judge_stale(facts: Facts) -> Verdict:
    found, loaded = facts[SPECS], facts[KERNEL_DRIVER]
    if not found.specs or not has_cdi(facts):
        return not_applicable(NO_SPEC if not found.specs else "the engine does not use CDI")
    by_hand_made = facts[TOOLKIT].hand_made_specs
    for spec in found.specs:
        remedy = refresh_remedy(facts)
        if spec.path in by_hand_made:
            remedy = by_commands(("rm", spec.path), *(command.argv for command in remedy.commands))
        if spec.missing:
            more = f" and {len(spec.missing) - 1} more" if len(spec.missing) > 1 else ""
            return failed(
                f"{spec.path} names {spec.missing[0]}{more}, which is gone",
                cause="The CDI specification is older than the driver: it names files that are no longer there.",
                remedy=remedy,
            )
        if loaded and spec.drivers - {loaded}:
            return failed(
                f"{spec.path} is for driver {', '.join(sorted(spec.drivers))}, loaded is {loaded}",
                cause="The CDI specification was written for another driver than the one that is loaded.",
                remedy=remedy,
            )
    copies = f"; nobody renews {', '.join(by_hand_made)}" if by_hand_made else ""
    return passed(f"{len(found.specs)} specification(s), nothing missing{copies}")


def judge_numbers(facts: Facts) -> Verdict:
    found = facts[SPECS]
    if not found.specs or not has_cdi(facts):
        return not_applicable(NO_SPEC if not found.specs else "the engine does not use CDI")
    for spec in found.specs:
        for node, major in spec.majors.items():
            real = _real_major(found, node)
            if real is not None and real != major:
                return failed(
                    f"{spec.path} gives {node} major number {major}, the host has {real}",
                    cause="The device has had another number since the last boot; containers get a node that "
                    "leads nowhere: nvidia-smi works, CUDA says 999.",
                    remedy=_after(("nvidia-modprobe", "-u"), refresh_remedy(facts)),
                )
    on_disk = found.node_majors.get(UVM)
    if on_disk is not None and found.uvm_major is not None and on_disk != found.uvm_major:
        return failed(
            f"{UVM} has major number {on_disk}, the kernel serves {found.uvm_major}",
            cause="The device node is from before the module was loaded anew.",
            remedy=_after(("nvidia-modprobe", "-u"), refresh_remedy(facts)),
        )
    return passed("the devices' numbers are the kernel's")


def _real_major(found: CdiSpecs, node: str) -> int | None:
    if node == UVM and found.uvm_major is not None:
        return found.uvm_major
    return found.node_majors.get(node)


def _after(first: tuple[str, ...], remedy: Remedy) -> Remedy:
    return by_commands(first, *(command.argv for command in remedy.commands), risk=remedy.risk)


def judge_schema(facts: Facts) -> Verdict:
    found, docker = facts[SPECS], engine(facts)
    if not found.specs or not has_cdi(facts):
        return not_applicable(NO_SPEC if not found.specs else f"Docker {docker.text} does not use CDI")
    newest = max(found.specs, key=lambda spec: spec.version)
    version = ".".join(map(str, newest.version))
    if newest.version >= ADDITIONAL_GIDS_SINCE and docker.version < ADDITIONAL_GIDS_ENGINE:
        output = f"--output={newest.path}"
        return failed(
            f"{newest.path} is of version {version}, Docker {docker.text} reads less than 0.7",
            cause="Docker reads CDI specifications of version 0.7 only from 26.1 on, and passes over newer ones.",
            remedy=by_commands(
                ("nvidia-ctk", "cdi", "generate", "--feature-flag=no-additional-gids-for-device-nodes", output),
                words="./gpudock provision HOST installs a newer engine; to keep this one",
            ),
        )
    return passed(f"version {version}, Docker {docker.text}")


def judge_refresh(facts: Facts) -> Verdict:
    unit = facts[UNIT_STATES].get(REFRESH)
    if unit is None or not unit.loaded:
        return not_applicable(f"no {REFRESH}: the toolkit is older than 1.18, or without units")
    if unit.result == "exec-condition":
        return not_applicable("the unit found no driver to describe")
    if unit.result != "success":
        return failed(
            f"{REFRESH}: {unit.result}",
            cause="The CDI specification could not be written, at boot most often because the driver was not "
            f"loaded yet; its journal says why: journalctl -u {REFRESH} -n 20 --no-pager",
            remedy=by_commands(("systemctl", "restart", REFRESH)),
        )
    if not unit.enabled:
        return failed(
            f"{REFRESH} is not enabled",
            cause="The specification in /var/run/cdi is gone after a reboot, and nobody writes it again.",
            remedy=BY_PROVISIONING,
        )
    return passed("written at each boot and driver update")


LISTED = Check(
    "ctk.cdi",
    "The engine lists the GPUs as CDI devices",
    with_gpu(judge_listed),
    needs=("dk.running", "ctk.installed", "drv.match", "smi.answers"),
    gpu=True,
)
STALE = Check(
    "ctk.cdi_stale",
    "The CDI specification is for this driver, and all its files are there",
    with_gpu(judge_stale),
    needs=("ctk.cdi",),
    gpu=True,
)
NUMBERS = Check(
    "ctk.cdi_uvm",
    "The CDI specification has the devices' numbers of this boot",
    with_gpu(judge_numbers),
    needs=("ctk.cdi", "drv.nodes"),
    gpu=True,
)
SCHEMA = Check(
    "ctk.cdi_schema",
    "The engine is new enough for the CDI specification",
    with_gpu(judge_schema),
    needs=("dk.running", "ctk.installed"),
    gpu=True,
)
RENEWED = Check(
    "ctk.refresh",
    "The CDI specification is renewed by its unit",
    with_gpu(judge_refresh),
    Severity.WARNING,
    needs=("ctk.installed", "smi.answers"),
    gpu=True,
)
