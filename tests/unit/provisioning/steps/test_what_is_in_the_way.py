"""Hosts with a history: what is repaired, switched off, taken away or removed first."""

from __future__ import annotations

import base64

import pytest

from provisioning.command import HIDDEN, Command, command
from provisioning.plan import Change
from provisioning.platform import notices
from provisioning.probes.files import TOOLKIT_PIN
from provisioning.settings import Settings
from provisioning.signing_key import KEYS
from provisioning.steps import apt_keys, apt_repair, conflicts, foreign_sources, leftovers, packages, toolkit_origin
from tests.unit.described_host import DISTRIBUTION, GPU, INFO, READY, file, fresh, ready

DOCKER_LIST = "/etc/apt/sources.list.d/docker.list"
DOCKER_LINE = "deb [signed-by=/usr/share/keyrings/docker.gpg] https://download.docker.com/linux/debian trixie stable\n"
TOOLKIT_LINE = "deb https://nvidia.github.io/libnvidia-container/stable/deb/amd64 /\n"
SETTINGS = Settings()


def only(changes: list[Change]) -> Change:
    assert len(changes) == 1
    return changes[0]


def test_an_interrupted_dpkg_is_finished_first() -> None:
    facts = fresh(
        dpkg_state="install unpacked docker-ce\nhold installed linux-image\njournal unpacked dpkg's journal\n"
    )
    change = only(apt_repair.changes(facts, SETTINGS))
    assert change.sentence == "Finish what dpkg had begun: docker-ce, dpkg's journal"
    assert change.commands == (command("gd_dpkg_configure"),)


GONE = """\
gone docker-ce /usr/bin/dockerd
gone docker-ce /lib/systemd/system/docker.service
gone libnvidia-container1:amd64 /usr/lib/libnvidia-container.so.1
hold installed linux-image
"""


def test_what_lost_files_is_installed_again_as_it_was() -> None:
    change = only(packages.changes(ready(dpkg_state=GONE, daemon=INFO + "web\n"), SETTINGS))
    assert "docker-ce (/usr/bin/dockerd, /lib/systemd/system/docker.service); libnvidia" in change.sentence
    words = change.commands[-1].argv
    assert words[:2] == ("gd_install", "--reinstall")
    assert [word.partition("=")[0] for word in words if "=" in word] == ["docker-ce", "libnvidia-container1"]
    assert change.stops == ("web",)


def test_files_of_packages_that_are_removed_or_replaced_need_no_second_installation() -> None:
    assert "--reinstall" not in str(packages.changes(fresh(dpkg_state=GONE), SETTINGS))
    assert packages.changes(ready(dpkg_state="gone docker-ce-rootless-extras /usr/bin/rootlesskit\n"), SETTINGS) == []


def test_a_vendors_entry_elsewhere_is_switched_off_and_kept() -> None:
    facts = fresh(apt_sources=file(DOCKER_LIST, DOCKER_LINE) + file("/etc/apt/sources.list", DISTRIBUTION))
    change = only(foreign_sources.changes(facts, SETTINGS))
    assert change.commands[0].stdin == f"# switched off by gpudock: {DOCKER_LINE}"
    assert change.undo == (Command(("gd_restore", DOCKER_LIST)),)


def test_a_plan_shows_no_password_of_a_source() -> None:
    line = DOCKER_LINE.replace("https://", "https://me:hunter2@")
    change = only(foreign_sources.changes(fresh(apt_sources=file(DOCKER_LIST, line)), SETTINGS))
    assert "hunter2" in str(change.commands[0].stdin)
    assert change.diff is not None and "hunter2" not in change.diff.unified()
    assert f"-{line.replace('me:hunter2', HIDDEN)}" in change.diff.unified()


def test_the_mirror_that_was_asked_for_is_a_vendors_too() -> None:
    listed = file("/etc/apt/sources.list.d/m.list", "deb http://10.0.0.1/x/linux/debian trixie stable\n")
    assert only(foreign_sources.changes(fresh(apt_sources=listed), Settings(docker_source="http://10.0.0.1/x")))
    assert foreign_sources.changes(fresh(apt_sources=listed), SETTINGS) == []


def test_a_mirror_that_also_serves_the_distribution_is_left_on() -> None:
    listed = file("/etc/apt/sources.list.d/debian.sources", DISTRIBUTION)
    assert foreign_sources.changes(fresh(apt_sources=listed), Settings(docker_source="http://mirror")) == []


def test_nvidias_entry_is_left_where_we_bring_none() -> None:
    listed = file("/etc/apt/sources.list.d/nvidia.list", TOOLKIT_LINE)
    assert foreign_sources.changes(fresh(apt_sources=listed), SETTINGS) == []
    assert only(foreign_sources.changes(fresh(apt_sources=listed, **GPU), SETTINGS))


