"""Filling a registry over its own HTTP API (distribution specification, "Push")."""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from lab.registry.images import MANIFEST_TYPE, Image

# The registry is on this machine: a proxy of the environment is not the way to it.
_open = build_opener(ProxyHandler({})).open


def push(registry: str, image: Image) -> None:
    """Upload an image to `registry` (its URL); raises urllib's HTTPError when it is refused."""
    for digest, content in image.blobs.items():
        start = Request(f"{registry}/v2/{image.name}/blobs/uploads/", method="POST")  # noqa: S310 - our own URL
        with _open(start) as response:
            location = response.headers["Location"]
        separator = "&" if urlsplit(location).query else "?"
        _put(f"{location}{separator}digest={digest}", content, "application/octet-stream")
    _put(f"{registry}/v2/{image.name}/manifests/{image.tag}", image.manifest, MANIFEST_TYPE)


def _put(url: str, content: bytes, content_type: str) -> None:
    request = Request(url, data=content, method="PUT", headers={"Content-Type": content_type})  # noqa: S310
    _open(request).close()
