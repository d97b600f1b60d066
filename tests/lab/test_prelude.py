"""The verbs of prelude.sh, and the gathering of facts, under dash and busybox, on a real host."""

from __future__ import annotations

import json
import re
import shlex
from base64 import b64decode, b64encode
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lab import Host
from provisioning.command import command, write_file
from provisioning.engine import gather
from provisioning.hosts import parse_host
from provisioning.journal import Run
from provisioning.plan import Change, Plan
from provisioning.probe import Probe, UnknownFact
from provisioning.runners import connect
from provisioning.script import PRELUDE, compile_plan
from tests.lab.conftest import RaiseHost
from tests.lab.driving import look
from tests.lab.reaching import access, on

Shell = Callable[[str], list[str]]
START = "GD_STATE=$(mktemp -d) GD_RUN=run GD_NONCE=N; cd $(mktemp -d) || exit; umask 022\n"


@pytest.fixture(scope="module")
def host(lab_host: RaiseHost) -> Host:
    host = lab_host(name="prelude")
    look(host, "apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install busybox >/dev/null 2>&1")
    return host


@pytest.fixture(params=["dash", "busybox sh"])
def shell(host: Host, request: pytest.FixtureRequest) -> Shell:
    """Run lines after the prelude, in an empty directory and with an empty state; gives the lines that they say."""

    def run(script: str) -> list[str]:
        text = f"{PRELUDE.read_text()}\n{START}{script}\n"
        return look(host, f"{request.param} -s", stdin=text).splitlines()

    return run


NAMES = ("plain", "two  words", "grüße", "it's", '"quoted"', "-dash", "$HOME", "a\nb", "*", "\\", "dir/ectory/x")


@pytest.mark.parametrize("content", ["", "no newline", 'it\'s\n\n"quoted" `id` $HOME \\n %s\n', "grüße\r\n\t\x01\n"])
def test_a_file_is_written_as_it_shall_be(shell: Shell, content: str) -> None:
    """Red when a variable of `gd_put` loses its quotes."""
    put = "printf %s {} | gd_put {} 0640 absent && stat -c %a {} && base64 -w 0 {} && echo"
    files = [f'"$PWD"/{shlex.quote(name)}' for name in NAMES]
    said = shell("\n".join(put.format(shlex.quote(content), file, file, file) for file in files))
    assert said == ["640", b64encode(content.encode()).decode()] * len(NAMES)


def test_mode_and_owner_of_a_file_stay(shell: Shell) -> None:
    """Red when `gd_fit` takes the new mode for an old file."""
    said = shell(
        "echo old >f; chmod 604 f; chown 12:34 f\n"
        "echo new | gd_put $PWD/f 0640 $(gd_seen f); stat -c '%a %u:%g' f; cat f"
    )
    assert said == ["604 12:34", "new"]


def test_a_link_stays_and_its_target_is_replaced(shell: Shell) -> None:
    """Red without `readlink` in `gd_put`."""
    said = shell(
        "mkdir d; echo old >d/f; ln -s d/f l; echo new | gd_put $PWD/l 0640 $(gd_seen l); readlink l; cat d/f;"
        " gd_restore $PWD/l; readlink l; cat d/f"
    )
    assert said == ["d/f", "new", "d/f", "old"]


@pytest.mark.parametrize(
    ("there", "seen"),
    [("echo other >f", "absent"), ("echo other >f", "$(echo old | sha256sum | cut -d' ' -f1)"), (":", "0123")],
)
def test_what_is_not_as_it_was_seen_is_left_alone(shell: Shell, there: str, seen: str) -> None:
    """Red without `gd_unchanged`."""
    put = f"echo new | gd_put $PWD/f 0640 {seen}; echo $?"
    said = shell(f"{there}; cp f was 2>/dev/null; {put}; cmp f was; ls -A; ls -A $GD_STATE")
    assert said[0].endswith("f was changed by somebody else after the plan was made: it is left alone")
    assert said[1] == "1"
    assert set(said[2:]) <= {"f", "was", "cmp: f: No such file or directory"}


def test_undoing_brings_back_what_was(shell: Shell) -> None:
    """Red when the second write of a run takes the first one's work for what was there before."""
    said = shell(
        "echo old >f; chmod 604 f; chown 12:34 f\n"
        "for new in one two; do for f in f g; do echo $new | gd_put $PWD/$f 0640 $(gd_seen $f); done; done\n"
        "gd_restore $PWD/f; gd_restore $PWD/g; echo $?\n"
        "stat -c '%a %u:%g' f; cat f; ls -A; stat -c %a $GD_STATE/backups"
    )
    assert said == ["0", "604 12:34", "old", "f", "700"]


def test_undoing_leaves_alone_what_this_run_did_not_write(shell: Shell) -> None:
    """Red when `gd_restore` takes no backup for a file that was absent."""
    said = shell("echo new | gd_put $PWD/f 0644 absent; GD_RUN=another; gd_restore $PWD/f; echo $?; cat f")
    assert said == ["0", "new"]


def test_what_cannot_be_replaced_is_left_without_a_trace(shell: Shell) -> None:
    """Red when `gd_restore` writes what is there already, or leaves its temporary file."""
    said = shell(
        "mkdir d; echo old >d/f; mount --bind d/f d/f; exec 2>/dev/null\n"
        "echo new | gd_put $PWD/d/f 0640 $(gd_seen d/f); echo $?\n"
        "gd_restore $PWD/d/f; echo $?; echo other >d/f; gd_restore $PWD/d/f; echo $?; ls -A d; umount d/f"
    )
    assert said == ["1", "0", "1", "f"]


