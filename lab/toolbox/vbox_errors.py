"""What VBoxManage says when it refuses, as VirtualBox 7.2 was heard to say it; on Windows with names of COM."""

from __future__ import annotations

from dataclasses import dataclass

from lab.toolbox.state import World

# Names of the same numbers: XPCOM's, and COM's on Windows.
_ON_WINDOWS = {"NS_ERROR_INVALID_ARG": "E_INVALIDARG", "NS_ERROR_FAILURE": "E_FAIL", "nsISupports": "IUnknown"}
_NUMBERS = {
    "VBOX_E_OBJECT_NOT_FOUND": "0x80bb0001",
    "VBOX_E_INVALID_VM_STATE": "0x80bb0002",
    "VBOX_E_FILE_ERROR": "0x80bb0004",
    "VBOX_E_INVALID_OBJECT_STATE": "0x80bb0007",
    "VBOX_E_OBJECT_IN_USE": "0x80bb000c",
    "NS_ERROR_INVALID_ARG": "0x80070057",
    "NS_ERROR_FAILURE": "0x80004005",
    "E_ACCESSDENIED": "0x80070005",
}

USAGE = {
    "add": """  VBoxManage sharedfolder add <global | uuid | vmname> <--name=share-name>
      <--hostpath=hostpath> [--readonly] [--transient] [--automount]
      [--auto-mount-point=path]
""",
    "remove": """  VBoxManage sharedfolder remove <global | uuid | vmname> <--name=share-name>
      [--transient]
""",
    "modify": """  VBoxManage sharedfolder modify <uuid | vmname> <--name=share-name>
      <--readonly=  true | false> <--automount=  true | false>
      <--auto-mount-point=path> <--symlink-policy=  forbidden | subtree |
      relative | any>
""",
}
USAGE_OF_ALL = "Usage - Add and remove shared folders, configure security policy for shared folders:\n\n" + "\n".join(
    USAGE.values()
)


@dataclass(frozen=True)
class Site:
    """Where in VirtualBox it was refused, as its `Details` and `Context` name it."""

    component: str
    interface: str
    call: str
    line: str


ADD = Site(
    "SessionMachine",
    "IMachine",
    "CreateSharedFolder(Bstr(pszName).raw(), Bstr(szAbsHostPath).raw(), fWritable, fAutoMount, "
    "Bstr(pszAutoMountPoint).raw())",
    "1732 of file VBoxManageMisc.cpp",
)
FOLDER = Site("SharedFolderWrap", "ISharedFolder", ADD.call, ADD.line)
REMOVE = Site(
    "SessionMachine", "IMachine", "RemoveSharedFolder(Bstr(pszName).raw())", "1836 of file VBoxManageMisc.cpp"
)
LOCK = Site("MachineWrap", "IMachine", "LockMachine(a->session, LockType_Write)", "1726 of file VBoxManageMisc.cpp")
START = Site(
    "MachineWrap",
    "IMachine",
    "LaunchVMProcess(a->session, sessionType.raw(), ComSafeArrayAsInParam(aBstrEnv), progress.asOutParam())",
    "920 of file VBoxManageMisc.cpp",
)
DISCARD = Site("SessionMachine", "IMachine", "DiscardSavedState(true )", "1292 of file VBoxManageMisc.cpp")


class Refused(Exception):
    """VBoxManage ends with `code` after `lines` on standard error, each after its name and `error:`.

    `usage` follows them; `out` went to standard output before.
    """

    def __init__(self, code: int, *lines: str, usage: str = "", out: str = "") -> None:
        super().__init__(*lines)
        self.code, self.lines, self.usage, self.out = code, lines, usage, out


def refused(world: World, message: str, code: str, site: Site, exit_code: int = 1) -> Refused:
    return Refused(exit_code, message, _details(world, code, site), context(site))


def not_found(world: World, name: str, place: str, call: str) -> Refused:
    """Return the answer to a machine's name that VirtualBox does not know."""
    site = Site("VirtualBoxWrap", "IVirtualBox", call, place)
    return refused(world, f"Could not find a registered machine named '{name}'", "VBOX_E_OBJECT_NOT_FOUND", site)


def not_running(name: str) -> Refused:
    """It carries no code."""
    return Refused(1, f"Machine '{name}' is not currently running.")


def wrong_usage(message: str, subcommand: str = "", *, close: bool = False) -> Refused:
    """Return the answer to wrong words; after some of them stands an empty line, after others (`close`) none."""
    usage = f"Usage:\n\n{USAGE[subcommand]}" if subcommand else USAGE_OF_ALL
    return Refused(2, message, usage=usage if close else "\n" + usage)


def banner(world: World) -> str:
    version = world.version.partition("r")[0].removesuffix("_Debian")
    suffix = "_Debian" if "_Debian" in world.version else ""
    return (
        f"Oracle VirtualBox Command Line Management Interface Version {version}{suffix}\n"
        "Copyright (C) 2005-2026 Oracle and/or its affiliates\n\n"
    )


def _details(world: World, code: str, site: Site) -> str:
    number, callee = _NUMBERS[code], "nsISupports"
    if world.windows:
        code, callee = _ON_WINDOWS.get(code, code), _ON_WINDOWS[callee]
    parts = f"component {site.component}, interface {site.interface}, callee {callee}"
    return f"Details: code {code} ({number}), {parts}"


def context(site: Site) -> str:
    return f'Context: "{site.call}" at line {site.line}'
