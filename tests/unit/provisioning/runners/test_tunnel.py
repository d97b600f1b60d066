"""What a tunnel does when its connection breaks. That it carries bytes is proved in tests/lab/test_tunnel.py."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from provisioning.errors import AccessDenied, GpudockError, Unreachable
from provisioning.runners import tunnel as module
from provisioning.runners.local import LocalRunner
from provisioning.runners.tunnel import Tunnel


class Line(LocalRunner):
    """A connection that is broken; each attempt to bring it back ends as foreseen."""

    def __init__(self, *attempts: GpudockError | None) -> None:
        super().__init__()
        self.attempts = list(attempts)
        self.stands = False

    @property
    def host(self) -> str:
        return "gpu1"

    def is_open(self) -> bool:
        return self.stands

    def reopen(self) -> None:
        outcome = self.attempts.pop(0)
        if outcome:
            raise outcome
        self.stands = True


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    def three_pauses() -> Iterator[float]:
        yield from (0.0, 0.0, 0.0)

    monkeypatch.setattr(module, "_LOOK", 0.0)
    monkeypatch.setattr(module, "pauses", three_pauses)


def test_a_broken_connection_is_brought_back_and_told_once() -> None:
    said: list[str] = []
    line = Line(Unreachable("no answer"), None)

    def say(sentence: str) -> None:
        said.append(sentence)
        if "again" in sentence and "broke" not in sentence:
            tunnel.close()

    tunnel = Tunnel(line, say)
    tunnel.hold()
    assert said == ["gpu1: the connection broke; trying again for 10 minutes", "gpu1: connected again"]


@pytest.mark.parametrize(
    "attempts",
    [
        (Unreachable("no answer"), Unreachable("no answer"), Unreachable("still no answer")),
        (Unreachable("no answer"), AccessDenied("another host key")),
    ],
)
def test_what_does_not_come_back_ends_the_tunnel(attempts: tuple[GpudockError, ...]) -> None:
    """Red when a host key that changed is tried again, or patience has no end."""
    line = Line(*attempts)
    with pytest.raises(type(attempts[-1]), match=attempts[-1].message):
        Tunnel(line, lambda _: None).hold()
    assert line.attempts == []
