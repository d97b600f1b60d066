"""Paths of the host that the stand-in of Docker Toolbox runs on."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.toolbox import paths


@pytest.mark.parametrize(
    ("path", "windows", "expected"),
    [
        ("/srv/works/", False, "/srv/works"),
        ("/srv/a/../works/.", False, "/srv/works"),
        ("D:\\Works\\", True, "D:\\Works"),
        ("D:/Works", True, "D:\\Works"),
        ("D:\\", True, "D:\\"),
        ("\\Works", True, "C:\\Works"),
        ("\\\\nas\\data\\x\\", True, "\\\\nas\\data\\x"),
    ],
)
def test_paths_as_virtualbox_keeps_them(path: str, windows: bool, expected: str) -> None:
    assert paths.absolute(path, windows=windows) == expected


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("D:\\Works", "D/Works"),
        ("d:\\WORKS\\", "D/Works"),
        ("\\\\?\\D:\\Works", "D/Works"),
        ("\\\\nas\\data", "UNC/nas/data"),
        ("\\\\?\\UNC\\nas\\data", "UNC/nas/data"),
        ("D:\\", "D"),
        ("D:\\Works\\file", None),
        ("D:\\Works\\file\\below", None),
        ("E:\\Works", None),
    ],
)
def test_folders_of_windows(tmp_path: Path, path: str, place: str | None) -> None:
    (tmp_path / "D/Works").mkdir(parents=True)
    (tmp_path / "D/Works/file").touch()
    (tmp_path / "UNC/nas/data").mkdir(parents=True)
    assert paths.folder(path, str(tmp_path)) == (tmp_path / place if place else None)


def test_what_cannot_be_shared(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert paths.refusal(str(tmp_path), "") == ""
    assert paths.refusal(f"{tmp_path}/file", "").endswith("is not a directory")
    assert paths.refusal(f"{tmp_path}/file/x", "").endswith("VERR_PATH_NOT_FOUND")
    assert paths.refusal(f"{tmp_path}/none", "").endswith("VERR_FILE_NOT_FOUND")
