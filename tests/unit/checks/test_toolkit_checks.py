"""The toolkit: faults by name, with what Docker and the toolkit say of them, and the versions that matter."""

from __future__ import annotations

import pytest

from checks.catalog.toolkit import judge_installed, judge_restarted
from checks.catalog.toolkit_config import judge_config, judge_reload, judge_runtime, judge_selinux
from checks.catalog.toolkit_wiring import WIRING
from checks.model import Status, Verdict
from provisioning.probe import UnknownFact
from provisioning.probes import toolkit as toolkit_probe
from tests.unit.checks.container_lines import by_gpus, by_runtime
from tests.unit.checks.one_fault import named
from tests.unit.described.toolkit import WIRING as TOLD
from tests.unit.described_host import INFO, READY, STARTED_EPOCH, TOOLKIT, daemon_json, file, fresh, ready

PACKAGES = READY["packages"]
SMOKE = {"ctr.smoke", "ctr.cuda"}
HOOKLESS = TOLD.replace("hook nvidia-container-runtime-hook /usr/bin/nvidia-container-runtime-hook\n", "")
BARE = HOOKLESS.replace("hook nvidia-cdi-hook /usr/bin/nvidia-cdi-hook\n", "")
SOURCES = "".join(
    file(
        f"/etc/apt/sources.list.d/{name}.list", "deb https://nvidia.github.io/libnvidia-container/stable/deb/amd64 /\n"
    )
    for name in ("libnvidia-container", "nvidia-container-toolkit")
)

ENGINE_ALONE = "".join(line for line in PACKAGES.splitlines(keepends=True) if "nvidia" not in line)


def docker(version: str, *, cgroup: str = "systemd") -> str:
    return INFO.replace("28.5.1", version).replace('"CgroupDriver": "systemd"', f'"CgroupDriver": "{cgroup}"')


@pytest.mark.parametrize(
    ("broken", "cause", "remedy"),
    [
        (
            {"toolkit_wiring": BARE, "toolkit": "", "packages": ENGINE_ALONE},
            "no nvidia-container-runtime-hook",
            "gpudock provision",
        ),
        (
            {"toolkit_wiring": BARE, "toolkit": ""},
            "no nvidia-container-runtime-hook",
            "install --reinstall -y nvidia-container-toolkit nvidia-container-toolkit-base",
        ),
        (
            {"packages": PACKAGES.replace("ii  libnvidia-container1", "rc  libnvidia-container1")},
            "not installed: libnvidia-container1",
            "gpudock provision",
        ),
        ({"toolkit_wiring": BARE}, "not on dockerd's PATH", "ln -s /usr/bin/nvidia-container-runtime-hook /usr/bin/"),
    ],
)
def test_a_toolkit_that_dockerd_does_not_find(broken: dict[str, str], cause: str, remedy: str) -> None:
    found = named(broken, "ctk.installed", cause, remedy)
    assert {"ctk.restarted", "ctk.cdi", "ctr.smoke", "ctr.smoke_cdi"} < set(found.explains)


@pytest.mark.parametrize(
    ("version", "wiring", "status"),
    [
        ("28.5.1", HOOKLESS, Status.FAIL),
        ("29.1.5", HOOKLESS, Status.FAIL),
        ("29.2.0", HOOKLESS, Status.PASS),
        ("29.2.0", BARE.replace("path_known yes\n", ""), Status.UNKNOWN),
        ("29.2.0", BARE, Status.FAIL),
    ],
)
def test_the_cdi_hook_serves_from_docker_29_2_on(version: str, wiring: str, status: Status) -> None:
    told = TOOLKIT.replace(TOOLKIT.splitlines()[1] + "\n", "program nvidia-cdi-hook /opt/nvidia-cdi-hook 1\n")
    if status is not Status.FAIL:
        told = TOOLKIT
    assert judge_installed(ready(daemon=docker(version), toolkit_wiring=wiring, toolkit=told)).status is status


def test_a_toolkit_that_came_after_the_engine_started() -> None:
    broken = {"toolkit": TOOLKIT.replace(str(STARTED_EPOCH - 60), str(STARTED_EPOCH + 5))}
    found = named(broken, "ctk.restarted", "only when it starts", "sudo systemctl restart docker")
    assert set(found.explains) == SMOKE


def test_an_upgrade_of_the_toolkit_needs_no_restart() -> None:
    upgraded = TOOLKIT.replace(f" {STARTED_EPOCH - 60}", f" {STARTED_EPOCH + 5} {STARTED_EPOCH - 60}")
    assert toolkit_probe.parse(upgraded).installed == STARTED_EPOCH - 60
    assert judge_restarted(ready(toolkit=upgraded)).status is Status.PASS
    moved = TOOLKIT.replace(f" {STARTED_EPOCH - 60}", f" {STARTED_EPOCH + 5} {STARTED_EPOCH - 60} 0")
    assert judge_restarted(ready(toolkit=moved)).status is Status.PASS
    without_births = TOOLKIT.replace(f" {STARTED_EPOCH - 60}", f" {STARTED_EPOCH + 5} 0 -")
    assert judge_restarted(ready(toolkit=without_births)).status is Status.FAIL


