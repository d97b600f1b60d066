"""What a container may do to its host, told in a line each."""

from __future__ import annotations

from collections.abc import Iterator

from provisioning.containers.spec import Bind, ContainerSpec

_OPTIONS = {
    "--cap-add": "it has the capability {}",
    "--device": "it may use the host's device {}",
    "--ipc": "it shares memory with others: {}",
    "--pid": "it sees the host's processes",
    "--security-opt": "its confinement is changed: {}",
}
_CONFINES_MORE = ("no-new-privileges",)


def of(spec: ContainerSpec) -> Iterator[str]:
    """Yield a line for each way in which it is less shut in than a container is by default."""
    if ("--privileged", "true") in spec.further:
        yield "it is privileged: as good as root on the host"
    for mount in spec.mounts:
        if isinstance(mount, Bind) and mount.source.endswith("/docker.sock"):
            yield "it commands the host's engine, which is as good as root on the host"
        elif isinstance(mount, Bind) and mount.source == "/" and not mount.read_only:
            yield "it can change every file of the host"
    if spec.network == "host":
        yield "it shares the host's network: its ports are open to whoever reaches the host"
    for port in spec.ports:
        if port.address in ("", "0.0.0.0", "::"):  # noqa: S104 - looked for, not bound
            yield f"its port {port.container} is published on all addresses, past ufw"
    for option, value in spec.further:
        if option in _OPTIONS and value not in _CONFINES_MORE:
            yield _OPTIONS[option].format(value)
