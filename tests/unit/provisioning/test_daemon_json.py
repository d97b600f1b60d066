"""daemon.json: no key is lost, no credential is shown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning import daemon_json
from provisioning.command import Secret

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
KEYS = st.sampled_from(["features", "runtimes", "nvidia", "cdi", "log-opts", "dns", "x"])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(SCALARS, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
DOCUMENTS = st.dictionaries(KEYS, VALUES, max_size=4)


def keys_lost(old: Any, new: Any) -> bool:
    """Whether a key of `old` is missing in `new`, at any depth where both are objects."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return False
    return any(key not in new or keys_lost(value, new[key]) for key, value in old.items())


@given(DOCUMENTS, DOCUMENTS)
def test_merging_loses_no_key_and_twice_is_once(document: dict[str, Any], patch: dict[str, Any]) -> None:
    once = daemon_json.merge(document, patch)
    assert not keys_lost(document, once)
    assert daemon_json.merge(once, patch) == once


@given(DOCUMENTS)
def test_what_is_loaded_is_dumped_again(document: dict[str, Any]) -> None:
    loaded = daemon_json.load(json.dumps(document))
    assert json.loads(daemon_json.dump(loaded).reveal()) == document


@pytest.mark.parametrize(
    ("document", "patch", "merged"),
    [
        # nvidia-ctk 1.20.0 loses `containerd-snapshotter` here, and the image store silently switches.
        (
            {"features": {"containerd-snapshotter": False}},
            {"features": {"cdi": True}},
            {"features": {"containerd-snapshotter": False, "cdi": True}},
        ),
        # … panics on this one …
        ({"runtimes": []}, {"runtimes": {"nvidia": {}}}, {"runtimes": {"nvidia": {}}}),
        ({"registry-mirrors": ["a"]}, {"registry-mirrors": ["b", "a"]}, {"registry-mirrors": ["a", "b"]}),
        ({"log-driver": "json-file"}, {"log-driver": "local"}, {"log-driver": "local"}),
        ({}, {"features": {"cdi": True}}, {"features": {"cdi": True}}),
    ],
)
def test_merge(document: dict[str, Any], patch: dict[str, Any], merged: dict[str, Any]) -> None:
    assert daemon_json.merge(document, patch) == merged


@pytest.mark.parametrize("text", ["", " \n", "{}", "\ufeff{}"])
def test_nothing_is_an_empty_document(text: str) -> None:
    """An empty file ends the vendor's own tool with EOF."""
    assert daemon_json.load(text) == {}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [('{"a": 1,}', "line 1, column"), ("{\n  x\n}", "line 2, column 3"), ("[]", "list, not an object")],
)
def test_what_is_no_document_says_where(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        daemon_json.load(text)


def test_credentials_are_kept_and_never_shown() -> None:
    text = json.dumps(
        {
            "proxies": {"https-proxy": "http://me:hunter2@proxy:3128", "no-proxy": "localhost"},
            "log-opts": {"splunk-token": "hunter2"},
            "labels": ["proxy=http://me:hunter2@proxy:3128"],
        }
    )
    document = daemon_json.load(text)
    assert isinstance(document["log-opts"]["splunk-token"], Secret)
    assert "hunter2" not in daemon_json.shown(document) + str(document)
    assert "localhost" in daemon_json.shown(document)
    assert json.loads(daemon_json.dump(document).reveal()) == json.loads(text)


@pytest.mark.parametrize(
    ("before", "after", "enough"),
    [
        ({}, {"registry-mirrors": ["a"]}, True),
        ({"runtimes": {}}, {"runtimes": {"nvidia": {}}}, True),
        ({}, {"log-driver": "local"}, False),
        ({}, {"features": {"buildkit": True}}, True),
        ({"features": {"buildkit": True}}, {"features": {"buildkit": True, "cdi": True}}, False),
        ({"features": []}, {"features": {"cdi": True}}, False),
    ],
)
def test_what_the_daemon_rereads(before: dict[str, Any], after: dict[str, Any], enough: bool) -> None:
    assert daemon_json.reload_suffices(before, after) is enough


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_what_only_python_calls_a_number_is_no_json(value: str) -> None:
    with pytest.raises(ValueError, match="is no number of JSON"):
        daemon_json.load(f'{{"x": {value}}}')
