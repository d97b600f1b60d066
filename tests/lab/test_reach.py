"""Scripts reach real hosts as whoever logs in, as root, whole, and without giving a password away."""

from __future__ import annotations

import os
import shlex
from contextlib import closing

import pytest

from lab import Host
from provisioning.errors import AccessDenied, ChangeFailed, Unreachable
from provisioning.hosts import parse_host
from provisioning.runners import connect
from provisioning.runners.model import Elevation
from tests.lab.conftest import RaiseHost
from tests.lab.reaching import PASSWORD, WHO, access, on, said, within


@pytest.fixture(scope="module")
def host(lab_host: RaiseHost) -> Host:
    return lab_host(name="reach")


@pytest.mark.parametrize(
    ("user", "password"),
    [("root", None), ("root", PASSWORD), ("admin", None), ("admin", PASSWORD), ("operator", PASSWORD)],
)
@pytest.mark.parametrize("elevation", [Elevation.ROOT, Elevation.ROOT_IF_POSSIBLE])
def test_root_hears_who_logged_in(host: Host, user: str, password: str | None, elevation: Elevation) -> None:
    """Red when `enter` calls `id` after sudo."""
    login, runs_as = said(f"{user}@{host.name}", WHO, elevation, access(password)).decode().split("|")
    assert runs_as == "root"
    assert f"({user})" in login.split()[0]


@pytest.mark.parametrize("user", ["root", "admin", "operator", "guest"])
def test_the_login_user_as_that_person_has_it(host: Host, user: str) -> None:
    """Red when `enter` uses sudo for LOGIN_USER, or sends the password there."""
    script = WHO + "; cat"
    assert said(f"{user}@{host.name}", script, Elevation.LOGIN_USER, access(PASSWORD)).decode() == f"|{user}"


def test_a_missing_password_is_asked_for(host: Host) -> None:
    """Red when `_SUDO` loses `password is required`, or `enter` lets sudo wait for a terminal."""
    with pytest.raises(AccessDenied) as refusal:
        said(f"operator@{host.name}", "true", Elevation.ROOT, access())
    assert "sudo asks for a password" in refusal.value.message
    assert "--ask-sudo-pass" in refusal.value.hint


def test_a_wrong_password_runs_nothing_and_eats_no_line(host: Host) -> None:
    """Red without the blank lines: sudo then tries lines of the script, here the right password, and runs the rest."""
    script = f"{PASSWORD}\n" * 5 + "touch /tmp/ran-with-a-wrong-password\n"
    with pytest.raises(AccessDenied, match="sudo refused the password"):
        said(f"operator@{host.name}", script, Elevation.ROOT, access("wrong"))
    assert b"ran-with" not in on(host, "ls /tmp")


def test_with_a_wrong_password_looking_around_goes_on_as_oneself(host: Host) -> None:
    """Red when `_elevate` treats ROOT_IF_POSSIBLE as ROOT."""
    whole = said(f"operator@{host.name}", WHO, Elevation.ROOT_IF_POSSIBLE, access("wrong"))
    assert whole == b"|operator"


@pytest.mark.parametrize("password", [None, PASSWORD])
def test_who_may_not_use_sudo(host: Host, password: str | None) -> None:
    """Red when ROOT falls back to the login user, or ROOT_IF_POSSIBLE does not."""
    with pytest.raises(AccessDenied):
        said(f"guest@{host.name}", "true", Elevation.ROOT, access(password))
    assert said(f"guest@{host.name}", WHO, Elevation.ROOT_IF_POSSIBLE, access(password)) == b"|guest"


def test_no_sudo_at_all(host: Host) -> None:
    """Red when `_SUDO` does not know the shell's own `not found`."""
    on(host, "mv /usr/bin/sudo /usr/bin/sudo.away")
    try:
        with pytest.raises(AccessDenied, match="sudo is not installed"):
            said(f"admin@{host.name}", "true", Elevation.ROOT, access(PASSWORD))
        assert said(f"admin@{host.name}", WHO, Elevation.ROOT_IF_POSSIBLE, access(PASSWORD)) == b"|admin"
    finally:
        on(host, "mv /usr/bin/sudo.away /usr/bin/sudo")


@pytest.mark.parametrize("user", ["admin", "operator"])
@pytest.mark.parametrize("elevation", [Elevation.ROOT, Elevation.ROOT_IF_POSSIBLE])
@pytest.mark.parametrize("password", [None, PASSWORD])
def test_a_sudo_that_logs_its_input_leaves_the_script_alone(
    host: Host, user: str, elevation: Elevation, password: str | None
) -> None:
    """Red without `</dev/null` after a question to sudo."""
    on(host, "echo 'Defaults log_input, log_output' >/etc/sudoers.d/log")
    try:
        runs_as = said(f"{user}@{host.name}", "id -un; cat", elevation, access(password))
    except AccessDenied:
        runs_as = b"nobody\n"
    finally:
        on(host, "rm /etc/sudoers.d/log")
    alone = b"operator\n" if elevation is Elevation.ROOT_IF_POSSIBLE else b"nobody\n"
    assert runs_as == (alone if (user, password) == ("operator", None) else b"root\n")


@pytest.fixture(scope="module")
def trap(host: Host) -> str:
    """Put a program on the host that is named like the password; return the file that it writes when it is run."""
    program = f"/usr/local/bin/{PASSWORD}"
    on(host, f"printf '#!/bin/sh\\ntouch /tmp/trapped; chmod 666 /tmp/trapped\\n' >{program}; chmod +x {program}")
    return "/tmp/trapped"


