"""Archives with a checksum beside them: written here or on a host from what a program says, and read back verified."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from provisioning.containers import archive
from provisioning.containers.archive import CHECKSUM, Checksum, Sum
from provisioning.containers.asking import Answer
from provisioning.containers.keeping import EXISTS, exists, kept
from provisioning.errors import GpudockError, UsageError
from provisioning.operations.containers import DockerHost
from provisioning.operations.presenting import replace_file
from provisioning.operations.progress import meter
from provisioning.operations.streaming import Summing, part_file, passing, read, sum_of, whole_output

Failure = Callable[[Answer], GpudockError]

_UNCHECKED = "Copy it from where it was saved, or load it unchecked with --unchecked."


def keep_here(host: DockerHost, stream: tuple[str, ...], path: Path, failed: Failure, mode: int = 0o644) -> Sum:
    """Write what the program `stream` of the host says to a file of this machine, whole or not at all.

    Raises what `failed` makes of a bad end, Unreachable, UsageError and ChangeFailed for the file.
    """
    summing, process = Summing(), host.runner.start(stream)
    with part_file(path, mode) as write, meter(f"saving {path.name}") as advance:
        for chunk in passing(whole_output(process, failed), summing.take):
            write(chunk)
            advance(len(chunk))
    return summing.sum


def keep_there(host: DockerHost, stream: tuple[str, ...], path: str, failed: Failure) -> Sum:
    """Write what the program `stream` of the host says to a file of that host, whole or not at all; else see above."""
    size, found = 0, ""

    def ended(answer: Answer) -> GpudockError:
        return exists(host.name, path) if answer.code == EXISTS else failed(answer)

    with meter(f"saving {path} on {host.name}") as advance:
        for line in _lines(whole_output(host.runner.start(kept(stream, path)), ended)):
            word, _, value = line.partition(" ")
            if word == "size":
                advance(int(value) - size)
                size = int(value)
            else:
                found = value
    return Sum(size, found)


def note_here(path: Path, checksum: Checksum) -> None:
    """Write the checksum beside an archive of this machine. Raises UsageError."""
    replace_file(path.with_name(path.name + CHECKSUM), archive.render(checksum, path.name))


def note_there(host: DockerHost, path: str, checksum: Checksum) -> None:
    """Write the checksum beside an archive of a host."""
    text = archive.render(checksum, path.rpartition("/")[2])
    host.ask_program("sh", "-c", 'cat >"$1"', "sh", path + CHECKSUM, given=text.encode())


def verified_here(path: Path) -> Checksum:
    """Return what is noted beside an archive of this machine, once it is what was saved. Raises UsageError."""
    try:
        text = path.with_name(path.name + CHECKSUM).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise _no_checksum(str(path)) from problem
    checksum = archive.parse(text, path.name + CHECKSUM)
    with meter(f"verifying {path.name}", path.stat().st_size if path.exists() else 0) as advance:
        found = sum_of(_counted(read(path), advance))
    archive.require_match(checksum, found.sha256, str(path))
    return checksum


def verified_there(host: DockerHost, path: str) -> Checksum:
    """Return what is noted beside an archive of a host, once it is what was saved. Raises UsageError."""
    noted, found = host.ask_program("cat", "--", path + CHECKSUM), host.ask_program("sha256sum", "--", path)
    if found.code:
        raise UsageError(f"{host.name}: {path} cannot be read: {found.last}")
    if noted.code:
        raise _no_checksum(f"{host.name}: {path}")
    checksum = archive.parse(noted.output, f"{host.name}: {path}{CHECKSUM}")
    # A name with a backslash or a line break makes sha256sum begin its line with a backslash.
    archive.require_match(checksum, found.output.lstrip("\\").split(" ")[0], f"{host.name}: {path}")
    return checksum


def _no_checksum(path: str) -> UsageError:
    return UsageError(f"{path} has no readable {CHECKSUM} beside it: nobody can tell whether it is whole.", _UNCHECKED)


def _counted(chunks: Iterable[bytes], advance: Callable[[int], None]) -> Iterator[bytes]:
    return passing(chunks, lambda chunk: advance(len(chunk)))


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line.decode() for line in whole)
