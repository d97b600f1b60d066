"""Hosts that are not plain Debian: other login shells, and sudo-rs, which is Ubuntu's sudo since 25.10."""

from __future__ import annotations

import shlex
from contextlib import closing

import pytest

from lab import Host
from provisioning.containers.asking import ask
from provisioning.containers.shell_function import function
from provisioning.errors import AccessDenied
from provisioning.hosts import parse_host
from provisioning.runners import connect
from provisioning.runners.model import Elevation
from tests.lab.conftest import RaiseHost
from tests.lab.reaching import PASSWORD, WHO, access, on, said

SHELLS = ("bash", "dash", "fish", "zsh", "csh")
INSTALL = (
    "apt-get update -qq; export DEBIAN_FRONTEND=noninteractive;"
    " apt-get install -qq --no-install-recommends fish zsh csh sudo-rs"
)
ADD_USER = (
    "useradd --create-home --shell /usr/bin/$user $user-user;"
    f" echo $user-user:{PASSWORD} | chpasswd; echo $user-user 'ALL=(ALL) ALL' >>/etc/sudoers.d/shells;"
    " cp -r ~guest/.ssh /home/$user-user; chown -R $user-user: /home/$user-user/.ssh;"
)


@pytest.fixture(scope="module")
def host(lab_host: RaiseHost) -> Host:
    """Return a host with a user for each login shell, all in the group of those who may use sudo by password."""
    host = lab_host(name="shells")
    on(host, f"set -e; {INSTALL}; for user in {' '.join(SHELLS)}; do {ADD_USER} done")
    return host


@pytest.mark.parametrize("shell", SHELLS)
def test_every_login_shell_starts_the_same_script(host: Host, shell: str) -> None:
    """Red when `Entry.line` quotes for POSIX shells alone, or a program holds `!`, a quote or a line's end."""
    user, odd = f"{shell}-user", 'it\'s \\\\ "$HOME" !! `id` %s\n'
    script = f"{WHO}; cat <<'END'\n{odd}END\n"
    me = f"{user}@{host.name}"
    assert said(me, script, Elevation.LOGIN_USER, access()).decode() == f"|{user}{odd}"
    login, rest = said(me, script, Elevation.ROOT, access(PASSWORD)).decode().split("|")
    assert (f"({user})" in login, rest) == (True, f"root{odd}")
    assert said(me, WHO, Elevation.ROOT_IF_POSSIBLE, access()).decode() == f"|{user}"


@pytest.fixture(scope="module")
def rust_host(host: Host) -> Host:
    """Return the host with sudo-rs in sudo's place."""
    on(host, "ln -sf /usr/bin/sudo-rs /usr/local/bin/sudo")
    assert on(host, "sudo --version 2>&1", user="admin").startswith(b"sudo-rs")
    return host


@pytest.mark.parametrize("elevation", [Elevation.ROOT, Elevation.ROOT_IF_POSSIBLE])
@pytest.mark.parametrize(("user", "password"), [("admin", None), ("admin", PASSWORD), ("operator", PASSWORD)])
def test_sudo_rs_leads_to_root(rust_host: Host, user: str, password: str | None, elevation: Elevation) -> None:
    """Red when an option is used that sudo-rs does not know."""
    seen = said(f"{user}@{rust_host.name}", WHO + "; cat; set", elevation, access(password))
    assert b"|root" in seen.splitlines()[0]
    assert PASSWORD.encode() not in seen


def test_sudo_rs_refuses_in_words_of_its_own(rust_host: Host) -> None:
    """Red when `_SUDO` knows the words of one sudo alone."""
    me = f"operator@{rust_host.name}"
    with pytest.raises(AccessDenied, match="sudo asks for a password"):
        said(me, "true", Elevation.ROOT, access())
    with pytest.raises(AccessDenied, match="sudo refused the password"):
        said(me, "true", Elevation.ROOT, access("wrong"))
    assert said(me, WHO, Elevation.ROOT_IF_POSSIBLE, access("wrong")) == b"|operator"


@pytest.mark.parametrize("shell", SHELLS)
def test_every_login_shell_hands_on_a_programs_words(host: Host, shell: str) -> None:
    """Red when `program_line` quotes for POSIX shells alone."""
    words = ("it's", '"$HOME"', "`id`", "!!", "\\", "a  b", "*", "", "~", "ü", "\n", "-n")
    with closing(connect(parse_host(f"{shell}-user@{host.name}"), access())) as runner:
        assert ask(runner, ("printf", "%s|", *words)).output == "".join(f"{word}|" for word in words)
        assert ask(runner, ("sh", "-c", "exit 42")).code == 42


@pytest.mark.parametrize("shell", ["bash", "dash", "fish", "zsh"])
def test_the_alias_is_a_function_of_every_shell(host: Host, shell: str) -> None:
    """Red when a word is split, a name taken for an option of the shell's, or the image left in the person's shell."""
    on(host, "cat >/tmp/function", stdin=function(shell, "dockrun", ("printf", "%s|")).encode())
    variable = '"$image"' if shell == "fish" else "${image-}"
    script = f". /tmp/function; dockrun i 'a  b' \"it's\" -n '*'; echo; echo left:{variable}"
    out = on(host, shlex.join((shell, "-c", script))).decode()
    assert out == "i|--|a  b|it's|-n|*|\nleft:\n"
    assert (
        on(host, shlex.join((shell, "-c", f". /tmp/function; dockrun; echo {'$status' if shell == 'fish' else '$?'}")))
        .decode()
        .strip()
        == "64"
    )
