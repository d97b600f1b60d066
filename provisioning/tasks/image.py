"""`image.*`: save, load, copy, pull, push, build, look at and prune the images of a host."""

from __future__ import annotations

from dataclasses import replace

from invoke.context import Context

from provisioning.hosts import parse_hosts
from provisioning.tasks.framing import host_task
from provisioning.tasks.targets import Targets

NAMESPACE = "image"
_DRY = {"dry_run": "print the docker command and run nothing"}


@host_task(
    word="image",
    help={
        "image": "IMAGE: what to save; several with commas share their layers in one file",
        "to": "FILE|DIR: where to; .tar, .tar.gz and .tar.zst choose how it is packed",
        "there": "save it on the host, not on this machine",
        "overwrite": "replace a file that is there",
        "tight": "try although it fits only if packing makes it smaller",
        **_DRY,
    },
)
def save(
    context: Context,  # noqa: ARG001
    targets: Targets,
    image: str,
    to: str = "",
    there: bool = False,
    overwrite: bool = False,
    tight: bool = False,
    dry_run: bool = False,
) -> None:
    """Save images to one packed file with a checksum beside it."""
    from provisioning.containers.images import require_image_name
    from provisioning.operations import image_saving

    images = tuple(require_image_name(name) for name in image.split(","))
    image_saving.save(targets, image_saving.Request(images, to, there, overwrite, tight, dry_run))


@host_task(
    word="file",
    help={
        "file": "FILE: what image.save or docker save wrote",
        "there": "the file is on the host, not on this machine",
        "unchecked": "load a file that has no checksum beside it",
        "other_architecture": "load images that the host cannot run",
        **_DRY,
    },
)
def load(
    context: Context,  # noqa: ARG001
    targets: Targets,
    file: str,
    there: bool = False,
    unchecked: bool = False,
    other_architecture: bool = False,
    dry_run: bool = False,
) -> None:
    """Load images from a file, verified before the engine sees it."""
    from provisioning.operations import image_loading

    image_loading.load(targets, image_loading.Request(file, there, unchecked, other_architecture, dry_run))


@host_task(
    word="image",
    help={
        "image": "IMAGE: what to copy",
        "from_": "HOST: where it is; this machine",
        "to": "HOST: where it shall be; this machine",
        "other_architecture": "copy it to a host that cannot run it",
        **_DRY,
    },
)
def copy(
    context: Context,  # noqa: ARG001
    targets: Targets,
    image: str,
    from_: str = "",
    to: str = "",
    other_architecture: bool = False,
    dry_run: bool = False,
) -> None:
    """Copy an image from one host to another; nothing is written to a disk on the way."""
    from provisioning.containers.images import require_image_name
    from provisioning.errors import UsageError
    from provisioning.operations import image_copying

    if targets.hosts:
        raise UsageError("image.copy takes no --host.", "Name the two hosts with --from HOST and --to HOST.")
    source, target = (replace(targets, hosts=parse_hosts(text) if text else ()) for text in (from_, to))
    request = image_copying.Request(require_image_name(image), other_architecture, dry_run)
    image_copying.copy(source, target, request)
