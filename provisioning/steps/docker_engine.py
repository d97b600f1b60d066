"""The engine enabled, running, and restarted or reloaded when what it read at its start has changed."""

from __future__ import annotations

from provisioning import daemon_json, engine_config, gpu
from provisioning.command import Command, command, restore_file
from provisioning.plan import Change
from provisioning.probe import Facts
from provisioning.probes.apt import DPKG_STATE
from provisioning.probes.engine import DAEMON, UNIT_STATES
from provisioning.probes.toolkit import TOOLKIT
from provisioning.selection import TOOLKIT as TOOLKIT_PACKAGES
from provisioning.selection import selected, to_reinstall
from provisioning.settings import Settings
from provisioning.step import Step

UNITS = ("docker.service", "containerd.service")
START, RESTART, RELOAD = ((command("gd_engine", verb),) for verb in ("start", "restart", "reload"))
JOURNAL = "See why on the host: journalctl -u docker -n 20 --no-pager"


def changes(facts: Facts, settings: Settings) -> list[Change]:
    return [*_enable(facts), *_restart_or_reload(facts, settings)]


def _enable(facts: Facts) -> list[Change]:
    units = facts[UNIT_STATES]
    off = [name for name in UNITS if name not in units or not units[name].enabled]
    if not off:
        return []
    disable = (command("systemctl", "disable", *off),)
    return [Change(f"Start {' and '.join(off)} at boot", (command("gd_enable", *off),), back=disable)]


def _restart_or_reload(facts: Facts, settings: Settings) -> list[Change]:
    before, after = engine_config.current(facts), engine_config.target(facts, settings)
    if facts[UNIT_STATES]["docker.service"].active != "active":
        return [_start(facts, "Start Docker", _first_start(facts, settings), config_changed=before != after)]
    reasons = restart_reasons(facts, settings)
    if reasons:
        sentence = f"Restart Docker: {' and '.join(reasons)}"
        return [_start(facts, sentence, RESTART, config_changed=before != after)]
    if before != after:
        undo = (restore_file(daemon_json.PATH), command("systemctl", "reload", "docker.service"))
        sentence = "Reload Docker: daemon.json has changed in keys that it rereads"
        return [Change(sentence, RELOAD, undo=undo, hint=JOURNAL)]
    return []


def _first_start(facts: Facts, settings: Settings) -> tuple[Command, ...]:
    """Return what starts an engine that does not run, or that its package will have started before all else is done."""
    before, after = engine_config.current(facts), engine_config.target(facts, settings)
    if not daemon_json.reload_suffices(before, after) or (
        gpu.wanted(facts, settings) and _toolkit_is_newer(facts, settings)
    ):
        return RESTART
    return START if before == after else (*START, *RELOAD)


def restart_reasons(facts: Facts, settings: Settings) -> list[str]:
    """Return why a running daemon must be started anew."""
    before, after = engine_config.current(facts), engine_config.target(facts, settings)
    reasons = []
    if not daemon_json.reload_suffices(before, after):
        reasons.append("daemon.json has changed")
    if gpu.wanted(facts, settings) and _toolkit_is_newer(facts, settings):
        reasons.append("it looks for the GPU hook only when it starts")
    if not reasons and facts[DAEMON].engine is None and "docker-ce-cli" not in facts[DPKG_STATE].gone:
        reasons.append("it does not answer")
    return reasons


def _toolkit_is_newer(facts: Facts, settings: Settings) -> bool:
    """Tell whether the toolkit came after dockerd started, or comes with this plan."""
    coming = {each.name for each in (*selected(facts, settings), *to_reinstall(facts, settings))}
    return (
        bool(coming & set(TOOLKIT_PACKAGES)) or facts[TOOLKIT].installed > facts[UNIT_STATES]["docker.service"].started
    )


def _start(facts: Facts, sentence: str, commands: tuple[Command, ...], *, config_changed: bool) -> Change:
    engine = facts[DAEMON].engine
    return Change(
        sentence,
        commands,
        undo=(restore_file(daemon_json.PATH), command("gd_engine", "start")) if config_changed else (),
        stops=engine.running if engine and not engine.live_restore else (),
        hint=JOURNAL,
    )


STEP = Step("docker_engine", changes, needs=("packages", "daemon_config", "cdi"))
