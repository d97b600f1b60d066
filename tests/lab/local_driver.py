"""Runs on a lab host: the runner of this machine, told by its arguments what to do, answering in JSON.

Each argument is a JSON object with the fields of one run: script, elevation, and perhaps new_login and password.
"""

from __future__ import annotations

import json
import sys

from provisioning.command import Secret
from provisioning.errors import GpudockError
from provisioning.runners.local import LocalRunner
from provisioning.runners.model import Elevation


def main() -> None:
    print(json.dumps([answer(**json.loads(argument)) for argument in sys.argv[1:]]))  # noqa: T201


def answer(script: str, elevation: str, new_login: bool = False, password: str | None = None) -> str:
    """Return what the script said, or `Error: sentence`."""
    runner = LocalRunner(Secret(password) if password is not None else None)
    try:
        return b"".join(runner.run(script, Elevation[elevation], new_login=new_login)).decode()
    except GpudockError as error:
        return f"{type(error).__name__}: {error.message}"


if __name__ == "__main__":
    main()