def test_what_was_kept_and_is_gone_is_said(shell: Shell) -> None:
    """Red when `gd_put_back` takes a copy that is gone for a file that its run did not write."""
    said = shell(
        "echo old >f; was=$(gd_seen f); for f in f g; do echo new | gd_put $PWD/$f 0640 $(gd_seen $f); done\n"
        "rm -r $GD_STATE/backups; GD_RUN=back; after=$(gd_seen f)\n"
        "gd_put_back $PWD/f run $was $after; echo $?; gd_put_back $PWD/g run absent $after; echo $?; cat f; ls"
    )
    assert re.fullmatch(r"W: the copy of \S+/f that run run kept is gone: it is left as it is", said[0])
    assert said[1:] == ["0", "0", "new", "f"]


def test_a_second_run_of_the_same_name_gets_another(shell: Shell) -> None:
    """Red when `gd_open` does not look for backups that are there."""
    said = shell(
        """for again in 1 2 3; do GD_RUN=run; gd_open '{"by": "me"}'; echo x | gd_put $PWD/f 0644 $(gd_seen f); done
        ls $GD_STATE/backups; cat $GD_STATE/journal.jsonl; stat -c %a $GD_STATE/journal.jsonl"""
    )
    assert said[:3] == ["run", "run.2", "run.3"]
    assert [json.loads(line)["run"] for line in said[3:6]] == ["run", "run.2", "run.3"]
    assert said[6] == "600"


def test_a_change_that_fails_is_undone_and_says_how(shell: Shell) -> None:
    """Red when `gd_change` skips the undoing."""
    verbs = "gd_do_1() { echo working; return 7; }\ngd_undo_1() { echo undoing; return 3; }\n"
    said = shell(f"{verbs}gd_change 1 2 'Do  it'; echo $?")
    assert [line for line in said if line][:2] == ["@@N begin 1 2 Do  it", "working"]
    assert said[-4:] == ["undoing", "", "@@N undone 1 3", "1"]
    assert any(line.startswith("@@N end 1 7 ") for line in said)


def test_a_change_cannot_eat_the_script(shell: Shell) -> None:
    """Red without `</dev/null`: `cat` would take the rest of the script, which no shell reads all at once."""
    rest = "# a line of the script\n" * 4000
    said = shell(f"gd_do_1() {{ cat; }}\ngd_change 1 1 x >/dev/null; echo $?\n{rest}echo 'still here'")
    assert said == ["0", "still here"]


def test_waiting_ends(shell: Shell) -> None:
    """Red when `gd_wait` hides the last words."""
    said = shell(
        "printf '#!/bin/sh\\necho x >>tries; [ $(wc -l <tries) -ge 3 ]' >try; chmod 755 try\n"
        "gd_wait 30 ./try; echo $?; wc -l <tries\n"
        "from=$(date +%s); gd_wait 1 sh -c 'echo no; false'; echo $?; echo $(($(date +%s) - from))"
    )
    assert said[:4] == ["0", "3", "no", "1"]
    assert int(said[4]) <= 3


any_bytes = st.binary(max_size=200).filter(lambda content: b"\0" not in content)
shells_own = st.text("'\"\\$`%!*~#&|;<>(){}[] \t\r\n\x01é", max_size=50).map(str.encode)
files = st.lists(any_bytes | shells_own, min_size=1, max_size=8)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contents=files)
def test_any_content_reaches_the_host_as_it_is(host: Host, contents: list[bytes]) -> None:
    """Red when `render` quotes by hand."""
    look(host, "rm -rf /root/written")
    texts = [content.decode("utf-8", "surrogateescape") for content in contents]
    changes = (
        Change("Write it's", tuple(write_file(f"/root/written/{at}", text, "absent") for at, text in enumerate(texts))),
        Change("Say", tuple(command("printf", "%s", text) for text in texts)),
    )
    script = compile_plan(Plan(changes), Run(f"run-{len(contents)}", 0, "somebody's"), "5eed")
    said = on(host, "sh -s", script.encode("utf-8", "surrogateescape"))
    assert said.endswith(b"@@5eed done\n")
    assert b"".join(contents) in said
    sums = on(host, "cd /root/written && for file in $(ls | sort -n); do base64 -w 0 $file; echo; done").decode()
    assert [b64decode(line) for line in sums.split("\n")[:-1]] == contents


def test_a_probe_that_hangs_does_not_hold_up_the_others(host: Host) -> None:
    """Red when `bundle` starts its probes without a deadline."""
    hangs = Probe("hangs", "trap '' TERM; echo begun; sleep 37", str, seconds=1)
    quick = Probe("quick", "printf 'no newline'; echo oops >&2", str)
    fails = Probe("fails", "echo 'why not' >&2; exit 4", str)
    large = Probe("large", "head -c 3000000 /dev/zero | tr '\\0' x", len)
    binary = Probe("binary", "printf '@@\\377\\001\\n\\n'", lambda text: text.encode("utf-8", "surrogateescape"))
    probes: list[Probe[Any]] = [hangs, quick, fails, large, binary]
    with closing(connect(parse_host(host.name), access())) as runner:
        facts = gather(runner, probes)
    assert (facts[quick], facts[large], facts[binary]) == ("no newline", 3000000, b"@@\xff\x01\n\n")
    for probe, words in ((hangs, "no answer within 1 s"), (fails, "exit code 4: why not")):
        with pytest.raises(UnknownFact, match=words):
            facts[probe]
    assert look(host, "pgrep -x -f 'sleep 37' || true") == ""
    assert look(host, "ls -d /dev/shm/gpudock* /run/gpudock.* /tmp/gpudock* 2>/dev/null || true") == ""
