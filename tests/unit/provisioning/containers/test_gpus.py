"""Which GPUs a container gets, on hosts with and without CDI."""

from __future__ import annotations

import pytest

from provisioning.containers import gpus
from provisioning.containers.spec import Gpus
from provisioning.errors import UnsupportedHost, UsageError
from tests.unit.described_host import INFO, TOOLKIT, UUID, daemon_json, fresh, ready

NO_CDI = INFO.replace("28.5.1", "27.0.0")
WITH_UUID = TOOLKIT + f"device nvidia.com/gpu={UUID}\n"


@pytest.mark.parametrize("text", ["auto", "all", "none", "0", "0,1", "GPU-1234,0", "MIG-a/b/c"])
def test_words_that_are_understood(text: str) -> None:
    assert gpus.wanted(text) == tuple(text.split(","))


@pytest.mark.parametrize("text", ["", "x", "all,0", "0,", "-1", "0,0", "GPU", "none,none"])
def test_words_that_cannot_be_meant(text: str) -> None:
    with pytest.raises(UsageError):
        gpus.wanted(text)


@pytest.mark.parametrize(("text", "asks"), [("auto", False), ("all", False), ("none", False), ("0", True)])
def test_the_driver_is_asked_only_for_names(text: str, asks: bool) -> None:
    assert gpus.needs_report(gpus.wanted(text)) is asks


@pytest.mark.parametrize(
    ("text", "daemon", "toolkit", "chosen"),
    [
        ("none", INFO, TOOLKIT, Gpus()),
        ("auto", INFO, TOOLKIT, Gpus(cdi=("nvidia.com/gpu=all",))),
        ("all", INFO, TOOLKIT, Gpus(cdi=("nvidia.com/gpu=all",))),
        ("all", NO_CDI, TOOLKIT, Gpus(request="all")),
        ("all", INFO.replace("nvidia.com/gpu=all", "other"), "", Gpus(request="all")),
        ("0", INFO, WITH_UUID, Gpus(cdi=(f"nvidia.com/gpu={UUID}",))),
        (UUID, INFO, WITH_UUID, Gpus(cdi=(f"nvidia.com/gpu={UUID}",))),
        ("0", INFO, TOOLKIT, Gpus(request=f"device={UUID}")),
        ("0", NO_CDI, WITH_UUID, Gpus(request=f"device={UUID}")),
    ],
)
def test_a_choice(text: str, daemon: str, toolkit: str, chosen: Gpus) -> None:
    facts = ready(daemon=daemon, toolkit=toolkit)
    assert gpus.choose(gpus.wanted(text), facts, "gpu1") == chosen


@pytest.mark.parametrize(
    ("version", "chosen"), [("28.2.0", Gpus(cdi=("nvidia.com/gpu=all",))), ("28.1.1", Gpus(request="all"))]
)
def test_what_the_engine_shall_start_again(version: str, chosen: Gpus) -> None:
    """Red when an engine before 28.2 is asked by CDI: after its restart it would not start the container again."""
    config = daemon_json('{"features": {"cdi": true}}')
    facts = ready(daemon=INFO.replace("28.5.1", version), toolkit=TOOLKIT, **config)
    assert gpus.choose(("all",), facts, "gpu1", restarts=True) == chosen
    assert gpus.choose(("all",), facts, "gpu1") == Gpus(cdi=("nvidia.com/gpu=all",))


def test_a_host_without_a_gpu() -> None:
    assert gpus.choose(("auto",), fresh(), "gpu1") == Gpus()
    for words in (("all",), ("0",)):
        with pytest.raises(UnsupportedHost, match="no NVIDIA GPU") as refusal:
            gpus.choose(words, fresh(), "gpu1")
        assert "VirtualBox hands on none" in refusal.value.hint


@pytest.mark.parametrize("text", ["1", "GPU-0000"])
def test_a_gpu_that_is_not_there_is_answered_with_those_that_are(text: str) -> None:
    with pytest.raises(UsageError, match=f"--gpus {text} names no GPU") as refusal:
        gpus.choose((text,), ready(), "gpu1")
    assert UUID in refusal.value.hint


@pytest.mark.parametrize(
    ("daemon", "config", "expected"),
    [
        (INFO, "{}", True),
        (NO_CDI, "{}", False),
        (NO_CDI, '{"features": {"cdi": true}}', True),
        (INFO, '{"features": {"cdi": false}}', False),
        (INFO, '{"features": []}', True),
        (INFO, "not JSON", True),
        ("missing\n", "{}", False),
    ],
)
def test_cdi_by_version_and_by_word(daemon: str, config: str, expected: bool) -> None:
    assert gpus.has_cdi(ready(daemon=daemon, **daemon_json(config))) is expected
