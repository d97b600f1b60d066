"""The programs that pack a stream and keep it on its host; what they do is tested on a host."""

from __future__ import annotations

from provisioning.command import joined
from provisioning.containers.compression import NONE, ZSTD
from provisioning.containers.keeping import exists, kept, packed

SAVE = ("docker", "save", "a")


def test_packed_where_it_is() -> None:
    assert packed(SAVE, ZSTD) == joined(SAVE, ("zstd", "-q", "-c", "-T0"))
    assert packed(SAVE, NONE) == SAVE


def test_kept_as_a_part_and_summed() -> None:
    argv = kept(SAVE, "/srv/a b.tar")
    assert argv[3:5] == ("sh", "/srv/a b.tar")
    assert argv[5:] == joined(joined(SAVE, ("tee", "--", "/srv/a b.tar.part")), ("sha256sum",))
    assert "/srv/a.part" in exists("h", "/srv/a").message
