"""Package sources asked for versions and measured, only where somebody wants it."""

from __future__ import annotations

import pytest

from provisioning import mirrors
from provisioning.available import AVAILABLE, available_probe
from provisioning.errors import ChangeFailed
from provisioning.lookups import choosing_mirrors, knowing_versions
from provisioning.settings import Settings
from provisioning.steps import packages
from tests.unit.described_host import fresh, ready
from tests.unit.provisioning.test_engine import Host

MADISON = "docker-ce | 5:28.1.1-1~x | http://m stable/amd64 Packages\n"


def test_versions_are_asked_for_only_where_they_decide() -> None:
    assert knowing_versions(Host(), ready(), Settings(docker_version="28.5")) == ready()
    host = Host({"available": MADISON})
    assert knowing_versions(host, ready(), Settings(docker_version="28.1"))[AVAILABLE]["docker-ce"] == ["5:28.1.1-1~x"]


def test_a_source_that_does_not_answer_is_said() -> None:
    with pytest.raises(ChangeFailed, match="do not say which versions"):
        knowing_versions(Host({}), ready(), Settings(docker_version="28.1"))


WISH = Settings(probe_mirrors=True)
DATE = "Fri, 02 Jan 2026 03:04:05 UTC"
MEASURED = f"1.0 1.5 {mirrors.DOCKER} {DATE}\n1.0 1.1 {mirrors.DOCKER_MIRRORS['ustc']} {DATE}\n"


def test_mirrors_are_measured_only_when_asked() -> None:
    assert choosing_mirrors(Host(), fresh(), Settings()) == Settings()


def test_the_fastest_source_of_each_vendor_is_used() -> None:
    host = Host({"docker_mirrors": MEASURED, "toolkit_mirrors": f"1.0 1.2 {mirrors.TOOLKIT} \n"})
    chosen = choosing_mirrors(host, ready(), WISH)
    assert (chosen.docker_source, chosen.toolkit_source) == (mirrors.DOCKER_MIRRORS["ustc"], mirrors.TOOLKIT)


def test_nvidias_source_may_be_silent_where_nobody_needs_it() -> None:
    host = Host({"docker_mirrors": MEASURED, "toolkit_mirrors": ""})
    assert choosing_mirrors(host, fresh(), WISH).toolkit_source == ""


def test_no_source_at_all() -> None:
    with pytest.raises(ChangeFailed, match="neither a vendor nor a mirror answers"):
        choosing_mirrors(Host({"docker_mirrors": "", "toolkit_mirrors": ""}), ready(), WISH)


def test_a_source_that_gave_nothing_is_no_source_without_versions() -> None:
    """An apt before 2.2 ends well where a source is out of reach."""
    snippet = available_probe(packages.sources(ready(), Settings()), ["docker-ce"]).snippet
    asked, _, told = snippet.partition("apt-cache")
    assert "fetched download.docker.com_linux_debian https://download.docker.com/linux/debian\n" in asked
    assert "fetched nvidia.github.io_libnvidia-container_stable_deb_amd64 " in asked
    assert "fetched" not in told
