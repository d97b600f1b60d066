"""A container started from an image of a registry: how that is asked, and what its failure means."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from checks.catalog.driver import REBOOT
from checks.catalog.host_image import HOST_IMAGE, engine_runs
from checks.model import Verdict, failed
from checks.remedy import BY_PROVISIONING, RESTART_DOCKER, Remedy, Risk, by_commands, by_hand
from provisioning.probe import Facts, Probe

PULL_SECONDS = 300
MIRROR = "provision with --registry-mirror URL"

_REGISTRY = re.compile(r"dial tcp|i/o timeout|TLS handshake|no such host|server misbehaving|connection refused", re.I)
_WORDS: tuple[tuple[str, str, Remedy], ...] = (
    ("could not select device driver", "dockerd found no GPU hook when it started.", RESTART_DOCKER),
    ("driver/library version mismatch", "The driver was updated, and the old one is still loaded.", REBOOT),
    ("load library failed", "The toolkit does not find the driver's libraries.", by_commands(("ldconfig",))),
    (
        "unsatisfied condition",
        "The image asks for a newer CUDA than the driver serves.",
        by_hand("Update the driver, or take an older tag of the image"),
    ),
    (
        "NVIDIA Container Runtime Hook directly",
        "The toolkit's mode is cdi, in which its hook refuses to work.",
        by_commands(("nvidia-ctk", "config", "--set", "nvidia-container-runtime.mode=auto", "--in-place")),
    ),
    ("Failed to initialize NVML", "The container gets no access to the devices.", RESTART_DOCKER),
    (
        "driver rpc error",
        "The driver cannot get memory: the kernel is set to promise no more than it has.",
        by_commands(("sysctl", "vm.overcommit_memory=0")),
    ),
    (
        "failed to start shim",
        "containerd cannot start the program that holds a container, or that is gone.",
        by_commands(
            ("apt-get", "install", "--reinstall", "-y", "containerd.io"),
            ("systemctl", "restart", "docker"),
            risk=Risk.RESTARTS_DOCKER,
        ),
    ),
    ("executable file not found", "A program that the engine starts is gone, or the image has none.", BY_PROVISIONING),
)


@dataclass(frozen=True)
class ContainerRun:
    code: int
    image: str
    output: str
    gone: tuple[str, ...] = ()
    """Images that the registry no longer has."""

    @property
    def last(self) -> str:
        return self.output.splitlines()[-1] if self.output else f"exit code {self.code}, no output"

    @property
    def without_image(self) -> bool:
        """The registry did not give the image; of the engine this says nothing."""
        return self.code != 0 and bool("toomanyrequests" in self.output or _REGISTRY.search(self.output))

    def failed_like(self, other: ContainerRun) -> bool:
        return self.code != 0 and self.last == other.last


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
    first = next((at for at, line in enumerate(lines) if line.startswith("run ")), None)
    if first is None:
        raise ValueError("it does not say how the container ended")
    _, code, image = lines[first].split(" ")
    return ContainerRun(int(code), image, "\n".join(lines[first + 1 :]).strip(), tuple(gone))


def container_probe(
    name: str, images: Sequence[str], options: Sequence[str], argv: Sequence[str]
) -> Probe[ContainerRun]:
    """Return the probe that starts a container of the first of `images` that can be had."""
    snippet = _SNIPPET.format(images=shlex.join(images), options=shlex.join(options), argv=shlex.join(argv))
    return Probe(name, snippet, parse, seconds=PULL_SECONDS, starts_containers=True)


def why_it_failed(facts: Facts, run: ContainerRun) -> Verdict:
    if run.image in run.gone:
        return failed(
            f"{', '.join(run.gone)}: no longer to be had",
            cause="The registry has deleted these tags.",
            remedy=by_hand("Choose another image of nvidia/cuda with --cuda-image nvidia/cuda:TAG"),
        )
    if "toomanyrequests" in run.output:
        return failed(
            run.last,
            cause="The registry gives no more images for now: its limit of pulls without a login is reached."
            + _of_the_engine(facts),
            remedy=by_hand(f"docker login, or {MIRROR}; or wait some hours"),
        )
    if run.without_image:
        return failed(
            run.last,
            cause=f"The registry cannot be reached from the host.{_of_the_engine(facts)}",
            remedy=by_hand(f"Mend DNS, proxy or firewall, or {MIRROR}"),
        )
    for words, cause, remedy in _WORDS:
        if words in run.output:
            return failed(run.last, cause=cause, remedy=remedy)
    return failed(
        run.last,
        cause="The engine could not run the container.",
        remedy=by_hand("Look at journalctl -u docker -n 20 --no-pager"),
    )


def _of_the_engine(facts: Facts) -> str:
    """Say which of the two is broken, the registry alone or the engine too."""
    if HOST_IMAGE.name not in facts.answers:
        return ""
    if engine_runs(facts):
        return " The engine works: it ran an image made of the host's own files."
    made = facts[HOST_IMAGE]
    if made.unmade:
        return f" Of the engine this says nothing: no image could be made of the host's own files ({made.unmade})."
    return f" The engine does not work either, with an image made of the host's own files: {made.engine}."
