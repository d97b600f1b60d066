"""The NVIDIA Container Toolkit: whole, found by the daemon, and able to find the driver."""

from __future__ import annotations

from checks.applicability import with_gpu
from checks.catalog.toolkit_wiring import CDI_HOOK, LIBRARIES, RUNTIME_HOOK, WIRING, version_of
from checks.gpu_access import GPUS_BY_CDI
from checks.model import Check, Severity, Verdict, failed, not_applicable, passed, unknown
from checks.remedy import BY_PROVISIONING, RESTART_DOCKER, Risk, by_commands, by_hand
from provisioning import apt_sources
from provisioning.probe import Facts
from provisioning.probes.apt import APT_SOURCES
from provisioning.probes.driver import KERNEL_DRIVER
from provisioning.probes.engine import DAEMON, UNIT_STATES
from provisioning.probes.packages import PACKAGES
from provisioning.probes.toolkit import TOOLKIT
from provisioning.selection import TOOLKIT as TOOLKIT_PACKAGES

_REINSTALL = by_commands(
    ("apt-get", "install", "--reinstall", "-y", "nvidia-container-toolkit", "nvidia-container-toolkit-base"),
    ("systemctl", "restart", "docker"),
    risk=Risk.RESTARTS_DOCKER,
)
LEFTOVERS = ("nvidia-docker2", "nvidia-container-runtime", "nvidia-docker")


def _hooks_that_serve(facts: Facts) -> tuple[str, ...]:
    """Before Docker 29.2 `--gpus` knows the runtime hook alone (moby, daemon/nvidia_linux.go)."""
    daemon = facts[DAEMON].engine
    by_hook_alone = daemon is not None and daemon.version < GPUS_BY_CDI
    return (RUNTIME_HOOK,) if by_hook_alone else (RUNTIME_HOOK, CDI_HOOK)


def judge_installed(facts: Facts) -> Verdict:
    wiring, names = facts[WIRING], _hooks_that_serve(facts)
    present = [package for package in TOOLKIT_PACKAGES if package in facts[PACKAGES]]
    missing = [package for package in TOOLKIT_PACKAGES if package not in present]
    if "nvidia-container-toolkit" in present and missing:
        return failed(
            f"not installed: {', '.join(missing)}",
            cause="Without these packages the toolkit cannot hand a GPU to a container.",
            remedy=BY_PROVISIONING,
        )
    found = [wiring.hooks[name] for name in names if name in wiring.hooks]
    if found:
        return passed(f"toolkit {facts[PACKAGES].get(TOOLKIT_PACKAGES[0], 'of no package')}, {found[0]}")
    elsewhere = next((facts[TOOLKIT].programs[name] for name in names if name in facts[TOOLKIT].programs), "")
    if elsewhere and not wiring.path_known:
        return unknown(f"{elsewhere} may be on dockerd's PATH, which cannot be read")
    if elsewhere:
        return failed(
            f"{elsewhere} is not on dockerd's PATH",
            cause="dockerd looks for the GPU hook in its own PATH, not in root's.",
            remedy=by_commands(
                ("ln", "-s", elsewhere, "/usr/bin/"), ("systemctl", "restart", "docker"), risk=Risk.RESTARTS_DOCKER
            ),
        )
    return failed(
        f"no {' and no '.join(names)}",
        cause="Without the toolkit the engine cannot hand a GPU to a container: "
        'could not select device driver "" with capabilities: [[gpu]].',
        remedy=_REINSTALL if present else BY_PROVISIONING,  # to apt a package is there whatever became of its files
    )


def judge_restarted(facts: Facts) -> Verdict:
    started = facts[UNIT_STATES]["docker.service"].started
    if not started:
        return unknown("when dockerd started is not known")
    if facts[TOOLKIT].installed > started:
        return failed(
            "the toolkit is newer than the running daemon",
            cause="dockerd looks for the GPU hook only when it starts, and the toolkit was installed after that.",
            remedy=RESTART_DOCKER,
        )
    return passed("the daemon started after the toolkit was installed")


