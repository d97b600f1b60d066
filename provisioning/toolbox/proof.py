"""A file that crosses both ways: what is run in the VM and in a container, and what their answers prove."""

from __future__ import annotations

from dataclasses import dataclass
from shlex import quote

INSIDE = "/gpudock-proof"
"""Where the container sees the share."""


@dataclass(frozen=True)
class Nonces:
    """One word for each crossing, so that no stale file passes for a fresh one."""

    host: str
    vm: str
    container: str

    @property
    def host_file(self) -> str:
        return f".gpudock-proof-{self.host}"

    @property
    def vm_file(self) -> str:
        return f".gpudock-proof-{self.vm}"

    @property
    def container_file(self) -> str:
        return f".gpudock-proof-{self.container}"

    @property
    def files(self) -> tuple[str, ...]:
        return self.host_file, self.vm_file, self.container_file


def in_vm(point: str, nonces: Nonces, *, writable: bool) -> str:
    """Return the script for the VM: read the host's word, write one. What it leaves where no share is, it removes."""
    read = f"cat {quote(f'{point}/{nonces.host_file}')}"
    own = quote(f"{point}/{nonces.vm_file}")
    return f"{read} && printf %s {nonces.vm} >{own}" if writable else read


def docker_run(point: str, image: str, nonces: Nonces, *, writable: bool) -> tuple[str, ...]:
    """Return the argv of the container that reads the host's word and writes one."""
    script = f"cat {INSIDE}/{nonces.host_file}"
    if writable:
        script += f" && printf %s {nonces.container} >{INSIDE}/{nonces.container_file}"
    mode = "" if writable else ":ro"
    return ("docker", "run", "--rm", "-v", f"{point}:{INSIDE}{mode}", image, "sh", "-c", script)


def missing(text: str | None, nonce: str) -> bool:
    """Tell whether a word did not arrive."""
    return text is None or nonce not in text
