"""Containers that are there already, and the limits that they share."""

from __future__ import annotations

import pytest

from checks.catalog.container_facts import CONTAINERS
from checks.catalog.existing_containers import (
    judge_memlock,
    judge_next,
    judge_requirement,
    judge_shm,
    judge_silent,
)
from checks.catalog.limits import judge_inotify, judge_logs
from checks.cuda_requirement import satisfied
from checks.model import Verdict
from tests.unit.checks.container_lines import by_cdi, by_gpus, by_runtime, line
from tests.unit.checks.one_fault import named
from tests.unit.described.toolkit import WIRING
from tests.unit.described_host import INFO, READY, daemon_json, ready

CGROUPFS = {"daemon": INFO.replace('"systemd"', '"cgroupfs"')}
LIMITS = READY["limits"]
RDMA = [{"PathOnHost": "/dev/infiniband/uverbs0"}]
NEWER = ["NVIDIA_REQUIRE_CUDA=cuda>=12.8 brand=tesla,driver>=570", None]
LIBRARY_CHANGED = WIRING.replace("libnvidia-ml.so.550.163.01", "libnvidia-ml.so.570.1.1").replace(
    "libcuda.so.550.163.01", "libcuda.so.570.1.1"
)


@pytest.mark.parametrize(
    ("broken", "check", "cause", "remedy"),
    [
        (
            {"containers": by_gpus("new", running=False, environment=NEWER)},
            "ctr.cudareq",
            "new: unsatisfied condition cuda>=12.8",
            "older tag",
        ),
        ({"containers": by_gpus("train", shm=64 << 20), **CGROUPFS}, "ctr.shm", "Bus error", "--shm-size=8g"),
        ({"containers": by_gpus("rdma", devices=RDMA), **CGROUPFS}, "ctr.memlock", "memlock is limited", "memlock=-1"),
        (
            {"containers": line("cpu", environment=["NVIDIA_VISIBLE_DEVICES=all", None])},
            "ctr.silentcpu",
            "cpu: NVIDIA_VISIBLE_DEVICES is set",
            "--gpus all",
        ),
        (
            {"limits": LIMITS.replace("instances 14 0", "instances 110 0")},
            "lim.inotify",
            "110 of 128 inotify instances",
            "fs.inotify.max_user_instances=512",
        ),
        (
            {"limits": LIMITS.replace("watches 208", "watches 60000")},
            "lim.inotify",
            "60000 of 62184 watches",
            "fs.inotify.max_user_watches=524288",
        ),
        (
            {"limits": LIMITS.replace("maxkeys 1000000", "maxkeys 200")},
            "lim.keys",
            "root may have 200",
            "kernel.keys.root_maxkeys=1000000",
        ),
        (
            {"limits": f"{LIMITS}log 5368709120 /var/lib/docker/containers/{'ab' * 32}/{'ab' * 32}-json.log\n"},
            "lim.log",
            "abababababab 5 GiB",
            '"max-size"',
        ),
    ],
)
def test_one_fault(broken: dict[str, str], check: str, cause: str, remedy: str) -> None:
    named(broken, check, cause, remedy)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"toolkit_wiring": LIBRARY_CHANGED}, "the driver on the disk is 570.1.1, the loaded one 550.163.01"),
        ({"toolkit_wiring": WIRING.replace("runtime yes", "runtime no")}, "the program of runtime nvidia is gone"),
        ({"daemon": INFO.replace(', "nvidia": {}', "")}, "the engine does not know runtime nvidia"),
        ({"packages": READY["packages"].replace("ii  libnvidia-container1", "rc  x")}, "the toolkit is gone"),
        ({"cdi_specs": "spec /var/run/cdi/nvidia.yaml\nmissing /gone\n"}, "the CDI specification is gone or stale"),
    ],
)
def test_the_containers_that_will_not_come_back_are_named(broken: dict[str, str], reason: str) -> None:
    mixed = by_gpus("hook") + by_cdi("cdi") + by_runtime("old") + line("web") + by_gpus("ended", running=False)
    verdict = judge_next(ready(containers=mixed, **broken))
    assert verdict.status.value == "fail" and reason in verdict.cause
    assert "web" not in verdict.seen and "ended" not in verdict.seen
    assert "will not come back" in verdict.seen
    assert judge_next(ready(containers=mixed)).seen == "3 container(s) would start again"
    restarting = ready(containers=by_gpus("hook", running=False, restart="always"))
    assert judge_next(restarting).seen == "1 container(s) would start again"


