"""The engine's last words, as Docker 26.1 said them."""

from __future__ import annotations

import pytest

from provisioning.containers.engine_words import failure
from provisioning.errors import ChangeFailed, GpudockError, UsageError


@pytest.mark.parametrize(
    ("said", "kind", "means"),
    [
        ("Error response from daemon: reference does not exist", UsageError, "there is no such image"),
        ("Error: No such image: nosuch", UsageError, "there is no such image"),
        ("write /x/layer.tar: no space left on device", ChangeFailed, "a disk is full"),
        ("Cannot connect to the Docker daemon at unix:///var/run/docker.sock.", ChangeFailed, "the engine stopped"),
        ("tee: 'a.part': No space left on device\nsha256sum: write error", ChangeFailed, "a disk is full (tee: "),
        ("unexpected EOF", ChangeFailed, "the engine stopped"),
        ("archive/tar: invalid tar header", UsageError, "found no image in it"),
        ("open /var/lib/docker/tmp/docker-import-1/manifest.json: no such file", UsageError, "found no image in it"),
        ("first\nsomething new", ChangeFailed, "failed: something new"),
        ("", ChangeFailed, "failed: it says no more"),
    ],
)
def test_what_they_mean(said: str, kind: type[GpudockError], means: str) -> None:
    error = failure("h", "docker load", said)
    assert type(error) is kind
    assert error.message.startswith("h: docker load")
    assert means in error.message
