"""The VM of Docker Toolbox as a host of containers: its engine by this machine's docker, itself by docker-machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from urllib.parse import urlsplit

from provisioning.containers.asking import converse
from provisioning.errors import UnsupportedHost
from provisioning.hosts import VM_PREFIX
from provisioning.operations.toolbox.vm import Vm
from provisioning.runners.local_process import LocalProcess, attach
from provisioning.runners.model import Elevation, Process, Stream, leave
from provisioning.runners.programs import Reply, decoded
from provisioning.toolbox import vm_shell
from provisioning.toolbox.vbox_errors import ssh_failed


class VmRunner:
    """See `Dialer`. `docker` is this machine's, so that its terminal and its Ctrl-C are the container's."""

    def __init__(self, vm: Vm) -> None:
        self._vm = vm

    @property
    def host(self) -> str:
        return VM_PREFIX + self._vm.name

    @cached_property
    def _environment(self) -> Mapping[str, str]:
        return self._vm.docker_environment()

    @property
    def published_at(self) -> str:
        return urlsplit(self._environment["DOCKER_HOST"]).hostname or ""

    def run(self, script: str, elevation: Elevation, *, new_login: bool = False) -> Iterator[bytes]:  # noqa: ARG002 - each is a login of its own
        if elevation is Elevation.ROOT:
            raise UnsupportedHost(
                f"{self.host}: the VM is Docker Toolbox's own, and is changed in its shares alone.",
                "Share a folder with it: gpudock toolbox.share FOLDER",
            )
        heard: list[bytes] = []
        answer = converse(self._in_vm(vm_shell.reading_shell()), heard.append, script.encode())
        if answer.code:
            raise ssh_failed(self._vm.name, Reply(answer.code, decoded(b"".join(heard)), answer.errors))
        yield from heard

    def start(self, argv: tuple[str, ...]) -> Process:
        if argv[0] == "docker":
            return LocalProcess(self._docker(argv), self._environment)
        return VmProcess(self._in_vm(vm_shell.program(argv)))

    def attach(self, argv: tuple[str, ...], *, terminal: bool, interrupted: Callable[[], object] = leave) -> int:  # noqa: ARG002 - docker finds our terminal by itself
        return attach(self._docker(argv), self._environment)

    def agent_socket(self) -> str:
        return ""

    def dial(self, port: int) -> Stream:  # noqa: ARG002 - none is reached so
        raise self._no_tunnel()

    def is_open(self) -> bool:
        return True

    def reopen(self) -> None:
        raise self._no_tunnel()

    def close(self) -> None:
        """Nothing is kept open between two programs."""

    def _no_tunnel(self) -> UnsupportedHost:
        hint = f"Make localhost answer for a port of it: gpudock toolbox.forward PORT --machine {self._vm.name}"
        return UnsupportedHost(f"{self.host}: no tunnel leads to the VM.", hint)

    def _in_vm(self, script: str) -> LocalProcess:
        return LocalProcess((self._vm.program(), "ssh", self._vm.name, script))

    def _docker(self, argv: tuple[str, ...]) -> tuple[str, ...]:
        program = self._vm.place.programs.find("docker")
        if program is None:
            raise UnsupportedHost("docker is not on PATH.", "Install Docker Toolbox, or put its folder on PATH.")
        return (program, *argv[1:])


class VmProcess:
    """A program in the VM. Its standard error is told at its end: docker-machine's own last word is no part of it."""

    def __init__(self, process: LocalProcess) -> None:
        self._process = process
        self.write, self.end_input, self.output = process.write, process.end_input, process.output
        self.close = process.close
        self._said = b""

    def errors(self) -> Iterator[bytes]:
        self._said = b"".join(self._process.errors())
        yield from filter(None, [vm_shell.exit_code(self._process.wait(), self._said)[1]])

    def wait(self) -> int:
        return vm_shell.exit_code(self._process.wait(), self._said)[0]
