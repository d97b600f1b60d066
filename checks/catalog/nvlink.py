"""The links between GPUs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from checks.applicability import with_gpu
from checks.model import Check, Severity, Verdict, failed, not_applicable, passed
from checks.remedy import by_hand
from provisioning.probe import Facts, Probe

# Only GPUs that are two or more have links: elsewhere nvidia-smi is not asked a second time.
SNIPPET = """
gpus=0
for device in /sys/bus/pci/devices/*; do
  read -r vendor 2>/dev/null <"$device/vendor" && [ "$vendor" = 0x10de ] || continue
  read -r class <"$device/class"
  case $class in 0x03*) gpus=$((gpus + 1));; esac
done
[ $gpus -gt 1 ] && command -v nvidia-smi >/dev/null || exit 0
said=$(nvidia-smi nvlink --status 2>&1); code=$?
[ $code -gt 128 ] && exit $code
printf '%s\\n' "$said"
"""


@dataclass(frozen=True)
class Links:
    """NVLinks of each GPU, by the number that nvidia-smi gives it."""

    up: dict[str, int]
    down: dict[str, int]


def parse(text: str) -> Links:
    up: dict[str, int] = {}
    down: dict[str, int] = {}
    for gpu in re.split(r"(?m)^GPU ", text)[1:]:
        number = gpu.partition(":")[0]
        up[number] = len(re.findall(r"Link \d+: [\d.]+ GB/s", gpu))
        down[number] = len(re.findall(r"Link \d+: <inactive>", gpu))
    return Links(up, down)


NVLINK = Probe("nvlink", SNIPPET, parse, seconds=20, redact=lambda text: re.sub(r"\(UUID: [^)]*\)", "", text))


@with_gpu
def judge_links(facts: Facts) -> Verdict:
    up = facts[NVLINK].up
    most = max(up.values(), default=0)
    if not most:
        return not_applicable("no NVLink between the GPUs")
    # Machines differ in how many links they use: what GPUs of one machine have in common is what it should have.
    fewer = [f"GPU {number}: {links} of {most} links" for number, links in up.items() if links < most]
    if fewer:
        return failed(
            ", ".join(fewer),
            cause="Links between GPUs are down: NCCL goes the slow way around.",
            remedy=by_hand(
                "Look at nvidia-smi nvlink --status and --errorcounters, restart the machine, reseat the bridge"
            ),
        )
    return passed(f"{most} links on each GPU")


LINKS = Check(
    "gpu.nvlink",
    "All links between GPUs are up",
    judge_links,
    Severity.WARNING,
    ("drv.fabric", "smi.answers"),
    gpu=True,
)
