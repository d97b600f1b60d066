"""The indexes of a package source."""

from __future__ import annotations

import hashlib

from lab.packages.control import parse
from lab.packages.source import packages_text, release_text
from lab.packages.toolkit import STAND_INS, control_fields

CONTROL = {"Package": "a", "Version": "1", "Description": "one\n more"}


def test_packages_has_path_size_and_hash_of_every_file() -> None:
    text = packages_text([(CONTROL, "pool/a.deb", b"deb"), ({**CONTROL, "Package": "b"}, "pool/b.deb", b"")])
    first, second = (parse(paragraph) for paragraph in text.split("\n\n"))
    assert first == {**CONTROL, "Filename": "pool/a.deb", "Size": "3", "SHA256": hashlib.sha256(b"deb").hexdigest()}
    assert (second["Package"], second["Size"]) == ("b", "0")


def test_release_names_its_indexes_by_hash_and_size() -> None:
    text = release_text({"Suite": "trixie"}, {"stable/Packages": b"index"}, "Fri, 20 Nov 2026 10:00:00 GMT")
    digest = hashlib.sha256(b"index").hexdigest()
    assert text == f"Suite: trixie\nDate: Fri, 20 Nov 2026 10:00:00 GMT\nSHA256: \n {digest} 5 stable/Packages\n"


def test_toolkit_depends_on_its_own_version_exactly() -> None:
    fields = {stand_in.package: control_fields(stand_in, "1.20.1", "amd64") for stand_in in STAND_INS}
    assert fields["nvidia-container-toolkit"]["Depends"] == (
        "nvidia-container-toolkit-base (= 1.20.1-1), libnvidia-container-tools (= 1.20.1-1)"
    )
    assert fields["libnvidia-container-tools"]["Depends"] == "libnvidia-container1 (= 1.20.1-1)"
    assert all("stand-in" in each["Description"] for each in fields.values())
