"""By which of its ways an engine gives GPUs to containers: the hook, or CDI."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provisioning import daemon_json
from provisioning.probe import Facts, UnknownFact
from provisioning.probes.daemon_config import DAEMON_CONFIG
from provisioning.probes.engine import DAEMON, UNIT_STATES, Engine
from provisioning.probes.toolkit import TOOLKIT

EVERY_GPU = "nvidia.com/gpu=all"
CDI_EXISTS = (25,)
"""`--device nvidia.com/gpu=all`, behind features.cdi (release notes of Docker 25.0)."""
CDI_BY_DEFAULT = (28, 2)
GPUS_BY_CDI = (29, 2)
"""`--gpus` asks CDI too (moby#50228)."""


def engine(facts: Facts) -> Engine:
    """Return what the daemon says of itself. Raises UnknownFact when it does not answer."""
    daemon = facts[DAEMON]
    if daemon.engine is None:
        raise UnknownFact(DAEMON.name, daemon.complaint or "no docker client")
    return daemon.engine


def config(facts: Facts) -> Mapping[str, Any]:
    """Return daemon.json; empty where it is not JSON, which another check says."""
    try:
        return daemon_json.load(facts[DAEMON_CONFIG].text)
    except ValueError:
        return {}


def has_cdi(facts: Facts) -> bool:
    """Tell whether the engine takes CDI devices at all."""
    version = engine(facts).version
    features = config(facts).get("features")
    wanted = features.get("cdi") if isinstance(features, Mapping) else None
    return version >= CDI_EXISTS and (bool(wanted) or (wanted is None and version >= CDI_BY_DEFAULT))


def needs_cdi(facts: Facts) -> bool:
    """Tell whether a missing CDI device is a fault: `--gpus` uses it, or somebody meant to have it."""
    if not has_cdi(facts):
        return False
    features = config(facts).get("features")
    asked_for = isinstance(features, Mapping) and features.get("cdi") is True
    refresh = facts[UNIT_STATES].get("nvidia-cdi-refresh.service")
    return asked_for or engine(facts).version >= GPUS_BY_CDI or bool(refresh and refresh.loaded)


def cdi_devices(facts: Facts) -> frozenset[str]:
    """Return the devices that the engine lists; before 28.2 it lists none, and those that the toolkit lists."""
    listed = engine(facts).cdi_devices
    return facts[TOOLKIT].cdi_devices if listed is None else listed
