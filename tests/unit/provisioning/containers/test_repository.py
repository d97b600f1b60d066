"""A repository as it is fetched: no secret on the way, and failures in the words of whoever can mend them."""

from __future__ import annotations

import pytest

from provisioning.containers.rendering import run_argv
from provisioning.containers.repository import Source, Surroundings, fetch_failure, source, spec
from provisioning.containers.site import Person
from provisioning.errors import AccessDenied, ChangeFailed, GpudockError, UnsupportedHost, UsageError

ANN = Person("ann", 1000, 100, "/home/ann", 1 << 30, "x86_64")
WANTED = Source("git@host:team/project.git", "main")


@pytest.mark.parametrize(
    ("url", "name", "password"),
    [
        ("https://host/team/project.git", "project", True),
        ("http://host:8080/project/", "project", True),
        ("ssh://git@host:22/team/project", "project", False),
        ("git@host:project.git", "project", False),
    ],
)
def test_addresses(url: str, name: str, password: bool) -> None:
    wanted = source(url, "v1.0/x")
    assert (wanted.name, wanted.asks_for_password, wanted.text) == (name, password, f"{url} v1.0/x")


@pytest.mark.parametrize("url", ["https://token@host/x", "https://user:secret@host/x", "ssh://git:secret@host/x"])
def test_a_token_in_an_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(UsageError, match="it holds a token") as refusal:
        source(url, "main")
    assert "secret" not in str(refusal.value)
    assert "token@" not in str(refusal.value)


@pytest.mark.parametrize(
    "url", ["", "-x", "--upload-pack=reboot", "file:///x", "/x", "ext::sh -c x", "git@host:-x", "https://"]
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(UsageError, match="not the address of a repository"):
        source(url, "main")


@pytest.mark.parametrize("ref", ["", "-x", "a b", "a..b", "$(x)", "^a"])
def test_what_is_no_ref(ref: str) -> None:
    with pytest.raises(UsageError, match="--ref"):
        source("https://host/x", ref)


def test_it_is_fetched_with_the_agent_and_ends_as_the_persons() -> None:
    around = Surroundings("/c", "/run/agent", "/home/ann/.ssh/known_hosts")
    argv = run_argv(spec("image", WANTED, around, ANN, "n", "host"))
    assert {"--rm", "--interactive", "--user=0:0", "--network=host", "--env=SSH_AUTH_SOCK=/agent"} <= set(argv)
    assert "--mount=type=bind,source=/run/agent,target=/agent" in argv
    assert "--mount=type=bind,source=/home/ann/.ssh/known_hosts,target=/known_hosts,readonly" in argv
    assert argv[-4:] == ("sh", "git@host:team/project.git", "main", "1000:100")


def test_without_agent_and_known_hosts_nothing_is_mounted_for_them() -> None:
    words = " ".join(run_argv(spec("image", WANTED, Surroundings("/c"), ANN, "n", "")))
    assert "/agent" not in words
    assert "source=/known_hosts" not in words
    assert "target=/known_hosts" not in words


@pytest.mark.parametrize(
    ("code", "said", "kind", "words"),
    [
        (90, "", UnsupportedHost, "image has no git"),
        (127, "exec sh failed", UnsupportedHost, "image has no shell"),
        (
            128,
            "Host key verification failed.\nfatal: Could not read from remote",
            AccessDenied,
            "does not know the key",
        ),
        (128, "Permission denied (publickey).\nfatal: Could not read from remote", AccessDenied, "does not let you in"),
        (128, "fatal: could not read Username for 'https://host'", AccessDenied, "wants another password"),
        (128, "fatal: unable to access 'x': The requested URL returned error: 403", AccessDenied, "wants another"),
        (128, "fatal: couldn't find remote ref main", UsageError, "no branch, tag or commit main"),
        (128, "fatal: unable to access 'x': Could not resolve host: host", ChangeFailed, "does not answer"),
        (
            128,
            "ssh: connect to host h port 22: Connection refused\nfatal: Could not read from remote",
            ChangeFailed,
            "not answer",
        ),
        (128, "fatal: '/x' does not appear to be a git repository", UsageError, "no such repository"),
        (128, "remote: Repository not found.", UsageError, "no such repository"),
        (1, "something\nelse", ChangeFailed, "could not be fetched: else"),
        (1, "", ChangeFailed, "git ended with 1"),
    ],
)
def test_a_failure(code: int, said: str, kind: type[GpudockError], words: str) -> None:
    failure = fetch_failure("gpu1", "image", WANTED, code, said)
    assert type(failure) is kind
    assert words in failure.message
