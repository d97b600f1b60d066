"""The login user, or who has become root by sudo, may use Docker without sudo."""

from __future__ import annotations

from provisioning.command import command
from provisioning.plan import Change
from provisioning.probe import Facts
from provisioning.probes.login import LOGIN
from provisioning.settings import Settings
from provisioning.step import Step


def changes(facts: Facts, settings: Settings) -> list[Change]:  # noqa: ARG001 - every step has this form
    person = facts[LOGIN].person
    if not person or person in facts[LOGIN].docker_members:
        return []
    leave = command("gpasswd", "--delete", person, "docker")
    return [
        Change(
            f"Let {person} use Docker (group docker, which is as good as root)",
            # gpasswd also takes users that come from a directory service; usermod wants them in /etc/passwd.
            (command("gpasswd", "--add", person, "docker"),),
            undo=(leave,),
            back=(leave,),
        )
    ]


STEP = Step("docker_access", changes, needs=("packages",))
