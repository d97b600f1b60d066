"""What the engine's packages are made of, and how they are numbered."""

from __future__ import annotations

import pytest

from lab.packages.engine import EDITIONS, REPACKS, originals, version_of, without_purge

ENGINE = next(repack for repack in REPACKS if repack.package == "docker-ce")


@pytest.mark.parametrize(("release", "suffix"), [("trixie", "debian.13~trixie"), ("bookworm", "debian.12~bookworm")])
def test_two_editions_of_each_package_in_the_form_of_the_vendor(release: str, suffix: str) -> None:
    versions = [version_of(ENGINE, edition, release) for edition in EDITIONS]
    assert versions == [f"5:26.1.4-1~{suffix}", f"5:26.1.5-1~{suffix}"]
    for repack in REPACKS:
        assert len({version_of(repack, edition, release) for edition in EDITIONS}) == 2


def test_debian_12_gets_the_engine_of_13_with_a_runc_that_its_libc_can_load() -> None:
    made_of = originals("bookworm")
    assert made_of["bookworm"] == ["runc"]
    assert {"docker.io", "docker-cli", "containerd"} <= set(made_of["trixie"])


def test_debian_13_gets_its_own() -> None:
    assert set(originals("trixie")) == {"trixie"}
    assert "runc" in originals("trixie")["trixie"]


POSTRM = """#!/bin/sh
set -e
if [ "$1" = "purge" ]; then
	update-rc.d docker remove
fi
%s"""
DELETION = """case "$1" in
	purge)
		# as Debian does it
		if [ -x /var/lib/docker/nuke-graph-directory.sh ]; then
			/var/lib/docker/nuke-graph-directory.sh /var/lib/docker
		fi
		;;

	*)
		;;
esac
"""


def test_no_data_is_deleted_with_the_package() -> None:
    assert without_purge(POSTRM % DELETION) == POSTRM % ""
