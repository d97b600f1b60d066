"""Limits of the kernel and the disk that many containers run into."""

from __future__ import annotations

from dataclasses import dataclass

from checks.gpu_access import config
from checks.model import Check, Severity, Verdict, failed, not_applicable, passed, unknown
from checks.remedy import by_hand, by_sysctl
from provisioning.probe import Facts, Probe
from provisioning.probes.login import LOGIN

INSTANCES, WATCHES, KEYS = 512, 524_288, 10_000
CLOSE = 0.8
"""Share of a limit at which it is as good as reached."""

# One walk over the open files finds every inotify instance; its fdinfo has a line for each watch. Where the limits are
# high nobody needs to count.
SNIPPET = (
    rf"""
enough() {{ [ "$1" -ge {INSTANCES} ] && [ "$2" -ge {WATCHES} ]; }}
"""
    r"""
cd /proc/sys && set -- $(cat fs/inotify/max_user_instances fs/inotify/max_user_watches kernel/keys/root_maxkeys)
echo "max_user_instances $1"; echo "max_user_watches $2"; [ -z "$3" ] || echo "root_maxkeys $3"
open=; enough "$1" "$2" ||
  open=$(find /proc/[0-9]*/fd -lname anon_inode:inotify -printf '%U %p\n' 2>/dev/null)
if [ -n "$open" ]; then
  printf '%s\n' "$open" | cut -d ' ' -f 1 | sort | uniq -c | sed 's/^ */instances /'
  echo "watches $(printf '%s\n' "$open" | sed 's,.* ,,; s,/fd/,/fdinfo/,' | xargs cat 2>/dev/null | grep -c '^inotify')"
fi
root=$(sed -n 's/.*"data-root" *: *"\([^"]*\)".*/\1/p' /etc/docker/daemon.json 2>/dev/null)
find "${root:-/var/lib/docker}/containers" -name '*-json.log' -size +1048576k -exec stat -c 'log %s %n' {} + 2>/dev/null
true
"""
)


@dataclass(frozen=True)
class Limits:
    max_instances: int
    max_watches: int
    root_keys: int | None
    instances: int
    """inotify instances that the user with the most of them has open; 0 where they could not be counted."""
    watches: int
    """Those of all users together."""
    large_logs: tuple[str, ...]
    """Containers' logs of more than 1 GiB, with their size."""


def parse(text: str) -> Limits:
    rows = [line.split(" ", 2) for line in text.splitlines()]
    numbers = {row[0]: int(row[1]) for row in rows}
    instances = [int(row[1]) for row in rows if row[0] == "instances"]
    return Limits(
        max_instances=numbers["max_user_instances"],
        max_watches=numbers["max_user_watches"],
        root_keys=numbers.get("root_maxkeys"),
        instances=max(instances, default=0),
        watches=numbers.get("watches", 0),
        large_logs=tuple(f"{row[2].split('/')[-2][:12]} {int(row[1]) >> 30} GiB" for row in rows if row[0] == "log"),
    )


LIMITS = Probe("limits", SNIPPET, parse)


def judge_inotify(facts: Facts) -> Verdict:
    told = facts[LIMITS]
    enough = told.max_instances >= INSTANCES and told.max_watches >= WATCHES
    if not enough and not told.instances:
        return unknown("the open inotify instances of other users can be counted by root alone")
    seen = (
        f"{told.instances} of {told.max_instances} inotify instances used, {told.watches} of {told.max_watches} watches"
    )
    if told.instances < CLOSE * told.max_instances and told.watches < CLOSE * told.max_watches:
        return passed(seen)
    return failed(
        seen,
        cause="Root on the host and in all containers shares this limit: the configured user limit on the number of "
        "inotify instances has been reached, or no space left on device.",
        remedy=by_sysctl(
            "inotify",
            f"fs.inotify.max_user_instances={max(INSTANCES, 4 * told.max_instances)}",
            f"fs.inotify.max_user_watches={max(WATCHES, 4 * told.max_watches)}",
        ),
    )


def judge_keys(facts: Facts) -> Verdict:
    keys = facts[LIMITS].root_keys
    if keys is None:
        return unknown("/proc/sys/kernel/keys cannot be read")
    if keys > KEYS:
        return passed(f"root may have {keys}")
    return failed(
        f"root may have {keys}",
        cause="Each container takes a key of root's; at the limit no more of them start: disk quota exceeded.",
        remedy=by_sysctl("keys", "kernel.keys.root_maxkeys=1000000"),
    )


def judge_logs(facts: Facts) -> Verdict:
    said = config(facts)
    driver, options = said.get("log-driver", "json-file"), said.get("log-opts")
    if driver != "json-file":
        return not_applicable(f"log driver {driver}")
    large = facts[LIMITS].large_logs
    if large:
        return failed(
            f"logs of containers {', '.join(large)}",
            cause="Docker's json-file logs grow until the disk is full where max-size is not set.",
            remedy=by_hand(
                'Set "log-opts": {"max-size": "10m", "max-file": "3"} in /etc/docker/daemon.json, restart Docker, '
                "and make these containers anew: a log keeps the limit that its container was made with"
            ),
        )
    if isinstance(options, dict) and "max-size" in options:
        return passed(f"max-size {options['max-size']}")
    if not facts[LOGIN].privileged:
        return unknown("no max-size is set, and the logs' sizes are for root to see")
    return passed("no max-size is set; no log has reached 1 GiB")


INOTIFY = Check("lim.inotify", "There is room for more watchers of files", judge_inotify, Severity.WARNING)
KERNEL_KEYS = Check("lim.keys", "There is room for more of root's keys", judge_keys, Severity.WARNING)
LOGS = Check("lim.log", "Containers' logs do not fill the disk", judge_logs, Severity.WARNING, needs=("dk.json",))
