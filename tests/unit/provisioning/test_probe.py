"""Framing, typing and saving of answers."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.errors import UsageError
from provisioning.probe import Answer, Facts, Probe, UnknownFact, bundle, fields, from_json, to_json, unbundle

NUMBER = Probe("number", "echo 7", int)
NONCE = "c0ffee"


def framed(name: str, code: int, out: bytes, err: bytes = b"") -> bytes:
    return f"@@{NONCE} {name} {code} {len(out)} {len(err)}\n".encode() + out + err + b"\n"


def test_answers_are_read_by_length() -> None:
    """Red when frames are found by line: this answer has no newline, and quotes a frame of another nonce."""
    data = framed("a", 0, b"no newline") + framed("b", 3, b"@@other b 0 0 0\n\x00\xff", b"why")
    found = unbundle(data, NONCE).answers
    assert found["a"] == Answer(0, "no newline")
    assert found["b"] == Answer(3, "@@other b 0 0 0\n\x00\udcff", "why")


def test_a_banner_around_the_frames_does_not_matter() -> None:
    data = b"Welcome!\n" + framed("number", 0, b"7\n") + b"logout\n"
    assert unbundle(data, NONCE)[NUMBER] == 7


def test_a_frame_cut_short_is_no_answer() -> None:
    data = framed("number", 0, b"7777777")[:-4]
    with pytest.raises(UnknownFact, match="no answer"):
        unbundle(data, NONCE)[NUMBER]


@given(st.lists(st.tuples(st.binary(), st.binary(), st.integers(0, 255)), max_size=4))
def test_any_bytes_survive_framing(answers: list[tuple[bytes, bytes, int]]) -> None:
    data = b"".join(framed(f"p{at}", code, out, err) for at, (out, err, code) in enumerate(answers))
    found = unbundle(data, NONCE).answers
    for at, (out, err, code) in enumerate(answers):
        answer = found[f"p{at}"]
        assert (answer.code, answer.output.encode("utf-8", "surrogateescape")) == (code, out)
        assert answer.error.encode("utf-8", "surrogateescape") == err


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


def test_each_probe_has_its_own_deadline() -> None:
    script = bundle([Probe("slow", "sleep 99", str, seconds=3), NUMBER], NONCE)
    assert "gd_probe slow 3 'sleep 99'" in script
    assert "gd_probe number 10 'echo 7'" in script


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
