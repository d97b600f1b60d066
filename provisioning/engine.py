"""Gather, plan, apply, gather again on a new login: then nothing may be left to do."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from provisioning.errors import AccessDenied, ChangeFailed, Locked, NotConverged, Unreachable
from provisioning.journal import Run
from provisioning.plan import Change, Plan
from provisioning.planner import plan
from provisioning.probe import Facts, Probe, bundle, unbundle
from provisioning.probes.activity import ACTIVITY
from provisioning.probes.login import LOGIN
from provisioning.runners.model import Elevation, Runner
from provisioning.script import Ended, Event, Finished, LockedOut, Said, Undone, compile_plan, events
from provisioning.settings import Settings

LAST_LINES = 10


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
    interval: float = 2.0
    """Seconds."""


def gather_at_rest(runner: Runner, probes: Sequence[Probe[Any]], settings: Settings, patience: Patience) -> Facts:
    """Gather, and again until neither cloud-init nor apt is at work. Raises Locked after `settings.wait` seconds."""
    end = patience.clock() + settings.wait
    said = ""
    while True:
        facts = gather(runner, probes)
        busy = "; ".join(str(activity) for activity in facts[ACTIVITY])
        if not busy:
            return facts
        if patience.clock() >= end:
            raise Locked(f"{runner.host}: still waiting for {busy} after {settings.wait} s.", "Try again later.")
        if busy != said:
            patience.say(f"{runner.host}: waiting for {busy}")
            said = busy
        patience.sleep(patience.interval)


def apply(runner: Runner, todo: Plan, run: Run, watch: Callable[[Event], None]) -> None:
    """Send the plan and follow it. Raises Locked, ChangeFailed, AccessDenied or Unreachable."""
    nonce = secrets.token_hex(8)
    heard: list[Event] = []
    for event in events(runner.run(compile_plan(todo, run, nonce), Elevation.ROOT), nonce):
        heard.append(event)
        watch(event)
    _judge(runner.host, todo, heard)


def _judge(host: str, todo: Plan, heard: Sequence[Event]) -> None:
    for event in heard:
        if isinstance(event, LockedOut):
            raise Locked(f"{host}: another operator is at work: {event.holder}.", "Try again when that run has ended.")
        if isinstance(event, Ended) and event.code:
            raise ChangeFailed(*_failure(host, todo.changes[event.change - 1], event, heard))
    if not any(isinstance(event, Finished) for event in heard):
        raise Unreachable(
            f"{host}: the connection was cut before the changes ended.", "Run the same command again: it plans afresh."
        )


def _failure(host: str, change: Change, ended: Ended, heard: Sequence[Event]) -> tuple[str, str]:
    lines = [event.line for event in heard if isinstance(event, Said) and event.change == ended.change]
    undone = next((event for event in heard if isinstance(event, Undone)), None)
    half = "Its half-done work could not be undone." if undone and undone.code else ""
    told = "\n".join(f"  {line}" for line in lines[-LAST_LINES:])
    commands = ", ".join(str(command) for command in change.commands)
    message = f"{host}: this change failed with exit code {ended.code}: {change.sentence}\n  ({commands})\n{told}"
    return message.rstrip(), "\n".join(filter(None, (half, change.hint)))


def prove(runner: Runner, probes: Sequence[Probe[Any]], settings: Settings) -> Facts:
    """Gather on a new login. Raises NotConverged when the plan is not empty now."""
    facts = gather(runner, probes, new_login=True)
    left = plan(facts, settings, runner.host)
    if left:
        sentences = "\n".join(f"  {change.sentence}" for change in left.changes)
        raise NotConverged(
            f"{runner.host}: every command went well, but this is still to do:\n{sentences}",
            "Run the same command again; if the same is left, please report it with `gpudock facts --save facts.json`.",
        )
    return facts


def require_root(facts: Facts, host: str) -> None:
    """Raise AccessDenied when the facts were not read as root: changes would fail half-way."""
    if not facts[LOGIN].privileged:
        user = facts[LOGIN].user
        raise AccessDenied(
            f"{host}: {user} is not root and sudo does not let {user} in without a password.",
            "Log in as a user with sudo, or add --ask-sudo-pass.",
        )