def judge_mixed(facts: Facts) -> Verdict:
    packages = facts[PACKAGES]
    installed = {name: packages[name] for name in TOOLKIT_PACKAGES if name in packages}
    leftovers = [name for name in LEFTOVERS if name in packages]
    if not installed:
        return not_applicable("the toolkit is not installed as a package")
    if len(set(installed.values())) > 1:
        return failed(
            ", ".join(f"{name} {version}" for name, version in installed.items()),
            cause="The four packages of the toolkit work together only at one version (nvidia-container-toolkit#1091).",
            remedy=by_commands(("apt-get", "install", "-y", *TOOLKIT_PACKAGES), risk=Risk.RESTARTS_DOCKER),
        )
    if leftovers:
        return failed(
            f"{', '.join(leftovers)} beside the toolkit",
            cause="Packages of nvidia-docker are left over, which the toolkit has replaced.",
            remedy=BY_PROVISIONING,
        )
    return passed(f"toolkit {next(iter(installed.values()))}")


def judge_source(facts: Facts) -> Verdict:
    named = [
        path
        for path, file in sorted(facts[APT_SOURCES].items())
        for uri in apt_sources.uris(path, file.text)
        if apt_sources.is_toolkit(uri)
    ]
    if not named:
        return not_applicable("no source of apt's names NVIDIA's container packages")
    if len(set(named)) == 1:
        return passed(named[0])
    return failed(
        ", ".join(dict.fromkeys(named)),
        cause="More than one file names NVIDIA's repository; where they disagree on its key, apt refuses to work: "
        "Conflicting values set for option Signed-By.",
        remedy=BY_PROVISIONING,
    )


def judge_libraries(facts: Facts) -> Verdict:
    wiring, loaded = facts[WIRING], facts[KERNEL_DRIVER]
    missing = [name for name in LIBRARIES if name not in wiring.libraries]
    if missing:
        branch = loaded.partition(".")[0] or "NNN"
        foreign = f"; not of this architecture: {', '.join(wiring.other_libraries)}" if wiring.other_libraries else ""
        return failed(
            f"not in ld.so's cache: {', '.join(missing)}{foreign}",
            cause="The toolkit hands the driver's own libraries to containers, and does not find them.",
            remedy=by_hand(
                f"sudo ldconfig; if they are still missing, install the driver's libraries, branch {branch} "
                f"(Ubuntu: libnvidia-compute-{branch}, Debian: libcuda1)"
            ),
        )
    versions = {version_of(path) for path in wiring.libraries.values()} - {""}
    if len(versions) > 1:
        return failed(
            ", ".join(f"{name}: {version_of(path)}" for name, path in wiring.libraries.items()),
            cause="The driver's libraries are of two versions: two drivers were installed over each other.",
            remedy=by_hand("Remove one of the two drivers: those of NVIDIA's .run file with nvidia-uninstall"),
        )
    return passed(f"libnvidia-ml and libcuda {''.join(versions)}")


INSTALLED = Check(
    "ctk.installed",
    "The toolkit is installed where dockerd finds it",
    with_gpu(judge_installed),
    needs=("dk.installed",),
    gpu=True,
    headline=True,
)
RESTARTED = Check(
    "ctk.restarted",
    "The engine started after the toolkit was installed",
    with_gpu(judge_restarted),
    needs=("dk.running", "ctk.installed"),
    gpu=True,
)
MIXED = Check(
    "ctk.mixed",
    "The toolkit's packages are of one version",
    with_gpu(judge_mixed),
    Severity.WARNING,
    needs=("ctk.installed",),
    gpu=True,
)
SOURCE = Check("ctk.apt", "One source of apt's names NVIDIA's packages", judge_source, Severity.WARNING, gpu=True)
LIBS = Check(
    "ctk.libs",
    "The driver's libraries are where the toolkit looks",
    with_gpu(judge_libraries),
    needs=("drv.match", "smi.answers"),
    gpu=True,
)
