"""What the person wants of a host; validated once, before any host is touched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from provisioning import daemon_json, mirrors
from provisioning.engine_wishes import engine_wishes
from provisioning.errors import UsageError
from provisioning.signing_key import KEYS, SigningKey, read_key
from provisioning.versions import version_wanted

GPU_CHOICES = ("auto", "yes", "no")

# A closed alphabet: a line break or a space would add fields to the source file.
_URL = re.compile(r"https?://[A-Za-z0-9:/._~%+,=@\[\]-]+")
# Repository, optional tag and digest, as the distribution specification has them.
_IMAGE = re.compile(
    r"[a-z0-9]+(?:[._:/-]+[a-z0-9]+)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?", re.ASCII
)


def _own_key(name: str) -> SigningKey:
    return read_key(KEYS / name, "the key that gpudock carries")


@dataclass(frozen=True)
class Settings:
    gpu: str = "auto"
    """`auto`: the NVIDIA parts when a GPU is on the PCI bus; `yes`: always; `no`: never."""
    docker_version: str = ""
    """`28`, `28.1` or `28.1.1`: the newest of these, held; '' for the newest of all, where none is installed."""
    toolkit_version: str = ""
    allow_downgrade: bool = False
    docker_source: str = ""
    """What stands before `/linux/<family>` in the source; '' for the one that the host has, else the vendor's."""
    toolkit_source: str = ""
    """What stands before `/stable/deb/<arch>` in the source; '' as above."""
    probe_mirrors: bool = False
    """Measure the vendors and their mirrors from the host, and use the fastest."""
    docker_key: SigningKey = field(default_factory=lambda: _own_key("docker.asc"))
    toolkit_key: SigningKey = field(default_factory=lambda: _own_key("nvidia-container-toolkit.asc"))
    registry_mirrors: tuple[str, ...] = ()
    daemon_json: daemon_json.Document = field(default_factory=dict)
    """What daemon.json shall say besides, credentials in it as Secrets."""
    replace_containerd: bool = False
    """Go on where something else than Docker uses the host's containerd."""
    remove_snap_docker: bool = False
    remove_nvidia_docker1: bool = False
    apt_timeout: int = 600
    """How long to wait for cloud-init, apt and dpkg that others keep busy, in seconds."""


def settings(
    *,
    gpu: str = "auto",
    docker_version: str = "",
    toolkit_version: str = "",
    allow_downgrade: bool = False,
    docker_source: str = "",
    docker_key: str = "",
    toolkit_source: str = "",
    probe_mirrors: bool = False,
    toolkit_key: str = "",
    registry_mirror: tuple[str, ...] = (),
    default_runtime: str = "",
    proxy: str = "",
    no_proxy: str = "",
    log_max_size: str = "",
    log_max_files: int = 0,
    daemon_json: str = "",
    replace_containerd: bool = False,
    remove_snap_docker: bool = False,
    remove_nvidia_docker1: bool = False,
    apt_timeout: int = 600,
) -> Settings:
    """Make Settings of what stood on the command line. Raises UsageError naming option, value and allowed form."""
    if gpu not in GPU_CHOICES:
        raise UsageError(f"--gpu {gpu}: no such choice.", f"It takes one of: {', '.join(GPU_CHOICES)}.")
    own = Settings()
    return Settings(
        gpu=gpu,
        docker_version=version_wanted("--docker-version", docker_version),
        toolkit_version=version_wanted("--toolkit-version", toolkit_version),
        allow_downgrade=allow_downgrade,
        docker_source=_source("--docker-source", docker_source, mirrors.DOCKER_MIRRORS),
        toolkit_source=_source("--toolkit-source", toolkit_source, mirrors.TOOLKIT_MIRRORS),
        probe_mirrors=probe_mirrors,
        docker_key=read_key(Path(docker_key), "--docker-key") if docker_key else own.docker_key,
        toolkit_key=read_key(Path(toolkit_key), "--toolkit-key") if toolkit_key else own.toolkit_key,
        registry_mirrors=tuple(_url("--registry-mirror", url) for url in registry_mirror),
        daemon_json=engine_wishes(
            default_runtime=default_runtime,
            proxy=proxy,
            no_proxy=no_proxy,
            log_max_size=log_max_size,
            log_max_files=log_max_files,
            file=daemon_json,
        ),
        replace_containerd=replace_containerd,
        remove_snap_docker=remove_snap_docker,
        remove_nvidia_docker1=remove_nvidia_docker1,
        apt_timeout=apt_timeout,
    )


def image_wanted(option: str, image: str) -> str:
    """Return the name of an image, or '' where none was given. Raises UsageError."""
    if image and not _IMAGE.fullmatch(image):
        raise UsageError(
            f"{option} {image}: not the name of an image.",
            "It takes REPOSITORY:TAG, such as nvidia/cuda:12.8.1-base-ubuntu24.04.",
        )
    return image


def _source(option: str, text: str, presets: Mapping[str, str]) -> str:
    try:
        return text and _url(option, mirrors.resolve(text, presets))
    except UsageError as error:
        raise UsageError(error.message, f"{error.hint}\nOr one of these mirrors: {', '.join(presets)}.") from error


def _url(option: str, text: str) -> str:
    """Return `text` without a closing slash."""
    allowed = "It takes http://HOST[:PORT][/PATH] or https://…, without a user name, a query or spaces."
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise UsageError(f"{option} {text!r}: its host or its port cannot be meant.", allowed) from error
    if not _URL.fullmatch(text) or not parts.hostname or port == 0:
        raise UsageError(f"{option} {text!r}: not an address of the allowed form.", allowed)
    if parts.username is not None:
        raise UsageError(f"{option}: a user name in it would be written to a file that everybody reads.", allowed)
    return text.rstrip("/")
