"""Running GPU containers that have lost their GPU."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from checks.applicability import with_gpu
from checks.catalog.container_facts import gpu_containers
from checks.model import Check, Verdict, failed, not_applicable, not_run, passed
from checks.remedy import Risk, by_commands
from provisioning.probe import Facts, Probe, UnknownFact

AT_MOST = 30
# Each answer is one line, so that those of containers asked at the same time do not mix.
_SNIPPET = """
for name in {names}; do
  (said=$(timeout -s KILL 20 docker exec "$name" nvidia-smi -L 2>&1); code=$?
  printf '%s %s %s\\n' "$code" "$name" "$(printf %s "$said" | tail -n 1)") &
done
wait
"""


def parse(text: str) -> Mapping[str, tuple[int, str]]:
    """Return container → exit code of nvidia-smi in it, and its last line."""
    rows = (line.split(" ", 2) for line in text.splitlines())
    return {row[1]: (int(row[0]), row[2] if len(row) > 2 else "") for row in rows}


def lost_gpus_probe(names: tuple[str, ...]) -> Probe[Mapping[str, tuple[int, str]]]:
    return Probe("gpu_containers", _SNIPPET.format(names=shlex.join(names)), parse, seconds=40, starts_containers=True)


LOST_GPUS = lost_gpus_probe(())
"""The name under which the answer stands; who is asked depends on the host: see `lost_gpus_probes`."""


def lost_gpus_probes(facts: Facts) -> list[Probe[Any]]:
    try:
        names = tuple(each.name for each in gpu_containers(facts, running=True))
    except UnknownFact:
        return []
    return [lost_gpus_probe(names[:AT_MOST])] if names else []


def judge_lost(facts: Facts) -> Verdict:
    running = gpu_containers(facts, running=True)
    if not running:
        return not_applicable("no container that runs uses a GPU")
    if LOST_GPUS.name not in facts.answers:
        return not_run("no container was asked")
    told = facts[LOST_GPUS]
    lost = {name: said for name, (code, said) in told.items() if code and "NVML" in said}
    if lost:
        return failed(
            f"{', '.join(lost)}: {next(iter(lost.values()))}",
            cause="systemd has read its units anew since these containers started, and took their devices away.",
            remedy=by_commands(("docker", "restart", *lost), risk=Risk.ENDS_GPU_JOBS),
        )
    well = [name for name, (code, _) in told.items() if not code]
    if not well:
        return not_applicable(f"none of {len(running)} GPU container(s) has nvidia-smi")
    return passed(f"{len(well)} container(s) see their GPU")


LOST = Check(
    "ctr.lost",
    "Running GPU containers still see their GPU",
    with_gpu(judge_lost),
    needs=("dk.running", "dk.socket", "drv.match", "smi.answers"),
    gpu=True,
)
