"""`provision` and `plan`: turn a host into a GPU-Docker host, or say what that would take."""

from __future__ import annotations

from pathlib import Path

from invoke.context import Context

from provisioning.settings import Settings
from provisioning.tasks.framing import host_task
from provisioning.tasks.targets import Targets
from provisioning.tasks.wanted import WANTED


@host_task(
    help={
        "yes": "do not ask before changing anything",
        "dry_run": "show the plan and change nothing",
        "verify": "start the test containers even where nothing needed changing",
        "cuda_image": "IMAGE: CUDA image to prove the GPU with; chosen by the driver's CUDA version otherwise",
        "json": "print the report as JSON, and everything else on standard error",
    },
    options=(WANTED,),
)
def provision(
    context: Context,  # noqa: ARG001
    targets: Targets,
    wanted: Settings,
    yes: bool = False,
    dry_run: bool = False,
    verify: bool = False,
    cuda_image: str = "",
    json: bool = False,
) -> int:
    """Turn a bare host into a verified GPU-Docker host."""
    from provisioning.operations.reaching import runners
    from provisioning.settings import image_wanted

    image = image_wanted("--cuda-image", cuda_image)
    with runners(targets) as hosts:
        from provisioning.operations import (  # it takes as long as the hosts take to let us in
            converging,
            naming,
            showing,
        )

        console = showing.console(stderr=json)
        reports = converging.provision(console, hosts, wanted, converging.Wishes(yes, dry_run, verify, image))
    reports = naming.named(reports, targets.access)
    code = converging.provision_exit_code(reports)
    if json:
        showing.show_json(reports, code)
    else:
        showing.show_reports(console, reports)
    return code


@host_task(
    help={
        "from_": "FILE: plan from facts saved with `facts --save`, without the host",
        "script": "print the script itself that would run on the host, a proxy's password included",
    },
    options=(WANTED,),
)
def plan(
    context: Context,  # noqa: ARG001
    targets: Targets,
    wanted: Settings,
    from_: str = "",
    script: bool = False,
) -> int:
    """Show what provisioning would change on a host; changes nothing."""
    from checks.report import worst_exit_code
    from provisioning.operations import planning, showing

    console = showing.console()
    reports = planning.show_plans(console, targets, wanted, Path(from_) if from_ else None, script=script)
    showing.show_reports(console, reports)
    return worst_exit_code(reports)
