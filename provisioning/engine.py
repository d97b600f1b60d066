"""Gather, plan, apply, gather again on a new login: then nothing may be left to do."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from provisioning.errors import AccessDenied, Locked, NotConverged
from provisioning.planner import plan
from provisioning.probe import Facts, Probe, bundle, unbundle
from provisioning.probes.activity import ACTIVITY
from provisioning.probes.current_run import CURRENT_RUN, CurrentRun
from provisioning.probes.login import LOGIN
from provisioning.runners.model import Elevation, Runner
from provisioning.settings import Settings


def gather(
    runner: Runner,
    probes: Iterable[Probe[Any]],
    elevation: Elevation = Elevation.ROOT_IF_POSSIBLE,
    *,
    new_login: bool = False,
) -> Facts:
    """Ask all `probes` in one round trip."""
    nonce = secrets.token_hex(8)
    script = bundle(probes, nonce)
    return unbundle(b"".join(runner.run(script, elevation, new_login=new_login)), nonce)


@dataclass(frozen=True)
class Patience:
    """How to wait for whoever is at work on a host."""

    sleep: Callable[[float], None]
    clock: Callable[[], float]
    say: Callable[[str], None]
    meet: Callable[[CurrentRun], None]
    """What to do about a run of gpudock that is alive: follow it to its end, or raise."""
    interval: float = 2.0
    """Seconds."""


def gather_at_rest(runner: Runner, probes: Sequence[Probe[Any]], settings: Settings, patience: Patience) -> Facts:
    """Gather, and again until nobody is at work on the host. Raises Locked after `settings.apt_timeout` seconds."""
    end = patience.clock() + settings.apt_timeout
    said, followed = "", False
    while True:
        facts = gather(runner, probes, new_login=followed)
        current = facts[CURRENT_RUN]
        if current:
            patience.meet(current)
            followed = True
            continue
        busy = "; ".join(str(activity) for activity in facts[ACTIVITY])
        if not busy:
            return facts
        if patience.clock() >= end:
            raise Locked(f"{runner.host}: still waiting for {busy} after {settings.apt_timeout} s.", "Try again later.")
        if busy != said:
            patience.say(f"{runner.host}: waiting for {busy}")
            said = busy
        patience.sleep(patience.interval)


def prove(runner: Runner, probes: Sequence[Probe[Any]], settings: Settings) -> Facts:
    """Gather on a new login. Raises NotConverged when the plan is not empty now."""
    facts = gather(runner, probes, new_login=True)
    left = plan(facts, settings, runner.host)
    if left:
        sentences = "\n".join(f"  {change.sentence}" for change in left.changes)
        raise NotConverged(
            f"{runner.host}: every command went well, but this is still to do:\n{sentences}",
            "Run the same command again; if the same is left, please report it with what this saves:\n"
            "  ./gpudock facts HOST --save facts.json",
        )
    return facts


def require_root(facts: Facts, host: str) -> None:
    """Raise AccessDenied when the facts were not read as root: changes would fail half-way."""
    if not facts[LOGIN].privileged:
        user = facts[LOGIN].user
        if "must have a tty" in facts[LOGIN].sudo_says:
            raise AccessDenied(
                f"{host}: sudo asks for a terminal there (`requiretty` in the sudoers file), and a script has none.",
                f"Log in as root, or let {user} do without, with this line in the sudoers file (visudo):\n"
                f"  Defaults:{user} !requiretty",
            )
        raise AccessDenied(
            f"{host}: {user} is not root and sudo does not let {user} in without a password.",
            "Log in as a user with sudo, or add --ask-sudo-pass.",
        )
