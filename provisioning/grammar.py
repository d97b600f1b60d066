"""What a command line means: one task, its options in any order, and bare words for those that need no name.

Invoke's own parser has no optional positional, takes `--help` for a host name, makes a host of `yes` in
`--gpu no --gpu yes`, and runs several tasks from one line.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from provisioning.errors import UsageError
from provisioning.task_options import TaskOptions, metavar

GLOBAL_OPTIONS = {
    "--help": "help",
    "-h": "help",
    "--list": "list",
    "-l": "list",
    "--version": "version",
    "-V": "version",
    "--debug": "debug",
}


@dataclass(frozen=True)
class Request:
    """What a person asks for: `wish` is run, help, list, version or welcome; `name` says of which task or group."""

    wish: str
    name: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    debug: bool = False


def parse(argv: Sequence[str], tasks: Mapping[str, TaskOptions]) -> Request:
    """Return what the words behind the program's name ask for. Raises UsageError.

    What follows `--` is not looked at: the task finds it by itself.
    """
    body = list(takewhile(lambda word: word != "--", argv))
    leading = list(takewhile(lambda word: word.startswith("-"), body))
    words = body[len(leading) :]
    for word in leading:
        if word not in GLOBAL_OPTIONS:
            raise _unknown("gpudock has no option", word, GLOBAL_OPTIONS, "The options of a task follow its name.")
    wishes = [GLOBAL_OPTIONS[word] for word in leading]
    if words[:1] == ["help"]:
        wishes, words = [*wishes, "help"], words[1:]
    debug = "debug" in wishes
    for wish in ("version", "help", "list"):
        if wish in wishes:
            return _page(wish, words, tasks)
    return _parse_task(words[0], words[1:], tasks, debug=debug) if words else Request("welcome")


def _page(wish: str, words: Sequence[str], tasks: Mapping[str, TaskOptions]) -> Request:
    if not words:
        return Request(wish)
    if len(words) > 1:
        raise _too_many(words[1], tasks)
    if _members(words[0], tasks):
        return Request("list", words[0])
    return Request("help", _known(words[0], tasks))


def _parse_task(name: str, tokens: Sequence[str], tasks: Mapping[str, TaskOptions], *, debug: bool) -> Request:
    task = tasks[_known(name, tasks)]
    values, others = task.read(tokens)
    for word in others:
        if word.startswith("-"):
            raise _unknown(f"{name} has no option", word, task.spellings(), f"./gpudock {name} --help shows all.")
    debug = values.pop("debug", False) or debug
    if values.pop("help", False):
        return Request("help", name)
    if len(others) > len(task.words):
        raise _too_many(others[len(task.words)], tasks, host_task="host" in task.words)
    for word, text in zip(task.words, others, strict=False):
        if word in values:
            raise UsageError(f"{metavar(task.arguments[word])} is given twice: {values[word]!r} and {text!r}.")
        values[word] = text
    _check_complete(task, values)
    return Request("run", name, values, debug)


def _check_complete(task: TaskOptions, values: Mapping[str, Any]) -> None:
    for word in task.words:
        if task.arguments[word].positional and word not in values:
            raise UsageError(f"{task.name} needs {metavar(task.arguments[word])}.", f"Usage: {task.usage}")


def _known(name: str, tasks: Mapping[str, TaskOptions]) -> str:
    if members := _members(name, tasks):
        raise UsageError(f"{name} is a group of tasks.", f"Its tasks: {', '.join(members)}.")
    if name not in tasks:
        raise _unknown("There is no task", name, tasks, "./gpudock --list shows all.")
    return name


def _members(group: str, tasks: Iterable[str]) -> list[str]:
    return sorted(name for name in tasks if name.startswith(group + "."))


def _unknown(what: str, word: str, known: Iterable[str], where: str) -> UsageError:
    nearest = difflib.get_close_matches(word.partition("=")[0], list(known), n=1)
    return UsageError(f"{what} {word!r}.", " ".join([*(f"Did you mean {match}?" for match in nearest), where]))


def _too_many(word: str, tasks: Mapping[str, TaskOptions], *, host_task: bool = False) -> UsageError:
    if word in tasks:
        return UsageError(f"{word!r} is one word too many.", f"One task for each command line: ./gpudock {word}")
    hint = "Several hosts go into one word, with commas: HOST1,HOST2" if host_task else ""
    return UsageError(f"{word!r} is one word too many.", hint)
