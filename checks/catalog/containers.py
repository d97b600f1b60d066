"""Containers really started: hello-world, and nvidia-smi in a CUDA container."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from checks import cuda_image
from checks.catalog.driver import NO_GPU
from checks.model import Check, Verdict, failed, not_applicable, not_run, passed
from checks.remedy import RESTART_DOCKER, Risk, by_commands, by_hand
from provisioning.probe import Facts, Probe, UnknownFact
from provisioning.probes.driver import GPUS, GPUS_ON_BUS, Gpus

REFRESH_CDI = by_commands(
    ("nvidia-ctk", "cdi", "generate", "--output=/var/run/cdi/nvidia.yaml"),
    ("systemctl", "restart", "docker"),
    risk=Risk.RESTARTS_DOCKER,
)
LOOK_AT_JOURNAL = by_hand("Look at journalctl -u docker -n 20 --no-pager")
PULL_SECONDS = 300
NOT_STARTED = "no container was started; --verify starts one"

_REGISTRY = re.compile(r"dial tcp|i/o timeout|TLS handshake|no such host|server misbehaving|connection refused", re.I)


@dataclass(frozen=True)
class ContainerRun:
    code: int
    image: str
    output: str
    gone: tuple[str, ...] = ()
    """Images that the registry no longer has."""


# The images in turn: a deleted tag leads to the next one, any other failure is the answer.
_SNIPPET = """
for image in {images}; do
  if docker image inspect "$image" >/dev/null 2>&1 || said=$(docker pull -q "$image" 2>&1); then
    said=$(docker run --rm {options} "$image" {argv} 2>&1); echo "run $? $image"; printf '%s\\n' "$said"; exit 0
  fi
  case $said in
    *"manifest unknown"*|*"not found"*) echo "gone $image";;
    *) echo "run 1 $image"; printf '%s\\n' "$said"; exit 0;;
  esac
done
echo "run 1 $image"; printf '%s\\n' "$said"
"""


def parse(text: str) -> ContainerRun:
    lines = text.splitlines()
    gone = [line.split(" ", 1)[1] for line in lines if line.startswith("gone ")]
    first = next(at for at, line in enumerate(lines) if line.startswith("run "))
    _, code, image = lines[first].split(" ")
    return ContainerRun(int(code), image, "\n".join(lines[first + 1 :]).strip(), tuple(gone))


def container_probe(
    name: str, images: Sequence[str], options: Sequence[str], argv: Sequence[str]
) -> Probe[ContainerRun]:
    """Return the probe that starts a container of the first of `images` that can be had."""
    snippet = _SNIPPET.format(images=shlex.join(images), options=shlex.join(options), argv=shlex.join(argv))
    return Probe(name, snippet, parse, seconds=PULL_SECONDS, starts_containers=True)


HELLO = container_probe("hello_world", ("hello-world",), (), ())


def cuda_probe(images: Sequence[str]) -> Probe[ContainerRun]:
    return container_probe("cuda_container", images, ("--gpus", "all"), ("nvidia-smi", "-L"))


CUDA = cuda_probe(())
"""The name under which the answer stands; what is asked depends on the driver: see `deep_probes`."""


def deep_probes(facts: Facts, image: str) -> list[Probe[ContainerRun]]:
    """Return the probes that start containers on this host. `image`: the CUDA image to use, '' to choose one."""
    try:
        gpus = facts[GPUS] if facts[GPUS_ON_BUS] else Gpus()
    except UnknownFact:
        return [HELLO]
    if not gpus.uuids:
        return [HELLO]
    return [HELLO, cuda_probe((image,) if image else cuda_image.candidates(gpus.cuda))]


def judge_hello(facts: Facts) -> Verdict:
    if HELLO.name not in facts.answers:
        return not_run(NOT_STARTED)
    run = facts[HELLO]
    if run.code == 0 and "Hello from Docker!" in run.output:
        return passed("Hello from Docker!")
    return _container_failed(run)


def judge_cuda(facts: Facts) -> Verdict:
    if not facts[GPUS_ON_BUS]:
        return not_applicable(NO_GPU)
    if CUDA.name not in facts.answers:
        return not_run(NOT_STARTED)
    run, expected = facts[CUDA], set(facts[GPUS].uuids)
    if run.code:
        return _container_failed(run)
    listed = set(re.findall(r"UUID: ([^)\s]+)", run.output))
    if listed != expected:
        return failed(
            f"{run.image} lists {len(listed & expected)} of the host's {len(expected)} GPUs",
            cause="The container does not get what the host has.",
            remedy=REFRESH_CDI,
        )
    passed_over = f" ({', '.join(run.gone)} is no longer to be had)" if run.gone else ""
    return passed(f"{len(listed)} GPU(s) in {run.image}{passed_over}")


def _container_failed(run: ContainerRun) -> Verdict:
    last = run.output.splitlines()[-1] if run.output else f"exit code {run.code}, no output"
    if run.image in run.gone:
        return failed(
            f"{', '.join(run.gone)}: no longer to be had",
            cause="The registry has deleted these tags.",
            remedy=by_hand("Choose another image of nvidia/cuda with --cuda-image nvidia/cuda:TAG"),
        )
    if "toomanyrequests" in run.output:
        return failed(
            last,
            cause="The registry gives no more images for now: its limit of pulls without a login is reached.",
            remedy=by_hand("docker login, or provision with --registry-mirror URL; or wait some hours"),
        )
    if _REGISTRY.search(run.output):
        return failed(
            last,
            cause="The registry cannot be reached from the host.",
            remedy=by_hand("Mend DNS, proxy or firewall, or provision with --registry-mirror URL"),
        )
    if "could not select device driver" in run.output:
        return failed(
            last,
            cause="dockerd found no GPU hook when it started.",
            remedy=RESTART_DOCKER,
        )
    return failed(
        last,
        cause="The engine could not run the container.",
        remedy=by_hand("Look at journalctl -u docker -n 20 --no-pager"),
    )


HELLO_WORLD = Check("ctr.hello", "hello-world runs", judge_hello, needs=("dk.running", "dk.socket"))
CUDA_CONTAINER = Check(
    "ctr.gpu",
    "nvidia-smi in a CUDA container lists the host's GPUs",
    judge_cuda,
    needs=("dk.running", "dk.socket", "drv.answers", "ctk.version", "ctk.registered"),
    gpu=True,
)
