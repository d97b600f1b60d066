"""The containers that the host has: whether they would start again, and have what they need."""

from __future__ import annotations

from checks.applicability import with_gpu
from checks.catalog.cdi import judge_listed, judge_stale
from checks.catalog.container_facts import CONTAINERS, Container, gpu_containers
from checks.catalog.toolkit import judge_installed
from checks.catalog.toolkit_wiring import LIBRARIES, WIRING, version_of
from checks.cuda_requirement import satisfied
from checks.gpu_access import config, engine
from checks.model import Check, Severity, Status, Verdict, failed, not_applicable, passed, unknown
from checks.remedy import by_hand
from provisioning.probe import Facts
from provisioning.probes.driver import GPUS, KERNEL_DRIVER
from provisioning.probes.engine import version_numbers

NONE = "no container uses a GPU"
DEFAULT_SHM = 64 * 1024 * 1024
RDMA = "/dev/infiniband"


def _requirement(container: Container) -> str:
    if container.environment.get("NVIDIA_DISABLE_REQUIRE", "").lower() in ("1", "true"):
        return ""
    return container.environment.get("NVIDIA_REQUIRE_CUDA", "")


def judge_requirement(facts: Facts) -> Verdict:
    containers, gpus, driver = gpu_containers(facts), facts[GPUS], facts[KERNEL_DRIVER]
    if not containers:
        return not_applicable(NONE)
    if not gpus.cuda or not driver:
        return unknown("what the driver serves is not known")
    version = version_numbers(driver)
    short = [each for each in containers if not satisfied(_requirement(each), cuda=gpus.cuda, driver=version)]
    if not short:
        return passed(f"{len(containers)} container(s), CUDA {'.'.join(map(str, gpus.cuda))} is enough")
    return failed(
        f"{', '.join(each.name for each in short)}: unsatisfied condition {_requirement(short[0]).split()[0]}",
        cause=f"The image asks for a newer CUDA than {'.'.join(map(str, gpus.cuda))}, which driver {driver} serves.",
        remedy=by_hand("Update the driver, or take an older tag of the image"),
    )


def judge_next(facts: Facts) -> Verdict:
    containers = [each for each in gpu_containers(facts) if each.running or each.restarts]
    if not containers:
        return not_applicable(NONE)
    reasons = {each.name: _hindrance(facts, each) for each in containers}
    stuck = {name: reason for name, reason in reasons.items() if reason}
    if not stuck:
        return passed(f"{len(containers)} container(s) would start again")
    return failed(
        f"{len(stuck)} container(s) will not come back: {', '.join(stuck)}",
        cause="They work until they are restarted: " + "; ".join(dict.fromkeys(stuck.values())) + ".",
        remedy=by_hand("Mend that before Docker or the host is restarted"),
    )


def _hindrance(facts: Facts, container: Container) -> str:
    """Return why `container` would not start now, '' when nothing is in its way."""
    wiring, loaded = facts[WIRING], facts[KERNEL_DRIVER]
    library = version_of(wiring.libraries.get(LIBRARIES[0], ""))
    path = _runtime_path(facts, container.runtime)
    if loaded and library and library != loaded:
        return f"the driver on the disk is {library}, the loaded one {loaded}"
    if path and not wiring.runtimes.get(path, True):
        return f"the program of runtime {container.runtime} is gone"
    if container.runtime and container.runtime not in engine(facts).runtimes:
        return f"the engine does not know runtime {container.runtime}"
    if container.gpus and _fails(judge_installed(facts)):
        return "the toolkit is gone"
    if container.cdi and _fails(judge_listed(facts), judge_stale(facts)):
        return "the CDI specification is gone or stale"
    return ""


def _runtime_path(facts: Facts, runtime: str) -> str:
    named = config(facts).get("runtimes")
    entry = named.get(runtime) if isinstance(named, dict) else None
    return str(entry.get("path", "")) if isinstance(entry, dict) else ""


def _fails(*verdicts: Verdict) -> bool:
    return any(verdict.status is Status.FAIL for verdict in verdicts)


def judge_silent(facts: Facts) -> Verdict:
    lost = [each.name for each in facts[CONTAINERS] if each.running and each.asks_by_environment and not each.uses_gpu]
    if not lost:
        return passed("none")
    return failed(
        f"{', '.join(lost)}: NVIDIA_VISIBLE_DEVICES is set, but no GPU was asked for",
        cause="The variable does nothing without the nvidia runtime: they run on the CPU, without an error.",
        remedy=by_hand("Start them with --gpus all; in compose: deploy.resources.reservations.devices"),
    )


def judge_shm(facts: Facts) -> Verdict:
    containers = gpu_containers(facts, running=True)
    small = [each.name for each in containers if each.shm_bytes <= DEFAULT_SHM and each.ipc != "host"]
    if not containers:
        return not_applicable(NONE)
    if not small:
        return passed(f"{len(containers)} container(s) with more than 64 MiB")
    return failed(
        f"{', '.join(small)}: /dev/shm of 64 MiB",
        cause="Data loaders and NCCL fill Docker's default of 64 MiB: Bus error, or posix_fallocate failed.",
        remedy=by_hand("Start them with --shm-size=8g or --ipc=host, or set default-shm-size in daemon.json"),
    )


def judge_memlock(facts: Facts) -> Verdict:
    rdma = [
        each for each in gpu_containers(facts, running=True) if any(path.startswith(RDMA) for path in each.device_nodes)
    ]
    limits = config(facts).get("default-ulimits")
    by_default = isinstance(limits, dict) and "memlock" in limits
    limited = [each.name for each in rdma if each.memlock != -1 and not (each.memlock is None and by_default)]
    if not rdma:
        return not_applicable("no GPU container uses RDMA")
    if not limited:
        return passed(f"{len(rdma)} container(s) may lock memory")
    return failed(
        f"{', '.join(limited)}: memlock is limited",
        cause="RDMA locks the memory that it registers, and fails at the limit: ibv_reg_mr failed.",
        remedy=by_hand("Start them with --ulimit memlock=-1 --ulimit stack=67108864"),
    )


CUDA_REQUIREMENT = Check(
    "ctr.cudareq",
    "The driver serves the CUDA that GPU containers ask for",
    with_gpu(judge_requirement),
    needs=("dk.running", "drv.match", "smi.answers"),
    gpu=True,
)
NEXT = Check(
    "ctr.next",
    "GPU containers would start again",
    with_gpu(judge_next),
    Severity.WARNING,
    needs=("dk.running",),
    gpu=True,
)
SILENT = Check(
    "ctr.silentcpu",
    "No container waits for a GPU that it was not given",
    with_gpu(judge_silent),
    Severity.WARNING,
    needs=("dk.running",),
    gpu=True,
)
SHM = Check(
    "ctr.shm",
    "GPU containers have enough shared memory",
    with_gpu(judge_shm),
    Severity.WARNING,
    needs=("dk.running",),
    gpu=True,
)
MEMLOCK = Check(
    "ctr.memlock",
    "GPU containers with RDMA may lock memory",
    with_gpu(judge_memlock),
    Severity.WARNING,
    needs=("dk.running",),
    gpu=True,
)
