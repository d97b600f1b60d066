"""Who can reach a container's ports, and how what the engine says of a container reads to people.

Docker publishes a port by rules of its own in front of those of ufw, so that a port on 0.0.0.0 is open whatever ufw
says (https://docs.docker.com/engine/network/packet-filtering-firewalls/#docker-and-ufw).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from ipaddress import ip_address

from provisioning.containers.existing import ALL, Container, Published
from provisioning.containers.exit_codes import meaning

_LATER = "To close it, make it anew with the port on 127.0.0.1."
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def is_open(port: Published, own: str = "") -> bool:
    """Tell whether other machines can reach the port. `own` is an address of the host that ours alone reaches."""
    return port.address != own and not ip_address(port.address).is_loopback


def port_text(port: Published) -> str:
    address = f"[{port.address}]" if ":" in port.address else port.address
    return f"{address}:{port.host}->{port.container.removesuffix('/tcp')}"


def exposures(containers: Sequence[Container], own: str = "") -> Iterator[str]:
    """Yield a sentence for each running container that other machines can reach."""
    for container in containers:
        numbers = sorted({port.host for port in container.ports if is_open(port, own)})
        if numbers:
            ports = f"port {numbers[0]}" if len(numbers) == 1 else f"ports {', '.join(map(str, numbers))}"
            yield f"{container.name}: the world can reach {ports}, past ufw, which Docker does not ask. {_LATER}"
        elif container.network == "host" and container.lives:
            yield f"{container.name}: it is in the host's own network: whatever it listens on is the host's port."


def gpu_text(container: Container, indices: Mapping[str, int]) -> str:
    """Return the GPUs by their index in `indices`, which has them by UUID; by UUID where it does not know them."""
    if ALL in container.gpus:
        return ALL
    known = sorted(indices[name] for name in container.gpus if name in indices)
    others = sorted(name for name in container.gpus if name not in indices)
    counted = [f"any {container.gpu_count}"] if container.gpu_count else []
    return ",".join([*map(str, known), *others, *counted])


def state_text(container: Container, now: datetime) -> str:
    """Return what it does and since when: `running for 5 min`, `exited with 3, 2 h ago`."""
    if container.lives:
        return f"{container.state} for {_ago(container.started, now)}"
    if container.state == "exited":
        memory = ", out of memory" if container.out_of_memory else ""
        return f"exited with {container.exit_code}{memory}, {_ago(container.finished, now)} ago"
    return container.state


def ending_text(container: Container) -> str:
    """Return how it ended, as a sentence."""
    why = meaning(container.exit_code, container.image, (), out_of_memory=container.out_of_memory)
    return f"{container.name} ended with exit code {container.exit_code}." + (f"\n{why}" if why else "")


def document(container: Container, indices: Mapping[str, int], own: str = "") -> dict[str, object]:
    """Return what `--json` says of a container."""
    return {
        "name": container.name,
        "id": container.id,
        "kind": container.kind,
        "image": container.image,
        "state": container.state,
        "exit_code": None if container.lives else container.exit_code,
        "started": container.started,
        "finished": container.finished,
        "gpus": sorted(container.gpus),
        "gpu_indices": sorted(indices[name] for name in container.gpus if name in indices),
        "network": container.network,
        "ports": [
            {"container": port.container, "address": port.address, "host": port.host, "open": is_open(port, own)}
            for port in container.ports
        ],
        "labels": dict(container.labels),
    }


def _ago(stamp: str, now: datetime) -> str:
    """`stamp` has nanoseconds, which no clock of ours reads."""
    then = datetime.fromisoformat(stamp[:19]).replace(tzinfo=timezone.utc)
    seconds = max(int((now - then).total_seconds()), 0)
    length, unit = next((each for each in _UNITS if seconds >= each[0]), _UNITS[-1])
    return f"{seconds // length} {unit}"
