"""A workspace on a host: made once, there after every restart, reached through a tunnel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provisioning.command import Secret
from provisioning.containers import gpus, workspace
from provisioning.containers.folders import folders_probe, require_folder
from provisioning.containers.images import Image, image_probe
from provisioning.containers.project_run import home_warnings
from provisioning.containers.sameness import stamped
from provisioning.containers.secret_files import new_token
from provisioning.containers.spec import ContainerSpec, Gpus
from provisioning.containers.workspace import WORKSPACE
from provisioning.errors import UsageError
from provisioning.operations.containers import DockerHost, require_image, warn
from provisioning.operations.making import Wanted, find
from provisioning.operations.project_run import folder_there, show
from provisioning.operations.service import (
    Opening,
    bring_up,
    open_again,
    published,
    refuse_taken,
    service_host,
    show_log,
    take_down,
)
from provisioning.probe import Probe
from provisioning.probes.driver import GPUS
from provisioning.tasks.targets import Targets


@dataclass(frozen=True)
class Request:
    image: str
    folder: str
    """'' is the current folder here, FOLDER on another host, made where it is not there."""
    gpus: tuple[str, ...]
    name: str
    port: int
    """0: any."""
    password: Secret | None = None
    """None: one is made."""
    browser: bool = False
    detach: bool = False
    recreate: bool = False
    dry_run: bool = False


def up(targets: Targets, request: Request) -> int:
    """Start the workspace, or find it running, and lead there. Raises UsageError before anything is started."""
    folder = folder_there(targets, request.folder or ("" if targets.has_our_folders else workspace.FOLDER))
    folders, image = folders_probe((folder,)), image_probe(request.image)
    asked = (GPUS,) if gpus.needs_report(request.gpus) else ()
    with service_host(targets, WORKSPACE, request.name, (folders, image, *asked)) as (line, host, name):
        place = host.facts[folders][folder]
        if request.folder or place.kind != "none":
            place = require_folder(host.facts, folders, folder, "--dir", host.name)
        chosen = gpus.choose(request.gpus, host.facts, host.name, restarts=True)
        if not find(host, name, WORKSPACE):
            refuse_taken(host, request.port)
        there = _image(host, image, request)
        wish = workspace.Wish(request.image, name, place.path, *published(host, request.port))
        spec = workspace.spec(wish, host.person, chosen, request.password or new_token(), there.start)
        if request.dry_run:
            return show(host, stamped(spec))
        warn(host, _warnings(there, place.path, host.person.home))
        wanted = _wanted(spec, request, (place.path,))
        return bring_up(line, host, wanted, _opening(request))


def url(targets: Targets, request: Request) -> int:
    """Lead to the workspace that runs. Raises UsageError where there is none."""
    with service_host(targets, WORKSPACE, request.name) as (line, host, name):
        spec = workspace.spec(workspace.Wish("", name, ""), host.person, Gpus(), new_token(), ())
        return open_again(line, host, _wanted(spec, request), _opening(request))


def down(targets: Targets, name: str) -> int:
    """Stop and remove the workspace and its password; the project stays."""
    with service_host(targets, WORKSPACE, name) as (_, host, container_name):
        return take_down(host, container_name, WORKSPACE)


def logs(targets: Targets, name: str, lines: int, *, follow: bool) -> int:
    """Print what the workspace says."""
    with service_host(targets, WORKSPACE, name) as (_, host, container_name):
        return show_log(host, container_name, WORKSPACE, lines, follow=follow)


def _image(host: DockerHost, probe: Probe[Image | None], request: Request) -> Image:
    """Return the image: what it starts by itself stands in the docker command."""
    if request.dry_run and host.facts[probe] is None:
        raise UsageError(
            f"{host.name}: the image {request.image} is not there yet, and what it starts stands in the command.",
            "Pull it first with image.pull, then ask again.",
        )
    return require_image(host, probe, request.image)


def _wanted(spec: ContainerSpec, request: Request, folders: tuple[str, ...] = ()) -> Wanted:
    return Wanted(
        WORKSPACE,
        spec,
        write=lambda password: password,
        read=workspace.password_in,
        pull=lambda: None,  # it was needed before
        folders=folders,
        recreate=request.recreate,
        renewed=request.password is not None,
    )


def _opening(request: Request) -> Opening:
    return Opening(request.port, request.browser, request.detach, workspace.shown)


def _warnings(image: Image, folder: str, home: str) -> Iterator[str]:
    if image.user in ("", "0", "root"):
        yield f"this image works as root: what it writes to {folder} belongs to root."
    yield from home_warnings(folder, home)
