"""The GPU itself: what NVML and the kernel's log say of it."""

from __future__ import annotations

from checks.known_error import KnownError

GONE = KnownError(
    (  # dcgm-exporter#604
        "Unable to determine the device handle for GPU …: Unknown Error",
        "Unable to determine the device handle for GPU …: GPU is lost",
        "GPU is lost",
        "GPU has fallen off the bus",
        "NVRM: Xid (PCI:…): 79, … GPU has fallen off the bus",
        "has fallen off the bus and is not responding to commands",  # NVSentinel#155
    ),
    "The GPU no longer answers on the bus: power, heat, its slot, or the GPU itself.",
    "Switch the machine off and on (a reboot is often not enough); if it comes back, look at power and seating",
    ("gpu.xid", "gpu.offbus", "gpu.count", "smi.answers"),
)
XID = KnownError(
    ("NVRM: Xid (PCI:…): …",),
    "The driver reports a fault of a GPU. The number says which: 13, 31, 43 mostly a program's; 48, 63, 64, 94, 95"
    " memory; 74 NVLink; 79 the bus; 119, 120 firmware; 154 what is to be done.",
    "Judge the number: ./gpudock verify HOST names what to do for it",
    ("gpu.xid",),
)
ECC = KnownError(
    ("uncorrectable ECC error encountered", "CUDA error: an uncorrectable ECC error"),
    "A memory cell of the GPU gave wrong data.",
    "End all work on the GPU, then: sudo nvidia-smi -r -i N; if it comes back, the GPU is to be replaced",
    ("gpu.ecc", "gpu.remap", "gpu.xid"),
)
NO_SUCH_GPU = KnownError(
    ("nvidia-container-cli: device error: …: unknown device id", "device error: …: unknown device"),
    "The container asks for a GPU by a number or UUID that the host does not have (any more).",
    "nvidia-smi -L lists those that it has; then docker run --gpus all, or --gpus device=NUMBER",
    ("gpu.count", "gpu.mig"),
)
BUSY = KnownError(
    ("all CUDA-capable devices are busy or unavailable", "cudaErrorDevicesUnavailable"),
    "The GPU takes one program alone (compute mode), or a program holds it.",
    "sudo nvidia-smi -c 0, and look who uses it: nvidia-smi",
    ("gpu.compute_mode", "gpu.mig"),
)
NO_CUDA_DEVICE = KnownError(
    ("no CUDA-capable device is detected", "CUDA error 100", "cudaErrorNoDevice"),
    "CUDA sees no GPU: the container was given none, or MIG is on without an instance.",
    "docker run --gpus all …; with MIG: sudo nvidia-smi mig -cgi PROFILE -C, then regenerate the CDI specification",
    ("ctr.cuda", "gpu.mig", "ctr.silentcpu"),
)