@pytest.mark.parametrize("user", ["root", "admin", "operator", "guest"])
@pytest.mark.parametrize("elevation", [Elevation.ROOT_IF_POSSIBLE, Elevation.ROOT, Elevation.LOGIN_USER])
def test_the_password_is_seen_nowhere_and_run_nowhere(host: Host, trap: str, user: str, elevation: Elevation) -> None:
    """Red when `_elevate` puts the password into argv or an exported variable, or leaves it to `sh -s`."""
    everywhere = "ps -ef; cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' ' '; set; cat"
    if (user, elevation) == ("guest", Elevation.ROOT):
        with pytest.raises(AccessDenied):
            said(f"{user}@{host.name}", everywhere, elevation, access(PASSWORD))
    else:
        seen = said(f"{user}@{host.name}", everywhere, elevation, access(PASSWORD))
        assert b"sh -s" in seen
        assert PASSWORD.encode() not in seen
    assert on(host, f"test ! -e {trap} && echo untouched") == b"untouched\n"


def test_banner_and_noisy_startup_files_do_not_matter(host: Host) -> None:
    """Red when `LastLines` wants READY on a line of its own, or keeps what came before it."""
    on(host, "echo Authorized use only >/etc/banner; echo 'Banner /etc/banner' >>/etc/ssh/sshd_config")
    on(host, "systemctl restart ssh; printf 'echo noise; echo line >&2; printf noise >&2\\n' >/home/operator/.bashrc")
    way = access(PASSWORD)
    # Debian's bash reads .bashrc under sshd, so what it prints comes first: frames of the script tell them apart.
    assert said(f"operator@{host.name}", "echo answer", Elevation.ROOT, way) == b"noise\nanswer\n"
    with pytest.raises(ChangeFailed) as died:
        said(f"operator@{host.name}", "echo reason >&2; exit 3", Elevation.ROOT, way)
    assert died.value.message == f"operator@{host.name}: the script ended with exit code 3.\nreason"


def test_much_goes_both_ways_at_once_unspoiled(host: Host) -> None:
    """Red when `run` sends all before it reads, or does not drain standard error: then nothing moves."""
    data = os.urandom(5_000_000)
    on(host, "cat >/root/data", stdin=data)
    # More than SSH's window of 2 MiB on each of the three streams.
    script = "cat /root/data; head -c 3000000 /root/data >&2\n" + "# a line that fills the window\n" * 100_000
    with within(15):
        assert said(f"admin@{host.name}", script, Elevation.ROOT, access()) == data


def test_output_comes_as_it_is_written(host: Host) -> None:
    """Red when `run` collects its output before it yields."""
    on(host, "mkfifo /root/go")
    with within(10), closing(connect(parse_host(f"root@{host.name}"), access())) as runner:
        chunks = runner.run("echo one; read -r _ </root/go; echo two", Elevation.ROOT)
        assert next(chunks) == b"one\n"
        on(host, "echo >/root/go")
        assert b"".join(chunks) == b"two\n"


def test_one_connection_serves_many_runs_and_a_new_login_its_own(host: Host) -> None:
    """Red when `_log_in` dials for every run, or keeps the old connection for a new login."""
    with closing(connect(parse_host(f"admin@{host.name}"), access())) as runner:

        def ask(*, new_login: bool = False) -> bytes:  # of the login user: sudo drops the variable
            return b"".join(runner.run('echo "$SSH_CONNECTION"; id -nG', Elevation.LOGIN_USER, new_login=new_login))

        first = ask()
        on(host, "usermod -aG games admin")
        again, anew = ask(), ask(new_login=True)
        assert again == first
        assert b"games" not in again
        assert anew.splitlines()[-2] != first.splitlines()[-2]
        assert b"games" in anew


def test_a_connection_that_breaks_is_told_and_made_again(host: Host) -> None:
    """Red when exit code -1 is taken for a killed shell, or a dead connection is used again."""
    with closing(connect(parse_host(f"root@{host.name}"), access())) as runner:
        with pytest.raises(Unreachable, match="the connection broke while the script ran"):
            list(runner.run("kill -9 $PPID; sleep 5", Elevation.LOGIN_USER))
        assert list(runner.run("echo back", Elevation.LOGIN_USER)) == [b"back\n"]


def test_a_shell_that_is_killed_is_no_broken_connection(host: Host) -> None:
    """Red when `_is_gone` does not ask the transport."""
    with pytest.raises(ChangeFailed, match="killed by a signal"):
        said(f"root@{host.name}", "kill -9 $$", Elevation.ROOT, access())


def test_a_login_without_a_shell_is_answered_in_the_hosts_words(host: Host) -> None:
    """Red when `judge` believes an exit code although no shell said that it runs. Cloud images do this to root."""
    words = 'Please login as the user "admin" rather than the user "guest".'
    on(host, f"printf '#!/bin/sh\\necho %s\\nexit 142\\n' {shlex.quote(shlex.quote(words))} >/usr/local/bin/refuse")
    on(host, "chmod +x /usr/local/bin/refuse; sed -i '1s,^,command=\"refuse\" ,' ~guest/.ssh/authorized_keys")
    with pytest.raises(AccessDenied) as refusal:
        said(f"guest@{host.name}", "true", Elevation.LOGIN_USER, access())
    assert words in refusal.value.message
    assert "USER@HOST" in refusal.value.hint
