"""Framing, typing and saving of answers."""

from __future__ import annotations

import json
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.errors import UsageError
from provisioning.probe import KILLED, Answer, Facts, Probe, UnknownFact, bundle, fields, from_json, to_json, unbundle
from tests.unit.provisioning.framed import framed

NUMBER = Probe("number", "echo 7", int)
NONCE = "c0ffee"


def test_answers_are_read_by_length() -> None:
    """Red when they are found by line: one has no newline, another quotes a head with another nonce."""
    answers = {"a": Answer(0, "no newline"), "b": Answer(3, "@@other b 0\n  1 x\n\x00\udcff", "why")}
    assert unbundle(framed(NONCE, answers), NONCE).answers == answers


def test_what_was_killed_says_so_and_takes_no_room() -> None:
    """Red when sizes are read for all that were asked."""
    data = framed(NONCE, {"a": Answer(None), "b": Answer(0, "yes"), "c": Answer(None)})
    assert unbundle(data, NONCE).answers == {"a": Answer(KILLED), "b": Answer(0, "yes"), "c": Answer(KILLED)}


def test_a_host_on_which_everything_hangs_still_answers() -> None:
    assert unbundle(framed(NONCE, {"a": Answer(None)}), NONCE).answers == {"a": Answer(KILLED)}


def test_a_banner_around_the_answers_does_not_matter() -> None:
    data = b"Welcome!\n" + framed(NONCE, {"number": Answer(0, "7\n")}) + b"logout\n"
    assert unbundle(data, NONCE)[NUMBER] == 7


@pytest.mark.parametrize("kept", [0, 5, 20, 60, -1])
def test_an_answer_cut_short_is_none(kept: int) -> None:
    """Red when a slice that is shorter than announced is taken for the answer."""
    data = framed(NONCE, {"first": Answer(0, "1"), "number": Answer(0, "7777777")})[:kept]
    with pytest.raises(UnknownFact, match="no answer"):
        unbundle(data, NONCE)[NUMBER]


BYTES = st.binary().map(lambda data: data.decode("utf-8", "surrogateescape"))


@given(st.lists(st.builds(Answer, st.integers(0, 255), BYTES, BYTES), max_size=4))
def test_any_bytes_survive_framing(given_answers: list[Answer]) -> None:
    answers = {f"p{at}": answer for at, answer in enumerate(given_answers)}
    assert unbundle(framed(NONCE, answers), NONCE).answers == answers


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(None), "the host sent no answer"),
        (Answer(137), "no answer within 10 s"),
        (Answer(1, "", "first\npermission denied\n"), "exit code 1: permission denied"),
        (Answer(4), "exit code 4: no message"),
        (Answer(0, "seven"), "unexpected answer"),
    ],
)
def test_what_could_not_be_read_is_unknown_and_says_why(answer: Answer, reason: str) -> None:
    with pytest.raises(UnknownFact, match=reason):
        Facts({"number": answer})[NUMBER]


def test_an_answer_is_parsed_once() -> None:
    """Red when `Facts` parses each time it is asked: some parsers write files, and a hundred judges ask."""
    numbers = count()
    probe = Probe("p", "", lambda text: (text, next(numbers)))
    facts = Facts({"p": Answer(0, "text")})
    assert (facts[probe], facts[probe]) == (("text", 0), ("text", 0))
    assert facts.including(Facts({"p": Answer(0, "newer")}))[probe] == ("newer", 1)


def test_probes_run_under_their_own_deadlines() -> None:
    slow, other = Probe("slow", "sleep 99", str, seconds=3), Probe("other", "echo 8", int)
    groups = bundle([slow, NUMBER, other], NONCE).split("timeout -s KILL ")[1:]
    assert [group.split(" ", 1)[0] for group in groups] == ["3", "10"]
    assert ["sleep 99" in group for group in groups] == [True, False]
    assert ["echo 7" in group and "echo 8" in group for group in groups] == [False, True]


def test_fields_read_keys_without_a_value() -> None:
    assert fields("a 1 2\nb\n\nc  x \n") == {"a": "1 2", "b": "", "c": "x"}


def test_redaction_keeps_only_known_probes_and_no_stray_errors() -> None:
    probe = Probe("p", "", str, redact=lambda text: text.replace("pw", "***"))
    facts = Facts({"p": Answer(0, "pw", "pw on stderr"), "other": Answer(0, "pw")})
    assert facts.redact([probe]) == Facts({"p": Answer(0, "***")}, redacted=True)


def test_what_cannot_be_redacted_is_not_shown() -> None:
    probe = Probe("p", "", str, redact=lambda text: str(int(text)))
    assert Facts({"p": Answer(0, "secret")}).redact([probe]).answers["p"] == Answer(None)


@given(st.dictionaries(st.text(min_size=1), st.builds(Answer, st.none() | st.integers(0, 255), st.text(), st.text())))
def test_saving_and_loading_changes_nothing(answers: dict[str, Answer]) -> None:
    facts = Facts(answers, redacted=True)
    assert from_json(to_json(facts), "f") == facts


@pytest.mark.parametrize(
    "text", ["", "[]", "7", "{}", '{"schema": 1}', '{"schema": 1, "redacted": false, "answers": {"a": 3}}']
)
def test_another_file_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"f\.json is not a facts file"):
        from_json(text, "f.json")


def test_facts_of_another_schema_are_refused() -> None:
    with pytest.raises(UsageError, match="schema 99"):
        from_json(json.dumps({"schema": 99, "redacted": True, "answers": {}}), "f.json")


def test_containers_are_started_by_the_engine_of_the_host() -> None:
    asked = bundle([NUMBER, Probe("started", "docker run", str, starts_containers=True)], NONCE)
    assert (
        asked.count("export DOCKER_HOST=unix:///var/run/docker.sock\ndocker run\n") == asked.count("DOCKER_HOST") == 1
    )
