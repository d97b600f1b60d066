"""What the lab builds once lies in a directory named after its recipe.

So two checkouts of different age have parts of their own, side by side, and none is rebuilt under the feet of a host
that uses it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path

HERE = Path(__file__).parent
FORGOTTEN_AFTER = 24 * 3600.0


def recipe(sources: Iterable[str], *ingredients: object) -> str:
    """Name what is made of these files of this package (a directory stands for all in it) and these values."""
    content = hashlib.sha256(repr(ingredients).encode())
    for source in sources:
        place = HERE / source
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file() and path.suffix != ".pyc":
                content.update(path.read_bytes())
    return content.hexdigest()[:12]


def built(place: Path, build: Callable[[Path], None], sentence: str, say: Callable[[str], None]) -> Path:
    """Return `place`, building it first, after saying `sentence`, when it is missing; notes that it was used.

    `build` fills the directory that it is given; a place is there whole or not at all.
    """
    if not place.exists():
        say(sentence)
        fresh = place.with_name(f"{place.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        build(fresh)
        fresh.rename(place)
    os.utime(place)
    return place


def forget_unused(parents: Iterable[Path], *, keep: Iterable[Path]) -> None:
    """Remove from `parents` what nobody asked for within a day, but not what is in `keep`."""
    kept = set(keep)
    for place in (child for parent in parents for child in parent.iterdir()):
        if place not in kept and time.time() - place.stat().st_mtime > FORGOTTEN_AFTER:
            shutil.rmtree(place)
