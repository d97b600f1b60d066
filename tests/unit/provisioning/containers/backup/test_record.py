"""Dataclasses as JSON and strictly back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provisioning.containers.backup import manifest
from provisioning.containers.backup.manifest import Manifest
from provisioning.containers.backup.record import from_document, to_document
from provisioning.errors import UsageError
from tests.unit.provisioning.containers.backup.a_backup import MANIFEST


def test_a_manifest_comes_back_as_it_was() -> None:
    assert manifest.parse(manifest.render(MANIFEST), "b.tar") == MANIFEST


def spoiled(**changes: Any) -> dict[str, Any]:
    return {**to_document(MANIFEST), **changes}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (spoiled(extra=1), "Manifest has other fields than Manifest"),
        ({"kind": "Manifest"}, "Manifest has other fields"),
        (spoiled(kind="Data"), "Manifest has other fields"),
        ([], "Manifest has other fields"),
        (spoiled(exit_code="0"), "Manifest.exit_code is str, not int"),
        (spoiled(exit_code=True), "Manifest.exit_code is bool, not int"),
        (spoiled(lost="x"), "Manifest.lost is no list"),
        (spoiled(lost=[1]), r"Manifest.lost\[0\] is int, not str"),
        (spoiled(spec={**to_document(MANIFEST.spec), "environment": [["A"]]}), "has 1 values, not 2"),
        (spoiled(spec={**to_document(MANIFEST.spec), "mounts": [{"kind": "Nfs"}]}), "is of no kind known here: Nfs"),
        (spoiled(spec={**to_document(MANIFEST.spec), "ports": [{"kind": "Port"}]}), "has other fields than Port"),
    ],
)
def test_another_shape_is_refused(document: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        from_document(Manifest, document)


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b"\xff", b'{"schema": 2}', b'{"schema": 1}', b"[" * 100_000])
def test_what_is_no_manifest_is_a_sentence(text: bytes) -> None:
    with pytest.raises(UsageError, match=r"b\.tar: its manifest cannot be read"):
        manifest.parse(text, "b.tar")


def test_it_is_plain_json() -> None:
    assert json.loads(manifest.render(MANIFEST))["spec"]["ports"][0]["host"] == 7777
