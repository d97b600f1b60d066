"""The frame around every task: options in, expected errors as a sentence, an exit code out.

    @task(help={"hosts": "N: how many to boot", "release": "NAME: the Debian release they run"})
    def up(context: Context, hosts: int = 1, release: str = "trixie") -> None:
        '''Boot disposable hosts.'''                                # the line that `--list` shows

    @host_task(
        help={"gpu": "auto|yes|no: whether to install for a GPU", "registry_mirror": "URL: a mirror; repeatable"},
        groups={"mirrors": ("registry_mirror",)},                   # headings in `--help`
    )
    def provision(
        context: Context, targets: Targets, gpu: str = "auto", registry_mirror: tuple[str, ...] = ()
    ) -> int:
        '''Turn a bare host into a verified GPU-Docker host.'''
        return 2                                                    # the exit code; None is 0

    @task()
    def ssh(context: Context, name: str, *argv: str) -> int:        # `lab.ssh NAME -- uname -a`
        '''Log in to a disposable host.'''

The default of a parameter says what its option takes: `False` a flag `--x`, `True` a flag `--no-x`, a number a whole
number (from 1, or from 0 where the default is 0), a tuple one value each time, text a text. Without a default it is a
bare word that must be given; `word="name"` makes an option a bare word that may. `*argv` is what follows `--`, word by
word. A help text that begins with `WORD: ` names the value. `host_task` adds the options of targets.py and gives the
function the Targets they name; `options=(WANTED,)` adds a set of options that several tasks share.
"""

from __future__ import annotations

import functools
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from inspect import Parameter, Signature
from typing import Any

from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import Task

from provisioning.errors import GpudockError, UsageError
from provisioning.tasks.failure import show_failure
from provisioning.tasks.targets import SHARED_GROUP, SHARED_HELP, Targets, read_targets

Function = Callable[..., "int | None"]
Texts = Mapping[str, str]
Groups = Mapping[str, Sequence[str]]
Run = Callable[[Context, "dict[str, Any]"], "int | None"]


class FramedTask(Task[Any]):
    """An Invoke task that knows which options may be bare words, and under which headings of its help options stand.

    `argv` is what its help calls the words behind `--`; empty where it takes none.
    """

    def __init__(self, function: Function, parameters: Sequence[Parameter], run: Run, **settings: Any) -> None:
        self.words: Sequence[str] = settings.pop("words")
        self.groups: Groups = settings.pop("groups") or {}
        self.argv = "".join(p.name for p in _parameters(function) if p.kind is Parameter.VAR_POSITIONAL)
        settings["iterable"] = [p.name for p in parameters if isinstance(p.default, tuple)]
        super().__init__(_framed(function, parameters, run), auto_shortflags=False, **settings)


@dataclass(frozen=True)
class OptionSet:
    """Options that several tasks share: the keyword parameters of `read`, which makes one value of them."""

    read: Callable[..., Any]
    help: Texts
    groups: Groups

    @property
    def parameters(self) -> list[Parameter]:
        return list(inspect.signature(self.read).parameters.values())


TARGETS = OptionSet(read_targets, SHARED_HELP, SHARED_GROUP)


def task(
    *,
    name: str | None = None,
    help: Texts | None = None,  # noqa: A002
    word: str = "",
    groups: Groups | None = None,
    options: Sequence[OptionSet] = (),
) -> Callable[[Function], FramedTask]:
    """Make a task of a function whose first parameter is the context. `name` replaces the function's own.

    What the option sets in `options` make of theirs follows the context.
    """
    return _framing(options, name, help, groups, lambda own: [*_required(own), *filter(None, [word])])


def host_task(
    *,
    name: str | None = None,
    help: Texts | None = None,  # noqa: A002
    groups: Groups | None = None,
    options: Sequence[OptionSet] = (),
    word: str = "host",
) -> Callable[[Function], FramedTask]:
    """Make a task that works on hosts: its function takes the context and the Targets before its own options.

    What the option sets in `options` make of theirs stands between the two. The first bare word on the command line
    is the host, whatever it is called; or the option `word`, and then --host names the host.
    """
    return _framing((TARGETS, *options), name, help, groups, lambda own: list(dict.fromkeys([word, *_required(own)])))


