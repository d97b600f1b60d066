"""One task's options: how argparse reads them, and the help that shows them."""

from __future__ import annotations

import inspect
import re
from argparse import SUPPRESS, ArgumentError, ArgumentParser, RawDescriptionHelpFormatter
from argparse import _ArgumentGroup as Section
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from invoke.collection import Collection
from invoke.parser.argument import Argument
from invoke.parser.context import ParserContext

from provisioning.errors import UsageError
from provisioning.tasks.framing import FramedTask

EVERY_TASK = {"--help": "show this and stop", "--debug": "show the traceback of expected errors too"}

_METAVAR = re.compile(r"([A-Z\[][A-Z0-9@=\[\]_-]*|[^\s|]+(?:\|[^\s|]+)+): ")


@dataclass(frozen=True)
class TaskOptions:
    """What a person may write behind a task's name."""

    name: str
    """As it is typed: `provision`, `lab.up`."""
    description: str
    arguments: Mapping[str, Argument]
    """By the name of the function's parameter."""
    words: Sequence[str] = ()
    """The arguments that may be given as bare words, in this order."""
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    argv: str = ""
    """What the help calls the words behind `--`; empty where the task takes none."""

    @property
    def summary(self) -> str:
        return self.description.partition("\n")[0].rstrip(".")

    @property
    def usage(self) -> str:
        words = [metavar(self.arguments[word]) for word in self.words]
        required = [self.arguments[word].positional for word in self.words]
        shown = [word if must else f"[{word}]" for word, must in zip(words, required, strict=True)]
        behind = [f"[-- {self.argv.upper()} ...]"] if self.argv else []
        return " ".join(["gpudock", self.name, *shown, "[options]", *behind])

    def spellings(self) -> list[str]:
        """Return every option as it may be written."""
        return [*EVERY_TASK, *(spelling(argument) for argument in self.arguments.values())]

    def read(self, tokens: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
        """Return the values of the options in `tokens`, by parameter, and what is none of them. Raises UsageError."""
        parser = self._parser()
        try:
            values, others = parser.parse_known_args(list(tokens))
        except ArgumentError as problem:
            raise self._refusal(problem.argument_name or "") from problem
        for name, value in vars(values).items():
            if value == "" or (isinstance(value, list) and "" in value):
                # `--docker-source "$UNSET"` must not mean the vendor
                raise UsageError(
                    f"{spelling(self.arguments[name])} was given nothing.", "Give it a value, or leave it out."
                )
        return vars(values), others

    def help(self) -> str:
        """Return the page that `--help` shows."""
        return self._parser(show_words=True).format_help()

    def _parser(self, *, show_words: bool = False) -> ArgumentParser:
        """Without abbreviations: what a script writes today must not become ambiguous with tomorrow's option."""
        parser = ArgumentParser(
            usage=self.usage,
            description=self.description,
            formatter_class=partial(RawDescriptionHelpFormatter, max_help_position=30),
            argument_default=SUPPRESS,
            allow_abbrev=False,
            add_help=False,
            exit_on_error=False,
        )
        headings = {name: heading for heading, names in self.groups.items() for name in names}
        titles = ("words", "options", *self.groups, "every task")
        sections = {title: parser.add_argument_group(title) for title in titles}
        for name, argument in self.arguments.items():
            _add_option(sections[headings.get(name, "options")], name, argument, hidden=name in self.words)
        for word in self.words if show_words else ():
            _add_word(sections["words"], word, self.arguments[word])
        sections["every task"].add_argument("-h", "--help", action="store_true", help=EVERY_TASK["--help"])
        sections["every task"].add_argument("--debug", action="store_true", help=EVERY_TASK["--debug"])
        return parser

    def _refusal(self, option: str) -> UsageError:
        for argument in self.arguments.values():
            if option in (spelling(argument), "--" + argument.names[0]) and argument.takes_value:
                return UsageError(f"{option} needs a value: {option} {metavar(argument)}.")
        return UsageError(f"{option} takes no value.", f"Write just {option}.")


def task_options(collection: Collection) -> dict[str, TaskOptions]:
    """Return what may be written behind each task of `collection` and of the collections in it, by full name."""
    return {str(context.name): _options_of(context, collection) for context in collection.to_contexts()}


def _options_of(context: ParserContext, collection: Collection) -> TaskOptions:
    task = collection[context.name]
    arguments = {str(argument.name): argument for argument in context.args.values()}
    description = inspect.getdoc(task) or ""
    if not isinstance(task, FramedTask):
        return TaskOptions(str(context.name), description, arguments)
    return TaskOptions(str(context.name), description, arguments, task.words, task.groups, task.argv)


def spelling(argument: Argument) -> str:
    """Return how an option is written: `--gpu`, `--no-verify` for what is on by default."""
    return ("--no-" if argument.kind is bool and argument.default else "--") + argument.names[0]


def metavar(argument: Argument) -> str:
    """Return what the help calls the value: a help text may begin with it, as in `FILE: private key`."""
    named = _METAVAR.match(argument.help or "")
    return named[1] if named else argument.names[0].upper()


def _help_text(argument: Argument) -> str:
    """Return the help of one option with its default, as argparse wants it."""
    text = _METAVAR.sub("", argument.help or "") if argument.takes_value else argument.help or ""
    shows_default = argument.takes_value and argument.kind is not list and argument.default not in {None, "", "0"}
    return (text + (f" (default: {argument.default})" if shows_default else "")).replace("%", "%%")


def _add_option(section: Section, name: str, argument: Argument, *, hidden: bool) -> None:
    shown = SUPPRESS if hidden else _help_text(argument)
    if argument.takes_value:
        action = "append" if argument.kind is list else "store"
        section.add_argument(spelling(argument), dest=name, action=action, metavar=metavar(argument), help=shown)
    elif argument.default:
        section.add_argument(spelling(argument), dest=name, action="store_false", help=shown)
        section.add_argument("--" + argument.names[0], dest=name, action="store_true", help=SUPPRESS)
    else:
        section.add_argument(spelling(argument), dest=name, action="store_true", help=shown)


def _add_word(section: Section, name: str, argument: Argument) -> None:
    section.add_argument(name, metavar=metavar(argument), nargs="?", help=_help_text(argument))
