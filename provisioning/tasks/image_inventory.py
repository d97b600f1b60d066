"""`image.list`, `image.history`, `image.prune`: what a host has, how it was built, what can go."""

from __future__ import annotations

from invoke.context import Context

from provisioning.tasks.framing import host_task
from provisioning.tasks.targets import Targets

NAMESPACE = "image"


@host_task(name="list", help={"json": "print it as JSON"})
def list_(context: Context, targets: Targets, json: bool = False) -> None:  # noqa: ARG001
    """List the images of a host, newest first, and the containers that have them."""
    from provisioning.operations import image_inventory

    image_inventory.list_images(targets, as_json=json)


@host_task(word="image", help={"image": "IMAGE: which one", "json": "print it as JSON"})
def history(context: Context, targets: Targets, image: str, json: bool = False) -> None:  # noqa: ARG001
    """Show the steps that built an image, nothing cut off, as a Dockerfile has them."""
    from provisioning.containers.images import require_image_name
    from provisioning.operations import image_inventory

    image_inventory.show_history(targets, require_image_name(image), as_json=json)


@host_task(
    help={
        "all_": "those with a name too, where no container has them",
        "yes": "do not ask",
        "dry_run": "show what would go",
    }
)
def prune(
    context: Context,  # noqa: ARG001
    targets: Targets,
    all_: bool = False,
    yes: bool = False,
    dry_run: bool = False,
) -> None:
    """Show the images that no container needs, ask, and remove them."""
    from provisioning.operations import image_inventory

    image_inventory.prune(targets, every=all_, yes=yes, dry_run=dry_run)
