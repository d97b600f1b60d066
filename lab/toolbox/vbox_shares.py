"""`VBoxManage sharedfolder`: what it checks, in which order, and which lock it takes."""

from __future__ import annotations

from collections.abc import Sequence

from lab.toolbox import guest, paths
from lab.toolbox.state import Machine, Share, World
from lab.toolbox.vbox_errors import (
    ADD,
    FOLDER,
    LOCK,
    REMOVE,
    USAGE_OF_ALL,
    Refused,
    not_found,
    not_running,
    refused,
    wrong_usage,
)
from lab.toolbox.vbox_words import Words, read

FIND = "FindMachine(Bstr(pszMachineName).raw(), ptrMachine.asOutParam())"
POLICIES = ("forbidden", "subtree", "relative", "any")
LIVE = ("running", "paused", "starting", "stopping", "saving")


def sharedfolder(world: World, argv: Sequence[str]) -> str:
    """Do one of the subcommands; return what goes to standard output."""
    if not argv:
        raise Refused(1, out=USAGE_OF_ALL)
    kinds = {"add": _add, "remove": _remove}
    if int(world.version.partition(".")[0]) >= 7:
        kinds["modify"] = _modify
    if argv[0] not in kinds:
        raise wrong_usage(f"Unknown subcommand: {argv[0]}")
    kinds[argv[0]](world, argv[1:])
    return ""


def lock_for_writing(world: World, machine: Machine) -> None:
    """Raise Refused where somebody else has the machine: it runs, or its settings are open in a window."""
    faults = world.faults
    if faults.not_ready:
        faults.not_ready -= 1
        raise refused(world, "The object is not ready", "E_ACCESSDENIED", LOCK)
    if not (faults.locks_refused or machine.state in LIVE):
        return
    faults.locks_refused = max(0, faults.locks_refused - 1)
    pending = "already has a lock request pending"
    reason = pending if faults.lock_pending else "is already locked for a session (or being unlocked)"
    raise refused(world, f"The machine '{machine.name}' {reason}", "VBOX_E_INVALID_OBJECT_STATE", LOCK)


def _add(world: World, argv: Sequence[str]) -> None:
    flags = ("--readonly", "--transient", "--automount")
    words = read(argv, ("--name", "--hostpath", "--auto-mount-point"), flags, "add")
    share = _asked(world, words)
    machine = _machine(world, words, "1701")
    shares = _shares(world, machine, transient="--transient" in words.options)
    if any(each.name == share.name for each in shares):
        # The same whatever its path is; the console of a running machine calls it by another code.
        code = "VBOX_E_FILE_ERROR" if shares is machine.transient else "VBOX_E_OBJECT_IN_USE"
        raise refused(world, f"Shared folder named '{share.name}' already exists", code, ADD)
    if not share.name:
        raise refused(world, _ASSERTION, "NS_ERROR_FAILURE", FOLDER)
    reason = paths.refusal(share.path, world.drives)
    if reason:
        raise refused(world, reason, "NS_ERROR_INVALID_ARG", FOLDER)
    shares.append(share)


def _asked(world: World, words: Words) -> Share:
    options = words.options
    for option, called in (("--name", "shared folder name"), ("--hostpath", "host path")):
        if option not in options:
            raise wrong_usage(f"No {called} ({option}) was given", "add")
        if option == "--name" and " " in options[option]:
            raise wrong_usage(f"Invalid shared folder name '{options[option]}': contains space", "add")
    if not options["--hostpath"]:
        raise Refused(1, "RTAbsPath failed on '': VERR_PATH_ZERO_LENGTH")
    return Share(
        options["--name"],
        paths.absolute(options["--hostpath"], windows=world.windows),
        writable="--readonly" not in options,
        automount="--automount" in options,
        mount_point=options.get("--auto-mount-point", ""),
    )


def _remove(world: World, argv: Sequence[str]) -> None:
    words = read(argv, ("--name",), ("--transient",), "remove")
    if "--name" not in words.options:
        raise wrong_usage("No shared folder name (--name) was given", "remove")
    machine = _machine(world, words, "1807")
    shares = _shares(world, machine, transient="--transient" in words.options)
    name = words.options["--name"]
    share = next((each for each in shares if each.name == name), None)
    if share is None:
        raise refused(world, f"Could not find a shared folder named '{name}'", "VBOX_E_OBJECT_NOT_FOUND", REMOVE)
    shares.remove(share)


def _modify(world: World, argv: Sequence[str]) -> None:
    attributes = ("--readonly", "--automount", "--auto-mount-point", "--symlink-policy")
    words = read(argv, ("--name", *attributes), (), "modify")
    if "--name" not in words.options:
        raise wrong_usage("No shared folder name (--name) was supplied.", "modify")
    if not set(attributes) & words.options.keys():
        raise wrong_usage("No shared folder attributes specified.", "modify")
    policy = words.options.get("--symlink-policy")
    if policy is not None and policy not in POLICIES:
        raise Refused(2, f"Invalid --symlink-policy argument '{policy}'")
    truths = {name: _truth(words, name) for name in ("--readonly", "--automount") if name in words.options}
    machine = _machine(world, words, "1893")
    lock_for_writing(world, machine)
    share = next((each for each in machine.shares if each.name == words.options["--name"]), None)
    if share is None:
        raise Refused(1, f"Could not find a shared folder named '{words.options['--name']}'.")
    share.writable = not truths.get("--readonly", not share.writable)
    share.automount = truths.get("--automount", share.automount)
    share.mount_point = words.options.get("--auto-mount-point", share.mount_point)
    share.symlinks = policy or share.symlinks


def _truth(words: Words, name: str) -> bool:
    value = words.options[name]
    if value not in ("true", "false"):
        raise wrong_usage(f"Unknown option: {value}", "modify", close=True)
    return value == "true"


def _machine(world: World, words: Words, line: str) -> Machine:
    machine = world.found(words.machine)
    if machine is None:
        raise not_found(world, words.machine, f"{line} of file VBoxManageMisc.cpp", FIND)
    return machine


def _shares(world: World, machine: Machine, *, transient: bool) -> list[Share]:
    if not transient:
        lock_for_writing(world, machine)
        return machine.shares
    if machine.state not in guest.HAS_CONSOLE:
        raise not_running(machine.name)
    return machine.transient


_ASSERTION = (
    "Assertion failed: [aParent && aName.isNotEmpty() && aHostPath.isNotEmpty()] at "
    "'/build/reproducible-path/virtualbox-7.2.22-dfsg/src/VBox/Main/src-all/SharedFolderImpl.cpp' (259) in nsresult "
    "SharedFolder::i_protectedInit(VirtualBoxBase*, const com::Utf8Str&, const com::Utf8Str&, bool, bool, const "
    "com::Utf8Str&, bool, SymlinkPolicy_T).\nVBoxManage: error: Please contact the product vendor!"
)
