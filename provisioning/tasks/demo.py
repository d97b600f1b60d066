"""`demo`: the whole job on a disposable host of this machine, with stand-ins for what it does not have."""

from __future__ import annotations

from invoke.context import Context

from provisioning.tasks.framing import task

HOST = "demo"
STAND_INS = """\
A demonstration on a disposable host of this machine. Real: the system with systemd, sshd, apt and dpkg, the Docker
engine (Debian's, packed as Docker packs it), the registry. Stand-ins: the GPU, its driver, the NVIDIA Container
Toolkit and the CUDA images."""


@task(
    help={
        "gpu": "PROFILE: h100x8, a100, t4 or none; a stand-in",
        "debian_mirror": "URL: where Debian's packages come from, if this machine is no Debian",
    }
)
def demo(context: Context, gpu: str = "t4", debian_mirror: str = "") -> int:  # noqa: ARG001
    """Show the whole job on a disposable host of this machine, no GPU needed."""
    from lab import lab
    from provisioning.hosts import parse_hosts
    from provisioning.operations import converging, naming, showing
    from provisioning.operations.reaching import runners
    from provisioning.runners.model import Access
    from provisioning.settings import settings
    from provisioning.tasks.targets import Targets

    console = showing.console()
    console.print(STAND_INS, style="yellow", markup=False)
    ends = lab.prepare(console.print, debian_mirror or None)
    lab.up([HOST], gpu=gpu, say=console.print)
    wanted = settings(
        docker_source=ends.docker_source,
        docker_key=str(ends.docker_key),
        toolkit_source=ends.toolkit_source,
        toolkit_key=str(ends.toolkit_key),
        registry_mirror=(ends.registry_mirror,),
    )
    targets = Targets(parse_hosts(f"admin@{HOST}"), Access(ssh_config=lab.ssh_config()))
    with runners(targets) as hosts:
        reports = converging.provision(console, hosts, wanted, converging.Wishes(yes=True, verify=True))
    showing.show_reports(console, naming.named(reports, targets.access))
    console.print(f"\nThe host goes on running: ./gpudock lab.ssh {HOST}")
    console.print("Remove it: ./gpudock lab.down demo; remove all that the demo put here: ./gpudock lab.down --purge")
    return converging.provision_exit_code(reports)