@pytest.mark.parametrize(
    ("broken", "check", "cause", "remedy"),
    [
        (
            {"packages": PACKAGES.replace("libnvidia-container1 1.20.1", "libnvidia-container1 1.17.9")},
            "ctk.mixed",
            "only at one version",
            "apt-get install",
        ),
        ({"packages": PACKAGES + "ii  nvidia-docker2 2.13.0-1\n"}, "ctk.mixed", "nvidia-docker2", "provision"),
        ({"apt_sources": SOURCES}, "ctk.apt", "Conflicting values set for option Signed-By", "provision"),
        (
            {"toolkit_wiring": TOLD.replace("library libcuda.so.1", "other libcuda.so.1")},
            "ctk.libs",
            "not of this architecture",
            "libnvidia-compute-550",
        ),
        (
            {"toolkit_wiring": TOLD.replace("libcuda.so.550.163.01", "libcuda.so.535.247.01")},
            "ctk.libs",
            "two versions",
            "nvidia-uninstall",
        ),
        (
            {"daemon": INFO.replace(', "nvidia": {}', "")},
            "ctk.runtime",
            "unknown or invalid runtime name: nvidia",
            "systemctl reload docker",
        ),
        (
            {
                "toolkit_wiring": TOLD.replace(
                    "runtime nvidia-container-runtime yes", "runtime nvidia-container-runtime no"
                )
            },
            "ctk.runtime_path",
            "no program nvidia-container-runtime",
            "provision",
        ),
        (
            {"toolkit_wiring": TOLD.replace("container-cli]\n", "container-cli]\ntoml no-cgroups = true # rootless\n")},
            "ctk.config",
            "not the right to use them",
            "nvidia-container-cli.no-cgroups=false",
        ),
        ({"toolkit_wiring": TOLD.replace('"auto"', "auto")}, "ctk.config", "Invalid value (at line 3", "move the file"),
        (
            {"toolkit_wiring": TOLD.replace('"auto"', '"cdi"')},
            "ctk.config",
            "invoking the NVIDIA Container Runtime Hook directly",
            "nvidia-container-runtime.mode=auto",
        ),
        (
            {"toolkit_wiring": TOLD.replace("selinux ", "selinux 1"), **daemon_json('{"selinux-enabled": true}')},
            "ctk.selinux",
            "Insufficient Permissions",
            "label=disable",
        ),
        (
            {"daemon": docker("28.5.1"), "containers": by_gpus("train")},
            "ctk.reload",
            "Failed to initialize NVML: Unknown Error",
            "create-dev-char-symlinks",
        ),
    ],
)
def test_one_fault_of_the_toolkit(broken: dict[str, str], check: str, cause: str, remedy: str) -> None:
    named(broken, check, cause, remedy)


RUNTIMELESS = INFO.replace(', "nvidia": {}', "")
DEVICE_LINKS = TOLD.replace("devchar 0", "devchar 3")


@pytest.mark.parametrize(
    ("verdict", "status", "seen"),
    [
        (
            judge_runtime(ready(daemon=INFO.replace(', "nvidia": {}', ""), **daemon_json(None))),
            "n/a",
            "does not need it",
        ),
        (
            judge_runtime(ready(daemon=RUNTIMELESS, containers=by_runtime("old"), **daemon_json("{}"))),
            "fail",
            "old was made with",
        ),
        (judge_config(ready(toolkit_wiring=TOLD.replace("config yes\n", ""))), "n/a", "defaults"),
        (judge_config(ready(daemon=docker("29.2.0"), toolkit_wiring=TOLD.replace('"auto"', '"cdi"'))), "pass", "cdi"),
        (judge_reload(ready(daemon=docker("28.5.1"))), "pass", "no container runs"),
        (judge_reload(ready(daemon=docker("29.2.0"), containers=by_gpus("a"))), "pass", "by CDI"),
        (judge_reload(ready(daemon=docker("28.5.1", cgroup="cgroupfs"), containers=by_gpus("a"))), "pass", "cgroupfs"),
        (
            judge_reload(ready(daemon=docker("28.5.1"), containers=by_gpus("a"), toolkit_wiring=DEVICE_LINKS)),
            "pass",
            "/dev/char",
        ),
        (judge_selinux(ready(toolkit_wiring=TOLD.replace("selinux ", "selinux 1"))), "pass", "does not label"),
        (judge_selinux(fresh(gpus_on_bus=READY["gpus_on_bus"])), "n/a", "not enforce"),
    ],
)
def test_what_is_no_fault(verdict: Verdict, status: str, seen: str) -> None:
    assert (verdict.status.value, seen in verdict.seen) == (status, True), verdict.seen


def test_an_engine_that_may_not_be_asked_is_unknown() -> None:
    with pytest.raises(UnknownFact, match="permission denied"):
        judge_runtime(ready(daemon="silent permission denied\n"))


def test_what_the_daemon_finds() -> None:
    found = ready()[WIRING]
    assert found.config == {"nvidia-container-runtime.mode": "auto"}
    assert found.runtimes == {"nvidia-container-runtime": True} and not found.selinux_enforces
