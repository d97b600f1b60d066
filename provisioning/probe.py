"""Questions to a host and their answers: one script, one round trip, typed facts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from provisioning.errors import GpudockError, UsageError, plainly

T = TypeVar("T")

SCHEMA = 1
KILLED = 137
# A process costs a host a thousandth of a second, and there are many probes: so all that share a deadline are children
# of one shell, which dies with them. It is `timeout` that is waited for, which ends whatever hangs in the kernel.
_TEMPLATE = """\
gd_gather() {{
export LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin:/snap/bin; export PATH
GPUDOCK_LOGIN=${{1:-$(id)}}; export GPUDOCK_LOGIN
for gd_d in /dev/shm /run /tmp; do gd_w=$(mktemp -d "$gd_d/gpudock.XXXXXX" 2>/dev/null) && break; done
[ -n "$gd_w" ] || {{ echo "no directory to write in: /dev/shm, /run and /tmp are all closed" >&2; exit 70; }}
trap 'rm -rf "$gd_w"' EXIT; trap 'exit 70' HUP INT TERM PIPE
export gd_w
{groups}
wait
set --; gd_codes=''
for gd_n in {names}; do
  gd_code=-
  if [ -s "$gd_w/$gd_n.code" ]; then
    read -r gd_code <"$gd_w/$gd_n.code"
    set -- "$@" "$gd_w/$gd_n.out" "$gd_w/$gd_n.err"
  fi
  gd_codes="$gd_codes $gd_n $gd_code"
done
echo "@@{nonce}$gd_codes"
[ $# -eq 0 ] || wc -c "$@"
[ $# -eq 0 ] || cat "$@"
}}
gd_gather "$@" 2>&1
"""
_GROUP = """\
timeout -s KILL {seconds} sh -s <<'GPUDOCK_{nonce}' &
gd_probe() {{
  gd_me=$gd_w/$1
  trap 'echo $? >"$gd_me.code"' EXIT
  exec </dev/null >"$gd_me.out" 2>"$gd_me.err"
}}
{probes}
wait
GPUDOCK_{nonce}"""
_PROBE = "(gd_probe {name}\n{snippet}\n) &"

_THIS_ENGINE = "export DOCKER_HOST=unix:///var/run/docker.sock\n"
"""Containers prove the host, whichever engine the login's own docker command talks to."""


class UnknownFact(GpudockError):
    """A fact that could not be read. Never the same as absent."""

    def __init__(self, probe: str, reason: str) -> None:
        super().__init__(f"{probe}: {reason}", "This could not be read. `./gpudock facts HOST` shows what can be.")
        self.probe = probe
        self.reason = reason


@dataclass(frozen=True)
class Answer:
    """What a probe's snippet printed. `code` None: no answer came back; KILLED: its deadline was over."""

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
    _read: dict[tuple[str, Callable[[str], Any]], Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """What was parsed before: steps and checks ask for the same facts a hundred times."""

    def __getitem__(self, probe: Probe[T]) -> T:
        key = (probe.name, probe.parse)  # a whole probe takes longer to hash than most answers to parse
        if key not in self._read:
            self._read[key] = self._parsed(probe)
        fact: T = self._read[key]
        return fact

    def _parsed(self, probe: Probe[T]) -> T:
        answer = self.answers.get(probe.name, Answer(None))
        if answer.code is None:
            raise UnknownFact(probe.name, "not among the saved facts" if self.redacted else "the host sent no answer")
        if answer.code == KILLED:
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
    deadlines = dict.fromkeys(p.seconds for p in asked)
    groups = [_group([p for p in asked if p.seconds == seconds], seconds, nonce) for seconds in deadlines]
    return _TEMPLATE.format(groups="\n".join(groups), names=" ".join(p.name for p in asked), nonce=nonce)


def _group(probes: Iterable[Probe[Any]], seconds: int, nonce: str) -> str:
    lines = (
        _PROBE.format(name=p.name, snippet=_THIS_ENGINE + p.snippet if p.starts_containers else p.snippet)
        for p in probes
    )
    return _GROUP.format(seconds=seconds, probes="\n".join(lines), nonce=nonce)


def unbundle(data: bytes, nonce: str) -> Facts:
    """Return the facts in `data`: a line with each probe's exit code, the sizes of their answers, the answers.

    Banners around them do not matter; an answer that was cut is none.
    """
    head = re.search(rb"@@%s((?: \S+ (?:\d+|-))*)\n" % re.escape(nonce.encode()), data)
    words = head[1].decode().split() if head else []
    codes = dict(zip(words[::2], words[1::2], strict=True))
    answers = {name: Answer(KILLED) for name, code in codes.items() if code == "-"}
    ended = [name for name in codes if name not in answers]
    sizes, at = _sizes(data, head.end() if head else 0, 2 * len(ended))
    for name, out, err in zip(ended, sizes[::2], sizes[1::2], strict=False):
        if at + out + err <= len(data):
            parts = (data[at : at + out], data[at + out : at + out + err])
            answers[name] = Answer(int(codes[name]), *(part.decode("utf-8", "surrogateescape") for part in parts))
        at += out + err
    return Facts(answers)


def _sizes(data: bytes, at: int, files: int) -> tuple[list[int], int]:
    """Return what `wc -c` says of `files` files, and where its words end; no sizes when they were cut."""
    table = re.compile(rb"(?: *\d+ \S+\n){%d}" % (files + 1)).match(data, at)  # its last line is the total
    return ([int(line.split()[0]) for line in table[0].splitlines()[:-1]], table.end()) if table else ([], at)


def to_json(facts: Facts) -> str:
    answers = {
        name: {"code": a.code, "output": a.output, "error": a.error} for name, a in sorted(facts.answers.items())
    }
    return json.dumps({"schema": SCHEMA, "redacted": facts.redacted, "answers": answers}, indent=2)


def from_json(text: str, source: str) -> Facts:
    """Load saved facts; `source` names them in errors. Raises UsageError for anything but a facts file."""
    hint = "Make one with: ./gpudock facts HOST --save facts.json"
    try:
        saved = json.loads(text)
    except (ValueError, RecursionError) as torn:
        raise UsageError(f"{source} is not a facts file, or was cut off: {plainly(torn)}.", hint) from torn
    try:
        if saved["schema"] != SCHEMA:
            raise UsageError(f"{source}: facts of schema {saved['schema']}, this gpudock reads {SCHEMA}.", hint)
        answers = {
            str(name): Answer(a["code"], str(a["output"]), str(a["error"])) for name, a in saved["answers"].items()
        }
        return Facts(answers, redacted=bool(saved["redacted"]))
    except (KeyError, TypeError, AttributeError) as wrong:
        raise UsageError(f"{source} is not a facts file: it is JSON of something else.", hint) from wrong


def fields(text: str) -> dict[str, str]:
    """Read `key value` lines, the form in which most snippets answer. A key alone has the value ''."""
    return {key: value.strip() for key, _, value in (line.partition(" ") for line in text.splitlines()) if key}
