"""Which keys are known for a host."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.runners.known_hosts import (
    KnownKey,
    Verdict,
    authority,
    fingerprint,
    judge,
    judge_all,
    kind_of,
    kinds,
    names,
    parse,
    render,
)

FILE = Path("/home/me/.ssh/known_hosts")


def blob(kind: str, secret: str) -> bytes:
    return b"".join(len(part).to_bytes(4, "big") + part for part in (kind.encode(), secret.encode()))


ED, ED_OTHER = blob("ssh-ed25519", "one"), blob("ssh-ed25519", "two")
RSA = blob("ssh-rsa", "three")


def line(patterns: str, key: bytes, marker: str = "") -> str:
    return f"{marker} {patterns} {kind_of(key)} {base64.b64encode(key).decode()} a comment\n".lstrip()


def known(*lines: str) -> list[KnownKey]:
    return parse(FILE, "".join(lines))


# What OpenSSH 9.2's `ssh-keygen -H` made of these names.
HASHED = {
    "gpu1": "|1|Fyjul5lrsKaFa9AkQrO6SHfn8zA=|sDpQ9HFq8stYyI+IoFpPmsbzlBs=",
    "[gpu1.example]:2222": "|1|2lI1AoAjTK4r+EsZnk12Y78zEnA=|9QdfTvJE7xb+NJoRQAieOS0638g=",
}

JUDGED = {
    "known": ([line("gpu1", ED)], Verdict.KNOWN, 1),
    "known by one of several names": ([line("gpu0,gpu1,10.0.0.1", ED)], Verdict.KNOWN, 1),
    "known, in any case": ([line("GPU1", ED)], Verdict.KNOWN, 1),
    "known by a star": ([line("gpu*", ED)], Verdict.KNOWN, 1),
    "known by a question mark": ([line("gpu?", ED)], Verdict.KNOWN, 1),
    "excluded": ([line("gpu*,!gpu1", ED)], Verdict.UNKNOWN, 0),
    "known twice, first with another key": ([line("gpu1", ED_OTHER), line("gpu1", ED)], Verdict.KNOWN, 2),
    "nothing known": ([], Verdict.UNKNOWN, 0),
    "another host": ([line("gpu2", ED)], Verdict.UNKNOWN, 0),
    "changed": (["# mine\n", line("gpu1", ED_OTHER)], Verdict.CHANGED, 2),
    "changed: shown by the line of its type": ([line("gpu1", RSA), line("gpu1", ED_OTHER)], Verdict.CHANGED, 2),
    "known by another type alone": ([line("gpu1", RSA)], Verdict.CHANGED, 1),
    "revoked for all": ([line("gpu1", ED), line("*", ED, "@revoked")], Verdict.REVOKED, 2),
    "another key revoked": ([line("gpu1", ED), line("*", ED_OTHER, "@revoked")], Verdict.KNOWN, 1),
    "an authority is no key of the host": ([line("gpu1", ED, "@cert-authority")], Verdict.UNKNOWN, 0),
}


@pytest.mark.parametrize(("lines", "verdict", "number"), JUDGED.values(), ids=JUDGED.keys())
def test_verdict_and_the_line_that_decides(lines: list[str], verdict: Verdict, number: int) -> None:
    found, key = judge(known(*lines), "gpu1", ED)
    assert (found, key.line if key else 0) == (verdict, number)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (("GPU1.example", 22, None), ("gpu1.example",)),
        (("gpu1", 2222, None), ("[gpu1]:2222", "gpu1")),
        (("::1", 2222, None), ("[::1]:2222", "::1")),
        (("gpu1", 2222, "Pool-A"), ("pool-a",)),
    ],
)
def test_names_to_look_up(where: tuple[str, int, str | None], expected: tuple[str, ...]) -> None:
    assert names(*where) == expected


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        ([line("[gpu1]:2222", ED)], Verdict.KNOWN),
        ([line("gpu1", ED)], Verdict.KNOWN),
        ([line("gpu1", ED_OTHER)], Verdict.UNKNOWN),
        ([line("[gpu1]:2222", ED_OTHER), line("gpu1", ED)], Verdict.CHANGED),
        ([line("[gpu1]:2222", ED), line("gpu1", ED, "@revoked")], Verdict.REVOKED),
        ([line("[gpu1]:22*", ED)], Verdict.KNOWN),
        ([line("[gpu1]:22", ED)], Verdict.UNKNOWN),
        ([line("*gpu1*", ED)], Verdict.KNOWN),
    ],
)
def test_on_another_port(lines: list[str], verdict: Verdict) -> None:
    """As OpenSSH: the name without the port may confirm a key, and never contradicts one."""
    assert judge_all(known(*lines), names("gpu1", 2222, None), ED)[0] is verdict


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# comment",
        "gpu1",
        "gpu1 ssh-rsa",
        "gpu1 ssh-rsa not*base64",
        "@revoked gpu1 ssh-rsa",
        "\x00\xff",
        "|1|x ssh-rsa AAAA",
    ],
)
def test_lines_that_are_no_keys_match_nothing(text: str) -> None:
    assert judge(known(text + "\n"), "gpu1", ED)[0] is Verdict.UNKNOWN


@pytest.mark.parametrize(("name", "hashed"), HASHED.items())
def test_a_hashed_name_matches_that_name_alone(name: str, hashed: str) -> None:
    assert judge(known(line(hashed, ED)), name, ED)[0] is Verdict.KNOWN
    assert judge(known(line(hashed, ED)), "gpu1.example", ED)[0] is Verdict.UNKNOWN


def test_types_known_for_a_host_come_first_and_once() -> None:
    keys = known(line("[gpu1]:2", RSA), line("gpu1", ED), line("gpu1", ED_OTHER), line("gpu1", RSA, "@revoked"))
    assert kinds(keys, names("gpu1", 2, None)) == ("ssh-rsa", "ssh-ed25519")


def test_authority() -> None:
    keys = known(line("gpu9", ED, "@cert-authority"), line("*.example", RSA, "@cert-authority"))
    found = authority(keys, names("gpu1.example", 22, None))
    assert found
    assert found.place == f"{FILE}:2"
    assert authority(keys, names("gpu1", 22, None)) is None


def test_fingerprint_as_openssh_prints_it() -> None:
    """The key of github.com, which is published with its fingerprint."""
    key = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
    assert fingerprint(base64.b64decode(key)) == "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"


@given(st.from_regex(r"[a-z0-9.:-]{1,30}", fullmatch=True), st.one_of(st.none(), st.binary(min_size=20, max_size=20)))
def test_what_is_remembered_is_known_again(name: str, salt: bytes | None) -> None:
    assert judge(known(render(name, ED, salt)), name, ED)[0] is Verdict.KNOWN
