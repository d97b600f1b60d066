"""The commands of docker.service: which of them ended badly, and which file it stands in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from checks.model import Verdict, failed
from checks.remedy import by_hand

# systemd tells how each command ended, and apart from that what the unit's files say.
SNIPPET = """
systemctl show docker.service --no-pager -p ExecCondition,ExecStartPre,ExecStart,ExecStartPost | sed 's/^/ended /'
systemctl cat docker.service 2>/dev/null | sed -e ':a' -e '/\\\\$/{N;s/\\\\\\n/ /;ta' -e '}' |
  grep -E '^(# /|Exec(Condition|StartPre|Start|StartPost) *=)' | sed 's/^/unit /'
"""
_ENDED = re.compile(
    r"ended (?P<key>\w+)=\{ path=(?P<path>.*?) ; argv\[\]=(?P<line>.*?) ; ignore_errors=no ;"
    r".* code=(?P<code>exited|killed|dumped) ; status=(?P<status>\d+)(?P<signal>/\w+)? \}"
)


@dataclass(frozen=True)
class BrokenCommand:
    """A command of the unit that ended badly."""

    key: str
    """Such as `ExecStartPre`."""
    line: str
    end: str
    file: str
    """'' where no file of the unit says it."""


def parse(lines: Sequence[str]) -> BrokenCommand | None:
    """Return the first command that ended badly. What dockerd itself ended with is a matter of its journal."""
    for found in filter(None, map(_ENDED.match, lines)):
        if _is_bad(found["key"], found["code"], int(found["status"])):
            end = f"killed{found['signal'] or ''}" if found["code"] != "exited" else f"exit code {found['status']}"
            return BrokenCommand(found["key"], found["line"], end, _file(lines, found["key"], found["path"]))
    return None


def _is_bad(key: str, code: str, status: int) -> bool:
    """From 200 on it is systemd that could not start the program (systemd.exec(5), "Process Exit Codes")."""
    if key == "ExecStart":
        return code == "exited" and 200 <= status <= 245
    return code != "exited" or status != 0


def _file(lines: Sequence[str], key: str, program: str) -> str:
    """Return the last file that says `key`, before others one that names the program behind it."""
    place, saying, naming = "", "", ""
    for line in lines:
        if line.startswith("unit # "):
            place = line.removeprefix("unit # ")
        elif re.match(rf"unit {key} *= *\S", line):
            saying = place
            naming = place if program in line else naming
    return naming or saying


def judged(seen: str, broken: BrokenCommand) -> Verdict:
    place = broken.file or "docker.service"
    return failed(
        f"{seen}; {broken.key}={broken.line} ({broken.end})",
        cause=f"A command of {place} fails, and without it systemd starts no engine.",
        remedy=by_hand(
            f"Mend what `{broken.line}` needs, or take its {broken.key} line out of {place}, then: sudo systemctl"
            " daemon-reload && sudo systemctl reset-failed docker && sudo systemctl start docker"
        ),
    )
