"""The kernel driver: found, built, loaded, and of one version with its libraries."""

from __future__ import annotations

from checks.known_error import KnownError

NO_CONTACT = KnownError(
    ("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver",),
    "The kernel module is not loaded: not built for this kernel, refused by Secure Boot, or another one has the GPU.",
    "sudo modprobe nvidia, and read what it says; after a kernel upgrade: sudo apt install linux-headers-$(uname -r)"
    " && sudo dkms autoinstall && sudo modprobe nvidia",
    ("drv.built", "drv.secureboot", "drv.nouveau", "gpu.bound", "drv.loaded"),
)
NO_DEVICES = KnownError(
    ("No devices were found",),
    "The driver runs and finds no GPU that it can use: none was passed to this machine, the GPU needs the open kernel"
    " module (Blackwell) or the proprietary one (before Turing), or its initialisation failed.",
    "Look at the bus (lspci -d 10de:) and the kernel's log (sudo dmesg | grep NVRM)",
    ("gpu.pci", "drv.flavour", "drv.rminit"),
)
NOUVEAU = KnownError(
    (  # mattshma/bigdata#133
        "NVRM: The NVIDIA probe routine was not called for … device(s)",
        "nouveau, rivafb, nvidiafb or rivatv was loaded and obtained ownership",
    ),
    "Another driver, mostly nouveau, took the GPU before NVIDIA's could.",
    "printf 'blacklist nouveau\\noptions nouveau modeset=0\\n' | sudo tee /etc/modprobe.d/blacklist-nouveau.conf"
    " && sudo update-initramfs -u && sudo reboot",
    ("drv.nouveau", "gpu.bound"),
)
NOT_INSTALLED = KnownError(
    ("nvidia-smi: command not found", "nvidia-smi: not found", "nvidia-smi is not installed"),
    "The host has no NVIDIA driver, or (inside a container) the container was not given a GPU.",
    "Install the distribution's driver: Ubuntu: sudo ubuntu-drivers install --gpgpu; Debian: nvidia-driver from"
    " non-free. For a container: docker run --gpus all",
    ("drv.installed", "ctr.silentcpu"),
)
NOT_IN_IMAGE = KnownError(
    (
        'exec: "nvidia-smi": executable file not found in $PATH',
        "The NVIDIA Driver was not detected. GPU functionality will not be available",
    ),
    "The container was started without a GPU: nvidia-smi comes from the host, and only into containers that have one.",
    "docker run --gpus all …; the image must not set NVIDIA_VISIBLE_DEVICES to void or none",
    ("ctr.silentcpu", "drv.installed"),
)
NOT_BUILT = KnownError(
    ("modprobe: FATAL: Module nvidia not found in directory /lib/modules/…",),  # elementary/os-patches#155
    "The module was not built for the running kernel: the kernel was upgraded without its headers.",
    "sudo apt install linux-headers-$(uname -r) && sudo dkms autoinstall && sudo modprobe nvidia",
    ("drv.built",),
)
SECURE_BOOT = KnownError(
    (  # linux-surface#906
        "modprobe: ERROR: could not insert 'nvidia': Key was rejected by service",
        "Key was rejected by service",
        "Required key not available",
    ),
    "Secure Boot refuses the module: it is signed by a key that the firmware does not know.",
    "sudo mokutil --import /var/lib/shim-signed/mok/MOK.der, reboot and enrol it there; or switch Secure Boot off",
    ("drv.secureboot",),
)
NOT_LOADED = KnownError(
    ("Failed to initialize NVML: Driver Not Loaded", "nvml error: driver not loaded", "Driver Not Loaded"),
    "The driver is installed, but its kernel module is not loaded.",
    "sudo modprobe nvidia",
    ("drv.loaded", "drv.built", "drv.secureboot", "drv.nouveau"),
)
NEEDS_OPEN = KnownError(
    (
        "NVRM: installed in this system requires use of the NVIDIA open kernel modules.",
        "requires use of the NVIDIA open kernel modules",
    ),
    "This GPU works with the open kernel module alone, and the proprietary one is installed.",
    "Put the open one in its place: sudo apt purge nvidia-driver-580 && sudo apt install nvidia-driver-580-open",
    ("drv.flavour",),
)
RM_INIT = KnownError(
    (  # open-gpu-kernel-modules#789 #1104
        "NVRM: GPU …: RmInitAdapter failed! (…)",
        "RmInitAdapter: Cannot initialize GSP firmware RM",
        "RmInitAdapter failed!",
    ),
    "The GPU does not initialise: its firmware (GSP) is missing or of another version, or power or VBIOS are at fault.",
    "Install the driver again with its firmware, switch the machine off and on; NVreg_EnableGpuFirmware=0 as a test",
    ("drv.rminit", "drv.flavour"),
)
MISMATCH = KnownError(
    (  # toolkit#394
        "Failed to initialize NVML: Driver/library version mismatch",
        "nvidia-container-cli: initialization error: nvml error: driver/library version mismatch",
        "nvml error: driver/library version mismatch",
        "NVRM: API mismatch: the client has the version …, but NVRM: this kernel module has the version …",
        "NVRM: API mismatch: the client has the version …",
        "NVML library version: …",
    ),
    "The driver's libraries were upgraded while the old kernel module stays loaded.",
    "sudo reboot; or end all that uses the GPU, then: sudo rmmod nvidia_uvm nvidia_drm nvidia_modeset nvidia &&"
    " sudo modprobe nvidia",
    ("drv.match", "drv.latent"),
)
PERSISTENCED_GONE = KnownError(
    ("open /run/nvidia-persistenced/socket: no such file or directory",),  # crumbvms PR#395
    "The driver was upgraded under running containers: what a container was given is no longer there.",
    "Reboot the host, then recreate the containers",
    ("drv.latent", "drv.persist"),
)
PERSISTENCED_MOUNT = KnownError(
    (
        "mount error: file creation failed: …/run/nvidia-persistenced/socket: no such device or address",
        "nvidia-persistenced/socket: no such device or address",
    ),  # nvidia-docker#1690 #1300
    "nvidia-persistenced does not run as it did when the container was made, or the host's /run is mounted into it.",
    "sudo systemctl enable --now nvidia-persistenced; do not mount the host's /run",
    ("drv.persist",),
)
NO_UVM_NODE = KnownError(
    ("lstat /dev/nvidia-uvm: no such file", "stat /dev/nvidia-uvm: no such file", "/dev/nvidia-uvm: no such file"),
    "The driver's device nodes are not there: nothing has made them since boot.",  # enroot#106
    "sudo nvidia-modprobe -c0 -u; or: sudo nvidia-ctk system create-device-nodes --control-devices"
    " --load-kernel-modules",
    ("drv.nodes",),
)
NVML_PERMISSIONS = KnownError(
    ("nvml error: insufficient permissions",),
    "The device nodes /dev/nvidia* are closed to the one who asks.",
    "They should be crw-rw-rw-: sudo chmod 0666 /dev/nvidia*, and mend the udev rule or NVreg_DeviceFileMode",
    ("drv.nodes",),
)
FABRIC = KnownError(
    (  # pytorch#35710, gpu-operator#1043
        "CUDA error 802: system not yet initialized",
        "cudaErrorSystemNotReady",
        "system not yet initialized",
        "NV_WARN_NOTHING_TO_DO",
    ),
    "GPUs joined by NVSwitch wait for the fabric manager, which does not run or is of another version than the driver."
    " On a machine without NVSwitch it must not be installed; there HMM is to blame.",
    "sudo apt install nvidia-fabricmanager-BRANCH=DRIVER_VERSION && sudo systemctl enable --now nvidia-fabricmanager",
    ("drv.fabric", "ctr.cuda"),
)
HMM = KnownError(
    ("CUDA driver initialization failed", "cuInit returned 3", "cuInit failed: 3"),  # open-gpu-kernel-modules#797 #901
    "CUDA cannot start although nvidia-smi works: the open module's HMM, or libraries of another driver version.",
    "echo 'options nvidia_uvm uvm_disable_hmm=1' | sudo tee /etc/modprobe.d/uvm.conf, then reload nvidia_uvm",
    ("ctr.cuda", "drv.nodes"),
)
