"""The options that say what is wanted of a host: `provision` and `plan` share them."""

from __future__ import annotations

import inspect

from provisioning.settings import Settings, settings
from provisioning.tasks.framing import OptionSet

_HELP = {
    "gpu": "auto|yes|no: install for NVIDIA GPUs; auto looks at the PCI bus",
    "docker_version": "VERSION: 28, 28.1 or 28.1.1; held afterwards; the newest where none is installed otherwise",
    "toolkit_version": "VERSION: the same for the NVIDIA Container Toolkit",
    "allow_downgrade": "let a version that was asked for replace a newer one",
    "docker_source": "URL: mirror of download.docker.com, or aliyun, tuna, ustc, huawei, tencent",
    "docker_key": "FILE: the key that signs it, where it is not Docker's",
    "toolkit_source": "URL: mirror of nvidia.github.io/libnvidia-container, or ustc",
    "probe_mirrors": "measure the vendors and all mirrors from the host, and use the fastest",
    "toolkit_key": "FILE: the key that signs it, where it is not NVIDIA's",
    "registry_mirror": "URL: mirror of Docker Hub that the engine shall use; repeatable",
    "default_runtime": "NAME: runtime of containers that name none, such as nvidia",
    "proxy": "URL: proxy through which the engine fetches images",
    "no_proxy": "NAMES: hosts that the engine reaches without the proxy, with commas",
    "log_max_size": "SIZE: rotate a container's log at this size, such as 100m",
    "log_max_files": "N: how many rotated logs of a container to keep",
    "daemon_json": "FILE: merge this into the host's daemon.json",
    "replace_containerd": "go on where something else than Docker uses the host's containerd",
    "remove_snap_docker": "remove Docker's snap with its containers and volumes",
    "remove_nvidia_docker1": "remove the volumes of nvidia-docker 1.0 and the containers that use them",
    "apt_timeout": "SECONDS: how long to wait for cloud-init, apt and dpkg that others keep busy",
}
_IN_THE_WAY = ("replace_containerd", "remove_snap_docker", "remove_nvidia_docker1", "apt_timeout")
_ENGINE = (
    "registry_mirror",
    "default_runtime",
    "proxy",
    "no_proxy",
    "log_max_size",
    "log_max_files",
    "daemon_json",
)
_PACKAGES = tuple(name for name in _HELP if name not in {"gpu", *_IN_THE_WAY, *_ENGINE})

WANTED = OptionSet(
    settings, _HELP, {"packages": _PACKAGES, "the engine's daemon.json": _ENGINE, "what is in the way": _IN_THE_WAY}
)


def read_sources(
    *,
    gpu: str = "auto",
    docker_source: str = "",
    docker_key: str = "",
    toolkit_source: str = "",
    probe_mirrors: bool = False,
    toolkit_key: str = "",
    registry_mirror: tuple[str, ...] = (),
) -> Settings:
    """Return the Settings of who only wants to know what the sources have. Raises UsageError.

    A registry mirror changes nothing of it: it is taken so that a line of options fits `provision` and this.
    """
    return settings(
        gpu=gpu,
        docker_source=docker_source,
        docker_key=docker_key,
        toolkit_source=toolkit_source,
        probe_mirrors=probe_mirrors,
        toolkit_key=toolkit_key,
        registry_mirror=registry_mirror,
    )


_OF_SOURCES = tuple(inspect.signature(read_sources).parameters)

_UNUSED = "URL: as in `provision`; it makes no difference here"

SOURCES = OptionSet(
    read_sources,
    {**{name: _HELP[name] for name in _OF_SOURCES}, "registry_mirror": _UNUSED},
    {"package sources": _OF_SOURCES[1:]},
)
