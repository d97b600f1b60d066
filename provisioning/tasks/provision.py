"""`provision` and `plan`: turn a host into a GPU-Docker host, or say what that would take."""

from __future__ import annotations

from pathlib import Path

from invoke.context import Context

from provisioning.tasks.framing import host_task
from provisioning.tasks.targets import Targets

WANTED = {
    "gpu": "auto|yes|no: install for NVIDIA GPUs; auto looks at the PCI bus",
    "docker_source": "URL: mirror of download.docker.com",
    "docker_key": "FILE: the key that signs it, where it is not Docker's",
    "toolkit_source": "URL: mirror of nvidia.github.io/libnvidia-container",
    "toolkit_key": "FILE: the key that signs it, where it is not NVIDIA's",
    "registry_mirror": "URL: mirror of Docker Hub that the engine shall use; repeatable",
}
SOURCES = {"packages and images": tuple(name for name in WANTED if name != "gpu")}


@host_task(
    help={
        **WANTED,
        "yes": "do not ask before changing anything",
        "dry_run": "show the plan and change nothing",
        "verify": "start the test containers even where nothing needed changing",
        "cuda_image": "IMAGE: CUDA image to prove the GPU with; chosen by the driver's CUDA version otherwise",
    },
    groups=SOURCES,
)
def provision(
    context: Context,  # noqa: ARG001
    targets: Targets,
    gpu: str = "auto",
    yes: bool = False,
    dry_run: bool = False,
    verify: bool = False,
    cuda_image: str = "",
    docker_source: str = "",
    docker_key: str = "",
    toolkit_source: str = "",
    toolkit_key: str = "",
    registry_mirror: tuple[str, ...] = (),
) -> int:
    """Turn a bare host into a verified GPU-Docker host."""
    from provisioning.settings import settings
    from provisioning.tasks import converging, showing

    wanted = settings(
        gpu=gpu,
        docker_source=docker_source,
        docker_key=docker_key,
        toolkit_source=toolkit_source,
        toolkit_key=toolkit_key,
        registry_mirror=registry_mirror,
        cuda_image=cuda_image,
    )
    console = showing.console()
    reports = converging.provision(console, targets, wanted, converging.Wishes(yes, dry_run, verify))
    showing.show_reports(console, reports)
    return converging.provision_exit_code(reports)


@host_task(
    help={
        **WANTED,
        "from_": "FILE: plan from facts saved with `facts --save`, without the host",
        "script": "print the script itself that would run on the host",
    },
    groups=SOURCES,
)
def plan(
    context: Context,  # noqa: ARG001
    targets: Targets,
    gpu: str = "auto",
    from_: str = "",
    script: bool = False,
    docker_source: str = "",
    docker_key: str = "",
    toolkit_source: str = "",
    toolkit_key: str = "",
    registry_mirror: tuple[str, ...] = (),
) -> int:
    """Show what provisioning would change on a host; changes nothing."""
    from checks.report import worst_exit_code
    from provisioning.settings import settings
    from provisioning.tasks import planning, showing

    wanted = settings(
        gpu=gpu,
        docker_source=docker_source,
        docker_key=docker_key,
        toolkit_source=toolkit_source,
        toolkit_key=toolkit_key,
        registry_mirror=registry_mirror,
    )
    console = showing.console()
    reports = planning.show_plans(console, targets, wanted, Path(from_) if from_ else None, script=script)
    showing.show_reports(console, reports)
    return worst_exit_code(reports)
