"""Changes of a plan that are cut short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest

from provisioning.operations.toolbox import sharing
from provisioning.operations.toolbox.sharing import Manner
from provisioning.runners.programs import Reply
from provisioning.toolbox.choose import Asked
from tests.unit.provisioning.toolbox.fake_toolbox import FakeToolbox

NEVER = Manner(restart="never")


@dataclass
class Interrupted(FakeToolbox):
    """Somebody presses Ctrl-C when a program has done what this word is in, and before it says so."""

    at: str = ""

    def call(self, argv: Sequence[str], seconds: float, environment: Mapping[str, str] | None = None) -> Reply:
        reply = super().call(argv, seconds, environment)
        if self.at and self.at in " ".join(argv):
            self.at = ""
            raise KeyboardInterrupt
        return reply


@pytest.mark.parametrize("at", ["sharedfolder add", "mount -t", "bootsync.sh.gpudock", "setextradata"])
def test_an_interrupted_share_is_taken_back_with_what_was_being_done(at: str) -> None:
    """Red when only the changes before the interrupted one are undone."""
    toolbox = Interrupted("running", bootsync="#!/bin/sh\n", at=at)
    with pytest.raises(KeyboardInterrupt):
        sharing.share(toolbox.place(), "default", Asked(r"D:\Works", mount_point="/works"), NEVER)
    assert (toolbox.transient, toolbox.mounts, toolbox.extra) == ({}, {}, {})
    assert toolbox.bootsync == "#!/bin/sh\n"
    assert "Interrupted: what was done is taken back …" in toolbox.said


@pytest.mark.parametrize("at", ["gpudock-proof", "docker run"])
def test_an_interrupted_proof_leaves_the_share_and_no_file(at: str) -> None:
    toolbox = Interrupted("running", at=at)
    with pytest.raises(KeyboardInterrupt):
        sharing.share(toolbox.place(), "default", Asked(r"D:\Works"), NEVER)
    assert (list(toolbox.transient), toolbox.files) == (["d/Works"], {})
    assert toolbox.said[-1] == "Interrupted: the share d/Works is there, and was not proved."