def _framing(
    sets: Sequence[OptionSet],
    name: str | None,
    help: Texts | None,  # noqa: A002
    groups: Groups | None,
    words: Callable[[list[Parameter]], Sequence[str]],
) -> Callable[[Function], FramedTask]:
    def frame(function: Function) -> FramedTask:
        own = _own_parameters(function)[len(sets) :]
        shared = [parameter for each in (*sets[1:], *sets[:1]) for parameter in each.parameters]

        def run(context: Context, given: dict[str, Any]) -> int | None:
            values = [each.read(**{p.name: given.pop(p.name) for p in each.parameters}) for each in sets]
            try:
                return _call(function, (context, *values), given)
            except GpudockError as error:
                error.hint = _typed(error.hint, values)
                raise

        return FramedTask(
            function,
            [*own, *shared],
            run,
            words=words(own),
            name=name,
            help={key: text for texts in (*(each.help for each in sets), help or {}) for key, text in texts.items()},
            groups={
                title: names for each in (groups or {}, *(s.groups for s in sets)) for title, names in each.items()
            },
        )

    return frame


def _typed(hint: str, values: Sequence[Any]) -> str:
    """Return `hint` with the host for HOST, and with the options that lead there, where one host was named."""
    from provisioning.operations.naming import typed  # slow, and only for failures
    from provisioning.operations.way_there import with_way

    for each in values:
        if isinstance(each, Targets) and len(each.hosts) == 1:
            host = each.hosts[0].text
            return with_way(typed(hint, host, each.access), host, each.access)
    return hint


def after_dashes(argv: Sequence[str]) -> tuple[str, ...]:
    """Return the words behind the first `--`, each as it was typed. Invoke itself joins them with spaces."""
    return tuple(argv[argv.index("--") + 1 :]) if "--" in argv else ()


def whole_number(option: str, text: str, at_least: int) -> int:
    """Return the number that `text` writes in digits. Raises UsageError."""
    if re.fullmatch("[0-9]{1,9}", text) and int(text) >= at_least:
        return int(text)
    allowed = "below 1000000000" if re.fullmatch("[0-9]{10,}", text) else f"from {at_least} on"
    raise UsageError(f"{option} takes a whole number {allowed}, and was given {text!r}.")


def _parameters(function: Function) -> list[Parameter]:
    return list(inspect.signature(function).parameters.values())


def _own_parameters(function: Function) -> list[Parameter]:
    """Return the parameters behind the context that are options, so without `*argv`."""
    return [parameter for parameter in _parameters(function)[1:] if parameter.kind is not Parameter.VAR_POSITIONAL]


def _required(parameters: Iterable[Parameter]) -> list[str]:
    return [parameter.name for parameter in parameters if parameter.default is Parameter.empty]


def _framed(function: Function, parameters: Sequence[Parameter], run: Run) -> Function:
    """Return what Invoke sees and calls: it reads the options, calls `run(context, options)` and ends as that says."""

    @functools.wraps(function)
    def body(context: Context, **given: Any) -> None:
        try:
            options = {p.name: _value(p, given.get(p.name, p.default)) for p in parameters}
            exit_code = run(context, options)
        except GpudockError as error:
            show_failure(error)
            exit_code = error.exit_code
        if exit_code:
            raise Exit(code=exit_code)

    first = Parameter("context", Parameter.POSITIONAL_OR_KEYWORD)
    body.__signature__ = Signature([first, *map(_as_invoke_reads_it, parameters)])  # type: ignore[attr-defined]
    return body


def _as_invoke_reads_it(parameter: Parameter) -> Parameter:
    """Invoke dies of a ValueError when digits are no digits, and makes lists only where the default is none."""
    default = parameter.default
    if isinstance(default, tuple):
        default = None
    elif isinstance(default, int) and not isinstance(default, bool):
        default = str(default)
    return parameter.replace(default=default, kind=Parameter.KEYWORD_ONLY)


def _value(parameter: Parameter, given: Any) -> Any:
    default = parameter.default
    if isinstance(default, tuple):
        return tuple(given or ())
    if isinstance(default, int) and not isinstance(default, bool):
        return whole_number("--" + parameter.name.replace("_", "-"), str(given), at_least=min(default, 1))
    return given


def _call(function: Function, first: tuple[Any, ...], options: dict[str, Any]) -> int | None:
    """Call `function` with `first`, its `options` and, where it has `*argv`, what follows `--`."""
    argv = after_dashes(sys.argv)
    if not any(parameter.kind is Parameter.VAR_POSITIONAL for parameter in _parameters(function)):
        if argv:
            raise UsageError(f"Nothing may follow `--` here, and {argv[0]!r} does.")
        return function(*first, **options)
    before = [p.name for p in _own_parameters(function) if p.kind is Parameter.POSITIONAL_OR_KEYWORD]
    return function(*first, *(options.pop(name) for name in before if name in options), *argv, **options)
