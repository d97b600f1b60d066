"""What looks like a secret, and what only sounds like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.containers.exposed import Exposed, in_environment, in_history, mask

HUB = "hf_" + "a1B2" * 8
AWS = "AKIA" + "ABCD" * 4


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"RUN login --token {HUB} now", "RUN login --token hf_a*** now"),
        (f"ENV X={AWS}", "ENV X=AKIA***"),
        ("git clone https://me:ghx@github.com/a/b", "git clone https://***@github.com/a/b"),
        ("RUN echo -----BEGIN OPENSSH PRIVATE KEY-----", "RUN echo ----***-----"),
        ("NPM_TOKEN=abc", "NPM_TOKEN=***"),
        ("RUN |1 NPM_TOKEN=abc /bin/sh -c npm i", "RUN |1 NPM_TOKEN=*** /bin/sh -c npm i"),
        ('ENV DB_PASSWORD="a"', 'ENV DB_PASSWORD="***"'),
        ("password=x1", "password=***"),
        ("AWS_SECRET_ACCESS_KEY=abc", "AWS_SECRET_ACCESS_KEY=***"),
        ("MY_API_KEY_OLD=abc", "MY_API_KEY_OLD=***"),
        ("DB_PASS=abc", "DB_PASS=***"),
    ],
)
def test_secrets_are_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "TOKENIZERS_PARALLELISM=false",
        "NPM_TOKEN=",
        "NPM_TOKEN=$TOKEN",
        "PASSWORD_FILE=db",
        "POSTGRES_PASSWORD_FILE=db",
        "TOKEN=/run/secrets/token",
        "USE_TOKEN=true",
        "ARG NPM_TOKEN=none",
        "PATH=/usr/bin",
        "COMPASS=north",
        "GPG_KEY=E3FF2839C048B25C084DEBE9B26995E310250568",
        "https://example.org:8080/a@b",
        "git clone https://$USER:$TOKEN@github.com/a/b",
        "RUN --mount=type=secret,id=npm npm i",
    ],
)
def test_what_only_sounds_like_one_stays(text: str) -> None:
    assert mask(text) == text


def test_it_is_told_where() -> None:
    assert list(in_environment(["PATH=/bin", f"HUB={HUB}"])) == [Exposed("environment HUB", "HUB=hf_a***")]
    assert list(in_history(["FROM a", "ENV MY_SECRET=b"])) == [Exposed("history step 2", "ENV MY_SECRET=***")]


@given(st.text())
def test_masked_once_is_masked(text: str) -> None:
    assert mask(mask(text)) == mask(text)
