"""Containers really started: hello-world, and nvidia-smi in a CUDA container by both ways to a GPU."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from checks import cuda_image
from checks.applicability import with_gpu
from checks.catalog import cdi
from checks.catalog.container_runs import ContainerRun, container_probe, why_it_failed
from checks.catalog.host_image import host_image_probe
from checks.catalog.running_containers import lost_gpus_probes
from checks.gpu_access import EVERY_GPU, GPUS_BY_CDI, cdi_devices, engine, has_cdi
from checks.model import Check, Status, Verdict, blocked, failed, not_applicable, not_run, passed
from provisioning.probe import Facts, Probe, UnknownFact
from provisioning.probes.driver import GPUS, GPUS_ON_BUS, Gpus

NOT_STARTED = "no container was started"
BY_GPUS, BY_CDI = ("--gpus", "all"), ("--device", EVERY_GPU)

HELLO = container_probe("hello_world", ("hello-world",), (), ())


def cuda_probe(name: str, images: Sequence[str], options: Sequence[str]) -> Probe[ContainerRun]:
    return container_probe(name, images, options, ("nvidia-smi", "-L"))


CUDA = cuda_probe("cuda_container", (), BY_GPUS)
CUDA_BY_CDI = cuda_probe("cdi_container", (), BY_CDI)
"""The names under which the answers stand; what is asked depends on the driver: see `deep_probes`."""


def deep_probes(facts: Facts, image: str) -> list[Probe[Any]]:
    """Return the probes that start containers on this host. `image`: the CUDA image to use, '' to choose one."""
    try:
        gpus = facts[GPUS] if facts[GPUS_ON_BUS] else Gpus()
    except UnknownFact:
        gpus = Gpus()
    always: list[Probe[Any]] = [HELLO, host_image_probe(gpu=bool(gpus.uuids))]
    if not gpus.uuids:
        return always
    images = (image,) if image else cuda_image.candidates(gpus.cuda)
    by_cdi = [cuda_probe(CUDA_BY_CDI.name, images, BY_CDI)] if _lists_every_gpu(facts) else []
    return [*always, cuda_probe(CUDA.name, images, BY_GPUS), *by_cdi, *lost_gpus_probes(facts)]


def _lists_every_gpu(facts: Facts) -> bool:
    try:
        return has_cdi(facts) and EVERY_GPU in cdi_devices(facts)
    except UnknownFact:
        return False


def judge_hello(facts: Facts) -> Verdict:
    if HELLO.name not in facts.answers:
        return not_run(NOT_STARTED)
    run = facts[HELLO]
    if run.code == 0 and "Hello from Docker!" in run.output:
        return passed("Hello from Docker!")
    return why_it_failed(facts, run)


def judge_smoke(facts: Facts) -> Verdict:
    if CUDA.name not in facts.answers:
        return not_run(NOT_STARTED)
    run = facts[CUDA]
    if run.code and (engine(facts).version >= GPUS_BY_CDI or "CDI" in run.output):
        return _blocked_by_cdi(facts) or _judge_run(facts, run)
    return _judge_run(facts, run)


def judge_smoke_by_cdi(facts: Facts) -> Verdict:
    if not has_cdi(facts):
        return not_applicable(f"Docker {engine(facts).text} has no CDI")
    if EVERY_GPU not in cdi_devices(facts):
        return not_applicable(f"no CDI device {EVERY_GPU}")
    if CUDA_BY_CDI.name not in facts.answers:
        return not_run(NOT_STARTED)
    return _judge_run(facts, facts[CUDA_BY_CDI])


def _judge_run(facts: Facts, run: ContainerRun) -> Verdict:
    expected, listed = set(facts[GPUS].uuids), set(re.findall(r"UUID: ([^)\s]+)", run.output))
    if judge_hello(facts).status is Status.FAIL and (run.without_image or run.failed_like(facts[HELLO])):
        return blocked("ctr.hello")
    if run.code:
        return why_it_failed(facts, run)
    if listed != expected:
        return failed(
            f"{run.image} lists {len(listed & expected)} of the host's {len(expected)} GPUs",
            cause="The container does not get what the host has.",
            remedy=cdi.refresh_remedy(facts),
        )
    passed_over = f" ({', '.join(run.gone)} is no longer to be had)" if run.gone else ""
    return passed(f"{len(listed)} GPU(s) in {run.image}{passed_over}")


_OF_CDI: tuple[tuple[str, Callable[[Facts], Verdict]], ...] = (
    ("ctk.cdi", cdi.judge_listed),
    ("ctk.cdi_stale", cdi.judge_stale),
    ("ctk.cdi_schema", cdi.judge_schema),
)


def _blocked_by_cdi(facts: Facts) -> Verdict | None:
    """An engine that serves --gpus by CDI fails where CDI does; an older one does not care."""
    broken = [name for name, judge in _OF_CDI if judge(facts).status is Status.FAIL]
    return blocked(broken[0]) if broken else None


HELLO_WORLD = Check(
    "ctr.hello", "hello-world runs", judge_hello, needs=("dk.running", "dk.socket", "dk.disk"), headline=True
)
USABLE = ("dk.running", "dk.socket", "dk.disk", "drv.match", "drv.nodes", "smi.answers", "ctk.installed", "ctk.libs")
SMOKE = Check(
    "ctr.smoke",
    "nvidia-smi in a CUDA container lists the host's GPUs",
    with_gpu(judge_smoke),
    needs=(*USABLE, "ctk.restarted"),
    gpu=True,
    headline=True,
)
SMOKE_BY_CDI = Check(
    "ctr.smoke_cdi",
    "The same through CDI: --device nvidia.com/gpu=all",
    with_gpu(judge_smoke_by_cdi),
    needs=(*USABLE, "ctk.cdi", "ctk.cdi_stale", "ctk.cdi_schema"),
    gpu=True,
)
