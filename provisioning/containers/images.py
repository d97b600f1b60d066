"""The image of a container: whether the engine has it, and what a failed pull means."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from provisioning.errors import ChangeFailed, GpudockError, UnsupportedHost, UsageError
from provisioning.probe import Probe

_NAME = re.compile(r"[a-z0-9][a-zA-Z0-9._:/@-]*|sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Image:
    id: str
    architecture: str
    """As Docker names it: amd64, arm64."""
    environment: tuple[str, ...] = ()
    user: str = ""
    size: int = 0
    """Bytes of its layers, unpacked."""
    layers: tuple[str, ...] = ()
    """Digests of the layers' content: the same in every kind of image store, where the id is not."""
    start: tuple[str, ...] = ()
    """What it runs by itself: its entrypoint and what is handed to that."""


def require_image_name(text: str) -> str:
    """Return `text` where it can be the name of an image. Raises UsageError."""
    if not _NAME.fullmatch(text):
        raise UsageError(
            f"{text!r} cannot be the name of an image.", "It looks like: nvidia/cuda:12.8.0-base-ubuntu24.04"
        )
    return text


def image_probe(name: str) -> Probe[Image | None]:
    """Return the question whether the engine has image `name`; None: it has not."""
    said = "2>/dev/null || echo null"
    return Probe("image", f"docker image inspect --format '{{{{json .}}}}' {shlex.quote(name)} {said}", parse)


def images_probe(names: Sequence[str]) -> Probe[Mapping[str, Image | None]]:
    """Return the question which of the images `names` the engine has."""

    def parse_all(text: str) -> Mapping[str, Image | None]:
        answers = filter(str.strip, text.splitlines())  # before its complaint docker prints an empty line
        return dict(zip(names, map(parse, answers), strict=True))

    return Probe("images", "\n".join(image_probe(name).snippet for name in names), parse_all)


def parse(text: str) -> Image | None:
    document = json.loads(text)
    if document is None:
        return None
    config = document.get("Config") or {}
    return Image(
        document["Id"],
        document["Architecture"],
        tuple(config.get("Env") or ()),
        str(config.get("User") or ""),
        int(document.get("Size") or 0),
        tuple((document.get("RootFS") or {}).get("Layers") or ()),
        (*(config.get("Entrypoint") or ()), *(config.get("Cmd") or ())),
    )


_RUNS = {"x86_64": ("amd64", "386"), "aarch64": ("arm64", "arm")}
"""Which of Docker's architectures a kernel runs by itself."""


def runs(architecture: str, machine: str, *, emulates: bool) -> bool:
    """Tell whether a host whose kernel calls itself `machine` runs programs of Docker's `architecture`."""
    return emulates or architecture in _RUNS.get(machine, (architecture,))


def require_architecture(image: Image, name: str, arch: str, host: str, *, emulates: bool) -> None:
    """Raise UnsupportedHost for an image whose programs the host's processor does not know."""
    if not runs(image.architecture, arch, emulates=emulates):
        raise UnsupportedHost(
            f"{host}: the image {name} is made for {image.architecture}, and this host is {arch}.",
            f"Look for the variant that is made for it: docker pull --platform linux/{_RUNS[arch][0]} {name}",
        )


_REASONS: tuple[tuple[str, type[GpudockError], str, str], ...] = (
    (
        r"pull access denied|repository does not exist|manifest unknown|manifest for .* not found|name unknown",
        UsageError,
        "no registry has the image {image}",
        "Check its name and tag; a private one needs `docker login` on {host}.",
    ),
    (
        r"no matching manifest for",
        UnsupportedHost,
        "the image {image} is not made for this host's architecture",
        "Take a tag that is, or build the image for it.",
    ),
    (
        r"toomanyrequests",
        ChangeFailed,
        "the registry gives no more images for now, and {image} was the next",
        "`docker login` on {host} raises the limit; or provision it with --registry-mirror URL.",
    ),
    (
        r"dial tcp|i/o timeout|TLS handshake|no such host|server misbehaving|connection refused|Client\.Timeout",
        ChangeFailed,
        "the registry of {image} does not answer",
        "`gpudock verify {host}` says what of the network is broken; --registry-mirror URL names another registry.",
    ),
    (
        r"no space left on device",
        ChangeFailed,
        "there is no room for the image {image}",
        "`gpudock image.prune --host {host}` shows what can go.",
    ),
)


def pull_failure(host: str, image: str, said: str) -> GpudockError:
    """Return what a pull that ended with the words `said` means."""
    for pattern, kind, message, hint in _REASONS:
        if re.search(pattern, said):
            return kind(f"{host}: {message.format(image=image)}.", hint.format(host=host))
    last = (said.strip().splitlines() or ["it says no more"])[-1]
    return ChangeFailed(
        f"{host}: the image {image} could not be pulled: {last}", f"`gpudock verify {host}` looks for the cause."
    )
