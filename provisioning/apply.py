"""Send a plan to a host and follow it, or follow one that runs there already."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence

from provisioning.errors import ChangeFailed, GpudockError, Locked, Unreachable
from provisioning.journal import Run
from provisioning.plan import Plan
from provisioning.probes.current_run import CurrentRun, read_title
from provisioning.runners.model import Elevation, Runner
from provisioning.script import (
    Began,
    Ended,
    Event,
    Finished,
    LockedOut,
    Refused,
    Said,
    Undone,
    Waited,
    compile_follow,
    compile_plan,
    events,
)

LAST_LINES = 10
TIRED = 75
"""What the verbs in apt.sh end with when somebody held a lock for too long."""

Watch = Callable[[Event], None]


def apply(runner: Runner, todo: Plan, run: Run, watch: Watch, apt_timeout: int = 600) -> list[str]:
    """Run the plan; return what apt warned of meanwhile. `apt_timeout`: seconds to wait for its locks.

    Raises Locked, ChangeFailed, AccessDenied, or Unreachable when the connection broke: the run goes on then.
    """
    nonce = secrets.token_hex(8)
    script = compile_plan(todo, run, nonce, apt_timeout)
    heard = _listen(events(runner.run(script, Elevation.ROOT), nonce), watch)
    _judge(runner.host, todo, heard)
    return warnings(heard)


def follow(runner: Runner, current: CurrentRun, watch: Watch) -> None:
    """Follow a run that is alive to its end. Raises as `apply` does."""
    script = compile_follow(current.id)
    _judge(runner.host, Plan(), _listen(events(runner.run(script, Elevation.ROOT), current.nonce), watch))


def locked_by(host: str, current: CurrentRun) -> Locked:
    return Locked(
        f"{host}: {current.operator} is at work there since {current.since}.",
        "Try again when that run has ended; `provision` follows a run of your own.",
    )


def warnings(heard: Iterable[Event]) -> list[str]:
    """Return what apt and our own verbs marked as a warning, each once.

    A source that is out of reach is told with `Err:` alone where another one has an error (apt 3.0).
    """
    lines = [event.line for event in heard if isinstance(event, Said)]
    return list(dict.fromkeys(line for line in lines if line.startswith(("W: ", "E: ", "Err:"))))


def _listen(heard: Iterable[Event], watch: Watch) -> list[Event]:
    kept = []
    for event in heard:
        kept.append(event)
        watch(event)
    return kept


def _judge(host: str, todo: Plan, heard: Sequence[Event]) -> None:
    for event in heard:
        problem = _problem(host, todo, event, heard)
        if problem:
            raise problem
    if not any(isinstance(event, Finished) for event in heard):
        raise Unreachable(
            f"{host}: the output ended before the changes did; they may go on there.",
            "Run the same command again: it follows what is alive, and plans afresh otherwise.",
        )


def _problem(host: str, todo: Plan, event: Event, heard: Sequence[Event]) -> GpudockError | None:
    if isinstance(event, LockedOut):
        return locked_by(host, read_title(event.title))
    if isinstance(event, Refused):
        return ChangeFailed(f"{host}: the run could not begin: {event.why}.", "Nothing was changed.")
    waited = [each.for_whom for each in heard if isinstance(each, Waited)]
    if isinstance(event, Ended) and event.code == TIRED and waited:
        return _gave_up(host, waited[-1])
    if isinstance(event, Ended) and event.code:
        return _failure(host, todo, event, heard)
    return None


def _gave_up(host: str, holder: str) -> Locked:
    return Locked(
        f"{host}: waited in vain for {holder}.",
        "Nobody was disturbed. Run the same command again later: it goes on from here; --apt-timeout waits longer.",
    )


def _failure(host: str, todo: Plan, ended: Ended, heard: Sequence[Event]) -> ChangeFailed:
    lines, afterwards = _said(heard[: heard.index(ended)], ended), _said(heard[heard.index(ended) :], ended)
    sentence = next(e.sentence for e in heard if isinstance(e, Began) and e.change == ended.change)
    half_undone = any(isinstance(event, Undone) and event.code for event in heard)
    message = [f"{host}: this change failed with exit code {ended.code}: {sentence}"]
    hint = ["Its half-done work could not be undone:", *afterwards[-LAST_LINES:]] if half_undone else []
    if todo:
        change = todo.changes[ended.change - 1]
        message.append(f"  ({', '.join(map(str, change.commands))})")
        hint.append(change.hint)
    return ChangeFailed(
        "\n".join([*message, *(f"  {line}" for line in lines[-LAST_LINES:])]), "\n".join(filter(None, hint))
    )


def _said(heard: Sequence[Event], ended: Ended) -> list[str]:
    return [event.line for event in heard if isinstance(event, Said) and event.change == ended.change]
