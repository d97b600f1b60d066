"""How the toolkit is configured: runtimes in daemon.json, config.toml, and what loses GPUs later."""

from __future__ import annotations

from collections.abc import Mapping

from checks.applicability import with_gpu
from checks.catalog.container_facts import CONTAINERS, gpu_containers
from checks.catalog.toolkit_wiring import CONFIG, WIRING
from checks.gpu_access import GPUS_BY_CDI, config, engine
from checks.model import Check, Severity, Verdict, failed, not_applicable, passed
from checks.remedy import BY_PROVISIONING, by_commands, by_hand
from provisioning.probe import Facts
from provisioning.probes.daemon_flags import DAEMON_FLAGS

NVIDIA = "nvidia"


def _runtimes(facts: Facts) -> Mapping[str, object]:
    named = config(facts).get("runtimes")
    return named if isinstance(named, Mapping) else {}


def judge_runtime(facts: Facts) -> Verdict:
    docker = engine(facts)
    if NVIDIA in docker.runtimes:
        return passed("runtime nvidia is known")
    if NVIDIA in _runtimes(facts):
        return failed(
            "daemon.json names runtime nvidia, the running daemon does not know it",
            cause="daemon.json was changed and not read since: unknown or invalid runtime name: nvidia.",
            remedy=by_commands(("systemctl", "reload", "docker")),
        )
    users = [container.name for container in facts[CONTAINERS] if container.runtime == NVIDIA]
    if users:
        return failed(
            f"no runtime nvidia, which {', '.join(users)} was made with",
            cause="The runtime is gone from daemon.json; these containers cannot start again.",
            remedy=BY_PROVISIONING,
        )
    return not_applicable("no container asks for runtime nvidia; --gpus does not need it")


def judge_runtime_path(facts: Facts) -> Verdict:
    gone = [path for path, found in facts[WIRING].runtimes.items() if not found]
    if not gone:
        return passed("every runtime of daemon.json is there")
    names = [name for name, each in _runtimes(facts).items() if isinstance(each, Mapping) and each.get("path") in gone]
    default = config(facts).get("default-runtime")
    who = "No container can start, for it is the default" if default in names else "Containers that ask for it fail"
    return failed(
        f"runtime {', '.join(names)}: no program {', '.join(gone)}",
        cause=f"daemon.json names a runtime whose program is gone. {who}: executable file not found.",
        remedy=BY_PROVISIONING
        if NVIDIA in names
        else by_hand(f"Install {', '.join(gone)} again, or take the entry out of /etc/docker/daemon.json"),
    )


def judge_config(facts: Facts) -> Verdict:
    told, error = facts[WIRING].config, facts[WIRING].config_error
    if told is None:
        return not_applicable(f"no {CONFIG}: the toolkit goes by its defaults")
    if error:
        return failed(
            f"{CONFIG}: {error}",
            cause="config.toml is not valid TOML, and the toolkit's hook and runtime end with an error.",
            remedy=by_hand(
                f"Mend that line of {CONFIG}, or move the file away: the toolkit has defaults for all of it"
            ),
        )
    mode = told.get("nvidia-container-runtime.mode", "auto")
    if told.get("nvidia-container-cli.no-cgroups") == "true":
        return failed(
            "no-cgroups = true",
            cause="That is for rootless Docker: here containers get the devices' files, but not the right to use them.",
            remedy=by_commands(
                ("nvidia-ctk", "config", "--set", "nvidia-container-cli.no-cgroups=false", "--in-place")
            ),
        )
    if mode == "cdi" and engine(facts).version < GPUS_BY_CDI:
        return failed(
            "mode = cdi",
            cause=f"Docker {engine(facts).text} serves --gpus through the hook, which refuses to work in this mode: "
            "invoking the NVIDIA Container Runtime Hook directly is not supported.",
            remedy=by_commands(("nvidia-ctk", "config", "--set", "nvidia-container-runtime.mode=auto", "--in-place")),
        )
    return passed(f"mode {mode}")


def judge_reload(facts: Facts) -> Verdict:
    docker = engine(facts)
    at_risk = [each.name for each in gpu_containers(facts, running=True) if each.by_hook]
    if docker.cgroup_driver != "systemd":
        return passed(f"cgroup driver {docker.cgroup_driver}: systemd does not touch containers' devices")
    if docker.version >= GPUS_BY_CDI:
        return passed(f"Docker {docker.text} gives GPUs by CDI")
    if facts[WIRING].device_links:
        return passed("systemd knows the devices by /dev/char")
    if not at_risk:
        return passed("no container runs that got its GPU from the hook")
    return failed(
        f"{', '.join(at_risk)}: GPU from the hook, cgroup driver systemd",
        cause="After the next systemctl daemon-reload, which any package update may do, they lose the GPU: "
        "Failed to initialize NVML: Unknown Error.",
        remedy=by_commands(
            ("nvidia-ctk", "system", "create-dev-char-symlinks", "--create-all"),
            words="Start them with --device nvidia.com/gpu=all in place of --gpus, or until the next reboot",
        ),
    )


def judge_selinux(facts: Facts) -> Verdict:
    if not facts[WIRING].selinux_enforces:
        return not_applicable("SELinux does not enforce anything")
    if config(facts).get("selinux-enabled") is not True and "selinux-enabled" not in facts[DAEMON_FLAGS]:
        return passed("SELinux enforces, the engine does not label containers")
    return failed(
        "SELinux enforces, and the engine labels containers",
        cause="A labelled container may not open the devices: Failed to initialize NVML: Insufficient Permissions.",
        remedy=by_hand("Start GPU containers with --security-opt=label=disable"),
    )


RUNTIME = Check(
    "ctk.runtime",
    "The engine knows the runtime that containers ask for",
    with_gpu(judge_runtime),
    Severity.WARNING,
    needs=("dk.running", "ctk.installed"),
    gpu=True,
)
RUNTIME_PATH = Check(
    "ctk.runtime_path", "Every runtime of daemon.json is on the disk", judge_runtime_path, needs=("dk.json",)
)
CONFIGURED = Check(
    "ctk.config",
    "The toolkit's config.toml suits this engine",
    with_gpu(judge_config),
    Severity.WARNING,
    needs=("ctk.installed",),
    gpu=True,
)
RELOAD = Check(
    "ctk.reload",
    "Containers keep their GPU when systemd reloads",
    with_gpu(judge_reload),
    Severity.WARNING,
    needs=("dk.running", "ctk.installed"),
    gpu=True,
)
SELINUX = Check(
    "ctk.selinux",
    "SELinux lets containers open the devices",
    with_gpu(judge_selinux),
    Severity.WARNING,
    needs=("ctk.installed",),
    gpu=True,
)
