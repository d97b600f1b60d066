"""Secrets of ours are in no backup: a container that is made again gets new ones, where such files lie on its host."""

from __future__ import annotations

from dataclasses import dataclass, replace

from provisioning.command import Secret
from provisioning.containers import jupyter
from provisioning.containers.secret_files import STATE, SecretPlace, new_token
from provisioning.containers.spec import Bind, ContainerSpec, Mount

_FOLDER = f"/{STATE}/secrets/"


@dataclass(frozen=True)
class NewSecret:
    """A file to write before the container is made."""

    place: SecretPlace
    text: Secret


def is_secret(path: str) -> bool:
    """Tell whether a path of a host is a secret of ours."""
    return _FOLDER in path


def with_new_secrets(spec: ContainerSpec, home: str) -> tuple[ContainerSpec, tuple[NewSecret, ...]]:
    """Return the container with its secret where that belongs in `home`, and what to write there."""
    place = SecretPlace(home, spec.name)
    made = [NewSecret(place, _text(mount)) for mount in spec.mounts if _moved(mount, place) is not mount]
    return replace(spec, mounts=tuple(_moved(mount, place) for mount in spec.mounts)), tuple(made)


def _moved(mount: Mount, place: SecretPlace) -> Mount:
    return replace(mount, source=place.path) if isinstance(mount, Bind) and is_secret(mount.source) else mount


def _text(mount: Mount) -> Secret:
    """Jupyter's comes within a configuration."""
    token = new_token()
    return jupyter.config(token) if mount.target == jupyter.CONFIG else token
