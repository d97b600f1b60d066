"""What a container of the host's own files can do: resolve names, reach the registry, use CUDA."""

from __future__ import annotations

from checks.applicability import with_gpu
from checks.catalog.cdi import judge_numbers
from checks.catalog.containers import NOT_STARTED, USABLE
from checks.catalog.driver import REBOOT
from checks.catalog.hmm import judge_hmm
from checks.catalog.host_image import HOST_IMAGE, HostImage
from checks.model import Check, Status, Verdict, blocked, failed, not_applicable, not_run, passed
from checks.remedy import RESTART_DOCKER, Remedy, by_commands, by_hand
from provisioning.probe import Facts
from provisioning.probes.driver import GPUS

_NODES = by_commands(("nvidia-modprobe", "-c0", "-u"), ("systemctl", "restart", "nvidia-cdi-refresh.service"))
_UNKNOWN_ERROR = 999
_CODES: dict[int, tuple[str, Remedy]] = {
    3: (
        "CUDA does not start though nvidia-smi works: memory that the kernel manages (HMM) is broken in this driver.",
        by_hand("options nvidia_uvm uvm_disable_hmm=1 in a file in /etc/modprobe.d, then load nvidia_uvm anew"),
    ),
    100: ("The driver finds no GPU in the container.", RESTART_DOCKER),
    802: (
        "System not yet initialized: the fabric manager of the NVSwitches does not run, or HMM is broken.",
        by_commands(("systemctl", "enable", "--now", "nvidia-fabricmanager")),
    ),
    803: ("The container's libcuda is of another version than the loaded driver.", REBOOT),
    804: (
        "The image brings a compatibility library that this GPU does not support.",
        by_hand("Take an image whose CUDA the driver serves by itself, or remove cuda-compat from it"),
    ),
    _UNKNOWN_ERROR: ("The device of unified memory is missing, or has another number than the kernel's.", _NODES),
}

_UNTRIED = {
    "foreign": "the host's libcuda is not NVIDIA's: it has no cuInit",
    "unstarted": "no container was started: ",
}


def judge_network(facts: Facts) -> Verdict:
    if HOST_IMAGE.name not in facts.answers:
        return not_run(NOT_STARTED)
    made = facts[HOST_IMAGE]
    if made.unmade:
        return not_applicable(f"no image could be made of the host's own files: {made.unmade}")
    if made.network and made.engine != "runs":
        return not_applicable("the engine runs no container at all")
    fault = _network_fault(made)
    seen = [f"resolves {made.name}"] * bool(made.name) + [f"reaches {made.target}"] * bool(made.target)
    return fault or (passed(", ".join(seen)) if seen else not_applicable("the host itself reaches no registry"))


def _network_fault(made: HostImage) -> Verdict | None:
    if made.network:
        return failed(
            made.network,
            cause="The engine starts containers, but cannot give them a network.",
            remedy=RESTART_DOCKER,
        )
    if made.target and not made.reaches:
        return failed(
            f"the host reaches {made.target}, a container does not",
            cause="What containers send is not passed on: a firewall, or rules for Docker's bridge that are gone.",
            remedy=RESTART_DOCKER,
        )
    if made.name and not made.resolves:
        return failed(
            f"the host resolves {made.name}, a container does not",
            cause="Temporary failure in name resolution: containers have a name server that they cannot reach.",
            remedy=by_hand(
                'Set "dns" in /etc/docker/daemon.json to a server that containers reach and restart Docker; '
                "with ufw: sudo ufw allow in on docker0 to any port 53"
            ),
        )
    return None


def judge_cuda(facts: Facts) -> Verdict:
    if HOST_IMAGE.name not in facts.answers:
        return not_run(NOT_STARTED)
    kind, _, rest = facts[HOST_IMAGE].cuda.partition(" ")
    if kind == "absent":
        return failed(
            rest, cause="The container gets no libcuda.", remedy=by_hand("Look at ctk.libs, and at ctk.cdi_stale")
        )
    if not kind.isdecimal():
        return not_applicable(_UNTRIED.get(kind, "the host has no python3 to try it with") + rest)
    return _judge_code(facts, int(kind), int(rest))


def _judge_code(facts: Facts, code: int, count: int) -> Verdict:
    if code == _UNKNOWN_ERROR and judge_numbers(facts).status is Status.FAIL:
        return blocked("ctk.cdi_uvm")
    if judge_hmm(facts).status is Status.FAIL:
        return blocked("drv.hmm")
    if code:
        cause, remedy = _CODES.get(code, ("The CUDA driver does not start in the container.", REBOOT))
        return failed(f"cuInit: error {code}", cause=cause, remedy=remedy)
    expected = len(facts[GPUS].uuids)
    if count != expected:
        return failed(
            f"CUDA counts {count} of {expected} GPUs",
            cause="nvidia-smi sees GPUs that CUDA does not: MIG without instances, or CUDA_VISIBLE_DEVICES.",
            remedy=by_hand("sudo nvidia-smi mig -lgi lists the instances; sudo nvidia-smi mig -cgi ID -C makes some"),
        )
    return passed(f"cuInit gives 0, {count} device(s)")


NETWORK = Check(
    "ctr.dns",
    "Containers resolve and reach what the host does",
    judge_network,
    needs=("dk.running", "dk.socket", "dk.disk", "dk.forward", "dk.iptables"),
)
CUDA_STARTS = Check(
    "ctr.cuda", "CUDA starts in a container", with_gpu(judge_cuda), needs=(*USABLE, "ctk.restarted"), gpu=True
)
