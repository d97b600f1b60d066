"""Jupyter on a host: one command from nothing to an address that opens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from provisioning.containers import gpus, jupyter
from provisioning.containers.folders import Place, folders_probe, require_folder
from provisioning.containers.images import image_probe
from provisioning.containers.jupyter import JUPYTER
from provisioning.containers.project_run import home_warnings
from provisioning.containers.sameness import stamped
from provisioning.containers.secret_files import new_token
from provisioning.containers.service import with_token
from provisioning.containers.spec import ContainerSpec, Gpus
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
    gpus: tuple[str, ...]
    name: str
    port: int
    """0: any."""
    browser: bool = False
    detach: bool = False
    recreate: bool = False
    dry_run: bool = False


def up(targets: Targets, request: Request) -> int:
    """Start Jupyter, or find it running, and lead there. Raises UsageError before anything is started."""
    folder, name = folder_there(targets, request.folder), jupyter.image_of(request.image)
    folders, image = folders_probe((folder,)), image_probe(name)
    asked = (GPUS,) if gpus.needs_report(request.gpus) else ()
    with service_host(targets, JUPYTER, request.name, (folders, image, *asked)) as (line, host, container_name):
        place = require_folder(host.facts, folders, folder, "--dir", host.name)
        wish = jupyter.Wish(name, container_name, place.path, *published(host, request.port))
        chosen = gpus.choose(request.gpus, host.facts, host.name)
        spec = jupyter.spec(wish, host.person, chosen, new_token())
        warn(host, _warnings(place, host.person.home))
        if request.dry_run:
            return show(host, stamped(spec))
        if not find(host, container_name, JUPYTER):
            refuse_taken(host, request.port)
        wanted = _wanted(spec, host, image, recreate=request.recreate)
        return bring_up(line, host, wanted, _opening(request))


def url(targets: Targets, request: Request) -> int:
    """Lead to the Jupyter that runs. Raises UsageError where there is none."""
    with service_host(targets, JUPYTER, request.name) as (line, host, name):
        spec = jupyter.spec(jupyter.Wish("", name, ""), host.person, Gpus(), new_token())
        return open_again(line, host, _wanted(spec, host, image_probe("")), _opening(request))


def down(targets: Targets, name: str) -> int:
    """Stop and remove Jupyter and its token; the notebooks are where they were."""
    with service_host(targets, JUPYTER, name) as (_, host, container_name):
        return take_down(host, container_name, JUPYTER)


def logs(targets: Targets, name: str, lines: int, *, follow: bool) -> int:
    """Print what Jupyter says."""
    with service_host(targets, JUPYTER, name) as (_, host, container_name):
        return show_log(host, container_name, JUPYTER, lines, follow=follow)


def _wanted(spec: ContainerSpec, host: DockerHost, image: Probe[Any], *, recreate: bool = False) -> Wanted:
    def pull() -> None:
        require_image(host, image, spec.image)

    folders = (jupyter.home_of(host.person, spec.name),)
    return Wanted(JUPYTER, spec, jupyter.config, jupyter.token_in, pull, folders, recreate)


def _opening(request: Request) -> Opening:
    return Opening(request.port, request.browser, request.detach, with_token)


def _warnings(place: Place, home: str) -> Iterator[str]:
    if not place.writable:
        yield f"{place.path} is closed to your writing: notebooks there cannot be saved."
    yield from home_warnings(place.path, home)