def test_our_own_files_are_no_strangers() -> None:
    assert foreign_sources.changes(ready(apt_sources=READY["sources"]), SETTINGS) == []


def ring(*names: str) -> str:
    return base64.b64encode(b"".join((KEYS / name).read_bytes() for name in names)).decode()


def test_a_vendors_key_that_vouches_for_everything_is_taken_away() -> None:
    path = "/etc/apt/trusted.gpg.d/docker.asc"
    change = only(apt_keys.changes(fresh(keyrings=f"{path} present {ring('docker.asc')}\n"), SETTINGS))
    assert change.sentence.startswith(f"Take Docker's key out of {path}")
    assert change.commands[0].argv[:2] == ("gd_remove", path)


def test_a_ring_with_other_keys_or_none_is_left_alone() -> None:
    other = base64.b64encode(
        b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n!\n-----END PGP PUBLIC KEY BLOCK-----\n"
    ).decode()
    listed = f"/etc/apt/trusted.gpg present {other}\n/etc/apt/trusted.gpg.d/empty.gpg present \n"
    assert apt_keys.changes(fresh(keyrings=listed), SETTINGS) == []


def test_rivals_are_removed_and_not_purged() -> None:
    facts = fresh(
        packages="ii  docker.io 26.1.5\nii  runc 1.1.15\nii  nvidia-docker2 2.13\n", daemon=f"{INFO}web\n", **GPU
    )
    change = only(conflicts.changes(facts, SETTINGS))
    assert change.commands == (
        command("gd_oust", "docker.io", "runc", "nvidia-docker2"),
        command("rm", "-f", "/var/lib/docker/nuke-graph-directory.sh"),
    )
    assert change.packages[0].before == "26.1.5"
    assert change.stops == ("web",)


def test_who_lived_off_the_containerd_of_before_is_started_again() -> None:
    with_tenant = fresh(tenants="containerd docker.service\ncontainerd kubelet.service\n")
    assert only(packages.changes(with_tenant, SETTINGS)).commands[-1] == command("gd_start_again", "kubelet.service")
    assert only(packages.changes(fresh(), SETTINGS)).commands[-1].argv[0] == "gd_install"


def test_nvidias_old_packages_stay_where_no_gpu_is_served() -> None:
    assert conflicts.changes(fresh(packages="ii  nvidia-docker2 2.13\n"), SETTINGS) == []


def test_leftovers_go_only_when_asked() -> None:
    tenants = "snap docker\nsnap-container web\nold-volume nv_1\nold-container job\n"
    assert leftovers.changes(fresh(tenants=tenants), SETTINGS) == []
    wishes = Settings(remove_snap_docker=True, remove_nvidia_docker1=True)
    snap, old = leftovers.changes(fresh(tenants=tenants), wishes)
    assert snap.commands == (command("snap", "remove", "--purge", "docker"),) and snap.stops == ("web",)
    assert old.commands == (
        command("docker", "rm", "--force", "job"),
        command("docker", "volume", "rm", "--force", "nv_1"),
    )


CUDA = file(
    "/etc/apt/sources.list.d/cuda.list",
    "deb https://developer.download.nvidia.com/compute/cuda/repos/debian12/x86_64/ /\n",
)


def test_a_cuda_repository_does_not_decide_over_the_toolkit() -> None:
    change = only(toolkit_origin.changes(ready(apt_sources=CUDA), SETTINGS))
    pin = change.commands[0].stdin
    assert pin == (
        'Package: nvidia-container-toolkit* libnvidia-container*\nPin: origin "nvidia.github.io"\nPin-Priority: 600\n'
    )
    pinned = READY["sources"].replace(f"{TOOLKIT_PIN} absent\n", file(TOOLKIT_PIN, pin))
    assert toolkit_origin.changes(ready(apt_sources=CUDA, sources=pinned), SETTINGS) == []


def test_no_pin_without_a_cuda_repository_or_a_gpu() -> None:
    assert toolkit_origin.changes(ready(), SETTINGS) == []
    assert toolkit_origin.changes(fresh(apt_sources=CUDA), SETTINGS) == []


@pytest.mark.parametrize(
    ("specs", "told"),
    [
        ("spec /etc/cdi/nvidia.yaml\nspec /var/run/cdi/nvidia.yaml\n", 1),
        ("spec /var/run/cdi/nvidia.yaml\n", 0),
        ("spec /etc/cdi/nvidia.yaml\n", 0),
    ],
)
def test_a_hand_made_specification_is_named(specs: str, told: int) -> None:
    assert len(notices(ready(toolkit=READY["toolkit"] + specs))) == told
