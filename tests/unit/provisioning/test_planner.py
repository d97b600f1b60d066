"""From facts to the whole plan: what is refused, what is left to do, in which order."""

from __future__ import annotations

import pytest

from provisioning.errors import UnsupportedHost, UsageError
from provisioning.planner import ordered, plan
from provisioning.probe import Answer, Facts
from provisioning.settings import Settings
from tests.unit.described_host import FRESH, GPU, UBUNTU, daemon_json, fresh, ready

MACHINE = FRESH["machine"]


def sentences(facts: Facts, settings: Settings | None = None) -> list[str]:
    return [change.sentence.split(" (")[0] for change in plan(facts, settings or Settings(), "h").changes]


def test_a_ready_host_needs_nothing() -> None:
    assert not plan(ready(), Settings(), "h")


def test_a_bare_host_without_a_gpu() -> None:
    assert sentences(fresh()) == [
        f"Add Docker's package source, signed by {Settings().docker_key}",
        "Install Docker",
        "Let admin use Docker",
        "Start docker.service and containerd.service at boot",
        "Start Docker",
    ]


def test_a_bare_host_with_a_gpu_gets_the_toolkit_before_the_one_restart() -> None:
    made = sentences(fresh(**GPU))
    assert [s.split(" ")[0] for s in made] == "Add Add Install Describe Write Let Start Start".split()
    assert made[-1] == "Start Docker"


def test_gpu_no_leaves_the_gpu_alone() -> None:
    assert sentences(fresh(**GPU), Settings(gpu="no")) == sentences(fresh())


def test_gpu_yes_installs_for_a_gpu_that_is_not_there_yet() -> None:
    made = sentences(fresh(), Settings(gpu="yes"))
    assert "Install Docker and the NVIDIA Container Toolkit" in made
    assert not any("CDI specification" in sentence for sentence in made)


def test_every_step_comes_after_those_it_needs() -> None:
    seen: set[str] = set()
    for step in ordered():
        assert set(step.needs) <= seen
        seen.add(step.name)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"operating_system": 'ID=fedora\nPRETTY_NAME="Fedora 41"\n'}, "Fedora 41 is not supported"),
        ({"operating_system": UBUNTU.replace("noble", "bionic")}, "is not supported"),
        ({"machine": MACHINE.replace("amd64\n", "riscv64\n", 1)}, "architecture riscv64"),
        ({"machine": MACHINE.replace("init systemd", "init sh")}, "PID 1 is sh"),
        ({"machine": MACHINE.replace("container none", "container docker")}, "docker container"),
        ({"machine": MACHINE.replace("container none", "container lxc")}, "lxc container"),
        ({"machine": MACHINE.replace("6.12.0-1-cloud-amd64", "4.4.0-19041-Microsoft")}, "WSL 1"),
        ({"machine": MACHINE.replace("99999999", "9000000")}, "Only 8.6 GiB are free"),
        ({"tenants": "containerd kubelet.service\n"}, "kubelet.service uses this host's containerd"),
        (
            {"tenants": "snap docker\nsnap-container web\nsnap-volume data\n"},
            r"Docker from snap runs here, with containers: web; volumes: data: --remove-snap-docker",
        ),
        (
            {"tenants": "old-volume nv_1\nold-container job\n"},
            "containers: job; volumes: nv_1 here: --remove-nvidia-docker1",
        ),
        (daemon_json('{"a": }'), "daemon.json is not valid: line 1, column 7"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_is_touched(answers: dict[str, str], reason: str) -> None:
    with pytest.raises(UnsupportedHost, match=reason) as refused:
        plan(fresh(**answers), Settings(), "gpu1")
    assert refused.value.message.startswith("gpu1: ")
    assert refused.value.hint == "Nothing was changed."


@pytest.mark.parametrize(
    ("os_release", "uri", "suite"),
    [
        (UBUNTU, "linux/ubuntu", "noble"),
        (
            "ID=linuxmint\nID_LIKE='ubuntu debian'\nVERSION_CODENAME=wilma\nUBUNTU_CODENAME=noble\n",
            "linux/ubuntu",
            "noble",
        ),
        ("ID=lmde\nID_LIKE=debian\nVERSION_CODENAME=faye\nDEBIAN_CODENAME=bookworm\n", "linux/debian", "bookworm"),
    ],
)
def test_a_derivative_uses_its_parents_repository(os_release: str, uri: str, suite: str) -> None:
    diff = plan(fresh(operating_system=os_release), Settings(), "h").changes[0].diff
    assert diff is not None
    assert f"/{uri}\nSuites: {suite}\n" in diff.after


def test_an_unknown_fact_stops_the_plan_and_is_named() -> None:
    facts = fresh().including(Facts({"packages": Answer(137)}))
    with pytest.raises(UnsupportedHost, match=r"without knowing packages: no answer within 10 s\.\n.*verify HOST"):
        plan(facts, Settings(), "h")


@pytest.mark.parametrize(
    ("tenants", "wishes"),
    [
        ("containerd kubelet.service\n", Settings(replace_containerd=True)),
        ("containerd docker.service\ncontainerd multi-user.target\n", Settings()),
        ("snap docker\n", Settings(remove_snap_docker=True)),
        ("old-volume nv_1\n", Settings(remove_nvidia_docker1=True)),
    ],
)
def test_what_is_in_the_way_and_may_go(tenants: str, wishes: Settings) -> None:
    assert plan(fresh(tenants=tenants), wishes, "h")


def test_containerd_that_is_docker_s_own_already_is_not_replaced() -> None:
    assert not plan(ready(tenants="containerd kubelet.service\n"), Settings(), "h")


def test_a_version_that_does_not_exist_names_the_host() -> None:
    facts = ready(available="docker-ce | 5:28.1.1-1~x | http://m stable/amd64 Packages\n")
    with pytest.raises(UsageError, match=r"^gpu1: --docker-version 27: there is no such version"):
        plan(facts, Settings(docker_version="27"), "gpu1")


def test_a_container_host_passes_with_a_notice() -> None:
    facts = fresh(machine=MACHINE.replace("container none", "container systemd-nspawn"))
    assert "systemd-nspawn" in plan(facts, Settings(), "h").notices[0]
