"""The Docker engine: the right one is installed, runs and answers, and the login user reaches it."""

from __future__ import annotations

from checks.catalog import engine_unit
from checks.catalog.engine_setup import CLIENT_TARGET, ENGINE_PROGRAMS
from checks.model import Check, Severity, Verdict, failed, passed, unknown
from checks.remedy import BY_PROVISIONING, RESTART_DOCKER, Remedy, Risk, by_commands, by_hand
from provisioning.probe import Facts, UnknownFact
from provisioning.probes.engine import DAEMON, UNIT_STATES, Unit
from provisioning.probes.login import LOGIN
from provisioning.probes.packages import PACKAGES
from provisioning.probes.tenants import TENANTS

_REINSTALL = by_commands(
    ("apt-get", "install", "--reinstall", "-y", "docker-ce", "docker-ce-cli"), risk=Risk.RESTARTS_DOCKER
)
START = by_commands(("systemctl", "reset-failed", "docker"), ("systemctl", "start", "docker"))


def judge_snap(facts: Facts) -> Verdict:
    if not facts[TENANTS].snap_docker:
        return passed("no Docker from snap")
    return failed(
        "/snap/bin/docker",
        cause="Docker from snap is confined: it reads another daemon.json and never finds the GPU hook.",
        remedy=by_hand("Save what its volumes hold, then: ./gpudock provision HOST --remove-snap-docker"),
    )


def judge_installed(facts: Facts) -> Verdict:
    programs = facts[ENGINE_PROGRAMS]
    if programs.podman_shim:
        return failed(
            f"{programs.client} is Podman's (Emulate Docker CLI using podman)",
            cause="The docker command starts Podman, which has no --gpus by way of Docker's engine.",
            remedy=BY_PROVISIONING,
        )
    missing = [name for name, path in (("dockerd", programs.dockerd), ("docker", programs.client)) if not path]
    if missing:
        return _not_installed(facts, f"no {' and no '.join(missing)}")
    return passed(programs.dockerd)


def _not_installed(facts: Facts, seen: str) -> Verdict:
    """To apt a package is there whatever became of its files, and to provisioning too."""
    if facts[PACKAGES].keys() >= {"docker-ce", "docker-ce-cli"}:
        return failed(seen, cause="The packages are installed, and files of theirs are gone.", remedy=_REINSTALL)
    return failed(seen, cause="Docker is not installed.", remedy=BY_PROVISIONING)


def judge_running(facts: Facts) -> Verdict:
    unit = facts[UNIT_STATES].get("docker.service")
    if unit is None or not unit.loaded:
        return _no_unit(facts, masked=unit is not None and unit.masked)
    if unit.active != "active":
        return _not_active(facts, unit)
    try:
        daemon = facts[DAEMON]
    except UnknownFact as silent:
        return unknown(f"{silent.probe}: {silent.reason}", cause=_SILENT)
    if daemon.engine:
        return passed(f"Docker {daemon.engine.text}")
    if not facts[LOGIN].privileged:
        return passed("docker.service is active; its version is not for this user to ask")
    return failed(
        daemon.complaint or "no docker client", cause="The daemon runs and does not answer.", remedy=RESTART_DOCKER
    )


_SILENT = "docker.service is active. Where it stays silent it hangs, and this ends that: sudo systemctl restart docker"


def _not_active(facts: Facts, unit: Unit) -> Verdict:
    if _containerd_failed(facts):
        return failed(
            f"docker.service is {unit.active}, containerd.service failed",
            cause=_CONTAINERD,
            remedy=_RESTART_CONTAINERD,
        )
    if unit.active in {"activating", "reloading", "deactivating"} and unit.result == "success":
        return failed(
            f"docker.service is {unit.active}", cause="The engine is on its way.", remedy=by_hand("Try again")
        )
    return _stopped(facts, unit)


def _containerd_failed(facts: Facts) -> bool:
    containerd = facts[UNIT_STATES].get("containerd.service")
    return containerd is not None and containerd.loaded and containerd.active == "failed"


def _no_unit(facts: Facts, *, masked: bool) -> Verdict:
    if masked:
        return failed(
            "docker.service is masked",
            cause="Somebody forbade systemd to start the engine.",
            remedy=by_commands(("systemctl", "unmask", "docker"), ("systemctl", "start", "docker")),
        )
    return _not_installed(facts, "no docker.service")


def _stopped(facts: Facts, unit: Unit) -> Verdict:
    journal = facts[ENGINE_PROGRAMS].journal
    seen = f"docker.service is {unit.active} ({unit.result})" + (f": {journal[-1]}" if journal else "")
    if not facts[LOGIN].docker_group_exists:
        return failed(
            seen,
            cause="The group docker is missing, which the engine's socket belongs to.",
            remedy=by_commands(
                ("groupadd", "--system", "docker"),
                ("systemctl", "reset-failed", "docker.socket", "docker.service"),
                ("systemctl", "start", "docker.socket", "docker.service"),
            ),
        )
    broken = facts[ENGINE_PROGRAMS].broken
    if broken and unit.result != "success":
        return engine_unit.judged(seen, broken)
    cause, remedy = _reason(unit, "\n".join(journal))
    return failed(seen, cause=cause, remedy=remedy)


