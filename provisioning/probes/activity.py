"""Who is changing packages on the host right now: cloud-init's first boot, apt, dpkg."""

from __future__ import annotations

from dataclasses import dataclass

from provisioning.probe import Probe

# The locks are fcntl locks: /proc/locks names their holder by inode, flock(1) would not see them. A process name
# proves nothing, since unattended-upgrades keeps a helper running all day that holds no lock.
#
# cloud-init writes its result with its last stage, which has a job of systemd until then. One that died, or was
# switched off after it had been let loose, has neither, and is not waited for.
SNIPPET = """
if [ -e /run/cloud-init/enabled ] && [ ! -e /run/cloud-init/result.json ] &&
  [ -n "$(systemctl list-jobs --no-legend cloud-final.service)" ]; then echo "cloud-init 1 cloud-init"; fi
taken=$(cat /proc/locks)
stat -c ':%i %n' /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock \\
  /var/lib/apt/lists/lock /var/cache/apt/archives/lock 2>/dev/null |
while read -r inode lock; do
  case $taken in *"$inode "*) ;; *) continue;; esac
  echo "$taken" | grep -F "$inode " | while read -r number kind mode access pid rest; do
    [ "$pid" -gt 0 ] && echo "$lock $pid $(cat "/proc/$pid/comm" 2>/dev/null)"
  done
done
true
"""


@dataclass(frozen=True)
class Activity:
    what: str
    """`cloud-init`, or the lock file that is held."""
    pid: int
    name: str

    def __str__(self) -> str:
        if self.what == "cloud-init":
            return "cloud-init, which is still setting the machine up"
        return f"{self.name or 'a process'} (pid {self.pid}), which holds {self.what}"


def parse(text: str) -> tuple[Activity, ...]:
    rows = (line.split(" ", 2) for line in text.splitlines())
    return tuple(Activity(row[0], int(row[1]), row[2] if len(row) > 2 else "") for row in rows)


ACTIVITY = Probe("activity", SNIPPET, parse)
