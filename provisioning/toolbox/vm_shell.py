"""Questions and programs for the VM as docker-machine's ssh takes them: one text for the shell there."""

from __future__ import annotations

import shlex

HOME = "/var/lib/boot2docker/gpudock"
"""What stands for the home of user docker, whose own is gone with the power: this is on the VM's disk."""

# The questions are written for distributions of today. boot2docker has no systemd, hence no units; busybox before 1.30
# reads timeout's words otherwise; no getent names a home that lasts.
_STAND_INS = {
    "systemctl": ":",
    "getent": f"""case $1 in
passwd) sed -n "s|^\\([^:]*:[^:]*:$2:[^:]*:[^:]*\\):[^:]*:|\\1:{HOME}:|p" /etc/passwd ;;
group) grep "^$2:" /etc/group ;;
esac""",
    "timeout": """real=$(PATH=${PATH#*:} && command -v timeout)
"$real" -s KILL 5 true </dev/null >/dev/null 2>&1 && exec "$real" "$@"
shift 3 && exec "$@\"""",
}


def reading_shell() -> str:
    """Return what has a shell read a script from standard input, with a stand-in for each program that the VM lacks."""
    written = "\n".join(f"put {name} {shlex.quote(text)}" for name, text in _STAND_INS.items())
    return (
        "d=$(mktemp -d) || exit 70; trap 'rm -rf \"$d\"' EXIT\n"
        'put() { printf \'#!/bin/sh\\n%s\\n\' "$2" >"$d/$1" && chmod 755 "$d/$1"; }\n'
        f"{written}\n"
        "PATH=$d:$PATH sh -s"
    )


def program(argv: tuple[str, ...]) -> str:
    """Return the script that runs a program of the VM; HOME is there, and on the disk is what it wrote."""
    return (
        f'd={HOME}; s=; [ "$(id -u)" = 0 ] || s=sudo\n'
        '[ -d "$d" ] || { $s mkdir -p "$d" && $s chown "$(id -u):$(id -g)" "$d"; } || exit 1\n'
        f"{shlex.join(argv)}\n"
        "code=$?; sync; exit $code"
    )


def exit_code(code: int, errors: bytes) -> tuple[int, bytes]:
    """Return a program's own exit code, and what it said: docker-machine ends with 1, and says the code last."""
    *said, last = errors.splitlines(keepends=True) or [b""]
    word, _, number = last.strip().rpartition(b" ")
    if code == 1 and word == b"exit status" and number.isdigit():
        return int(number), b"".join(said)
    return code, errors