_CONTAINERD = "containerd, which runs the containers for dockerd, does not answer."
_RESTART_CONTAINERD = by_commands(
    ("systemctl", "restart", "containerd"), ("systemctl", "restart", "docker"), risk=Risk.RESTARTS_DOCKER
)

# What dockerd says when it gives up, in the words of moby and containerd; the first row that fits counts.
_REASONS: tuple[tuple[str, str, Remedy], ...] = (
    (
        "no space left on device",
        "The disk is full.",
        by_hand("Make room where Docker keeps its data (df -h /var/lib/docker), then: sudo systemctl start docker"),
    ),
    ("containerd.sock", _CONTAINERD, _RESTART_CONTAINERD),
    ("waiting for containerd", _CONTAINERD, _RESTART_CONTAINERD),
    (
        "iptables",
        "dockerd could not set up its firewall rules.",
        by_hand("Install iptables, or after a kernel update reboot: the running kernel's modules may be gone"),
    ),
    (
        "address already in use",
        "Another program has the address that dockerd shall listen on.",
        by_hand("Find it with: sudo ss -ltnp, end it, then: sudo systemctl start docker"),
    ),
    (
        "process with PID",
        "A second dockerd runs, started outside of systemd.",
        by_hand("End the dockerd that systemd does not know (pgrep -a dockerd), then: sudo systemctl start docker"),
    ),
)


def _reason(unit: Unit, journal: str) -> tuple[str, Remedy]:
    for needle, cause, remedy in _REASONS:
        if needle in journal:
            return cause, remedy
    if unit.result == "start-limit-hit":
        return (
            "It failed too often in a row, and systemd gave up; journalctl -u docker -n 20 --no-pager says why.",
            START,
        )
    if unit.result == "success" and not journal:
        return "It was stopped, or never started (journalctl -u docker).", START
    return "The daemon does not run; its journal says why: journalctl -u docker -n 20 --no-pager", START


def judge_access(facts: Facts) -> Verdict:
    login = facts[LOGIN]
    if login.uid == 0:
        return passed("root may")
    if login.socket_gid is None:
        return failed(
            "no /var/run/docker.sock",
            cause="The daemon's socket is gone.",
            remedy=by_commands(("systemctl", "restart", "docker.socket", "docker"), risk=Risk.RESTARTS_DOCKER),
        )
    if login.socket_gid in login.gids and login.socket_group_writable:
        return passed(f"{login.user} is in the socket's group")
    if login.socket_gid in login.gids:
        return failed(
            "/var/run/docker.sock is closed to its group",
            cause="The socket's mode was changed.",
            remedy=by_commands(("systemctl", "restart", "docker.socket", "docker"), risk=Risk.RESTARTS_DOCKER),
        )
    if login.user in login.docker_members:
        return failed(
            f"{login.user} is in group docker, but not in this session",
            cause="Group memberships take effect at login.",
            remedy=by_hand("Log out and in again"),
        )
    return failed(
        f"{login.user} may not open /var/run/docker.sock",
        cause=f"{login.user} is not in group docker.",
        remedy=by_commands(
            ("gpasswd", "--add", login.user, "docker"), words="Let the user in, and log in again after it"
        ),
    )


LOCAL_SOCKETS = frozenset({"", "unix:///var/run/docker.sock", "unix:///run/docker.sock"})


def judge_context(facts: Facts) -> Verdict:
    target = facts[CLIENT_TARGET]
    cause = "The docker command talks to another engine than this host's, with settings of its own."
    if target.host not in LOCAL_SOCKETS:
        return failed(
            f"DOCKER_HOST={target.host} in {target.host_from}",
            cause=cause,
            remedy=by_hand(f"Take DOCKER_HOST out of {target.host_from}, then log in again"),
        )
    if target.host == "" and target.context not in {"", "default"}:
        user = facts[LOGIN].user
        return failed(
            f"context {target.context}", cause=cause, remedy=by_hand(f"As {user}: docker context use default")
        )
    return passed("the engine of this host")


SNAP = Check("dk.snap", "Docker does not come from snap", judge_snap)
INSTALLED = Check("dk.installed", "Docker's own engine and client are installed", judge_installed, needs=("dk.snap",))
RUNNING = Check(
    "dk.running",
    "The engine runs and answers",
    judge_running,
    needs=("dk.installed", "dk.json", "dk.flags", "dk.disk"),
    headline=True,
)
ACCESS = Check("dk.socket", "The login user may use it", judge_access, needs=("dk.running",), headline=True)
CONTEXT = Check(
    "dk.context",
    "The docker command talks to this host's engine",
    judge_context,
    Severity.WARNING,
    ("dk.installed",),
)
