"""Prove a share: a word written here is read in the VM and in a container, and one written there is read here."""

from __future__ import annotations

import secrets
from contextlib import suppress

from provisioning.errors import GpudockError, NotConverged, UnsupportedHost
from provisioning.operations.toolbox.vm import Vm
from provisioning.operations.toolbox.workplace import Workplace
from provisioning.toolbox.guest import Guest, ssh
from provisioning.toolbox.proof import Nonces, docker_run, in_vm, missing
from provisioning.toolbox.shares import Wish
from provisioning.toolbox.vbox_errors import vm_command_failed

CONTAINER_SECONDS = 300
"""The image may have to be fetched."""


def prove(place: Workplace, machine: str, guest: Guest, wish: Wish, image: str, shared_at: str = "") -> str:
    """Return what was proved, as a sentence. Raises NotConverged where a word did not cross.

    `shared_at` is where the share is mounted, if that is above `wish.mount_point`.
    """
    point = shared_at or wish.mount_point
    mount = guest.mount_at(point)
    if mount is None or not mount.is_share(wish.name):
        what = f"{mount.kind} {mount.device!r}" if mount else "a plain folder, if anything"
        raise _not_proved(f"{point} in the VM is {what}, not the share {wish.name}.", machine)
    nonces = Nonces(*(secrets.token_hex(8) for _ in range(3)))
    try:
        _write_here(place, wish, nonces)
        _cross_vm(place, Vm(place, machine), wish, nonces)
        _cross_container(place, Vm(place, machine), wish, image, nonces)
    finally:
        for name in nonces.files:
            with suppress(OSError):
                place.files.remove(place.here.join(wish.host_path, name))
    ways = "both ways" if wish.writable else "into them (the share is read-only)"
    return f"Proved: a file crosses between {wish.host_path}, the VM and a container, {ways}."


def _write_here(place: Workplace, wish: Wish, nonces: Nonces) -> None:
    try:
        place.files.write(place.here.join(wish.host_path, nonces.host_file), nonces.host)
    except OSError as problem:
        raise NotConverged(
            f"The share is there and was not proved: {wish.host_path} cannot be written to ({problem.strerror}).",
            "Let this user write there, then run this again.",
        ) from problem


def _cross_vm(place: Workplace, vm: Vm, wish: Wish, nonces: Nonces) -> None:
    reply = vm.run(ssh(vm.name, in_vm(wish.mount_point, nonces, writable=wish.writable)))
    if missing(reply.out, nonces.host):
        raise _not_proved(
            f"the VM does not read what this machine writes ({vm_command_failed(vm.name, reply)}).", vm.name
        )
    if reply.code:
        raise _not_proved(f"the VM cannot write into it ({vm_command_failed(vm.name, reply)}).", vm.name)
    _arrived(place, wish, nonces.vm_file, nonces.vm, "the VM")


def _cross_container(place: Workplace, vm: Vm, wish: Wish, image: str, nonces: Nonces) -> None:
    docker = place.programs.find("docker")
    if docker is None:
        raise UnsupportedHost(
            "The share is mounted, and no container was tried: docker is not on PATH.",
            "Install Docker Toolbox, or put its folder on PATH.",
        )
    argv = (docker, *docker_run(wish.mount_point, image, nonces, writable=wish.writable)[1:])
    reply = place.programs.call(argv, CONTAINER_SECONDS, vm.docker_environment())
    if missing(reply.out, nonces.host):
        lines = [line for line in reply.err.splitlines() if line.strip() and not line.startswith("See 'docker")]
        said = lines[-1] if lines else "it saw an empty folder"
        raise _not_proved(f"a container of {image} does not read what this machine writes ({said}).", vm.name)
    if wish.writable:
        _arrived(place, wish, nonces.container_file, nonces.container, "a container")


def _arrived(place: Workplace, wish: Wish, name: str, nonce: str, whose: str) -> None:
    if wish.writable and missing(place.files.read(place.here.join(wish.host_path, name)), nonce):
        raise _not_proved(f"this machine does not read what {whose} writes there.", "")


def _not_proved(what: str, machine: str) -> GpudockError:
    hint = "Another image: --image NAME, such as one of `docker images`." if "container" in what else ""
    return NotConverged(
        f"The share was made, but the proof failed: {what}",
        hint or "./gpudock toolbox.doctor looks for the cause." + (f" docker-machine ssh {machine}" if machine else ""),
    )
