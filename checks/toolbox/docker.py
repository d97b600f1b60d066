"""Where this machine's `docker` leads to, and what would make the VM unnecessary."""

from __future__ import annotations

from urllib.parse import urlsplit

from checks.model import Severity, Verdict, failed, passed
from checks.remedy import by_hand
from checks.toolbox.seen import Claim, Seen


def _environment(seen: Seen) -> Verdict:
    host = seen.here.environment.get("DOCKER_HOST", "")
    named = seen.here.environment.get("DOCKER_MACHINE_NAME", seen.name)
    how = by_hand(f"`docker-machine env {seen.name}` prints what to run in this shell.")
    if not host:
        return failed("DOCKER_HOST is not set", cause="`docker` looks for an engine on this machine.", remedy=how)
    if named != seen.name:
        return failed(f"DOCKER_MACHINE_NAME={named}", cause="`docker` leads to another VM.", remedy=how)
    if seen.address and urlsplit(host).hostname != seen.address:
        return failed(
            f"DOCKER_HOST={host}",
            cause=f"The VM is {seen.address} now: its address changes with a reboot.",
            remedy=how,
        )
    return passed(f"DOCKER_HOST={host}")


def _newer(seen: Seen) -> Verdict:
    if not seen.newer:
        return passed("neither Docker Desktop nor Podman nor Rancher Desktop")
    return failed(
        ", ".join(seen.newer),
        cause="Docker Toolbox is the old way (its last release is of 2020). These share folders by themselves: "
        "`docker run -v C:\\Users\\me\\x:/x` works there without a share and without a mount.",
        remedy=by_hand("Use one of them where this machine can; both VirtualBox and they want the processor."),
    )


CLAIMS = (
    Claim("tb.environment", "This shell's docker leads to the VM", _environment, ("tb.running",), Severity.WARNING),
    Claim("tb.newer", "Nothing newer than Docker Toolbox is installed", _newer, (), Severity.WARNING),
)
