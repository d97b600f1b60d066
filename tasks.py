"""All tasks: every file of provisioning/tasks/ adds its own. Both `./gpudock` and `.venv/bin/inv` read this."""

from __future__ import annotations

import os
import sys

from provisioning.starting_up import INTERRUPTED, ctrl_c_ends, ctrl_c_is_raised

if __name__ == "__main__":
    ctrl_c_ends()  # what follows is the half second that reading the rest takes

from invoke.collection import Collection

import provisioning.tasks
from provisioning.cli import main
from provisioning.discovery import declared
from provisioning.tasks.framing import FramedTask


def assemble() -> Collection:
    """Return the tasks; those of a module with a NAMESPACE stand in a collection of that name."""
    root = Collection()
    for task in declared(provisioning.tasks, FramedTask):
        name = getattr(sys.modules[task.__module__], "NAMESPACE", "")
        if not name:
            root.add_task(task)
        else:
            if name not in root.collections:
                root.add_collection(Collection(name))
            root.collections[name].add_task(task)
    return root


namespace = assemble()

if __name__ == "__main__":
    ctrl_c_is_raised()
    try:
        main(namespace)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            sys.stdout.flush()
            os._exit(INTERRUPTED)  # the threads that still talk to hosts would be waited for
        raise
