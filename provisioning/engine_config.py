"""daemon.json as a host has it, and as it shall be."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from provisioning import daemon_json, gpu
from provisioning.daemon_json import Document
from provisioning.probe import Facts
from provisioning.probes.daemon_config import DAEMON_CONFIG
from provisioning.probes.engine import DAEMON, version_numbers
from provisioning.probes.packages import PACKAGES
from provisioning.settings import Settings

RUNTIME = "nvidia-container-runtime"
CDI_BY_DEFAULT = (28, 2)
"""The first engine that has CDI on without being told (Docker 28.2.0 release notes, moby#49963)."""


def current(facts: Facts) -> Document:
    """Return daemon.json as it is. Raises ValueError where it is not JSON; platform.py has refused the host then."""
    return daemon_json.load(facts[DAEMON_CONFIG].text)


def target(facts: Facts, settings: Settings) -> Document:
    """Return daemon.json as it shall be: what it says now, and what is missing."""
    document = current(facts)
    patch: dict[str, Any] = {}
    if settings.registry_mirrors:
        patch["registry-mirrors"] = list(settings.registry_mirrors)
        patch.update(_insecure(document, settings))
    if gpu.wanted(facts, settings):
        patch.update(_nvidia(document, facts, settings))
    return daemon_json.merge(daemon_json.merge(document, patch), settings.daemon_json)


def _insecure(document: Document, settings: Settings) -> Document:
    """With containerd's image store, Docker 26 speaks http only to registries that are listed as such, mirrors too."""
    wished = daemon_json.merge(document, settings.daemon_json)
    listed, features = wished.get("insecure-registries"), _object(wished, "features")
    registries = [urlsplit(url).netloc for url in settings.registry_mirrors if url.startswith("http:")]
    plain = [each for each in registries if not any(_covers(str(entry), each) for entry in listed or ())]
    return {"insecure-registries": plain} if plain and features.get("containerd-snapshotter") is True else {}


def _covers(entry: str, registry: str) -> bool:
    """Tell whether an entry of insecure-registries, which may be a network, is for `registry`: ADDRESS[:PORT]."""
    try:
        return ip_address(urlsplit(f"//{registry}").hostname or "") in ip_network(entry)
    except ValueError:
        return False


def _nvidia(document: Document, facts: Facts, settings: Settings) -> Document:
    cdi = _object(document, "features").get("cdi")
    cdi_is_on = cdi is True or (cdi is None and _engine_version(facts, settings) >= CDI_BY_DEFAULT)
    runtime = _object(_object(document, "runtimes"), "nvidia").get("path", "")
    patch: dict[str, Any] = {}
    if PurePosixPath(str(runtime)).name != RUNTIME:
        patch["runtimes"] = {"nvidia": {"path": RUNTIME, "args": []}}
    if not cdi_is_on:
        patch["features"] = {"cdi": True}
    return patch


def _engine_version(facts: Facts, settings: Settings) -> tuple[int, ...]:
    """Return the version that was asked for, else the running, else the installed one; () where none is known yet."""
    if settings.docker_version:
        return version_numbers(settings.docker_version)
    engine, package = facts[DAEMON].engine, facts[PACKAGES].get("docker-ce", "")
    if engine:
        return engine.version
    return version_numbers(package.rpartition(":")[2]) if package else ()


def _object(document: Document, key: str) -> Document:
    value = document.get(key)
    return value if isinstance(value, Mapping) else {}