@pytest.mark.parametrize(
    ("verdict", "status", "seen"),
    [
        (judge_next(ready()), "n/a", "no container"),
        (judge_requirement(ready()), "n/a", "no container"),
        (
            judge_requirement(ready(containers=by_gpus("a", environment=NEWER), gpus="complains\nno\n")),
            "unknown",
            "not",
        ),
        (
            judge_requirement(ready(containers=by_gpus("a", environment=[NEWER[0], "NVIDIA_DISABLE_REQUIRE=1"]))),
            "pass",
            "",
        ),
        (judge_shm(ready(containers=by_gpus("a", shm=64 << 20, ipc="host"))), "pass", "1 container"),
        (judge_shm(ready(containers=by_gpus("a", shm=64 << 20, running=False))), "n/a", ""),
        (
            judge_memlock(
                ready(containers=by_gpus("a", devices=RDMA, ulimits=[{"Name": "memlock", "Soft": -1, "Hard": -1}]))
            ),
            "pass",
            "",
        ),
        (
            judge_memlock(
                ready(containers=by_gpus("a", devices=RDMA), **daemon_json('{"default-ulimits": {"memlock": {}}}'))
            ),
            "pass",
            "",
        ),
        (judge_silent(ready(containers=line("a", environment=["NVIDIA_VISIBLE_DEVICES=void"]))), "pass", "none"),
        (judge_silent(ready(containers=by_runtime("a"))), "pass", "none"),
        (judge_inotify(ready(limits="max_user_instances 128\nmax_user_watches 8192\n")), "unknown", "root alone"),
        (judge_inotify(ready(limits="max_user_instances 8192\nmax_user_watches 1048576\n")), "pass", "8192"),
        (judge_logs(ready(**daemon_json('{"log-driver": "local"}'))), "n/a", "local"),
        (judge_logs(ready(**daemon_json('{"log-opts": {"max-size": "10m"}}'))), "pass", "10m"),
        (judge_logs(ready(login=READY["login"].replace("reader 0", "reader 1000"))), "unknown", "for root to see"),
    ],
)
def test_what_is_no_fault(verdict: Verdict, status: str, seen: str) -> None:
    assert (verdict.status.value, seen in verdict.seen) == (status, True), verdict.seen


@pytest.mark.parametrize(
    ("requirement", "met"),
    [
        ("", True),
        ("cuda>=12.4", True),
        ("cuda>=12.4.1", False),
        ("cuda>=12.5", False),
        ("cuda>=12.5 brand=tesla,driver>=550,driver<551", True),
        ("cuda>=12.5 brand=tesla,driver>=570,driver<571", False),
        ("cuda<12.5", True),
        ("cuda!=12.4", False),
        ("arch>=8.0", True),
    ],
)
def test_what_an_image_asks_of_the_driver(requirement: str, met: bool) -> None:
    assert satisfied(requirement, cuda=(12, 4), driver=(550, 163, 1)) is met


def test_how_a_container_gets_at_gpus() -> None:
    told = (
        by_gpus("a") + by_cdi("b") + by_runtime("c") + line("d") + line("e", devices=[{"PathOnHost": "/dev/nvidia0"}])
    )
    found = {each.name: (each.uses_gpu, each.by_hook) for each in ready(containers=told)[CONTAINERS]}
    assert found == {
        "a": (True, True),
        "b": (True, False),
        "c": (True, True),
        "d": (False, False),
        "e": (True, False),
    }


def test_names_of_containers_are_not_saved() -> None:
    shown = ready(containers=by_gpus("secret-project")).redact([CONTAINERS])
    assert [each.name for each in shown[CONTAINERS]] == ["container-0"]
    assert "secret" not in shown.answers["containers"].output
