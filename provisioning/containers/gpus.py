"""Which GPUs a container gets, and how it is asked for: through CDI where the engine has it, else `--gpus`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from provisioning import daemon_json
from provisioning.containers.spec import Gpus
from provisioning.engine_config import CDI_BY_DEFAULT
from provisioning.errors import UnsupportedHost, UsageError
from provisioning.probe import Facts
from provisioning.probes.daemon_config import DAEMON_CONFIG
from provisioning.probes.driver import GPUS, GPUS_ON_BUS
from provisioning.probes.engine import DAEMON
from provisioning.probes.gpu_report import Gpu
from provisioning.probes.toolkit import TOOLKIT

FORM = "auto, all, none, or indices and UUIDs with commas"
RESTARTS_WITH_CDI = (28, 2)
"""The first release after moby/moby#49990."""
_KIND = "nvidia.com/gpu="
_UUID = re.compile(r"(GPU|MIG)-[0-9A-Za-z/-]+")


def wanted(text: str) -> tuple[str, ...]:
    """Return the words of `--gpus`. Raises UsageError for what cannot be meant."""
    words = tuple(word.strip() for word in text.split(","))
    alone = words in (("auto",), ("all",), ("none",))
    if not alone and not all(word.isdecimal() or _UUID.fullmatch(word) for word in words):
        raise UsageError(f"--gpus takes {FORM}, and was given {text!r}.")
    if len(set(words)) < len(words):
        raise UsageError(f"--gpus {text!r} names a GPU twice.")
    return words


def needs_report(words: Sequence[str]) -> bool:
    """Tell whether the driver must be asked which GPUs there are; it may take a second."""
    return words[0] not in ("auto", "all", "none")


def choose(words: Sequence[str], facts: Facts, host: str, *, restarts: bool = False) -> Gpus:
    """Return what to ask the engine for. Raises UnsupportedHost and UsageError for GPUs that the host has not.

    `restarts`: the engine itself shall start the container again, when it or the machine was restarted.
    """
    if words[0] == "none" or (words[0] == "auto" and not facts[GPUS_ON_BUS]):
        return Gpus()
    if not facts[GPUS_ON_BUS]:
        raise UnsupportedHost(
            f"{host}: it has no NVIDIA GPU on its bus.",
            "Run it without one: --gpus none. A VM has those that are handed through to it; VirtualBox hands on none.",
        )
    names = ("all",) if words[0] in ("auto", "all") else tuple(gpu.uuid for gpu in resolve(words, facts, host))
    devices = tuple(_KIND + name for name in names)
    if has_cdi(facts) and set(devices) <= _known(facts) and not (restarts and _starts_before_cdi(facts)):
        return Gpus(cdi=devices)
    return Gpus(request="all" if names == ("all",) else "device=" + ",".join(names))


def resolve(words: Sequence[str], facts: Facts, host: str) -> tuple[Gpu, ...]:
    """Return the GPUs that indices and UUIDs name; indices change with a reboot. Raises UsageError."""
    gpus = facts[GPUS].gpus
    return tuple(_one(word, gpus, facts, host) for word in words)


def _one(word: str, gpus: Sequence[Gpu], facts: Facts, host: str) -> Gpu:
    if word.isdecimal() and int(word) < len(gpus):
        return gpus[int(word)]
    for gpu in gpus:
        if gpu.uuid == word:
            return gpu
    there = "\n".join(f"  {index}  {gpu.uuid}  {gpu.name}" for index, gpu in enumerate(gpus))
    raise UsageError(
        f"{host}: --gpus {word} names no GPU of this host.",
        f"It has:\n{there}" if gpus else f"nvidia-smi lists none there: {facts[GPUS].complaint or 'it says no more'}.",
    )


def has_cdi(facts: Facts) -> bool:
    """Tell whether the engine gives devices by CDI: since 28.2 unless told otherwise, before if told so."""
    engine = facts[DAEMON].engine
    if engine is None:
        return False
    try:
        features = daemon_json.load(facts[DAEMON_CONFIG].text).get("features")
    except ValueError:
        features = None
    said = features.get("cdi") if isinstance(features, dict) else None
    return said is True or (said is None and engine.version >= CDI_BY_DEFAULT)


def _starts_before_cdi(facts: Facts) -> bool:
    """Tell an engine that, starting, brings containers back before it knows CDI: they fail (moby/moby#49989)."""
    engine = facts[DAEMON].engine
    return engine is None or engine.version < RESTARTS_WITH_CDI


def _known(facts: Facts) -> frozenset[str]:
    engine = facts[DAEMON].engine
    return facts[TOOLKIT].cdi_devices | ((engine and engine.cdi_devices) or frozenset())
