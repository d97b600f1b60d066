"""A command line with sample tasks, as a person runs it."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from invoke.collection import Collection
from invoke.context import Context

from provisioning import cli
from provisioning.tasks.framing import host_task, task
from provisioning.tasks.targets import Targets


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
