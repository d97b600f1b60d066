"""The pages that greet a person: what this is, what there is to run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from provisioning.task_options import TaskOptions

WELCOME = """\
gpudock turns a bare Ubuntu or Debian machine into one where `docker run --gpus all` works, and proves it.

  ./gpudock demo                     see the whole job on a disposable host on this machine
  ./gpudock provision ubuntu@HOST    do it on a host that you reach by SSH
  ./gpudock provision                do it on this machine
  ./gpudock jupyter.up ubuntu@HOST   then open a notebook there

  ./gpudock --list                   all tasks
  ./gpudock provision --help         what a task takes
"""

USAGE = """\
usage: gpudock TASK [words] [options] [-- WORDS ...]
       gpudock --help TASK | --list | --version | --debug TASK ...
"""

SECTIONS = (
    ("Set up hosts", ("provision", "plan", "versions", "history", "rollback", "uninstall")),
    ("Verify hosts", ("verify", "explain", "facts")),
    ("Run containers", ("run", "alias", "jupyter", "workspace", "train", "containers", "tunnel")),
    ("Keep images and containers", ("image", "backup")),
    ("Docker Toolbox on legacy Windows", ("toolbox",)),
    ("Try and test gpudock", ("demo", "lab", "test", "bench", "bench-images")),
)
"""Headings, and the tasks and collections below each, in the order in which a person needs them."""


def list_tasks(tasks: Mapping[str, TaskOptions], group: str = "") -> str:
    """Return the tasks of `group` (empty: all) under headings, a line each, in the order of SECTIONS."""
    shown = [task for task in tasks.values() if not group or task.name.startswith(group + ".")]
    width = max((len(task.name) for task in shown), default=0)
    sections: dict[str, list[TaskOptions]] = {}
    for task in sorted(shown, key=lambda task: (_rank(task), task.name)):
        sections.setdefault(group.capitalize() or _heading(task), []).append(task)
    return "\n".join(_section(heading, members, width) for heading, members in sections.items())


def _rank(task: TaskOptions) -> int:
    named = [name for _, names in SECTIONS for name in names]
    name = task.name.partition(".")[0]
    return named.index(name) if name in named else len(named)


def _heading(task: TaskOptions) -> str:
    name = task.name.partition(".")[0]
    return next((heading for heading, names in SECTIONS if name in names), "More")


def _section(heading: str, tasks: Iterable[TaskOptions], width: int) -> str:
    lines = [f"  {task.name:{width}}  {task.summary}" for task in tasks]
    return "\n".join([f"{heading}:", *lines, ""])
