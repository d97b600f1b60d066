"""Questions to a host and their answers: one script, one round trip, typed facts."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from provisioning.errors import UsageError

T = TypeVar("T")

SCHEMA = 1
_TEMPLATE = """\
gd_gather() {{
export LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin:/snap/bin; export PATH
GPUDOCK_LOGIN=${{1:-$(id)}}; export GPUDOCK_LOGIN
for gd_d in /dev/shm /run /tmp; do gd_w=$(mktemp -d "$gd_d/gpudock.XXXXXX" 2>/dev/null) && break; done
[ -n "$gd_w" ] || {{ echo "no directory to write in: /dev/shm, /run and /tmp are all closed" >&2; exit 70; }}
trap 'rm -rf "$gd_w"' EXIT; trap 'exit 70' HUP INT TERM PIPE
gd_probe() {{
  ( exec </dev/null >"$gd_w/$1.out" 2>"$gd_w/$1.err"
    timeout -s KILL "$2" sh -c "$3"; echo $? >"$gd_w/$1.tmp"; mv "$gd_w/$1.tmp" "$gd_w/$1.code" ) &
}}
gd_names='{names}'
{probes}
gd_left=$(( {seconds} * 20 ))
for gd_n in $gd_names; do
  while [ ! -e "$gd_w/$gd_n.code" ] && [ "$gd_left" -gt 0 ]; do sleep 0.05; gd_left=$((gd_left - 1)); done
  gd_code=$(cat "$gd_w/$gd_n.code" 2>/dev/null || echo 137)
  gd_out=$(wc -c <"$gd_w/$gd_n.out"); gd_err=$(wc -c <"$gd_w/$gd_n.err")
  echo "@@{nonce} $gd_n $gd_code $((gd_out)) $((gd_err))"
  head -c "$gd_out" "$gd_w/$gd_n.out"; head -c "$gd_err" "$gd_w/$gd_n.err"; echo
done
}}
gd_gather "$@" 2>&1
"""


class UnknownFact(Exception):
    """A fact that could not be read. Never the same as absent."""

    def __init__(self, probe: str, reason: str) -> None:
        super().__init__(f"{probe}: {reason}")
        self.probe = probe
        self.reason = reason


@dataclass(frozen=True)
class Answer:
    """What a probe's snippet printed. `code` None: no answer came back; 137: killed at its deadline."""

    code: int | None
    output: str = ""
    error: str = ""


@dataclass(frozen=True)
class Probe(Generic[T]):
    """A read-only `sh` snippet and the pure parser of what it prints.

    The snippet exits 0 whenever it found out, also when what it looks for is absent. It runs as root where that
    is possible and finds the login user's `id` output in `$GPUDOCK_LOGIN`. `parse` raises ValueError on nonsense.
    `redact` makes the answer fit to be shown and saved.
    """

    name: str
    snippet: str
    parse: Callable[[str], T]
    seconds: int = 10
    redact: Callable[[str], str] = str
    starts_containers: bool = False
    """It needs a working engine, and is asked in a trip of its own."""


@dataclass(frozen=True)
class Facts:
    """All answers of one host. `facts[PROBE]` is the typed fact; raises UnknownFact when it could not be read."""

    answers: Mapping[str, Answer] = field(default_factory=dict)
    redacted: bool = False

    def __getitem__(self, probe: Probe[T]) -> T:
        answer = self.answers.get(probe.name, Answer(None))
        if answer.code is None:
            raise UnknownFact(probe.name, "the host sent no answer")
        if answer.code == 137:
            raise UnknownFact(probe.name, f"no answer within {probe.seconds} s")
        if answer.code != 0:
            last = (answer.error.strip().splitlines() or ["no message"])[-1]
            raise UnknownFact(probe.name, f"exit code {answer.code}: {last}")
        try:
            return probe.parse(answer.output)
        except (ValueError, KeyError, IndexError, TypeError) as nonsense:
            raise UnknownFact(probe.name, f"unexpected answer ({nonsense})") from nonsense

    def including(self, other: Facts) -> Facts:
        return replace(self, answers={**self.answers, **other.answers})

    def redact(self, probes: Iterable[Probe[Any]]) -> Facts:
        """Return these facts as they may be shown and saved. They can be planned from, never applied."""
        return Facts(
            {p.name: _redacted(self.answers[p.name], p) for p in probes if p.name in self.answers}, redacted=True
        )


def _redacted(answer: Answer, probe: Probe[Any]) -> Answer:
    try:
        return Answer(answer.code, probe.redact(answer.output), "" if answer.code == 0 else answer.error)
    except (ValueError, KeyError, IndexError, TypeError):
        return Answer(None)  # what cannot be read cannot be cleaned of secrets either


def bundle(probes: Iterable[Probe[Any]], nonce: str) -> str:
    """Return the script that asks all probes at once, each with its own deadline.

    A probe that hangs in the kernel is not waited for beyond its deadline: `nvidia-smi` can sit in state D for ever.
    """
    asked = list(probes)
    lines = [shlex.join(("gd_probe", p.name, str(p.seconds), p.snippet)) for p in asked]
    return _TEMPLATE.format(
        names=" ".join(p.name for p in asked),
        probes="\n".join(lines),
        nonce=nonce,
        seconds=max((p.seconds for p in asked), default=0) + 1,
    )


def unbundle(data: bytes, nonce: str) -> Facts:
    """Return the facts framed in `data`. Banners around the frames do not matter; a cut frame is no answer."""
    answers: dict[str, Answer] = {}
    frame = re.compile(rb"@@%s (\S+) (\d+) (\d+) (\d+)\n" % re.escape(nonce.encode()))
    found = frame.search(data)
    while found:
        name, code, out, err = found[1].decode(), int(found[2]), int(found[3]), int(found[4])
        body = data[found.end() : found.end() + out + err]
        if len(body) == out + err:
            output, error = (part.decode("utf-8", "surrogateescape") for part in (body[:out], body[out:]))
            answers[name] = Answer(code, output, error)
        found = frame.search(data, found.end() + out + err)
    return Facts(answers)


def to_json(facts: Facts) -> str:
    answers = {
        name: {"code": a.code, "output": a.output, "error": a.error} for name, a in sorted(facts.answers.items())
    }
    return json.dumps({"schema": SCHEMA, "redacted": facts.redacted, "answers": answers}, indent=2)


def from_json(text: str, source: str) -> Facts:
    """Load saved facts; `source` names them in errors. Raises UsageError for anything but a facts file."""
    hint = "Make one with: gpudock facts HOST --save facts.json"
    try:
        saved = json.loads(text)
        if saved["schema"] != SCHEMA:
            raise UsageError(f"{source}: facts of schema {saved['schema']}, this gpudock reads {SCHEMA}.", hint)
        answers = {
            str(name): Answer(a["code"], str(a["output"]), str(a["error"])) for name, a in saved["answers"].items()
        }
        return Facts(answers, redacted=bool(saved["redacted"]))
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise UsageError(f"{source} is not a facts file ({wrong}).", hint) from wrong


def fields(text: str) -> dict[str, str]:
    """Read `key value` lines, the form in which most snippets answer. A key alone has the value ''."""
    return {key: value.strip() for key, _, value in (line.partition(" ") for line in text.splitlines()) if key}
