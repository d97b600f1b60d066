"""The Docker engine and the login user's way to it."""

from __future__ import annotations

from checks.model import Check, Verdict, failed, passed
from checks.remedy import BY_PROVISIONING, RESTART_DOCKER, Risk, by_commands, by_hand
from provisioning.probe import Facts
from provisioning.probes.engine import DAEMON, UNIT_STATES
from provisioning.probes.login import LOGIN


def judge_running(facts: Facts) -> Verdict:
    unit = facts[UNIT_STATES].get("docker.service")
    if unit is None or not unit.loaded:
        return failed("no docker.service", cause="Docker's engine is not installed.", remedy=BY_PROVISIONING)
    if unit.active != "active":
        return failed(
            f"docker.service is {unit.active} ({unit.result})",
            cause="The daemon does not run; its journal says why: journalctl -u docker -n 20 --no-pager",
            remedy=by_commands(("systemctl", "reset-failed", "docker"), ("systemctl", "start", "docker")),
        )
    daemon = facts[DAEMON]
    if daemon.engine:
        return passed(f"Docker {daemon.engine.text}")
    if facts[LOGIN].privileged:
        return failed(
            daemon.complaint or "no docker client",
            cause="The daemon runs and does not answer.",
            remedy=RESTART_DOCKER,
        )
    return passed("docker.service is active; its version is not for this user to ask")


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
    if login.user in login.docker_members:
        return failed(
            f"{login.user} is in group docker, but not in this session",
            cause="Group memberships take effect at login.",
            remedy=by_hand("Log out and in again"),
        )
    return failed(
        f"{login.user} may not open /var/run/docker.sock",
        cause=f"{login.user} is not in group docker.",
        remedy=by_commands(("gpasswd", "--add", login.user, "docker"), words="Then log in again"),
    )


RUNNING = Check("dk.running", "The engine runs and answers", judge_running)
ACCESS = Check("dk.socket", "The login user may use it", judge_access, needs=("dk.running",))
