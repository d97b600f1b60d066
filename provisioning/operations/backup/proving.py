"""Start a container, and see that it runs: for a while, healthily where it has a check, or to the end that it had."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from provisioning.containers.backup.manifest import Manifest
from provisioning.containers.backup.running import PATIENCE, Verdict, judge
from provisioning.containers.engine_words import failure
from provisioning.errors import ChangeFailed
from provisioning.operations.containers import DockerHost

_LINES = 5
_PAUSE = 0.2


def start(host: DockerHost, name: str, manifest: Manifest) -> str:
    """Return how it runs, in words. Raises ChangeFailed with its last words where it does not."""
    answer = host.ask("docker", "start", name)
    if answer.code:
        raise failure(host.name, "docker start", answer.last)
    begun = time.monotonic()
    while True:
        seconds = time.monotonic() - begun
        verdict, words = judge(_state(host, name), seconds, manifest)
        if verdict is Verdict.GOOD:
            return words
        if verdict is Verdict.BAD or seconds > PATIENCE:
            said = host.ask("docker", "logs", f"--tail={_LINES}", name)
            raise ChangeFailed(
                f"{host.name}: {manifest.spec.name} was made again and does not run: {words}.\n"
                f"{(said.output + said.errors).strip()}",
                "To look at it all the same: --no-start makes it and leaves it as it is.",
            )
        time.sleep(_PAUSE)


def _state(host: DockerHost, name: str) -> Mapping[str, Any]:
    answer = host.ask("docker", "container", "inspect", "--format", "{{json .State}}", name)
    if answer.code:
        return {"Status": "removed", "ExitCode": 0}
    state: Mapping[str, Any] = json.loads(answer.output)
    return state
