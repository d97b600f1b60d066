"""What people are told of a backup."""

from __future__ import annotations

from dataclasses import replace

from provisioning.containers.backup.manifest import LeftOut
from provisioning.containers.backup.telling import before_saving, contents, in_a_line, size_of
from tests.unit.provisioning.containers.backup.a_backup import MANIFEST, SPEC


def test_what_is_missing_and_what_is_secret() -> None:
    spec = replace(
        SPEC, environment=(("HF_TOKEN", "hf_abc"), ("DB_PASSWORD", "hunter2"), ("EMPTY_TOKEN", ""), ("LANG", "C"))
    )
    left_out = [LeftOut("/data", "/d", "not chosen by --volumes", 3_200_000_000), LeftOut("/s", "/s", "a socket", None)]
    assert list(before_saving(spec, ["its link"], left_out, live=True)) == [
        "not saved: /data at /d (3.2 GB): not chosen by --volumes",
        "not saved: /s at /s (size unknown): a socket",
        "cannot be made again: its link",
        "the file will hold what looks like a secret (environment HF_TOKEN, environment DB_PASSWORD): "
        "keep it to yourself",
        "the container runs on while its volumes are read; stop it first where that matters",
    ]


def test_no_word_of_what_is_well() -> None:
    assert list(before_saving(SPEC, (), (), live=False)) == []


def test_a_backup_in_words() -> None:
    assert in_a_line(MANIFEST) == "lab of gpu1, 2026-11-20T13:30:00Z, 45 B, from jupyter"
    assert list(contents(MANIFEST)) == [
        "  image.tar.gz  9 B  the container's own files",
        "  data-1.tar.gz  9 B  volume home at /home/jovyan",
        "  data-2.tar.gz  9 B  /srv/project at /work",
        "  data-3.tar.gz  9 B  /srv/one/settings.ini at /settings.ini",
        "  data-4.tar.gz  9 B  a volume of its own at /own",
        "  not saved: /var/run/docker.sock at /var/run/docker.sock: a socket or device",
        "  cannot be made again: its link /db:/lab/db",
    ]


def test_sizes() -> None:
    assert (size_of(None), size_of(1500)) == ("size unknown", "1.5 kB")
