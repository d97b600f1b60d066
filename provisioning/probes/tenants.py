"""Who else lives off what provisioning would replace: users of containerd, a Docker from snap, nvidia-docker 1.0."""

from __future__ import annotations

from dataclasses import dataclass

from provisioning.probe import Probe

# docker.service wants containerd too, and each unit that is wanted at boot hangs on multi-user.target.
OURS = frozenset({"docker.service", "multi-user.target", "containerd.service"})

# Without its plugin, docker lists no volume of nvidia-docker 1.0: then it need not be asked.
SNIPPET = """
systemctl show -p Id,ActiveState,RequiredBy,BoundBy,WantedBy,RequisiteOf containerd.service kubelet.service |
while IFS='=' read -r key value; do
  case $key:$id in
    Id:*) id=$value;;
    ActiveState:kubelet.service) [ "$value" = active ] && echo "containerd kubelet.service";;
    *:containerd.service) [ "$key" = ActiveState ] || for unit in $value; do echo "containerd $unit"; done;;
  esac
done
if [ -x /snap/bin/docker ]; then
  echo "snap docker"
  /snap/bin/docker ps -a --format 'snap-container {{.Names}}' 2>/dev/null
  /snap/bin/docker volume ls --format 'snap-volume {{.Name}}' 2>/dev/null
fi
plugins=$(ls -d /run/docker/plugins/nvidia-docker* /etc/docker/plugins/nvidia-docker* 2>/dev/null)
if [ -n "$plugins" ] && systemctl -q is-active docker.service; then
  docker volume ls -f driver=nvidia-docker --format '{{.Name}}' 2>/dev/null | while read -r volume; do
    echo "old-volume $volume"
    docker ps -a -f "volume=$volume" --format 'old-container {{.Names}}'
  done
fi
true
"""


@dataclass(frozen=True)
class Tenants:
    of_containerd: tuple[str, ...]
    """Units other than Docker's that need containerd, such as kubelet.service."""
    snap_docker: bool
    snap_containers: tuple[str, ...]
    snap_volumes: tuple[str, ...]
    old_volumes: tuple[str, ...]
    """Volumes of nvidia-docker 1.0, which no engine of today can mount."""
    old_containers: tuple[str, ...]


def parse(text: str) -> Tenants:
    rows = [line.split(" ", 1) for line in text.splitlines()]

    def named(kind: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for key, name in rows if key == kind))

    return Tenants(
        of_containerd=tuple(unit for unit in named("containerd") if unit not in OURS),
        snap_docker=bool(named("snap")),
        snap_containers=named("snap-container"),
        snap_volumes=named("snap-volume"),
        old_volumes=named("old-volume"),
        old_containers=named("old-container"),
    )


TENANTS = Probe("tenants", SNIPPET, parse)
