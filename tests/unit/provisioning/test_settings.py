"""What stands on the command line, refused or taken."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from provisioning.errors import UsageError
from provisioning.settings import image_wanted, settings
from provisioning.signing_key import DOCKER_FINGERPRINT, KEYS, TOOLKIT_FINGERPRINT, fingerprints, read_key


def test_the_keys_that_travel_with_us_are_the_vendors() -> None:
    given = settings()
    assert given.docker_key.fingerprint == DOCKER_FINGERPRINT
    assert given.toolkit_key.fingerprint == TOOLKIT_FINGERPRINT
    assert str(given.docker_key) == "9DC8 5822 9FC7 DD38 854A E2D8 8D81 803C 0EBF CD88"


def test_two_keys_in_one_file_are_refused(tmp_path: Path) -> None:
    both = tmp_path / "both.asc"
    both.write_text("".join((KEYS / name).read_text() for name in ("docker.asc", "nvidia-container-toolkit.asc")))
    assert fingerprints(both.read_bytes()) == [DOCKER_FINGERPRINT, TOOLKIT_FINGERPRINT]
    with pytest.raises(UsageError, match="it holds 2 primary keys"):
        read_key(both, "--docker-key")


@pytest.mark.parametrize(
    "spoil", [lambda t: "", lambda t: t[: len(t) // 2], lambda t: t.replace("m", "!"), lambda t: "x"]
)
def test_what_is_no_key_is_refused(tmp_path: Path, spoil: object) -> None:
    path = tmp_path / "key.asc"
    path.write_text(spoil((KEYS / "docker.asc").read_text()))  # type: ignore[operator]
    with pytest.raises(UsageError, match=r"--docker-key .*key\.asc"):
        settings(docker_key=str(path))


def test_a_key_without_armour_has_the_same_fingerprint() -> None:
    armored = (KEYS / "docker.asc").read_text()
    body = armored.split("\n\n", 1)[1].split("\n=", 1)[0]
    assert fingerprints(base64.b64decode(body)) == [DOCKER_FINGERPRINT]


def test_a_key_that_is_cut_off_is_refused() -> None:
    with pytest.raises(ValueError, match="cut off"):
        fingerprints(b"\xc6")


def test_a_missing_key_file_is_refused() -> None:
    with pytest.raises(UsageError, match="--toolkit-key /nowhere"):
        settings(toolkit_key="/nowhere")


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1:8000", "https://mirrors.aliyun.com/docker-ce/", "http://[fd00::1]:80/a", "http://h/a~b+c"]
)
def test_addresses_taken(url: str) -> None:
    assert settings(docker_source=url).docker_source == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "mirror",
        "ftp://h/",
        "http://",
        "http://h:99999/",
        "http://h:0/",
        "http://me:pw@h/",
        "http://h/a b",
        "http://h/\nTrusted: yes",
        "http://h/'",
        "http://h/?q",
        "http://h/#f",
        "http://h/$(x)",
        "file:///etc",
    ],
)
def test_addresses_refused(url: str) -> None:
    for option in ("docker_source", "toolkit_source"):
        with pytest.raises(UsageError, match="--" + option.replace("_", "-")):
            settings(**{option: url})  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="--registry-mirror"):
        settings(registry_mirror=(url,))


def test_no_address_leaves_it_to_the_host() -> None:
    assert settings().docker_source == ""


@pytest.mark.parametrize(
    "image", ["nvidia/cuda:12.8.1-base-ubuntu24.04", "localhost:5000/a/b:c", "a@sha256:" + "0" * 64]
)
def test_images_taken(image: str) -> None:
    assert image_wanted("--cuda-image", image) == image


@pytest.mark.parametrize("image", ["-v", "UPPER", "a b", "a:", "--privileged", "a;b", "a\n"])
def test_images_refused(image: str) -> None:
    with pytest.raises(UsageError, match="--cuda-image"):
        image_wanted("--cuda-image", image)


def test_no_such_choice() -> None:
    with pytest.raises(UsageError, match="auto, yes, no"):
        settings(gpu="maybe")
