"""All images of an engine, and which of them no container needs."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from provisioning.probe import Probe

_IMAGES = r"""
ids=$(docker image ls -q --no-trunc | sort -u) || exit
[ -z "$ids" ] || docker image inspect --format '{{json .}}' $ids
"""
_USERS = r"""
ids=$(docker ps -aq --no-trunc) || exit
[ -z "$ids" ] || docker inspect --format '{{.Image}} {{.Name}}' $ids
"""


@dataclass(frozen=True)
class Listed:
    """An image as its engine has it."""

    id: str
    names: tuple[str, ...]
    """Its tags; none when a newer image has taken them."""
    size: int
    created: str
    """As in 2026-11-20T13:50:03Z."""
    architecture: str

    @property
    def words(self) -> tuple[str, ...]:
        """What `docker image rm` must be told to remove it: all its names, or its id."""
        return self.names or (self.id,)


def parse_images(text: str) -> tuple[Listed, ...]:
    """Return them, newest first."""
    rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    images = [
        Listed(row["Id"], tuple(row.get("RepoTags") or ()), int(row["Size"]), row["Created"] or "", row["Architecture"])
        for row in rows
    ]
    return tuple(sorted(images, key=lambda image: image.created, reverse=True))


def parse_users(text: str) -> Mapping[str, tuple[str, ...]]:
    """Return the names of all containers, stopped ones too, by the id of their image."""
    users: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for line in text.splitlines():
        image, _, name = line.partition(" ")
        users[image] += (name.removeprefix("/"),)
    return dict(users)


IMAGES = Probe("images", _IMAGES, parse_images)
USERS = Probe("image_users", _USERS, parse_users)


def unneeded(images: Iterable[Listed], users: Mapping[str, Sequence[str]], *, every: bool) -> tuple[Listed, ...]:
    """Return those that no container has and no name calls; with `every` those with a name too."""
    return tuple(image for image in images if image.id not in users and (every or not image.names))
