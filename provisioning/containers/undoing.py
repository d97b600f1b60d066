"""What must be taken back on a host whatever becomes of us: of this process, of the connection, of a later step."""

from __future__ import annotations

from collections.abc import Sequence

from provisioning.command import Command, render

READY = "ready"
KEEP = "keep"
KEPT = "kept"

# Its input ends when we do, or the connection: then it takes everything back, unless it was told to keep it.
_SCRIPT = """\
undo() {{
trap - EXIT
{undo}
}} >/dev/null 2>&1
trap undo EXIT
trap 'exit 129' HUP INT TERM PIPE
{steps}
echo {ready}
while read -r word; do
  case $word in {keep}) trap - EXIT; echo {kept}; exit;; esac
done
"""


def script(steps: Sequence[Command], undo: Sequence[Command]) -> str:
    """Return the shell text that does `steps`, says `ready`, and does `undo` when its input ends.

    The first step that fails ends it, with that step's exit code and after `undo`. What `undo` does must be right
    also where nothing is left to take back.
    """
    return _SCRIPT.format(
        undo="\n".join(map(render, undo)) or ":",
        steps="\n".join(f"{render(step)} || exit" for step in steps) or ":",
        ready=READY,
        keep=KEEP,
        kept=KEPT,
    )
