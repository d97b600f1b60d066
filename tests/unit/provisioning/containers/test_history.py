"""The steps of an image, as Docker 26.1 printed them."""

from __future__ import annotations

import json

import pytest

from provisioning.containers.history import Step, clean, parse


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("COPY d /d # buildkit", "COPY d /d"),
        ("RUN /bin/sh -c echo hi # buildkit", "RUN echo hi"),
        ("RUN |1 CUDA=12 /bin/sh -c apt-get update # buildkit", "RUN apt-get update  # with CUDA=12"),
        ("RUN |2 A=1 B=2 /bin/bash -o pipefail -c a | b # buildkit", "RUN a | b  # with A=1 B=2"),
        ('/bin/sh -c #(nop)  CMD ["bash"]', 'CMD ["bash"]'),
        ("/bin/sh -c #(nop) ADD file:0a in / ", "ADD file:0a in /"),
        ("/bin/sh -c apt-get update", "RUN apt-get update"),
        ("", ""),
    ],
)
def test_a_step_as_its_author_wrote_it(raw: str, text: str) -> None:
    assert clean(raw) == text


def test_the_first_step_comes_first() -> None:
    rows = [{"CreatedBy": by, "CreatedSince": "1 hour ago", "Size": "2.03MB"} for by in ("CMD b # buildkit", "FROM a")]
    assert parse("\n".join(map(json.dumps, rows)) + "\n") == (
        Step("1 hour ago", "2.03MB", "FROM a", "FROM a"),
        Step("1 hour ago", "2.03MB", "CMD b", "CMD b # buildkit"),
    )
