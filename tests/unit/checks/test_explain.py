"""Texts as vendors' programs print them, what they mean, and what wraps them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from checks import graph
from checks.explain import all_known, explain, layers
from checks.known_error import KnownError
from checks.reports import explanation
from tests.unit.checks.error_texts import NEW_OCI, OLD_OCI, TEXTS


@pytest.mark.parametrize(("text", "check"), TEXTS, ids=[text[:60] for text, _ in TEXTS])
@pytest.mark.parametrize("wrapped", ["{}", OLD_OCI, NEW_OCI, "Nov 20 11:00:00 gpu1 dockerd[1]: {}\nNov 20 next line"])
def test_a_text_is_known_whatever_wraps_it(text: str, check: str, wrapped: str) -> None:
    told = explain(wrapped.format(text))
    assert told.known and told.known[0].checks[0] == check
    assert told.nearest is None


@pytest.mark.parametrize("wrapped", [OLD_OCI, NEW_OCI])
def test_the_last_layer_is_what_failed(wrapped: str) -> None:
    text = "nvidia-container-cli: device error: 5: unknown device id"
    assert layers(wrapped.format(text))[-1] == text
    assert layers(wrapped.format(text))[:2] == ("docker", "Error response from daemon")
    assert layers("nothing around it") == ("nothing around it",)


def test_a_text_with_several_meanings_names_the_checks_of_all() -> None:
    told = explain('could not select device driver "" with capabilities: [[gpu]].')
    assert told.checks == ("ctk.installed", "ctk.restarted", "dk.snap")


def test_what_only_contains_a_known_text_is_not_taken_for_it() -> None:
    """Red when the longer text does not count alone: a full /dev/shm is no full disk."""
    assert [known.checks for known in explain("posix_fallocate failed : No space left on device").known] == [
        ("dk.disk",)
    ]
    assert [
        known.checks for known in explain("NCCL WARN Call to posix_fallocate failed : No space left on device").known
    ] == [("ctr.shm",)]


def test_the_innermost_of_two_texts_comes_first() -> None:
    text = (
        "Job for docker.service failed because the control process exited with error code. x: no space left on device"
    )
    assert [known.checks[0] for known in explain(text).known] == ["dk.disk", "dk.json"]


def test_what_is_not_known_is_not_guessed() -> None:
    assert explain("segmentation fault in my_program").known == ()
    assert explain("segmentation fault in my_program").nearest is None
    near = explain("Failed to initialise the NVML driver: library version is a mismatch")
    assert near.known == () and near.nearest is not None and near.nearest.checks[0] == "drv.match"


@given(st.text())
def test_any_paste_gets_an_answer(text: str) -> None:
    told = explain(text)
    assert not (told.known and told.nearest)


@pytest.mark.parametrize("known", all_known(), ids=lambda known: known.texts[0][:40])
def test_an_entry_is_whole_and_finds_itself(known: KnownError) -> None:
    assert known.cause.endswith((".", ")")) and known.remedy and known.checks
    for text in known.texts:
        assert known in explain(text.replace("…", "word")).known


def test_every_check_named_is_in_the_catalogue() -> None:
    named = {check for known in all_known() for check in known.checks}
    assert named - {check.id for check in graph.all_checks()} == set()


def shown(text: str, host: str = "") -> str:
    console = Console(width=200)
    with console.capture() as captured:
        explanation.show(console, explain(text), {"drv.match": "They fit"}, host)
    return captured.get()


def test_people_read_cause_remedy_and_what_confirms_it() -> None:
    page = shown(NEW_OCI.format("nvml error: driver/library version mismatch"))
    assert "said      nvml error: driver/library version mismatch" in page
    assert "drv.match  They fit" in page and "mend it   sudo reboot" in page
    assert "./gpudock verify HOST --only drv.match,drv.latent" in page
    assert "Confirm it" not in shown("nvml error: driver/library version mismatch", host="gpu1")
    assert shown("nonsense").startswith("This text is not known here")
    assert "nearest   Failed to initialize NVML" in shown("Failed to initialise NVML driver library version mismatches")


def test_programs_read_it_too() -> None:
    told = json.loads(explanation.to_json(explain("No devices were found")))
    assert told["known"][0]["checks"] == ["gpu.pci", "drv.flavour", "drv.rminit"] and told["nearest"] is None
