"""Containers: CUDA in them, and the limits that they run into."""

from __future__ import annotations

from checks.known_error import KnownError

NOT_SUPPORTED = KnownError(
    (  # gpustack#1254
        "system has unsupported display driver / cuda driver combination",
        "CUDA error 803",
        "cudaErrorSystemDriverMismatch",
    ),
    "Error 803: the container has a libcuda of another version than the kernel module: an old CDI specification, or a"
    " compat library of the image in LD_LIBRARY_PATH.",
    "Regenerate the CDI specification, recreate the container, take /usr/local/cuda/compat out of LD_LIBRARY_PATH",
    ("ctr.cuda", "ctk.cdi_stale", "drv.match"),
)
FORWARD_COMPATIBILITY = KnownError(
    (  # nvidia-docker#1256
        "forward compatibility was attempted on non supported HW",
        "CUDA error 804",
        "cudaErrorCompatNotSupportedOnDevice",
    ),
    "Error 804: the image brings a compat library, which works on data-center GPUs alone; or the driver was upgraded"
    " without a reboot.",
    "Upgrade the driver instead, or use an image without cuda-compat; reboot after a driver upgrade",
    ("ctr.cuda", "drv.match"),
)
ERROR_999 = KnownError(
    (  # pytorch#49081
        "CUDA error 999",
        "cuda error: unknown error",
        "CUDA unknown error",
        "cudaErrorUnknown",
        "cuInit returned 999",
    ),
    "Error 999: nvidia-smi works but CUDA does not: /dev/nvidia-uvm is missing, or has another number than the CDI"
    " specification says (toolkit#1934).",
    "sudo nvidia-modprobe -u -c0, then: sudo nvidia-ctk cdi generate --output=/var/run/cdi/nvidia.yaml",
    ("drv.nodes", "ctk.cdi_uvm", "ctr.cuda"),
)
REQUIREMENT = KnownError(
    (  # toolkit#152
        "nvidia-container-cli: requirement error: unsatisfied condition: cuda>=…, please update your driver to a newer"
        " version, or use an earlier cuda container",
        "requirement error: unsatisfied condition: …",
        "unsatisfied condition: cuda>=…",
    ),
    "The image wants a newer CUDA than the driver serves.",
    "Upgrade the driver, or take an older tag of the image; NVIDIA_DISABLE_REQUIRE=true as the last resort",
    ("ctr.cudareq",),
)
INSUFFICIENT_DRIVER = KnownError(
    (
        "CUDA driver version is insufficient for CUDA runtime version",
        "cudaErrorInsufficientDriver",
        "CUDA error 35",
        "The NVIDIA driver on your system is too old",
    ),
    "The program was built for a newer CUDA than the driver serves, or the container has no driver library at all.",
    "Upgrade the driver, or take an older tag of the image; docker run --gpus all …",
    ("ctr.cudareq", "ctr.silentcpu"),
)
GPU_MEMORY = KnownError(
    ("CUDA out of memory", "cudaErrorMemoryAllocation", "CUDA error: out of memory"),
    "The GPU's own memory is full: of this program, or of others beside it. Docker and the driver work.",
    "nvidia-smi shows who has it: end that, or take a smaller batch or model",
)
SHARED_MEMORY = KnownError(
    (  # nccl#290 #342; vllm#1710
        "NCCL WARN Call to posix_fallocate failed : No space left on device",
        "NCCL WARN Error while creating shared memory segment …",
        "Bus error",
        "It is possible that dataloader's workers are out of shared memory",
    ),
    "The container has 64 MiB of shared memory, Docker's default; NCCL and data loaders want more.",
    'docker run --shm-size=8g … or --ipc=host; for all containers "default-shm-size" in daemon.json',
    ("ctr.shm",),
)
MEMLOCK = KnownError(
    ("ibv_reg_mr failed", "ibv_create_cq failed", "Cannot allocate memory … memlock"),
    "The container may not lock memory, which RDMA and pinned buffers need.",
    "docker run --ulimit memlock=-1 --ulimit stack=67108864 …; for all: default-ulimits in daemon.json",
    ("ctr.memlock",),
)
INOTIFY = KnownError(
    (  # EmbyStat#1393; ddev#6553
        "The configured user limit (…) on the number of inotify instances has been reached",
        "ENOSPC: System limit for number of file watchers reached",
        "inotify_add_watch: no space left on device",
        "failed to create fsnotify watcher: too many open files",
    ),
    "All containers share the kernel's limit of inotify watchers, and it is used up.",
    "sudo sysctl fs.inotify.max_user_instances=512 fs.inotify.max_user_watches=524288, and in /etc/sysctl.d",
    ("lim.inotify",),
)
KEYS = KnownError(
    ("unable to join session keyring: unable to create session key: disk quota exceeded", "disk quota exceeded"),
    "Each container takes a key of the kernel, and their number is used up.",
    "sudo sysctl -w kernel.keys.root_maxkeys=1000000, and in /etc/sysctl.d",
    ("lim.keys",),
)
