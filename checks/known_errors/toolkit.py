"""The NVIDIA Container Toolkit: known to the engine, at one version, with a CDI specification that fits."""

from __future__ import annotations

from checks.known_error import KnownError

_NO_DEVICE_DRIVER = (
    'could not select device driver "" with capabilities: [[gpu]]',
    'could not select device driver "nvidia" with capabilities: [[gpu]]',  # as Compose asks
    "could not select device driver … with capabilities: [[gpu]]",
    "could not select device driver",
)

NO_TOOLKIT = KnownError(
    _NO_DEVICE_DRIVER,
    "dockerd finds no nvidia-cdi-hook or nvidia-container-runtime-hook: the toolkit is not installed.",
    "./gpudock provision HOST",
    ("ctk.installed",),
)
NOT_RESTARTED = KnownError(
    _NO_DEVICE_DRIVER,
    "The toolkit was installed after dockerd started, which looks for it only then (moby RegisterGPUDeviceDrivers).",
    "sudo systemctl restart docker",
    ("ctk.restarted",),
)
SNAP = KnownError(
    _NO_DEVICE_DRIVER,
    "Docker came from snap, and sees neither the toolkit nor /etc/docker/daemon.json (nvidia-docker#1637).",
    "sudo snap remove --purge docker, then ./gpudock provision HOST",
    ("dk.snap",),
)
NO_RUNTIME = KnownError(
    (
        "unknown or invalid runtime name: nvidia",
        "Unknown runtime specified nvidia",
        "unknown runtime specified nvidia",
    ),  # moby runtime_unix.go; toolkit#150 #378
    "daemon.json has no runtime nvidia, the daemon has not read it yet, or it reads another file (rootless, Desktop).",
    "sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker; or use --gpus all instead",
    ("ctk.runtime", "dk.context"),
)
RUNTIME_GONE = KnownError(
    (
        "fork/exec /usr/bin/nvidia-container-runtime: no such file or directory",
        "nvidia-container-runtime: no such file or directory",
        'exec: "nvidia-container-runtime": executable file not found in $PATH',
        "nvidia-container-runtime did not terminate successfully",
    ),
    "daemon.json names a runtime whose program is gone; as default-runtime it keeps every container from starting.",
    "./gpudock provision HOST, or take the runtime out of /etc/docker/daemon.json",
    ("ctk.runtime_path", "ctk.installed"),
)
SIGNED_BY = KnownError(
    (
        "E: Conflicting values set for option Signed-By regarding source https://nvidia.github.io/libnvidia-container/…",
        "Conflicting values set for option Signed-By regarding source …",
        "The list of sources could not be read",
    ),  # NVIDIA Container Toolkit, troubleshooting.md
    "Two files name the same package source with different keys, and apt refuses them all.",
    "grep -l nvidia.github.io /etc/apt/sources.list.d/*, and delete all but one; ./gpudock provision HOST does it",
    ("ctk.apt",),
)
NO_LIBRARY = KnownError(
    (  # libnvidia-container#231; toolkit#154
        "nvidia-container-cli: initialization error: load library failed: libnvidia-ml.so.1: cannot open shared"
        " object file",
        "load library failed: libnvidia-ml.so.1",
        "libnvidia-ml.so.1: cannot open shared object file",
        "couldn't find libnvidia-ml.so library in your system",
    ),
    "The driver's libraries are not where the loader looks, or are not installed.",
    "sudo apt install libnvidia-compute-BRANCH (Debian: libnvidia-ml1) && sudo ldconfig",
    ("ctk.libs", "drv.installed"),
)
NO_LIBCUDA = KnownError(
    (
        "libcuda.so.1: cannot open shared object file",
        "libcuda.so: cannot open shared object file",
        "Found no NVIDIA driver on your system",
        "Could not find cuda drivers on your machine, GPU will not be used",
    ),
    "CUDA's driver library is missing: the container was given no GPU, or not the capability `compute`.",
    "docker run --gpus all …, and NVIDIA_DRIVER_CAPABILITIES=compute,utility; on the host: sudo ldconfig",
    ("ctr.silentcpu", "ctk.libs"),
)
UNRESOLVABLE = KnownError(
    (  # toolkit#434 #1537
        "CDI device injection failed: unresolvable CDI devices …",
        "failed to inject CDI devices: unresolvable CDI devices …",
        "unresolvable CDI devices …",
    ),
    "The engine finds no CDI specification of this device, or one that is too new for it.",
    "sudo systemctl enable --now nvidia-cdi-refresh.path nvidia-cdi-refresh.service; else: sudo nvidia-ctk cdi generate"
    " --output=/var/run/cdi/nvidia.yaml",
    ("ctk.cdi", "ctk.cdi_schema", "ctk.refresh"),
)
STALE_CDI = KnownError(
    (  # Tdarr#1423; toolkit#450 #856
        "libEGL_nvidia.so.…: no such file or directory",
        "libnvidia-….so.…: no such file or directory",
        "libcuda.so.…: no such file or directory",
        "failed to fulfil mount request: open /usr/lib/…nvidia…: no such file or directory",
    ),
    "The CDI specification, or the container itself, names files of a driver that was upgraded since.",
    "sudo systemctl restart nvidia-cdi-refresh, remove an old /etc/cdi/nvidia.yaml, and recreate the container",
    ("ctk.cdi_stale", "drv.latent"),
)
REFRESH_FAILED = KnownError(
    (  # toolkit#1611
        "failed to generate CDI spec: … failed to initialize NVML: Driver Not Loaded",
        "failed to generate CDI spec: …",
    ),
    "The CDI specification was to be written before the driver was loaded.",
    "sudo systemctl restart nvidia-cdi-refresh; let the unit start after the driver's modules",
    ("ctk.refresh", "drv.loaded"),
)
ROOTLESS_CGROUPS = KnownError(
    (  # toolkit#139
        "mount error: failed to add device rules: … bpf_prog_query(BPF_CGROUP_DEVICE) failed: operation not permitted",
        "bpf_prog_query(BPF_CGROUP_DEVICE) failed: operation not permitted",
        "mount error: open failed: /sys/fs/cgroup/devices/…: permission denied",
    ),
    "The engine runs without root, where the toolkit may not set cgroups.",
    "sudo nvidia-ctk config --set nvidia-container-cli.no-cgroups=true --in-place; only for rootless engines",
    ("ctk.config", "dk.context"),
)
HOOK_IN_CDI_MODE = KnownError(
    (  # toolkit hook_config.go, #1246
        "invoking the NVIDIA Container Runtime Hook directly (e.g. specifying the docker --gpus flag) is not supported",
        "invoking the NVIDIA Container Runtime Hook directly",
    ),
    "The toolkit's config.toml sets mode `cdi`, and `--gpus` still goes through its hook.",
    "sudo nvidia-ctk config --set nvidia-container-runtime.mode=auto --in-place",
    ("ctk.config",),
)
NO_LDCONFIG = KnownError(
    ("ldcache error: open failed: /sbin/ldconfig.real: no such file or directory",),
    "The toolkit's config.toml names Ubuntu's ldconfig on a system that has another.",
    "sudo nvidia-ctk config --set nvidia-container-cli.ldconfig=@/sbin/ldconfig --in-place",
    ("ctk.config",),
)
LOST_CGROUP = KnownError(
    ("Failed to initialize NVML: Unknown Error",),  # toolkit#48 #251 #1227
    "In a container that worked before: `systemctl daemon-reload` took its GPU away. The legacy hook sets device rules"
    " that systemd does not know of.",
    "Recreate the container. For good: CDI (Docker 29.2 and newer), or"
    ' "exec-opts": ["native.cgroupdriver=cgroupfs"] in daemon.json',
    ("ctr.lost", "ctk.reload", "drv.devchar"),
)
SELINUX = KnownError(
    ("Failed to initialize NVML: Insufficient Permissions",),
    "SELinux keeps the container from the device nodes.",
    "docker run --security-opt=label=disable …",
    ("ctk.selinux", "drv.nodes"),
)
MIXED = KnownError(
    ("nvidia-container-cli: … unrecognized option", "undefined symbol: nvc_", "undefined symbol: nvcgo"),
    "The four packages of the toolkit are not of one version (toolkit#1093).",
    "sudo apt install nvidia-container-toolkit nvidia-container-toolkit-base libnvidia-container-tools"
    " libnvidia-container1, all at one version",
    ("ctk.mixed",),
)
