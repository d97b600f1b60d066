"""Facts as they may be pasted into a bug report: without credentials, names and addresses masked."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from checks import catalog
from checks.masking import Masks, mask
from provisioning import probes, steps
from provisioning.discovery import declared
from provisioning.probe import Answer, Facts, Probe, UnknownFact
from provisioning.probes.engine import DAEMON
from provisioning.probes.login import LOGIN

OWN_WORDS = frozenset(
    ["root", "docker", "nvidia", "ubuntu", "debian", "daemon", "nobody", "sudo", "video", "render", "localhost"]
)
"""Names of users and hosts that tell nothing of a person, and stand in facts as words of their own."""


def every_probe() -> list[Probe[Any]]:
    """Return every probe that a saved answer may be of, those that start containers included."""
    return list(
        {probe.name: probe for package in (probes, steps, catalog) for probe in declared(package, Probe)}.values()
    )


def recorded(facts: Facts, host: str, own: Iterable[Probe[Any]] = ()) -> Facts:
    """Return `facts` to be saved. `host`: as the person named it, `admin@gpu1`; its parts are masked too.

    `own`: probes of checks that somebody wrote.
    """
    clean = facts.redact([*every_probe(), *own])
    masks = Masks(users=_users(facts, host), hosts=_hosts(facts, host))
    return Facts(
        {
            name: Answer(answer.code, mask(answer.output, masks), mask(answer.error, masks))
            for name, answer in clean.answers.items()
        },
        redacted=True,
    )


def _users(facts: Facts, host: str) -> tuple[str, ...]:
    named = {host.rpartition("@")[0]}
    with suppress(UnknownFact):
        named |= {facts[LOGIN].user, facts[LOGIN].behind, *facts[LOGIN].docker_members}
    return tuple(sorted(named - OWN_WORDS - {""}))


def _hosts(facts: Facts, host: str) -> tuple[str, ...]:
    named = {host.rpartition("@")[2].partition(":")[0].strip("[]")}
    with suppress(UnknownFact):
        engine = facts[DAEMON].engine
        named |= {urlsplit(mirror).hostname or "" for mirror in (engine.registry_mirrors if engine else ())}
    return tuple(sorted(named - OWN_WORDS - {""}))
