"""`verify`: prove that a host runs GPU containers, or name the cause."""

from __future__ import annotations

import sys

from invoke.context import Context

from provisioning.tasks.framing import host_task
from provisioning.tasks.targets import Targets


@host_task(
    help={
        "json": "print the report as JSON",
        "cuda_image": "IMAGE: CUDA image to prove the GPU with; chosen by the driver's CUDA version otherwise",
    }
)
def verify(context: Context, targets: Targets, json: bool = False, cuda_image: str = "") -> int:  # noqa: ARG001
    """Prove that a host runs GPU containers; exit 0 pass, 1 warn, 2 fail, 3 unknown."""
    from checks.report import worst_exit_code
    from checks.reports.json_report import to_json
    from provisioning.operations import showing, verifying
    from provisioning.settings import image_wanted

    reports = verifying.verify_hosts(targets, image_wanted("--cuda-image", cuda_image))
    if json:
        sys.stdout.write(to_json(reports) + "\n")
    else:
        showing.show_reports(showing.console(), reports)
    return worst_exit_code(reports)
