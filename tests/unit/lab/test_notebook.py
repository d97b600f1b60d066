"""The registry's images with a Jupyter server: one tree, three names, and that they are stand-ins."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lab import notebook
from lab.registry.images import NOTICE


@pytest.fixture(autouse=True)
def authorities(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Certificates, which a machine without Debian has elsewhere."""
    place = tmp_path / "ca-certificates.crt"
    place.write_text("a certificate")
    monkeypatch.setattr(notebook, "AUTHORITIES", place)


def test_three_images_share_one_tree() -> None:
    """Red when an image is packed anew for each name: the registry would hold it three times."""
    made = list(notebook.images(b"a tree", "amd64"))
    assert [(each.name, each.tag) for each in made] == [
        ("jupyter/base-notebook", "latest"),
        ("ufoym/deepo", "all-jupyter"),
        ("dagshub/ml-workspace", "latest"),
    ]
    layers = {json.dumps(json.loads(each.manifest)["layers"]) for each in made}
    assert len(layers) == 1
    for each in made:
        config = json.loads(each.blobs[json.loads(each.manifest)["config"]["digest"]])
        assert config["config"]["Labels"] == {"description": NOTICE}


def test_one_of_them_is_open_to_all_by_itself() -> None:
    """Red when no image is left that proves that ours replaces an unsafe start."""
    commands = {}
    for each in notebook.images(b"a tree", "amd64"):
        config = json.loads(each.blobs[json.loads(each.manifest)["config"]["digest"]])
        commands[each.name] = config["config"]["Cmd"]
    assert "--IdentityProvider.token=" in commands["ufoym/deepo"]
    assert "--port=8080" in commands["dagshub/ml-workspace"]
