"""Texts as vendors' programs print them, what they mean, and what wraps them."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from checks import graph
from checks.explain import all_known, explain, layers
from checks.known_error import KnownError
from checks.reports import explanation
from tests.unit.checks.error_texts import NEW_OCI, OLD_OCI, PARTS, TEXTS, WITHOUT_A_CHECK
from tests.unit.checks.reported import BROKEN
from tests.unit.checks.test_forms import DOCUMENTED


@pytest.mark.parametrize(("text", "check"), TEXTS, ids=[text[:60] for text, _ in TEXTS])
@pytest.mark.parametrize("wrapped", ["{}", OLD_OCI, NEW_OCI, "Nov 20 11:00:00 gpu1 dockerd[1]: {}\nNov 20 next line"])
def test_a_text_is_known_whatever_wraps_it(text: str, check: str, wrapped: str) -> None:
    told = explain(wrapped.format(text))
    assert told.known and told.known[0].checks[0] == check
    assert told.nearest is None


@pytest.mark.parametrize(("text", "check"), PARTS)
@pytest.mark.parametrize("wrapped", ["{}", "  {}.\n", OLD_OCI, NEW_OCI])
def test_a_part_of_a_text_is_known(text: str, check: str, wrapped: str) -> None:
    assert explain(wrapped.format(text)).known[0].checks[0] == check


@pytest.mark.parametrize(("text", "told"), WITHOUT_A_CHECK, ids=[text[:60] for text, _ in WITHOUT_A_CHECK])
def test_a_text_that_says_all_itself(text: str, told: str) -> None:
    [known] = explain(text).known
    assert told in f"{known.cause} {known.remedy}" and known.checks == ()


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


@pytest.mark.parametrize(
    "text",
    [
        *("No such file or directory", "permission denied", "bash: foo: command not found", "unknown error"),
        *("nvidia driver not working", "Error response from daemon", "docker", "nvml", "connection", "Failed to"),
    ],
)
def test_what_many_programs_say_of_many_things_is_nobodys(text: str) -> None:
    """Red when three words in common count, or a part that stands in many texts."""
    told = explain(text)
    assert (told.known, told.nearest) == ((), None)


def test_the_beginning_of_several_texts_has_all_their_meanings() -> None:
    assert {known.checks[0] for known in explain("Failed to initialize NVML").known} == {
        *("drv.match", "drv.loaded", "ctr.lost", "ctk.selinux"),
    }


WORDS = sorted({word for known in all_known() for text in known.texts for word in text.split()})
PASTES = st.one_of(
    st.text(),
    st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join),
    st.builds(
        "".join, st.tuples(st.text(max_size=40), st.sampled_from([text for text, _ in TEXTS]), st.text(max_size=40))
    ),
)


@given(PASTES)
def test_any_paste_gets_an_answer(text: str) -> None:
    """Red when a paste is taken for the pattern of a search, or unwrapping loses all of it."""
    told = explain(text)
    assert not (told.known and told.nearest)
    assert all(layer and layer == layer.strip() for layer in told.layers)


@given(st.sampled_from([text for text, _ in TEXTS]), st.integers(0, 7), st.sampled_from([OLD_OCI, NEW_OCI, "{}"]))
def test_a_log_that_was_escaped_and_broken_into_lines_says_the_same(text: str, words: int, wrapped: str) -> None:
    parts = wrapped.format(text).split(" ")
    broken = " ".join(parts[:words]) + "\n   " + "  ".join(parts[words:])
    assert explain(broken).known[0] == explain(text).known[0]


@pytest.mark.parametrize("known", all_known(), ids=lambda known: known.texts[0][:40])
def test_an_entry_is_whole_and_finds_itself(known: KnownError) -> None:
    assert known.cause.endswith((".", ")")) and known.remedy
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
    told = json.loads(explanation.to_json(explain("No devices were found"), 2, [BROKEN]))
    written = DOCUMENTED.read_text(encoding="utf-8").partition("`gpudock explain TEXT --json`")[2]
    assert {*told} == {"schema", "exit_code", *re.findall(r"^\| `(\w+)` \|", written, re.MULTILINE)}
    assert told["exit_code"] == 2 and told["hosts"][0]["findings"][0]["check"] == "dk.running"
    assert told["known"][0]["checks"] == ["gpu.pci", "drv.flavour", "drv.rminit"] and told["nearest"] is None
