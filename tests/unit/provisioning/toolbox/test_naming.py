"""Names of shares and their places in the VM."""

from __future__ import annotations

import pytest

from provisioning.errors import UsageError
from provisioning.toolbox import finding
from provisioning.toolbox.choose import checked_mode
from provisioning.toolbox.shares import Wish, checked_mount_point, checked_name, natural_mount_point, natural_name
from provisioning.toolbox.workstation import Workstation

WINDOWS = Workstation(windows=True, home="", folder="")
POSIX = Workstation(windows=False, home="", folder="")


@pytest.mark.parametrize(
    ("path", "here", "name", "point"),
    [
        (r"D:\Works", WINDOWS, "d/Works", "/d/Works"),
        ("D:\\", WINDOWS, "d", "/d"),
        (r"D:\My  Works\x", WINDOWS, "d/My_Works/x", "/d/My  Works/x"),
        (r"D:\Wörks", WINDOWS, "d/Wörks", "/d/Wörks"),
        (r"\\nas\share\x", WINDOWS, "nas/share/x", "/nas/share/x"),
        ("/srv/my works", POSIX, "srv/my_works", "/srv/my works"),
        ("/srv/it's $5", POSIX, "srv/it_s__5", "/srv/it's $5"),
    ],
)
def test_natural_names(path: str, here: Workstation, name: str, point: str) -> None:
    assert natural_name(path, here) == name
    assert natural_mount_point(path, here) == point


@pytest.mark.parametrize("name", ["d/Works", "works", "wörks", "a" * 255, "a.b", "..a", "a-b"])
def test_names_that_all_read_alike(name: str) -> None:
    assert checked_name(name) == name


REFUSED = [
    "",
    "a b",
    "a\tb",
    "/a",
    "a/",
    "a//b",
    "-x",
    ".",
    "a/../b",
    "a$(id)",
    "a'b",
    "d:",
    "a\\b",
    "ö" * 128,
    "a\udcff",
]


@pytest.mark.parametrize("name", REFUSED)
def test_names_that_are_refused(name: str) -> None:
    with pytest.raises(UsageError):
        checked_name(name)


@pytest.mark.parametrize("path", ["/etc", "/etc/x", "/", "/usr", "/var", "/var/lib/docker", "/home", "//dev/", "works",
                                  "/a:b", "/a\nb", "", "/../etc", "/a\udcff"])  # fmt: skip
def test_folders_of_the_vm_that_it_needs(path: str) -> None:
    with pytest.raises(UsageError):
        checked_mount_point(path)


@pytest.mark.parametrize(
    ("path", "plain"), [("/works/", "/works"), ("/home/docker/x", "/home/docker/x"), ("/a b", "/a b")]
)
def test_folders_of_the_vm(path: str, plain: str) -> None:
    assert checked_mount_point(path) == plain


def test_what_git_bash_makes_of_a_folder_is_told() -> None:
    with pytest.raises(UsageError) as refusal:
        checked_mount_point("C:/Program Files/Git/works")
    assert "--mount //works" in refusal.value.hint
    assert checked_mount_point("//works") == "/works"


@pytest.mark.parametrize(
    ("wish", "by_itself"),
    [
        (Wish("d/Works", "", "/d/Works"), True),
        (Wish("d/Works", "", "/works"), False),
        (Wish("d/Works", "", "/d/Works", uid=0), False),
        (Wish("d/Works", "", "/d/Works", fmode="0644"), False),
    ],
)
def test_what_boot2docker_mounts_by_itself(wish: Wish, by_itself: bool) -> None:
    assert wish.by_automount is by_itself


def test_mount_options() -> None:
    wish = Wish("x", "", "/x", writable=False, uid=0, gid=0, dmode="0755", fmode="0644")
    assert wish.mount_options == "uid=0,gid=0,dmode=0755,fmode=0644,iocharset=utf8,ro"


def test_modes() -> None:
    assert checked_mode("--dmode", "") == ""
    assert checked_mode("--dmode", "755") == "755"
    with pytest.raises(UsageError, match="--dmode takes an octal mode"):
        checked_mode("--dmode", "rwx")


def test_where_vboxmanage_may_stand_on_windows() -> None:
    here = Workstation(
        windows=True,
        home="",
        folder="",
        environment={"VBOX_MSI_INSTALL_PATH": "E:\\VBox\\;F:\\x", "PROGRAMFILES": "C:\\Program Files"},
    )
    registry = "\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Oracle\\VirtualBox\n    InstallDir    REG_SZ    G:\\V B\\\n"
    assert finding.candidates(here, registry) == [
        "E:\\VBox\\VBoxManage.exe",
        "F:\\x\\VBoxManage.exe",
        "G:\\V B\\VBoxManage.exe",
        "C:\\Program Files\\Oracle\\VirtualBox\\VBoxManage.exe",
    ]
    assert "/usr/bin/VBoxManage" in finding.candidates(POSIX)
