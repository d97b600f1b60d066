"""Images saved and copied by gpudock, and by the same pipes typed by hand, on the same hosts in turn."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import lab
from benchmarks import hosts as lab_hosts
from benchmarks.measured import Goal, Row, Sample
from benchmarks.programs import LAUNCHER, USER, Gpudock, source_options
from benchmarks.timed import Program, timed
from lab import Host

Say = Callable[[str], None]

OURS, BY_HAND = "gpudock", "by hand"
NAMES = ("b-images-1", "b-images-2")
PEAK_MB = 80
"""Memory that gpudock wants to stay under, whatever the size of the image."""

# The tar of an image of N times 100 MB: files of the host's own programs, which pack to a third, as programs do.
_MAKE = """
set -e
command -v zstd >/dev/null || apt-get install -y -qq --no-install-recommends zstd >/dev/null 2>&1
work=$(mktemp -d /root/image.XXXXXX)
cd "$work"
tar -C / -c usr | head -c 100000000 >part
number=0
while [ $number -lt {parts} ]; do cp part "part-$number"; number=$((number + 1)); done
rm part
tar -c . | docker import - {image} >/dev/null
cd / && rm -rf "$work"
"""


def compare(runs: int, say: Say) -> Iterator[Row]:
    """Measure on two fresh hosts, `runs` runs each; yield rows as they are known. Raises RunFailed."""
    endpoints = lab.prepare(say)
    provision = Gpudock(source_options(endpoints, gpu=False))
    with tempfile.TemporaryDirectory() as folder, lab_hosts.raised(NAMES, say) as (one, two):
        say("Provisioning two hosts …")
        timed(provision.program(NAMES, lab_hosts.direct_way(), Path(folder)))
        for image, parts in (("bench:small", 1), ("bench:large", 10)):
            lab_hosts.on(one, _MAKE.format(image=image, parts=parts))
        for title, share, programs, before in _scenarios(one, two, Path(folder)):
            say(f"{title} …")
            yield from _rows(title, share, _in_turn(programs, before, runs))


def _scenarios(
    one: Host, two: Host, folder: Path
) -> Iterator[tuple[str, float, Mapping[str, Program], Callable[[], object]]]:
    """Yield title, the share of the speed by hand that is wanted, the programs, and what to do before each."""
    pack, here = "docker save bench:large | zstd -q -T0 -c", folder / "by-hand.tar.zst"
    yield (
        "(g) save 1 GB to a file of its host",
        0.9,
        {BY_HAND: _by_hand(f"{_ssh(one)} '{pack} >by-hand.tar.zst'"), OURS: _save(one, "ours.tar.zst", "--there")},
        lambda: None,
    )
    yield (
        "(h) save 1 GB to this machine",
        0.9,
        {BY_HAND: _by_hand(f"{_ssh(one)} '{pack}' >{here}"), OURS: _save(one, str(folder / "ours.tar.zst"))},
        lambda: None,
    )
    yield (
        "(i) copy 1 GB from host to host",
        0.8,
        {BY_HAND: _by_hand(f"{_ssh(one)} docker save bench:large | {_ssh(two)} docker load"), OURS: _copy("large")},
        lambda: lab_hosts.on(two, "docker rmi bench:large >/dev/null 2>&1 || true"),
    )
    yield (
        "(j) save and copy 100 MB: memory",
        0,
        {f"{OURS}, save": _save(one, str(folder / "small.tar.zst"), image="small"), f"{OURS}, copy": _copy("small")},
        lambda: lab_hosts.on(two, "docker rmi bench:small >/dev/null 2>&1 || true"),
    )


def _in_turn(
    programs: Mapping[str, Program], before: Callable[[], object], runs: int
) -> Mapping[str, Sequence[Sample]]:
    """Run each `runs` times, in turn, so that noise falls on all of them."""
    samples: dict[str, list[Sample]] = {name: [] for name in programs}
    for _ in range(runs):
        for name, program in programs.items():
            before()
            samples[name].append(timed(program)[0])
    return samples


def _rows(title: str, share: float, samples: Mapping[str, Sequence[Sample]]) -> Iterator[Row]:
    rows = [Row(title, name, taken) for name, taken in samples.items()]
    by_hand = next((row.seconds for row in rows if row.program == BY_HAND), None)
    for row in rows:
        ours = row.program.startswith(OURS)
        seconds = by_hand / share if ours and by_hand else None
        yield replace(row, goal=Goal(seconds=seconds, peak_mb=PEAK_MB)) if ours else row


def _by_hand(line: str) -> Program:
    return Program(("sh", "-c", line))


def _ssh(host: Host) -> str:
    return f"ssh -F {lab.ssh_config()} {USER}@{host.name}"


def _save(host: Host, to: str, *options: str, image: str = "large") -> Program:
    where = ("--host", f"{USER}@{host.name}", "--to", to, "--overwrite", *options)
    return _gpudock("image.save", f"bench:{image}", *where)


def _copy(image: str) -> Program:
    one, two = (f"{USER}@{name}" for name in NAMES)
    return _gpudock("image.copy", f"bench:{image}", "--from", one, "--to", two)


def _gpudock(*words: str) -> Program:
    return Program((LAUNCHER, *words, "--ssh-config", str(lab.ssh_config())))
