"""What the work needs of this machine: its kind, its programs, its files, a clock, and the person."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from provisioning.errors import NotConverged
from provisioning.operations import showing
from provisioning.operations.asking import answer
from provisioning.runners.host_files import HostFiles, LocalFiles
from provisioning.runners.programs import LocalPrograms, Programs
from provisioning.toolbox.workstation import Workstation


@dataclass(frozen=True)
class Workplace:
    here: Workstation
    programs: Programs
    files: HostFiles
    now: Callable[[], float]
    """Seconds, from whenever."""
    pause: Callable[[float], None]
    say: Callable[[str], None]
    """Tells of progress, apart from what a script may read."""
    agree: Callable[[str], bool] | None = None
    """Asks the person; None where there is nobody to ask."""

    def wait(self, until: Callable[[], bool], seconds: float, what: str, hint: str) -> None:
        """Look again and again. Raises NotConverged when `seconds` are over and `what` has not come to pass."""
        end = self.now() + seconds
        while not until():
            if self.now() >= end:
                raise NotConverged(f"{what} within {seconds:.0f} s.", hint)
            self.pause(1)


def this_workplace() -> Workplace:
    console = showing.console(stderr=True)

    def agree(question: str) -> bool:
        return answer(console, question) in {"y", "yes"}

    return Workplace(
        here=Workstation(
            windows=sys.platform == "win32",
            home=str(Path.home()),
            folder=str(Path.cwd()),
            environment={name.upper(): value for name, value in os.environ.items()},
        ),
        programs=LocalPrograms(),
        files=LocalFiles(),
        now=time.monotonic,
        pause=time.sleep,
        say=lambda text: console.print(text, markup=False),
        agree=agree if sys.stdin.isatty() else None,
    )
