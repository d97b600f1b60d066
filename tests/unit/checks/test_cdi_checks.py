"""CDI by Docker's version, and specifications that are not true of the host any more."""

from __future__ import annotations

import pytest

from checks.catalog.cdi import judge_listed, judge_numbers, judge_refresh, judge_schema, judge_stale
from checks.catalog.cdi_specs import SPECS
from checks.catalog.containers import judge_smoke, judge_smoke_by_cdi
from checks.gpu_access import has_cdi, needs_cdi
from checks.model import Verdict
from provisioning.probe import Facts
from tests.unit.checks.judged_host import DEEP
from tests.unit.checks.one_fault import named
from tests.unit.described.toolkit import LIBRARY
from tests.unit.described.toolkit import SPECS as TOLD
from tests.unit.described_host import INFO, READY, TOOLKIT, daemon_json, facts, ready, unit, units

UNLISTED = INFO.replace("nvidia.com/gpu=all", "x")
NO_DEVICES = {"daemon": UNLISTED, "toolkit": TOOLKIT.replace("nvidia.com/gpu=all", "nvidia.com/gpu=1")}
NO_SPEC = {**NO_DEVICES, "cdi_specs": ""}
GONE = f"missing {LIBRARY}/libEGL_nvidia.so.550.54.15\nmissing {LIBRARY}/libcuda.so.550.54.15\n"
STALE = f"spec /var/run/cdi/nvidia.yaml\nversion 0.5.0\n{GONE}"
UNREFRESHED = "".join(unit(name) for name in ("docker.service", "docker.socket", "containerd.service")) + unit(
    "nvidia-cdi-refresh.service", "absent", "", ""
)
REFRESH_FAILED = "".join(unit(name) for name in ("docker.service", "docker.socket", "containerd.service")) + unit(
    "nvidia-cdi-refresh.service", "failed"
).replace("Result=success", "Result=exit-code")
HOST_HAS_COPY = TOOLKIT + "spec /etc/cdi/nvidia.yaml\nspec /var/run/cdi/nvidia.yaml\n"


def docker(version: str, devices: str = "nvidia.com/gpu=all") -> str:
    return INFO.replace("28.5.1", version).replace("nvidia.com/gpu=all", devices)


@pytest.mark.parametrize(
    ("broken", "check", "cause", "remedy", "explains"),
    [
        (
            NO_SPEC,
            "ctk.cdi",
            "no CDI specification of NVIDIA's",
            "nvidia-cdi-refresh.path && sudo systemctl restart nvidia-cdi-refresh.service",
            {"ctk.cdi_stale", "ctk.cdi_uvm", "ctr.smoke_cdi"},
        ),
        (NO_DEVICES, "ctk.cdi", "unresolvable CDI devices nvidia.com/gpu=all", "nvidia-cdi-refresh.service", None),
        ({"daemon": UNLISTED}, "ctk.cdi", "does not take the CDI specification", "restart docker", None),
        (
            {"cdi_specs": STALE},
            "ctk.cdi_stale",
            "libEGL_nvidia.so.550.54.15 and 1 more, which is gone",
            "restart nvidia-cdi-refresh.service",
            {"ctr.smoke_cdi"},
        ),
        (
            {"cdi_specs": TOLD.replace("libcuda.so.550.163.01", "libcuda.so.550.54.15")},
            "ctk.cdi_stale",
            "for driver 550.54.15, loaded is 550.163.01",
            "nvidia-cdi-refresh.service",
            {"ctr.smoke_cdi"},
        ),
        (
            {"cdi_specs": STALE.replace("/var/run", "/etc"), "toolkit": HOST_HAS_COPY},
            "ctk.cdi_stale",
            "/etc/cdi/nvidia.yaml names",
            "sudo rm /etc/cdi/nvidia.yaml && sudo systemctl enable",
            {"ctr.smoke_cdi"},
        ),
        (
            {"cdi_specs": TOLD.replace("major 510", "major 509")},
            "ctk.cdi_uvm",
            "/dev/nvidia-uvm major number 509, the host has 510",
            "nvidia-modprobe -u && sudo systemctl enable",
            set(),
        ),
        (
            {"cdi_specs": TOLD.replace("uvm 510", "uvm 511").replace("major 510", "major 511")},
            "ctk.cdi_uvm",
            "the kernel serves 511",
            "nvidia-modprobe -u",
            set(),
        ),
    ],
)
def test_one_fault_of_cdi(
    broken: dict[str, str], check: str, cause: str, remedy: str, explains: set[str] | None
) -> None:
    found = named(broken, check, cause, remedy)
    assert explains is None or set(found.explains) == explains


def test_a_refresh_that_failed_at_boot() -> None:
    named({"units": REFRESH_FAILED}, "ctk.refresh", "the driver was not loaded yet", "restart nvidia-cdi-refresh")


