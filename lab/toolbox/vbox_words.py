"""How VBoxManage reads its words: options anywhere, long ones also with one dash, values after `=` or a blank."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lab.toolbox.vbox_errors import Refused, wrong_usage


@dataclass(frozen=True)
class Words:
    machine: str
    options: Mapping[str, str]
    """By long name; '' for a flag."""


def read(argv: Sequence[str], valued: Sequence[str], flags: Sequence[str], subcommand: str) -> Words:
    """Sort the words of `sharedfolder SUBCOMMAND`. Raises Refused as VBoxManage refuses them."""
    machine: str | None = None
    options: dict[str, str] = {}
    words = iter(argv)
    for word in words:
        if not word.startswith("-"):
            if machine is not None:
                raise Refused(2, f"Machine name given more than once: first '{machine}', then '{word}'")
            machine = word
            continue
        name, given, value = word.partition("=")
        name = "--" + name.lstrip("-")
        if name in flags and not given:
            options[name] = ""
        elif name in valued:
            options[name] = value if given else _next(words, name, subcommand)
        else:
            raise wrong_usage(f"Unknown option: {word}", subcommand, close=True)
    if machine is None:
        raise wrong_usage("No machine was specified", subcommand)
    return Words(machine, options)


def _next(words: Iterator[str], name: str, subcommand: str) -> str:
    value = next(words, None)
    if value is None:
        raise wrong_usage(f"{name}: RTGetOpt: Command line option needs argument.", subcommand, close=True)
    return value
