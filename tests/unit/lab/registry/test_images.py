"""Images made by hand: what a registry and an engine check of them."""

from __future__ import annotations

import gzip
import io
import json
import tarfile

from lab.registry.catalogue import CUDA_TAGS, images
from lab.registry.images import Image, digest, layer

IMAGES = images(b"program", ["sh", "cat", "busybox"], "amd64")


def test_every_blob_that_a_manifest_names_is_there_in_its_size() -> None:
    for image in IMAGES:
        manifest = json.loads(image.manifest)
        for named in (manifest["config"], *manifest["layers"]):
            assert len(image.blobs[named["digest"]]) == named["size"]
            assert digest(image.blobs[named["digest"]]) == named["digest"]


def test_configuration_names_the_unpacked_layers() -> None:
    for image in IMAGES:
        manifest = json.loads(image.manifest)
        config = json.loads(image.blobs[manifest["config"]["digest"]])
        tars = [gzip.decompress(image.blobs[named["digest"]]) for named in manifest["layers"]]
        assert config["rootfs"]["diff_ids"] == [digest(tar) for tar in tars]


def unpacked(image: Image, number: int) -> dict[str, bytes]:
    blob = image.blobs[json.loads(image.manifest)["layers"][number]["digest"]]
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(blob))) as tar:
        files = {member.name: tar.extractfile(member) for member in tar.getmembers() if member.isfile()}
        return {name: file.read() for name, file in files.items() if file}


def test_hello_world_greets_and_owns_up() -> None:
    hello = next(image for image in IMAGES if (image.name, image.tag) == ("library/hello-world", "latest"))
    text = unpacked(hello, -1)["hello.txt"].decode()
    assert "Hello from Docker!" in text
    assert "stand-in" in text


def test_cuda_images_ask_for_gpus_and_hold_no_driver() -> None:
    cuda = {image.tag: image for image in IMAGES if image.name == "nvidia/cuda"}
    assert set(cuda) == set(CUDA_TAGS)
    manifest = json.loads(cuda["12.4.1-base-ubuntu22.04"].manifest)
    config = json.loads(cuda["12.4.1-base-ubuntu22.04"].blobs[manifest["config"]["digest"]])["config"]
    assert {"CUDA_VERSION=12.4.1", "NVIDIA_REQUIRE_CUDA=cuda>=12.4", "NVIDIA_VISIBLE_DEVICES=all"} <= set(config["Env"])
    assert unpacked(cuda["12.4.1-base-ubuntu22.04"], 0) == {"bin/busybox": b"program"}
    assert set(unpacked(cuda["12.4.1-base-ubuntu22.04"], 1)) == {"etc/os-release"}


def test_layers_are_the_same_every_time() -> None:
    assert layer({"a": b"1"}) == layer({"a": b"1"})