def test_without_the_unit_the_specification_outlives_a_reboot() -> None:
    verdict = judge_listed(ready(**NO_SPEC, units=UNREFRESHED, **daemon_json('{"features": {"cdi": true}}')))
    assert str(verdict.remedy) == "sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml"


@pytest.mark.parametrize(
    ("version", "features", "with_unit", "takes", "must"),
    [
        ("24.0.7", '{"features": {"cdi": true}}', True, False, False),
        ("25.0.5", "{}", True, False, False),
        ("26.1.5", '{"features": {"cdi": true}}', False, True, True),
        ("28.1.1", "{}", True, False, False),
        ("28.2.0", "{}", True, True, True),
        ("28.2.0", "{}", False, True, False),
        ("28.2.0", '{"features": {"cdi": false}}', True, False, False),
        ("29.2.0", "{}", False, True, True),
        ("29.2.0", "not JSON", False, True, True),
    ],
)
def test_which_engines_take_cdi_devices(version: str, features: str, with_unit: bool, takes: bool, must: bool) -> None:
    told = ready(daemon=docker(version), units=units() if with_unit else UNREFRESHED, **daemon_json(features))
    assert (has_cdi(told), needs_cdi(told)) == (takes, must)


@pytest.mark.parametrize(
    ("verdict", "status", "seen"),
    [
        (judge_listed(ready(**{**NO_SPEC, "daemon": docker("28.1.1", "x")})), "n/a", "through the hook"),
        (judge_listed(ready(**{**NO_SPEC, "daemon": docker("29.2.0", "x")}, units=UNREFRESHED)), "fail", "no CDI spec"),
        (judge_listed(ready(daemon=docker("26.1.5"), **daemon_json('{"features": {"cdi": true}}'))), "pass", "26.1.5"),
        (judge_stale(ready(cdi_specs="")), "n/a", "no CDI specification"),
        (judge_stale(ready(cdi_specs=STALE, daemon=docker("28.1.1"))), "n/a", "does not use CDI"),
        (judge_stale(ready(toolkit=HOST_HAS_COPY)), "pass", "nobody renews /etc/cdi/nvidia.yaml"),
        (judge_numbers(ready(cdi_specs=TOLD.replace("major 510 /dev/nvidia-uvm\n", ""))), "pass", "the kernel's"),
        (judge_schema(ready(cdi_specs=TOLD.replace("0.5.0", "0.7.0"))), "pass", "version 0.7.0"),
        (judge_refresh(ready(units=UNREFRESHED)), "n/a", "older than 1.18"),
        (judge_refresh(ready(units=REFRESH_FAILED.replace("exit-code", "exec-condition"))), "n/a", "no driver"),
        (judge_refresh(ready(units=units(enabled="disabled"))), "fail", "not enabled"),
        (judge_smoke_by_cdi(ready(daemon=docker("25.0.5"))), "n/a", "Docker 25.0.5 has no CDI"),
        (judge_smoke_by_cdi(ready(daemon=docker("28.5.1", "x"))), "n/a", "no CDI device"),
    ],
)
def test_what_a_version_makes_of_it(verdict: Verdict, status: str, seen: str) -> None:
    assert (verdict.status.value, seen in verdict.seen) == (status, True), verdict.seen


def test_a_new_specification_on_an_old_engine() -> None:
    old = {"cdi_specs": TOLD.replace("0.5.0", "0.7.0"), "daemon": docker("26.0.2")}
    verdict = judge_schema(ready(**old, **daemon_json('{"features": {"cdi": true}}')))
    assert verdict.status.value == "fail"
    assert "no-additional-gids-for-device-nodes --output=/var/run/cdi/nvidia.yaml" in str(verdict.remedy)


def told(**broken: str) -> Facts:
    return facts({**READY, **DEEP, **broken})


UNRESOLVED = "run 125 x\nCDI device injection failed: unresolvable CDI devices nvidia.com/gpu=all\n"


@pytest.mark.parametrize(
    ("broken", "blocked_by"),
    [
        ({**NO_SPEC, "cuda_container": UNRESOLVED, "daemon": docker("29.2.0", "x")}, "ctk.cdi"),
        (
            {"cdi_specs": STALE, "daemon": docker("29.2.0"), "cuda_container": "run 127 x\nlibcuda.so.1\n"},
            "ctk.cdi_stale",
        ),
        ({"cdi_specs": STALE, "cuda_container": "run 127 x\nlibcuda.so.1\n"}, ""),
    ],
)
def test_gpus_by_cdi_are_blocked_by_what_is_wrong_with_cdi(broken: dict[str, str], blocked_by: str) -> None:
    assert judge_smoke(told(**broken)).blocked_by == blocked_by


def test_what_a_specification_names() -> None:
    found = ready()[SPECS]
    assert found.specs[0].drivers == {"550.163.01"} and found.specs[0].majors == {"/dev/nvidia-uvm": 510}
    assert found.node_majors["/dev/nvidia-uvm"] == found.uvm_major == 510
