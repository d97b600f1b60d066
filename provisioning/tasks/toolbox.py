"""Docker Toolbox: folders of this machine in the VirtualBox VM that Docker runs in."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from invoke.context import Context

from provisioning.tasks.framing import OptionSet, task, whole_number
from provisioning.toolbox.shares import GID, UID

NAMESPACE = "toolbox"


def read_machine(*, machine: str = "default") -> str:
    """Return which VM is meant."""
    return machine


MACHINE = OptionSet(read_machine, {"machine": "NAME: the VM, as docker-machine and VirtualBox call it"}, {})


@task(
    help={
        "path": "FOLDER: of this machine, such as D:\\Works",
        "name": "NAME: of the share; boot2docker mounts it at / and the name (default: d/Works for D:\\Works)",
        "mount": "FOLDER: of the VM, where the share shall be; otherwise where its name says",
        "readonly": "the VM and its containers may not write there",
        "transient": "only until the VM is powered off",
        "uid": "N: whose the files are in the VM",
        "gid": "N: their group",
        "dmode": "MODE: of folders, such as 0755",
        "fmode": "MODE: of files, such as 0644",
        "symlinks": "let the VM make symbolic links that stay within the share",
        "restart": "ask|never|now: whether a VM may be restarted (one that is off: started) for it",
        "image": "IMAGE: what the container of the proof is made of",
        "for_": "docker|compose|sh|gitbash|cmd|powershell: how to write the -v at the end; this shell otherwise",
        "dry_run": "say what would be done, with the commands, and do nothing",
    },
    options=(MACHINE,),
    groups={
        "the share": ("name", "mount", "readonly", "transient", "uid", "gid", "dmode", "fmode", "symlinks"),
        "how it is done": ("restart", "image", "for_", "dry_run"),
    },
)
def share(
    context: Context,  # noqa: ARG001
    machine: str,
    path: str,
    name: str = "",
    mount: str = "",
    readonly: bool = False,
    transient: bool = False,
    uid: str = str(UID),
    gid: str = str(GID),
    dmode: str = "",
    fmode: str = "",
    symlinks: bool = False,
    restart: str = "ask",
    image: str = "busybox",
    for_: str = "",
    dry_run: bool = False,
) -> None:
    """Share a folder with the VM, mount it, keep it so, and prove that a file crosses both ways."""
    from provisioning.operations.toolbox import sharing
    from provisioning.operations.toolbox.workplace import this_workplace
    from provisioning.toolbox.choose import Asked, checked_mode
    from provisioning.toolbox.paths import host_path

    place = this_workplace()
    asked = Asked(
        host_path(path, place.here),
        name,
        mount,
        writable=not readonly,
        lasting=not transient,
        uid=whole_number("--uid", uid, at_least=0),
        gid=whole_number("--gid", gid, at_least=0),
        dmode=checked_mode("--dmode", dmode),
        fmode=checked_mode("--fmode", fmode),
        symlinks=symlinks,
    )
    manner = sharing.manner(place, restart=restart, dry_run=dry_run, image=image, form=for_)
    say(sharing.share(place, machine, asked, manner))


@task(
    help={
        "named": "NAME: of a share, or its folder on this machine",
        "restart": "ask|never|now: whether a running VM may be restarted, which a permanent share needs to go at once",
        "dry_run": "say what would be done, with the commands, and do nothing",
    },
    options=(MACHINE,),
)
def unshare(context: Context, machine: str, named: str, restart: str = "ask", dry_run: bool = False) -> None:  # noqa: ARG001
    """Unmount a share and take it from the VM; the folder and its files stay."""
    from provisioning.operations.toolbox import sharing
    from provisioning.operations.toolbox.workplace import this_workplace

    place = this_workplace()
    say(sharing.unshare(place, machine, named, sharing.manner(place, restart=restart, dry_run=dry_run)))


@task(help={"json": "print it as JSON"}, options=(MACHINE,))
def shares(context: Context, machine: str, json: bool = False) -> None:  # noqa: ARG001
    """List the folders that the VM has of this machine."""
    from provisioning.operations.toolbox import listing
    from provisioning.operations.toolbox.workplace import this_workplace

    listing.show(listing.listed(this_workplace(), machine), as_json=json)


@task(
    help={
        "path": "PATH: of this machine, such as C:\\Users\\me\\x",
        "for_": "docker|compose|sh|gitbash|cmd|powershell: how to write it; this shell otherwise",
    },
    options=(MACHINE,),
)
def path(context: Context, machine: str, path: str, for_: str = "") -> None:  # noqa: ARG001
    """Say where a path of this machine is in the VM, as docker -v takes it."""
    from provisioning.operations.toolbox import listing
    from provisioning.operations.toolbox.workplace import this_workplace

    say([listing.translated(this_workplace(), machine, path, for_)])


def say(lines: Iterable[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
