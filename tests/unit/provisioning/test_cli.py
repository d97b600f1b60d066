"""A whole command line: from what a person types to what the task gets, what is shown, and the exit code."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from invoke.collection import Collection
from invoke.context import Context

from provisioning import cli
from provisioning.errors import Unreachable
from provisioning.tasks.framing import FramedTask, host_task, task
from provisioning.tasks.targets import Targets

ROOT = Path(__file__).parents[3]


class Recorder:
    """Tasks that remember how they were called. `ends` is what they do then."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.ends: int | BaseException | None = None

    def note(self, *call: Any) -> int | None:
        self.calls.append(call)
        if isinstance(self.ends, BaseException):
            raise self.ends
        return self.ends

    def collection(self) -> Collection:
        @host_task(help={"gpu": "auto|yes|no: what for", "mirror": "URL: repeatable"}, groups={"mirrors": ["mirror"]})
        def provision(
            context: Context,
            targets: Targets,
            gpu: str = "auto",
            mirror: tuple[str, ...] = (),
            restart: bool = True,
            yes: bool = False,
        ) -> int | None:
            """Do the job.

            In more words.
            """
            return self.note([host.text for host in targets.hosts], gpu, mirror, restart, yes)

        @task(name="list", help={"release": "NAME: 100 % of them"}, word="release")
        def list_(context: Context, release: str = "trixie", hosts: int = 1, retries: int = 0) -> int | None:
            """List disposable hosts."""
            return self.note(release, hosts, retries)

        @task()
        def ssh(context: Context, name: str, *argv: str, user: str = "root") -> int | None:
            """Log in."""
            return self.note(name, argv, user)

        root, lab = Collection(), Collection("lab")
        root.add_task(provision)
        root.add_collection(lab)
        lab.add_task(list_)
        lab.add_task(ssh)
        return root


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


