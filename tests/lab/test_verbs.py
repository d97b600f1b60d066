"""The verbs for apt, the engine and following a run, on a real host, with stand-ins for the programs around them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lab import Host
from provisioning.script import CARRIER, VERBS
from tests.lab.conftest import RaiseHost
from tests.lab.driving import look

Shell = Callable[[str], list[str]]
START = "GD_STATE=$(mktemp -d) GD_RUN=run GD_NONCE=N; cd $(mktemp -d) || exit; umask 022\n"


@pytest.fixture(scope="module")
def host(lab_host: RaiseHost) -> Host:
    host = lab_host(name="verbs")
    look(host, "apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install busybox >/dev/null 2>&1")
    return host


@pytest.fixture(params=["dash", "busybox sh"])
def shell(host: Host, request: pytest.FixtureRequest) -> Shell:
    """Run lines after all verbs, in an empty directory and with an empty state; gives the lines that they say."""
    verbs = "\n".join(file.read_text() for file in (*VERBS, CARRIER))

    def run(script: str) -> list[str]:
        return look(host, f"{request.param} -s", stdin=f"{verbs}\n{START}{script}\n").splitlines()

    return run


# What dpkg 1.19 (Ubuntu 20.04), dpkg 1.21, and apt 2.0 and 1.8 say of a lock that somebody holds.
OLD_DPKG = "dpkg: error: dpkg frontend lock is locked by another process"
NEW_DPKG = "dpkg: error: dpkg frontend lock was locked by another process with pid $$"
NEW_APT = "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process $$ (sh)"
OLD_APT = "E: Could not get lock /var/lib/apt/lists/lock - open (11: Resource temporarily unavailable)"
GONE = "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 99999999 (apt)"


@pytest.mark.parametrize(
    ("complaint", "told"),
    [
        (OLD_DPKG, "another process, which holds dpkg frontend lock"),
        (NEW_DPKG, ", which holds dpkg frontend lock"),
        (NEW_APT, ", which holds /var/lib/dpkg/lock-frontend"),
        (OLD_APT, "another process, which holds /var/lib/apt/lists/lock"),
        (GONE, "a process that has ended (pid 99999999), which holds /var/lib/dpkg/lock-frontend"),
    ],
)
def test_who_holds_a_lock_is_said_as_far_as_it_is_known(shell: Shell, complaint: str, told: str) -> None:
    """Red when `gd_patiently` does not know these words, or `gd_tell_holder` asks `ps` for nobody."""
    said = shell(
        f'fails() {{ echo "{complaint}" >&2; return 2; }}\nenv() {{ fails; }}\nGD_APT_TIMEOUT=0\ngd_patiently x || true'
    )
    [wait] = [line for line in said if line.startswith("@@N waiting ")]
    assert wait.endswith(told)
    if "$$" in complaint:
        assert ", running for " in wait


GOT = 'level=info msg="Got signal to reload configuration"'
DONE = 'level=info msg="Reloaded configuration: {}"'
ERROR = 'level=error msg="Handler for POST /images/create returned error"'


@pytest.mark.parametrize(
    ("log", "code"),
    [
        (f"{ERROR}\n{GOT}\n{DONE}\n", 0),
        (f"{GOT}\n{ERROR}\n{DONE}\n", 0),
        (f"{GOT}\n{ERROR}\n", 1),
        (f"{ERROR}\n", 1),
        ("", 0),
    ],
    ids=["other-error-before", "other-error-meanwhile", "refused", "refused-and-nothing-else-told", "not-told"],
)
def test_a_reload_is_judged_by_its_own_words(shell: Shell, log: str, code: int) -> None:
    """Red when `gd_reloaded` takes any error for its own."""
    stubs = f"gd_words_of() {{ cat log; }}\nsleep() {{ :; }}\ncat >log <<'LOG'\n{log}LOG\n"
    assert shell(f"{stubs}gd_reloaded; echo $?") == [str(code)]


def test_a_run_that_ends_while_it_is_looked_for_is_followed_all_the_same(shell: Shell) -> None:
    """Red when `gd_follow` asks whether the log is there, and then for the log."""
    said = shell(
        "GD_SPOOL=$PWD; echo all of it >run.log; /bin/sleep 0.1 & pid=$!\n"
        "systemctl() { echo $pid; }\n"
        'tail() { mv run.log elsewhere; command tail "$@"; }\n'
        "gd_follow run"
    )
    assert said == ["all of it"]


@pytest.mark.parametrize(("stopped", "started"), [("2000000", ["start it.service"]), ("500000", []), ("0", [])])
def test_what_this_run_stopped_is_started_again(shell: Shell, stopped: str, started: list[str]) -> None:
    """Red when systemd's clock is compared with that of /proc/uptime: they part when a machine sleeps."""
    stub = (
        "systemctl() { case $* in *ExecMainStart*gpudock-apply.service) echo 1000000;;"
        f' *InactiveEnter*) echo {stopped};; *is-active*) return 3;; *) echo "$@";; esac; }}\n'
    )
    assert shell(f"{stub}gd_start_again it.service") == started


JUDGES = """#!/bin/sh
case $* in *--help*) echo --validate;; *) echo "$@"; stat -c %a "${2#*=}";; esac
"""


def test_a_draft_with_secrets_is_on_no_disk(shell: Shell) -> None:
    """Red when `gd_check_daemon_json` writes it under /tmp."""
    said = shell(
        f"cat >dockerd <<'PROGRAM'\n{JUDGES}PROGRAM\nchmod +x dockerd; PATH=$PWD:$PATH\n"
        "echo '{}' | gd_check_daemon_json; echo $?; ls -d /run/gpudock.* 2>/dev/null || true"
    )
    assert said[0].startswith("--validate --config-file=/run/gpudock.")
    assert said[1:] == ["600", "0"]


@pytest.mark.parametrize(
    ("made", "left"),
    [
        ("d/overlay2/x d/volumes d/100000.100000/image d/lost+found", []),
        ("d/overlay2/x d/photos", ["overlay2", "photos"]),
        ("d/overlay2/x d/.hidden", [".hidden", "overlay2"]),
        ("d", []),
    ],
)
def test_a_root_that_was_moved_is_emptied_only_of_what_is_dockers(shell: Shell, made: str, left: list[str]) -> None:
    """Red when `gd_empty_root` does not look what is there."""
    said = shell(f"mkdir -p {made}; gd_empty_root $PWD/d | grep -c 'is left as it is'; ls -A d")
    assert said == [str(int(bool(left))), *left]
