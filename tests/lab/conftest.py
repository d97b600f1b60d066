"""Real hosts for tests: fresh for each module, named `t-…`, gone afterwards. No lab is a failure, not a skip."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest

import lab
from lab import Endpoints, Host, virtualbox
from lab.releases import DEFAULT
from lab.toolbox import simulator
from lab.toolbox.simulator import Toolbox
from tests.lab.driving import Gpudock


class RaiseHosts(Protocol):
    """Boots hosts, all at once; `names` become part of their own."""

    def __call__(self, *names: str, gpu: str = "none", release: str = DEFAULT) -> list[Host]: ...


class RaiseHost(Protocol):
    """Boots a host; `name` becomes part of its own."""

    def __call__(self, gpu: str = "none", name: str = "host", release: str = DEFAULT) -> Host: ...


@pytest.fixture(scope="session")
def lab_endpoints() -> Endpoints:
    """Prepare the lab: where package sources and registry are. Raises LabUnavailable where it cannot run."""
    endpoints = lab.prepare(print)
    lab.down([each.name for each in lab.hosts() if _is_left_over(each.name)], print)
    return endpoints


@pytest.fixture(scope="module")
def lab_hosts(lab_endpoints: Endpoints) -> Iterator[RaiseHosts]:
    """Return what raises hosts for one module; its process in their names keeps two runs of the tests apart."""
    raised: list[str] = []

    def raise_hosts(*names: str, gpu: str = "none", release: str = DEFAULT) -> list[Host]:
        called = [f"t-{os.getpid()}-{number}-{name}" for number, name in enumerate(names, len(raised))]
        raised.extend(called)
        return lab.up(called, release=release, gpu=gpu, say=print)

    yield raise_hosts
    lab.down(raised, print)


@pytest.fixture(scope="module")
def lab_host(lab_hosts: RaiseHosts) -> RaiseHost:
    """Return what raises one host at a time."""

    def raise_host(gpu: str = "none", name: str = "host", release: str = DEFAULT) -> Host:
        [host] = lab_hosts(name, gpu=gpu, release=release)
        return host

    return raise_host


def _is_left_over(name: str) -> bool:
    """Tell a host whose tests were killed before they could take it down."""
    owner = re.match(r"t-(\d+)-", name)
    if not owner:
        return False
    try:
        os.kill(int(owner[1]), 0)
    except ProcessLookupError:
        return True
    return False


@pytest.fixture(scope="session")
def gpudock(lab_endpoints: Endpoints) -> Gpudock:
    """Return the product's command line, told of the lab."""
    return Gpudock(lab_endpoints)


@pytest.fixture(scope="session")
def notebook_images(lab_endpoints: Endpoints) -> None:
    """The registry's images with a Jupyter server: made once, then kept with the lab."""
    lab.add_notebook_images(print)


@pytest.fixture(scope="session")
def ready_host(lab_endpoints: Endpoints, gpudock: Gpudock) -> Iterator[Host]:
    """A host with GPUs that `admin` has provisioned, for all tests: whoever breaks it mends it."""
    [host] = lab.up([f"t-{os.getpid()}-ready"], gpu="h100x8", say=print)
    try:
        said = gpudock.run("provision", f"admin@{host.name}", "--yes")
        assert said.code == 0, said.all
        yield host
    finally:
        lab.down([host.name], print)


@pytest.fixture(scope="session")
def virtualbox_tree() -> Path:
    """Unpack the real VirtualBox. Raises LabUnavailable where that cannot be done."""
    return virtualbox.prepare(print)


@pytest.fixture
def real_virtualbox(virtualbox_tree: Path, tmp_path: Path) -> Iterator[Path]:
    """Give a folder for PATH with the real VBoxManage, whose home holds nothing yet."""
    with virtualbox.home(virtualbox_tree, tmp_path / "home-of-virtualbox") as programs:
        yield programs


class BeginToolbox(Protocol):
    """Begins a simulated Docker Toolbox, gone after the test; with `drives` it answers as on Windows."""

    def __call__(self, version: str = simulator.VERSION_7, drives: Path | None = None) -> Toolbox: ...


@pytest.fixture(scope="session")
def guest_busybox() -> Path:
    """Prepare what simulators need. Raises LabUnavailable where that cannot be done."""
    return simulator.prepare(print)


@pytest.fixture
def toolbox(guest_busybox: Path, tmp_path: Path) -> Iterator[BeginToolbox]:
    """Return what begins a stand-in of Docker Toolbox: VBoxManage, docker-machine, docker and a VM, all simulated."""
    with ExitStack() as ending:

        def begin(version: str = simulator.VERSION_7, drives: Path | None = None) -> Toolbox:
            place = tmp_path / f"simulator-{version}-{bool(drives)}"
            return ending.enter_context(simulator.simulator(guest_busybox, place, version=version, drives=drives))

        yield begin


@pytest.fixture
def works(tmp_path: Path) -> Path:
    """Give a folder of the host with a file in it."""
    folder = tmp_path / "works"
    folder.mkdir()
    (folder / "hello").write_text("from the host\n")
    return folder
