"""The login user may use Docker without sudo."""

from __future__ import annotations

from provisioning.command import command
from provisioning.plan import Change
from provisioning.probe import Facts
from provisioning.probes.login import LOGIN
from provisioning.settings import Settings
from provisioning.step import Step


def changes(facts: Facts, settings: Settings) -> list[Change]:  # noqa: ARG001 - every step has this form
    login = facts[LOGIN]
    if login.uid == 0 or login.user in login.docker_members:
        return []
    leave = command("gpasswd", "--delete", login.user, "docker")
    return [
        Change(
            f"Let {login.user} use Docker (group docker, which is as good as root)",
            # gpasswd also takes users that come from a directory service; usermod wants them in /etc/passwd.
            (command("gpasswd", "--add", login.user, "docker"),),
            undo=(leave,),
            back=(leave,),
        )
    ]


STEP = Step("docker_access", changes, needs=("packages",))
