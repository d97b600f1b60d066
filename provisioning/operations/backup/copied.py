"""The image that a container's own files are copied to, as the engine has it."""

from __future__ import annotations

from provisioning.containers.images import Image, parse
from provisioning.errors import ChangeFailed
from provisioning.operations.containers import DockerHost


def image_of(host: DockerHost, name: str) -> Image:
    """Return the image. Raises ChangeFailed where the engine has it not."""
    answer = host.ask("docker", "image", "inspect", "--format", "{{json .}}", name)
    image = None if answer.code else parse(answer.output)
    if image is None:
        raise ChangeFailed(f"{host.name}: the image {name} is gone: {answer.last}", "Run the same command again.")
    return image
