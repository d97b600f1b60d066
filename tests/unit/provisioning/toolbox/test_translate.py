"""Paths of this machine in the VM, and how shells want them written."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.errors import UsageError
from provisioning.toolbox.forms import FORMS, this_shell, written
from provisioning.toolbox.guest import Guest
from provisioning.toolbox.machine import Machine
from provisioning.toolbox.mounts import Mount
from provisioning.toolbox.shares import Share, Wish
from provisioning.toolbox.translate import in_vm
from provisioning.toolbox.workstation import Workstation

WINDOWS = Workstation(windows=True, home="", folder="")
POSIX = Workstation(windows=False, home="", folder="")
SHARES = (
    Share("c/Users", r"\\?\C:\Users", automount=True),
    Share("works", r"C:\Users\me\Works", automount=True),
    Share("d", "D:\\", automount=True),
    Share("nas", r"\\nas\share", automount=True),
    Share("hidden", r"E:\hidden"),
)
OFF = Machine("default", "poweroff", shares=SHARES)


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        (r"C:\Users\me\x", "/c/Users/me/x"),
        (r"c:\users\ME\x", "/c/Users/ME/x"),
        (r"C:\Users", "/c/Users"),
        (r"c:\USERS\me\WORKS\y", "/works/y"),
        (r"C:\Users\me\Works2", "/c/Users/me/Works2"),
        ("D:\\", "/d"),
        (r"D:\Works\a b", "/d/Works/a b"),
        (r"\\NAS\Share\x", "/nas/x"),
    ],
)
def test_the_longest_share_gives_its_own_case(path: str, inside: str) -> None:
    assert in_vm(path, OFF, WINDOWS) == inside


@pytest.mark.parametrize(
    ("path", "said", "hint"),
    [
        (r"F:\x", "in no share", r'toolbox.share "F:\x"'),
        (r"C:\Users2", "in no share", "toolbox.share"),
        ("F:\\", "in no share", 'toolbox.share "F:/"'),
        (r"E:\hidden\x", "mounted nowhere", r'toolbox.share "E:\hidden"'),
    ],
)
def test_refused_with_the_command_that_shares_it(path: str, said: str, hint: str) -> None:
    with pytest.raises(UsageError, match=said) as refusal:
        in_vm(path, OFF, WINDOWS)
    assert hint in refusal.value.hint


def test_while_it_runs_the_table_of_mounts_counts() -> None:
    guest = Guest((Mount("c/Users", "/elsewhere", "vboxsf"), Mount("works", "/works", "tmpfs")))
    running = Machine("default", "running", shares=SHARES, guest=guest)
    assert in_vm(r"C:\Users\me\Works\y", running, WINDOWS) == "/elsewhere/me/Works/y"


def test_a_wish_tells_where_it_will_be_mounted() -> None:
    wishes = {"hidden": Wish("hidden", r"E:\hidden", "/mnt/hidden")}
    assert (
        in_vm(r"E:\hidden\x", Machine("default", "poweroff", shares=SHARES, wishes=wishes), WINDOWS) == "/mnt/hidden/x"
    )


def test_on_posix_case_counts() -> None:
    machine = Machine("default", "poweroff", shares=(Share("srv/works", "/srv/works", automount=True),))
    assert in_vm("/srv/works/x", machine, POSIX) == "/srv/works/x"
    with pytest.raises(UsageError):
        in_vm("/srv/Works/x", machine, POSIX)


@pytest.mark.parametrize(
    ("form", "plain", "spaced"),
    [
        ("docker", "/c/x", "/c/a b"),
        ("compose", "/c/x", '"/c/a b"'),
        ("sh", "/c/x", "'/c/a b'"),
        ("gitbash", "//c/x", "'//c/a b'"),
        ("cmd", "/c/x", '"/c/a b"'),
        ("powershell", "/c/x", "'/c/a b'"),
    ],
)
def test_forms(form: str, plain: str, spaced: str) -> None:
    assert (written("/c/x", form), written("/c/a b", form)) == (plain, spaced)


def test_every_form_is_tested() -> None:
    assert set(FORMS) == {"docker", "compose", "sh", "gitbash", "cmd", "powershell"}


@pytest.mark.parametrize(
    ("form", "path", "text"),
    [
        ("compose", "/c/$x", "/c/$$x"),
        ("compose", "/c/x: y", '"/c/x: y"'),
        ("powershell", "/c/it's $x", "'/c/it''s $x'"),
        ("gitbash", "/c/it's", """'//c/it'"'"'s'"""),
    ],
)
def test_characters_that_a_shell_reads_in_its_own_way(form: str, path: str, text: str) -> None:
    assert written(path, form) == text


def test_what_cmd_cannot_be_given_is_refused() -> None:
    for path in ("/c/100%", "/c/a!b"):
        with pytest.raises(UsageError, match="cmd"):
            written(path, "cmd")


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30))
def test_a_posix_shell_reads_one_word(text: str) -> None:
    assert shlex.split(written(f"/{text}", "sh")) == [f"/{text}"]
    assert shlex.split(written(f"/{text}", "gitbash")) == [f"//{text}"]


@pytest.mark.parametrize(
    ("environment", "shell"),
    [
        ({"MSYSTEM": "MINGW64", "PROMPT": "$P$G"}, "gitbash"),
        ({"PROMPT": "$P$G", "PSMODULEPATH": r"C:\Program Files\WindowsPowerShell\Modules"}, "cmd"),
        ({"PSMODULEPATH": r"C:\Users\me\Documents\PowerShell\Modules;C:\x", "PROMPT": "$P$G"}, "powershell"),
        ({}, "powershell"),
    ],
)
def test_the_shell_of_windows(environment: dict[str, str], shell: str) -> None:
    assert this_shell(Workstation(windows=True, home="", folder="", environment=environment)) == shell


def test_the_shell_elsewhere() -> None:
    assert this_shell(POSIX) == "sh"
