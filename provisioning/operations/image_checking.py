"""Look for secrets in an image before it goes where others read it; show how it was built."""

from __future__ import annotations

from provisioning.containers import history
from provisioning.containers.engine_words import failure
from provisioning.containers.exposed import in_environment, in_history
from provisioning.containers.history import Step
from provisioning.containers.images import Image
from provisioning.errors import ChangeFailed
from provisioning.operations.containers import DockerHost


def steps(host: DockerHost, name: str) -> tuple[Step, ...]:
    """Return the steps that built the image, the first one first. Raises UsageError where there is none."""
    answer = host.ask("docker", "history", "--no-trunc", "--format", "{{json .}}", name)
    if answer.code:
        raise failure(host.name, name, answer.said)
    return history.parse(answer.output)


def require_no_secrets(host: DockerHost, name: str, image: Image) -> None:
    """Raises ChangeFailed where its settings or its history show what looks like a secret; says where."""
    found = [
        *in_environment(image.environment),
        *in_history(step.raw for step in steps(host, name)),
    ]
    if found:
        lines = "\n".join(f"  {each.where}: {each.masked}" for each in found)
        raise ChangeFailed(
            f"{host.name}: {name} shows what looks like secrets to everybody who has it:\n{lines}",
            "Build it again with `RUN --mount=type=secret`, and take those for known that were pushed before.",
        )
