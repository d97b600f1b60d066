"""Keep a stream in a file of the host that it comes from: as `.part`, summed, and named when it is whole."""

from __future__ import annotations

from provisioning.command import joined
from provisioning.containers.archive import PART
from provisioning.containers.compression import Compression
from provisioning.errors import ChangeFailed

EXISTS = 73
"""Exit code: somebody's part is there already."""

# What it says about its size is a sign of life too: where nobody hears it any more, the work is ended and removed.
_KEEP = """
path=$1; part=$1.part; shift
[ ! -e "$part" ] || exit 73
(set -C; : >"$part") || exit 70
work=0
trap '[ "$work" = 0 ] || kill -- -"$work" 2>/dev/null; rm -f -- "$part" "$part.sum"' EXIT
trap 'exit 70' HUP INT TERM PIPE
setsid "$@" </dev/null >"$part.sum" &
work=$!
while kill -0 "$work" 2>/dev/null; do stat -c 'size %s' -- "$part" || exit 70; sleep 0.2; done
wait "$work" || exit
work=0
read -r sum rest <"$part.sum"
sync -- "$part" && mv -f -- "$part" "$path" && stat -c 'size %s' -- "$path" && echo "sum $sum"
"""


def packed(producer: tuple[str, ...], compression: Compression) -> tuple[str, ...]:
    """Return one program that writes what `producer` writes, packed on the host that it runs on."""
    return joined(producer, compression.pack) if compression.pack else producer


def kept(stream: tuple[str, ...], path: str) -> tuple[str, ...]:
    """Return one program that keeps what `stream` writes in `path`, and tells `size N` meanwhile, `sum S` at last."""
    summed = joined(joined(stream, ("tee", "--", path + PART)), ("sha256sum",))
    return ("sh", "-c", _KEEP, "sh", path, *summed)


def exists(host: str, path: str) -> ChangeFailed:
    """Return what the exit code EXISTS means."""
    return ChangeFailed(
        f"{host}: {path}{PART} is there: somebody saves to it now, or was cut off.",
        "Wait for it; or, when nobody is at work, remove that file.",
    )
