"""Container images made without an engine: layers, configuration and manifest as a registry takes them. Pure."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MANIFEST_TYPE = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG_TYPE = "application/vnd.docker.container.image.v1+json"
LAYER_TYPE = "application/vnd.docker.image.rootfs.diff.tar.gzip"
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
NOTICE = "gpudock lab stand-in"


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link in a layer."""

    target: str


@dataclass(frozen=True, slots=True)
class Image:
    """A repository and tag, the manifest, and every blob that it names, by digest."""

    name: str
    tag: str
    manifest: bytes
    blobs: Mapping[str, bytes]


def layer(entries: Mapping[str, bytes | Link]) -> bytes:
    """Pack files (all executable) and links into an uncompressed tar that is the same every time."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path, content in entries.items():
            info = tarfile.TarInfo(path)
            info.mode = 0o755
            if isinstance(content, Link):
                info.type, info.linkname = tarfile.SYMTYPE, content.target
                tar.addfile(info)
            else:
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
    return packed.getvalue()


def image(
    reference: str,
    layers: Iterable[bytes],
    *,
    architecture: str,
    command: Iterable[str],
    environment: Iterable[str] = (),
) -> Image:
    """Put layers and a configuration together; `reference` is NAME:TAG, `architecture` is Debian's name."""
    tars = list(layers)
    packed = [gzip.compress(tar, compresslevel=1, mtime=0) for tar in tars]
    config = json.dumps(
        {
            "architecture": architecture,
            "os": "linux",
            "created": "1970-01-01T00:00:00Z",
            "config": {"Env": [PATH, *environment], "Cmd": list(command), "Labels": {"description": NOTICE}},
            "rootfs": {"type": "layers", "diff_ids": [digest(tar) for tar in tars]},
        }
    ).encode()
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": _descriptor(CONFIG_TYPE, config),
        "layers": [_descriptor(LAYER_TYPE, blob) for blob in packed],
    }
    name, _, tag = reference.partition(":")
    blobs = {digest(blob): blob for blob in (config, *packed)}
    return Image(name, tag, json.dumps(manifest).encode(), blobs)


def digest(content: bytes) -> str:
    """Return a blob's name."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _descriptor(media_type: str, content: bytes) -> dict[str, str | int]:
    return {"mediaType": media_type, "size": len(content), "digest": digest(content)}
