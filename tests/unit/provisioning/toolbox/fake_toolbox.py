"""A machine of tests with VirtualBox, docker-machine and docker: a stand-in that understands what the product sends.

The lab has a fuller one that runs real shells; this one is for what is decided between the calls.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from provisioning.operations.toolbox.workplace import Workplace
from provisioning.runners.programs import Reply
from provisioning.toolbox.workstation import Workstation

WINDOWS = Workstation(windows=True, home=r"C:\Users\me", folder=r"C:\Users\me", environment={"MSYSTEM": "MINGW64"})
NEW_SCRIPT = "bootsync.sh.gpudock"
IN_USE = "Shared folder named 'x' already exists\nVBoxManage: error: Details: code VBOX_E_OBJECT_IN_USE (0x80bb000c)"
LOCKED = "is already locked\nVBoxManage: error: Details: code VBOX_E_INVALID_OBJECT_STATE (0x80bb0007)"
NOT_FOUND = "Could not find it\nVBoxManage: error: Details: code VBOX_E_OBJECT_NOT_FOUND (0x80bb0001)"


@dataclass
class FakeShare:
    path: str
    writable: bool
    automount: bool


@dataclass
class FakeToolbox:
    """Programs, files and clock of one machine; its fields are the knobs of a test."""

    state: str = "poweroff"
    version: str = "7.2.22r1"
    folders: set[str] = field(default_factory=lambda: {r"D:\Works"})
    files: dict[str, str] = field(default_factory=dict)
    permanent: dict[str, FakeShare] = field(default_factory=dict)
    transient: dict[str, FakeShare] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    mounts: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Name and kind by mount point."""
    bootsync: str | None = None
    programs: set[str] = field(default_factory=lambda: {"VBoxManage", "docker-machine", "docker"})
    fail: dict[str, list[Reply]] = field(default_factory=dict)
    """Replies instead of the real ones, by a word of the command line, one after the other."""
    deaf_to_acpi: bool = False
    calls: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    clock: float = 0.0

    def place(self, agree: Callable[[str], bool] | None = None, here: Workstation = WINDOWS) -> Workplace:
        return Workplace(here, self, self, lambda: self.clock, self._pause, self.said.append, agree)

    def _pause(self, seconds: float) -> None:
        self.clock += seconds

    # programs

    def find(self, name: str) -> str | None:
        return name if name in self.programs else None

    def attach(self, argv: Sequence[str], *, errors_back: bool) -> Reply:
        return self.call(argv, 0)

    def call(self, argv: Sequence[str], seconds: float, environment: Mapping[str, str] | None = None) -> Reply:
        line = " ".join(argv)
        self.calls.append(line)
        for word, replies in self.fail.items():
            if word in line and replies:
                return replies.pop(0)
        kind = argv[0].replace("\\", "/").rpartition("/")[2]
        if kind in {"VBoxManage", "VBoxManage.exe"}:
            return self._vboxmanage(*argv[1:])
        return self._docker_machine(*argv[1:]) if kind == "docker-machine" else self._docker(argv)

    def _vboxmanage(self, verb: str, *rest: str) -> Reply:
        if verb == "--version":
            return Reply(0, self.version + "\n")
        if verb == "list":
            return Reply(0, '"default" {498d}\n')
        if "default" not in rest:
            return Reply(1, err=f"VBoxManage: error: {NOT_FOUND}\n")
        answers: dict[str, Callable[..., Reply]] = {
            "showvminfo": self._info,
            "getextradata": lambda *_: Reply(0, "".join(f"Key: {k}, Value: {v}\n" for k, v in self.extra.items())),
            "setextradata": self._set_extra,
            "sharedfolder": self._shared_folder,
            "controlvm": self._control,
            "startvm": self._start,
        }
        return answers[verb](*rest)

    def _info(self, _: str, form: str = "") -> Reply:
        kinds = (("Machine", self.permanent), ("Transient", self.transient))
        if not form:
            flags = (
                f"Name: '{name}', Host path: '{share.path}' ({kind.lower()} mapping), "
                f"{'writable' if share.writable else 'readonly'}{', auto-mount' if share.automount else ''}\n"
                for kind, shares in kinds
                for name, share in shares.items()
            )
            return Reply(0, "".join(flags))
        lines = [f'VMState="{self.state}"']
        for kind, shares in kinds:
            for number, (name, share) in enumerate(shares.items(), 1):
                path = share.path.replace("\\", "\\\\")
                lines.append(f'SharedFolderName{kind}Mapping{number}="{name}"')
                lines.append(f'SharedFolderPath{kind}Mapping{number}="{path}"')
        return Reply(0, "\n".join(lines) + "\n")

    def _set_extra(self, _: str, key: str, value: str) -> Reply:
        self.extra[key] = value
        if not value:
            del self.extra[key]
        return Reply(0)

    def _shared_folder(self, verb: str, _: str, __: str, name: str, *flags: str) -> Reply:
        transient = "--transient" in flags
        shares = self.transient if transient else self.permanent
        if not transient and self.state != "poweroff":
            return Reply(1, err=f"VBoxManage: error: The machine {LOCKED}\n")
        if verb == "remove":
            return Reply(0) if shares.pop(name, None) else Reply(1, err=f"VBoxManage: error: {NOT_FOUND}\n")
        if verb == "modify":
            shares[name].writable = "--readonly=false" in flags
            shares[name].automount = "--automount=true" in flags
            return Reply(0)
        if name in shares:
            return Reply(1, err=f"VBoxManage: error: {IN_USE}\n")
        shares[name] = FakeShare(flags[1], "--readonly" not in flags, "--automount" in flags)
        return Reply(0)

    def _control(self, *_: str) -> Reply:
        if not self.deaf_to_acpi:
            self.state = "poweroff"
            self.transient.clear()
            self.mounts.clear()
        return Reply(0)

    def _start(self, *_: str) -> Reply:
        self.state = "running"
        self.mounts = {f"/{name}": (name, "vboxsf") for name, share in self.permanent.items() if share.automount}
        return Reply(0)

    def _docker_machine(self, verb: str, *rest: str) -> Reply:
        if self.state != "running":
            return Reply(1, err='Error: Cannot run SSH command: Host "default" is not running\n')
        if verb == "ip":
            return Reply(0, "192.168.99.100\n")
        if verb == "env":
            return Reply(0, 'export DOCKER_HOST="tcp://192.168.99.100:2376"\n')
        return self._in_vm(rest[1])

    # the VM

    def _in_vm(self, script: str) -> Reply:
        asked = re.match(r"echo '@@(\w+) mounts'", script)
        if asked:
            return Reply(0, self._told(f"@@{asked[1]}"))
        if NEW_SCRIPT in script:
            self.bootsync = shlex.split(script.partition("printf %s ")[2])[0]
        for point in re.findall(r"umount (\S+)", script):
            self.mounts.pop(point, None)
        for name, point in re.findall(r"mount -t vboxsf -o \S+ (\S+) (\S+) \|\| \{", script):
            self.mounts[point] = (name, "vboxsf")
        return self._cross(script)

    def _told(self, mark: str) -> str:
        table = "".join(f"{name} {point} {kind} rw 0 0\n" for point, (name, kind) in self.mounts.items())
        script = "" if self.bootsync is None else f"{mark} bootsync\n{self.bootsync}\n"
        return f"{mark} mounts\n{table}{mark} kernel\nnodev vboxsf\n{mark} boot2docker\n{script}{mark} end\n"

    def _cross(self, script: str) -> Reply:
        """Read and write below the mount points, as `cat A && printf %s WORD >B` asks."""
        out = ""
        for path in re.findall(r"cat (\S+/\.gpudock-proof-\w+)", script):
            text = self.files.get(self._on_host(path))
            if text is None:
                return Reply(1, err=f"cat: {path}: No such file or directory\nexit status 1\n")
            out += text
        for word, path in re.findall(r"printf %s (\w+) >(\S+)", script):
            self.files[self._on_host(path)] = word
        return Reply(0, out)

    def _on_host(self, path: str) -> str:
        folder, _, name = path.rpartition("/")
        share = self.mounts.get(folder, ("", ""))[0]
        found = self.transient.get(share) or self.permanent.get(share)
        return f"{found.path}\\{name}" if found else ""

    def _docker(self, argv: Sequence[str]) -> Reply:
        point = argv[4].partition(":")[0]
        return self._cross(argv[-1].replace("/gpudock-proof/", f"{point}/"))

    # files

    def is_folder(self, path: str) -> bool:
        return path in self.folders

    def is_file(self, path: str) -> bool:
        return path in self.files

    def read(self, path: str) -> str | None:
        return self.files.get(path)

    def write(self, path: str, text: str) -> None:
        self.files[path] = text

    def remove(self, path: str) -> None:
        self.files.pop(path, None)


def changing(toolbox: FakeToolbox) -> list[str]:
    """Return the calls that change something."""
    verbs = ("sharedfolder", "setextradata", "startvm", "controlvm", "mount -t", NEW_SCRIPT, "umount")
    return [call for call in toolbox.calls if any(verb in call for verb in verbs)]
