"""The VM from inside, by docker-machine; and its power."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from provisioning.command import Command
from provisioning.errors import ChangeFailed, UnsupportedHost
from provisioning.operations.toolbox.virtualbox import VirtualBox
from provisioning.operations.toolbox.workplace import Workplace
from provisioning.runners.programs import Reply
from provisioning.toolbox import docker_environment, guest, vbox_errors
from provisioning.toolbox.guest import Guest, ssh
from provisioning.toolbox.machine import OFF, RUNNING
from provisioning.toolbox.vboxmanage import vboxmanage

SSH_SECONDS = 60
BOOT_SECONDS = 180
STOP_SECONDS = 90


@dataclass(frozen=True)
class Vm:
    place: Workplace
    name: str

    def program(self) -> str:
        """Return where docker-machine stands. Raises UnsupportedHost where it is missing."""
        program = self.place.programs.find("docker-machine")
        if program is None:
            raise UnsupportedHost(
                "docker-machine is not on PATH, and the VM is reached through it.",
                "Install Docker Toolbox, or put its folder on PATH.",
            )
        return program

    def ask(self, *argv: str, seconds: float = SSH_SECONDS) -> Reply:
        """Run `docker-machine …`. Raises UnsupportedHost where it is missing."""
        return self.place.programs.call((self.program(), *argv), seconds)

    def run(self, command: Command) -> Reply:
        """Run a script in the VM, as `guest.ssh` gives it."""
        return self.ask(*command.argv[1:])

    def look(self, seconds: float = BOOT_SECONDS) -> Guest:
        """Return the VM from inside. Raises Unreachable where its sshd does not answer in time."""
        begun = self.place.now()
        waiting = False
        while True:
            nonce = secrets.token_hex(6)
            reply = self.run(ssh(self.name, guest.question(nonce)))
            seen = guest.answer(reply.out, nonce)
            if seen:
                return seen
            if "does not exist" in reply.err or self.place.now() >= begun + seconds:
                raise vbox_errors.ssh_failed(self.name, reply)
            if not waiting:
                self.place.say(f"Waiting for the VM {self.name!r} to answer (at most {seconds:.0f} s) …")
                waiting = True
            self.place.pause(1)

    def address(self) -> str:
        """Return the VM's address, as it is now. Raises Unreachable."""
        reply = self.ask("ip", self.name)
        address = reply.out.strip()
        if reply.code or not address:
            raise vbox_errors.ssh_failed(self.name, reply)
        return address

    def docker_environment(self) -> dict[str, str]:
        """Return what `docker` needs to reach the engine in the VM. Raises Unreachable."""
        reply = self.ask("env", "--shell", "bash", self.name)
        found = docker_environment.exported(reply.out)
        if reply.code or "DOCKER_HOST" not in found:
            raise vbox_errors.engine_not_reached(self.name, reply)
        return found


def stop(box: VirtualBox, name: str) -> None:
    """Shut the VM down as its power button does. Raises NotConverged where it does not go off in time."""
    box.place.say(f"Shutting down the VM {name!r} …")
    box.do(name, vboxmanage("controlvm", name, "acpipowerbutton"))
    box.place.wait(
        lambda: box.settings(name).get("VMState") in OFF,
        STOP_SECONDS,
        f"The VM {name!r} did not shut down",
        f"Nothing was changed. Stop it by hand (docker-machine stop {name}), then run this again.",
    )


def start(box: VirtualBox, name: str) -> None:
    """Start the VM without a window. Raises GpudockError where it does not run, or says nothing, in time."""
    box.place.say(f"Starting the VM {name!r} …")
    try:
        box.do(name, vboxmanage("startvm", name, "--type", "headless"))
    except ChangeFailed as failure:
        raise ChangeFailed(
            f"The VM {name!r} is off and does not start; what was changed before stays. {failure.message}",
            f"Look why: docker-machine start {name}",
        ) from failure
    box.place.wait(
        lambda: box.settings(name).get("VMState") == RUNNING,
        BOOT_SECONDS,
        f"The VM {name!r} did not start",
        f"Look why: docker-machine start {name}",
    )
