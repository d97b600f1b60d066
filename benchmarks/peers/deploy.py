"""What gpudock does on a host without GPU, with pyinfra: nine operations, and a restart where daemon.json changed.

Runs under pyinfra in an environment of its own. `job` is a folder of this machine with the files' content, which is
what gpudock leaves on a host.
"""

from __future__ import annotations

from pyinfra.context import host
from pyinfra.operations import apt, files, server, systemd

JOB = host.data.job
IN_THE_WAY = ["docker.io", "docker-doc", "docker-compose", "podman-docker", "containerd", "runc"]
PACKAGES = ["docker-ce", "docker-ce-cli", "containerd.io", "docker-buildx-plugin", "docker-compose-plugin"]
ROOTS = {"user": "root", "group": "root", "mode": "644"}

apt.packages(IN_THE_WAY, present=False)
files.put(f"{JOB}/docker.asc", "/etc/apt/keyrings/docker.asc", **ROOTS)
source = files.put(f"{JOB}/docker.sources", "/etc/apt/sources.list.d/docker.sources", **ROOTS)
apt.update(_if=source.did_change)
apt.packages(PACKAGES, no_recommends=True)
config = files.put(f"{JOB}/daemon.json", "/etc/docker/daemon.json", **ROOTS)
server.user(host.data.ssh_user, groups=["docker"], append=True)
systemd.service("docker.service", running=True, enabled=True)
systemd.service("containerd.service", running=True, enabled=True)
systemd.service("docker.service", restarted=True, _if=config.did_change)
