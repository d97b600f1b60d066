r"""What a person writes for a folder: accepted, translated, or refused with the reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.errors import UsageError
from provisioning.toolbox.paths import host_path
from provisioning.toolbox.workstation import Workstation

WINDOWS = Workstation(windows=True, home=r"C:\Users\me", folder=r"C:\Users\me\code")
POSIX = Workstation(windows=False, home="/home/me", folder="/home/me/code")

ON_WINDOWS = {
    r"D:\Works": r"D:\Works",
    r"d:\Works": r"D:\Works",
    "D:/Works/sub": r"D:\Works\sub",
    "D:\\Works\\": r"D:\Works",
    r"D:\My Works": r"D:\My Works",
    r"D:\Wörks\数据": r"D:\Wörks\数据",
    "D:\\": "D:\\",
    r"\\?\D:\Works": r"D:\Works",
    r"\\?\UNC\nas\share\x": r"\\nas\share\x",
    r"\\nas\share\x": r"\\nas\share\x",
    r"\\nas\share": "\\\\nas\\share\\",
    r"D:\Works...": r"D:\Works",
    r"D:\Works. \x": r"D:\Works\x",
    r"D:\a\..\b\.\c": r"D:\b\c",
    r"Works": r"C:\Users\me\code\Works",
    r"..\x": r"C:\Users\me\x",
    r"\Works": r"C:\Works",
    r"~\Works": r"C:\Users\me\Works",
    "~": r"C:\Users\me",
    "/d/Works": r"D:\Works",
    "//c/Users/me": r"C:\Users\me",
    "/d": "D:\\",
    "/cygdrive/d/Works": r"D:\Works",
    "/mnt/d/Works": r"D:\Works",
    r"D:\console": r"D:\console",
    r"D:\COM10": r"D:\COM10",
}
REFUSED_ON_WINDOWS = {
    "": "No folder",
    "  ": "No folder",
    "D:": "relative to wherever drive D:",
    "D:Works": "relative to wherever drive D:",
    r"\\nas": "without a share",
    r"\\.\PhysicalDrive0": "a device",
    r"\\?\Volume{0}\x": "a device",
    r"D:\con": "reserved",
    r"D:\x\NUL.txt": "reserved",
    r"D:\lpt1": "reserved",
    r"D:\com¹": "reserved",
    r"D:\a:b": "no name on Windows may have",
    r"D:\a*": "no name on Windows may have",
    'D:\\a"': "no name on Windows may have",
    "D:\\a\tb": "no name on Windows may have",
    r"D:\x\...\y": "no name of a folder",
    "D:\\" + "x" * 256: "256 characters",
    "D:\\" + "x\\" * 129: "Windows takes 259",
}


@pytest.mark.parametrize("text", ON_WINDOWS)
def test_on_windows(text: str) -> None:
    assert host_path(text, WINDOWS) == ON_WINDOWS[text]


@pytest.mark.parametrize("text", REFUSED_ON_WINDOWS)
def test_refused_on_windows(text: str) -> None:
    with pytest.raises(UsageError, match=REFUSED_ON_WINDOWS[text]) as refusal:
        host_path(text, WINDOWS)
    assert refusal.value.hint


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/srv/works", "/srv/works"),
        ("/srv/works/", "/srv/works"),
        ("//srv//works", "/srv/works"),
        ("works", "/home/me/code/works"),
        ("../x", "/home/me/x"),
        ("~/x", "/home/me/x"),
        ("~", "/home/me"),
        ("~other", "/home/me/code/~other"),
        ("/srv/wörks und mehr", "/srv/wörks und mehr"),
    ],
)
def test_on_posix(text: str, path: str) -> None:
    assert host_path(text, POSIX) == path


@pytest.mark.parametrize(
    ("text", "reason"), [(r"D:\Works", "not Windows"), (r"\\nas\x", "not Windows"), ("/a\nb", "control character")]
)
def test_refused_on_posix(text: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        host_path(text, POSIX)


@given(st.text(max_size=60))
def test_whatever_is_accepted_is_absolute_and_stays_as_it_is(text: str) -> None:
    for here in (WINDOWS, POSIX):
        try:
            path = host_path(text, here)
        except UsageError:
            continue
        assert path[:1] == "/" or path[1:3] == ":\\" or path[:2] == "\\\\"
        assert host_path(path, here) == path


@pytest.mark.parametrize("windows", [True, False])
def test_a_name_that_is_no_text_is_refused(windows: bool) -> None:
    here = Workstation(windows=windows, home="", folder="C:\\" if windows else "/")
    with pytest.raises(UsageError, match="no text in UTF-8"):
        host_path("works-\udcff", here)
