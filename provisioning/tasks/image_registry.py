"""`image.pull`, `image.push`, `image.build`: images from and to registries, and from a Dockerfile."""

from __future__ import annotations

import functools
import sys

from invoke.context import Context

from provisioning.command import Secret
from provisioning.tasks.framing import host_task
from provisioning.tasks.targets import Targets

NAMESPACE = "image"
_DRY = {"dry_run": "print the docker command and run nothing"}


@host_task(word="image", help={"image": "IMAGE: what to pull", **_DRY})
def pull(context: Context, targets: Targets, image: str, dry_run: bool = False) -> None:  # noqa: ARG001
    """Pull an image from its registry."""
    from provisioning.containers.images import require_image_name
    from provisioning.operations import image_moving

    image_moving.pull_image(targets, require_image_name(image), dry_run=dry_run)


@host_task(
    word="image",
    help={
        "image": "IMAGE: what to push; its name says where to",
        "user": "NAME: log in as, for this push alone; the password is asked for, or read from standard input",
        "check": "do not look for secrets in its settings and history first",
        **_DRY,
    },
)
def push(
    context: Context,  # noqa: ARG001
    targets: Targets,
    image: str,
    user: str = "",
    check: bool = True,
    dry_run: bool = False,
) -> None:
    """Push an image, unless it shows secrets, and print its name by digest."""
    from provisioning.containers.images import require_image_name
    from provisioning.operations import image_moving

    request = image_moving.Push(require_image_name(image), user, check, dry_run)
    image_moving.push_image(targets, request, functools.partial(_password, user))


@host_task(
    word="folder",
    help={
        "folder": "DIR: where the Dockerfile is, here; what .dockerignore names is not sent",
        "tag": "NAME[:TAG]: what to call the image; else the folder's name and the commit",
        "file": "FILE: the Dockerfile, in that folder",
        "build_arg": "NAME=VALUE: an argument of the Dockerfile; everybody can read it in the image; repeatable",
        "check": "fail where its settings or history show secrets",
        **_DRY,
    },
)
def build(
    context: Context,  # noqa: ARG001
    targets: Targets,
    folder: str = ".",
    tag: str = "",
    file: str = "Dockerfile",
    build_arg: tuple[str, ...] = (),
    check: bool = False,
    dry_run: bool = False,
) -> None:
    """Build an image on a host from a folder here, labelled with its git commit."""
    from provisioning.operations import image_building

    request = image_building.Request(folder, tag, file, build_arg, check, dry_run)
    image_building.build(targets, request)


def _password(user: str) -> Secret:
    if not sys.stdin.isatty():
        return Secret(sys.stdin.readline().rstrip("\n"))
    from getpass import getpass

    return Secret(getpass(f"password or token of {user}: "))
