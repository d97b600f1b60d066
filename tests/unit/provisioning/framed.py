"""What a host sends back for the script that asks all probes."""

from __future__ import annotations

from provisioning.probe import Answer


def framed(nonce: str, answers: dict[str, Answer]) -> bytes:
    """Write names and codes (None: killed), what `wc -c` says, and the answers of those that ended."""
    texts = [text for a in answers.values() if a.code is not None for text in (a.output, a.error)]
    parts = [text.encode("utf-8", "surrogateescape") for text in texts]
    codes = "".join(f" {name} {'-' if a.code is None else a.code}" for name, a in answers.items())
    table = "".join(f"{len(part):5d} /dev/shm/gpudock.x/{at}\n" for at, part in enumerate(parts))
    total = f"{sum(map(len, parts)):5d} total\n" if parts else ""
    return f"@@{nonce}{codes}\n{table}{total}".encode() + b"".join(parts)