class Ended:
    def __init__(self, code: Any, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


class Program:
    """The program as a person runs it, in this process."""

    def __init__(self, recorder: Recorder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.recorder, self.monkeypatch, self.capsys = recorder, monkeypatch, capsys

    def __call__(self, *words: str) -> Ended:
        self.monkeypatch.setattr(sys, "argv", ["tasks.py", *words])
        with pytest.raises(SystemExit) as end:
            cli.main(self.recorder.collection())
        out, err = self.capsys.readouterr()
        return Ended(end.value.code, out, err)


@pytest.fixture
def gpudock(recorder: Recorder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Program:
    monkeypatch.delenv("GPUDOCK_DEBUG", raising=False)
    return Program(recorder, monkeypatch, capsys)


NONE: tuple[str, ...] = ()


@pytest.mark.parametrize(
    ("line", "call"),
    [
        ("provision", ([], "auto", NONE, True, False)),
        ("provision h1", (["h1"], "auto", NONE, True, False)),
        ("provision a,b --yes", (["a", "b"], "auto", NONE, True, True)),
        ("provision --gpu no admin@h1 --yes", (["admin@h1"], "no", NONE, True, True)),
        ("provision --yes --gpu=no --host h1", (["h1"], "no", NONE, True, True)),
        ("provision provision", (["provision"], "auto", NONE, True, False)),
        ("provision lab", (["lab"], "auto", NONE, True, False)),
        ("provision [::1]:22", (["[::1]:22"], "auto", NONE, True, False)),
        ("provision --no-restart", ([], "auto", NONE, False, False)),
        ("provision --no-restart --restart", ([], "auto", NONE, True, False)),
        ("provision --gpu no --gpu yes", ([], "yes", NONE, True, False)),
        ("provision --mirror a --mirror=b=c h", (["h"], "auto", ("a", "b=c"), True, False)),
        ("provision --gpu=--yes", ([], "--yes", NONE, True, False)),
        ("provision --gpu= h", (["h"], "", NONE, True, False)),
        ("lab.list", ("trixie", 1, 0)),
        ("lab.list bookworm --hosts 3 --retries 0", ("bookworm", 3, 0)),
        ("lab.list --release sid", ("sid", 1, 0)),
        ("lab.ssh n", ("n", NONE, "root")),
        ("--debug lab.ssh --user admin n -- ls --help -- a", ("n", ("ls", "--help", "--", "a"), "admin")),
    ],
)
def test_words_reach_the_task(gpudock: Program, recorder: Recorder, line: str, call: tuple[Any, ...]) -> None:
    ended = gpudock(*line.split(" "))
    assert (ended.code, ended.err, recorder.calls) == (0, "", [call])


def test_what_follows_the_dashes_stays_word_for_word(gpudock: Program, recorder: Recorder) -> None:
    gpudock("lab.ssh", "n", "--", "sh", "-c", "echo 'a  b' $HOME", "")
    assert recorder.calls == [("n", ("sh", "-c", "echo 'a  b' $HOME", ""), "root")]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("prvision h", "no task 'prvision'.\nDid you mean provision?"),
        ("lab", "lab is a group of tasks.\nIts tasks: lab.list, lab.ssh."),
        ("--help nothing", "no task 'nothing'"),
        ("--list nothing", "no task 'nothing'"),
        ("--help provision h", "'h' is one word too many"),
        ("--yes provision", "gpudock has no option '--yes'"),
        ("--lst", "no option '--lst'.\nDid you mean --list?"),
        ("provision --gup no h", "provision has no option '--gup'.\nDid you mean --gpu?"),
        ("provision --gup=no h", "no option '--gup=no'.\nDid you mean --gpu?"),
        ("provision --ye", "no option '--ye'"),
        ("provision -y", "no option '-y'"),
        ("provision -", "no option '-'"),
        ("provision --gpu", "--gpu needs a value: --gpu auto|yes|no"),
        ("provision --gpu --yes", "--gpu needs a value"),
        ("provision --yes=1", "--yes takes no value"),
        ("provision --no-restart=1", "--no-restart takes no value"),
        ("provision a b", "'b' is one word too many.\nSeveral hosts go into one word, with commas"),
        ("provision a provision", "'provision' is one word too many.\nOne task for each command line"),
        ("provision a --host b", "HOST is given twice: 'b' and 'a'"),
        ("provision ", "HOST '' cannot be meant"),
        ("provision a -- b", "Nothing may follow `--` here, and 'b' does"),
        ("provision --connect-timeout 0", "--connect-timeout takes a whole number from 1 on, and was given '0'"),
        ("lab.list --hosts x", "--hosts takes a whole number from 1 on, and was given 'x'"),
        ("lab.list --hosts ٣", "--hosts takes a whole number from 1 on"),
        ("lab.list --retries -1", "--retries takes a whole number from 0 on, and was given '-1'"),
        ("lab.list --retries=-1", "--retries takes a whole number from 0 on"),
        ("lab.list a b", "'b' is one word too many"),
        ("lab.ssh", "lab.ssh needs NAME.\nUsage: gpudock lab.ssh NAME [options] [-- ARGV ...]"),
    ],
)
def test_a_bad_line_is_one_sentence_and_exit_64(gpudock: Program, recorder: Recorder, line: str, message: str) -> None:
    ended = gpudock(*line.split(" "))
    assert (ended.code, ended.out, recorder.calls) == (64, "", [])
    assert ended.err.startswith("error: ")
    assert message in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(("end", "code"), [(None, 0), (0, 0), (1, 1), (3, 3), (KeyboardInterrupt(), 130)])
def test_how_a_task_ends_is_the_exit_code(
    gpudock: Program, recorder: Recorder, end: int | BaseException | None, code: int
) -> None:
    recorder.ends = end
    assert gpudock("provision").code == code


def test_an_expected_failure_is_a_sentence_with_its_exit_code(gpudock: Program, recorder: Recorder) -> None:
    recorder.ends = Unreachable("h1: nobody answers on port 22.", "Is it switched on?")
    ended = gpudock("provision", "h1")
    assert (ended.code, ended.err) == (69, "error: h1: nobody answers on port 22.\nIs it switched on?\n")


@pytest.mark.parametrize("line", ["--debug provision h1", "provision --debug h1"])
def test_debug_shows_where_an_expected_failure_comes_from(gpudock: Program, recorder: Recorder, line: str) -> None:
    recorder.ends = Unreachable("gone")
    ended = gpudock(*line.split())
    assert ended.code == 69
    assert ended.err.startswith("Traceback")


@pytest.mark.parametrize("line", ["provision h1", "prvision"])
def test_debug_may_stand_in_the_environment(
    gpudock: Program, recorder: Recorder, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.setenv("GPUDOCK_DEBUG", "1")
    recorder.ends = Unreachable("gone")
    assert gpudock(*line.split()).err.startswith("Traceback")


def test_a_bug_keeps_its_traceback(gpudock: Program, recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder.ends = ZeroDivisionError("a bug")
    monkeypatch.setattr(sys, "argv", ["tasks.py", "provision"])
    with pytest.raises(ZeroDivisionError):
        cli.main(recorder.collection())


@pytest.mark.parametrize("line", ["provision --help", "--help provision", "help provision", "provision h -h --yes"])
def test_help_of_a_task(gpudock: Program, line: str) -> None:
    ended = gpudock(*line.split())
    assert ended.code == 0
    page = re.sub(r"\s+", " ", ended.out)
    assert page.startswith("usage: gpudock provision [HOST] [options] Do the job. In more words.")
    for part in (
        "--gpu auto|yes|no what for (default: auto)",
        "--no-restart",
        "mirrors: --mirror URL repeatable",
        "reaching the host: --identity FILE",
        "--connect-timeout SECONDS how long to wait for a host to answer (default: 10)",
    ):
        assert part in page
    assert "--host" not in page


def test_help_of_words_and_dashes(gpudock: Program) -> None:
    assert gpudock("lab.ssh", "--help").out.startswith("usage: gpudock lab.ssh NAME [options] [-- ARGV ...]\n")
    assert "NAME 100 % of them (default: trixie)" in re.sub(r"\s+", " ", gpudock("help", "lab.list").out)


@pytest.mark.parametrize("line", ["--list", "--help", "help", "-l", "-h"])
def test_list_shows_each_task_in_a_line(gpudock: Program, line: str) -> None:
    listed = "On hosts:\n  provision  Do the job\n\nLab:\n  lab.list   List disposable hosts\n  lab.ssh    Log in\n"
    assert gpudock(line).out.endswith(listed)


@pytest.mark.parametrize("line", ["--list lab", "--help lab", "help lab"])
def test_a_group_is_listed_alone(gpudock: Program, line: str) -> None:
    assert gpudock(*line.split()).out == "Lab:\n  lab.list  List disposable hosts\n  lab.ssh   Log in\n"


def test_plain_gpudock_says_what_to_run_first(gpudock: Program) -> None:
    ended = gpudock()
    assert ended.code == 0
    assert "./gpudock demo" in ended.out
    assert "./gpudock provision ubuntu@HOST" in ended.out


def test_the_version_is_that_of_the_project(gpudock: Program) -> None:
    project = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert project is not None
    assert gpudock("--version").out == f"gpudock {project[1]}\n"


def test_invoke_reads_the_same_tasks(recorder: Recorder) -> None:
    """Plain `inv provision --host h`: every option is there by name, none has a short flag of its own."""
    provision = recorder.collection()["provision"]
    assert isinstance(provision, FramedTask)
    names = [argument.names for argument in provision.get_arguments()]
    assert ("host",) in names
    assert ("connect-timeout",) in names
    assert all(len(spelled) == 1 for spelled in names)
