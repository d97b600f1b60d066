"""The words of `docker run` as the stand-in reads them."""

from __future__ import annotations

import pytest

from lab.toolbox.docker_words import Failed, Mount, read


def test_what_a_run_asks_for() -> None:
    mounts = ('--mount=type=bind,"source=/a, b",target=/w,readonly', "-v", "/x:/y", "--mount=type=tmpfs,target=/t")
    how = ("--rm", "--detach", "--name=n", "--user", "1000:50", "--label=a=b=c", "--publish=10.0.0.1::8888")
    run = read([*how, *mounts, "image", "-c", "x"])
    assert (run.name, run.user, run.image, run.command, run.detached) == ("n", "1000:50", "image", ["-c", "x"], True)
    assert run.mounts == [Mount("/a, b", "/w", "ro", "bind"), Mount("/x", "/y"), Mount("", "/t", "rw", "tmpfs")]
    assert (run.labels, run.publish) == ([("a", "b=c")], "10.0.0.1::8888")


@pytest.mark.parametrize(
    "words", [("-v", "x:/y"), ("-v", "/x:y"), ("-v", "/x:/y:no"), ("--mount", "type=npipe,target=/x")]
)
def test_what_the_engine_refuses(words: tuple[str, ...]) -> None:
    with pytest.raises(Failed):
        read([*words, "image"])
