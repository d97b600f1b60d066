"""Texts that vendors' programs print, by the section of the catalogue, each with the check that it points at first."""

from __future__ import annotations

OLD_OCI = (
    "docker: Error response from daemon: OCI runtime create failed: container_linux.go:349: starting container process "
    'caused "process_linux.go:449: container init caused \\"process_linux.go:432: running prestart hook 0 caused '
    '\\\\\\"error running hook: exit status 1, stdout: , stderr: {}\\\\\\\\n\\\\\\"\\"": unknown.'
)
NEW_OCI = (
    "docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime "
    "create failed: runc create failed: unable to start container process: error during container init: error running "
    "prestart hook #0: exit status 1, stdout: , stderr: Auto-detected mode as 'legacy'\n{}: unknown\n\n"
    "Run 'docker run --help' for more information"
)

TEXTS = [
    # A: host
    (
        "x509: certificate has expired or is not yet valid: current time 2019-01-01T00:00:00Z is before 2020-01-01",
        "os.clock",
    ),
    (
        "nvidia-container-cli: initialization error: driver rpc error: failed to process request: unknown",
        "os.overcommit",
    ),
    ("__vm_enough_memory: pid: 7, comm: nvc:[driver], not enough memory for the allocation", "os.overcommit"),
    # B: driver
    (
        "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest "
        "NVIDIA driver is installed and running.",
        "drv.built",
    ),
    ("No devices were found", "gpu.pci"),
    ("NVRM: The NVIDIA probe routine was not called for 1 device(s).", "drv.nouveau"),
    ("NVRM: nouveau, rivafb, nvidiafb or rivatv was loaded and obtained ownership of", "drv.nouveau"),
    ("bash: nvidia-smi: command not found", "drv.installed"),
    ("modprobe: FATAL: Module nvidia not found in directory /lib/modules/6.8.0-45-generic", "drv.built"),
    ("modprobe: ERROR: could not insert 'nvidia': Key was rejected by service", "drv.secureboot"),
    ("modprobe: ERROR: could not insert 'nvidia': Required key not available", "drv.secureboot"),
    ("Failed to initialize NVML: Driver Not Loaded", "drv.loaded"),
    ("NVRM: installed in this system requires use of the NVIDIA open kernel modules.", "drv.flavour"),
    ("NVRM: GPU 0000:98:00.0: RmInitAdapter failed! (0x62:0x65:1792)", "drv.rminit"),
    ("NVRM: GPU 0000:01:00.0: RmInitAdapter: Cannot initialize GSP firmware RM", "drv.rminit"),
    ("Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 570.124", "drv.match"),
    (
        "NVRM: API mismatch: the client has the version 570.124, but\nNVRM: this kernel module has the version 570.86.",
        "drv.match",
    ),
    ("nvidia-container-cli: initialization error: nvml error: driver/library version mismatch", "drv.match"),
    ("open /run/nvidia-persistenced/socket: no such file or directory", "drv.latent"),
    (
        "mount error: file creation failed: /var/lib/docker/overlay2/x/merged/run/nvidia-persistenced/socket: "
        "no such device or address",
        "drv.persist",
    ),
    ("nvidia-container-cli: mount error: lstat /dev/nvidia-uvm: no such file or directory", "drv.nodes"),
    ("nvidia-container-cli: initialization error: nvml error: insufficient permissions", "drv.nodes"),
    ("CUDA error 802: system not yet initialized", "drv.fabric"),
    ("CUDA driver initialization failed, you might not have a CUDA gpu.", "ctr.cuda"),
    ("Unable to determine the device handle for GPU 0000:BA:00.0: Unknown Error", "gpu.xid"),
    ("Unable to determine the device handle for GPU0: GPU is lost.  Reboot the system", "gpu.xid"),
    # C: GPU
    ("NVRM: Xid (PCI:0000:c6:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.", "gpu.xid"),
    ("NVRM: Xid (PCI:0000:03:00): 31, pid=2048, MMU Fault", "gpu.xid"),
    ("NVRM: The NVIDIA GPU 0000:b3:00.0 has fallen off the bus and is not responding to commands.", "gpu.xid"),
    ("RuntimeError: CUDA error: all CUDA-capable devices are busy or unavailable", "gpu.compute_mode"),
    # D: engine
    ("Emulate Docker CLI using podman. Create /etc/containers/nodocker to quiet msg.", "dk.installed"),
    (
        "Job for docker.service failed because the control process exited with error code.\nSee 'systemctl status'",
        "dk.json",
    ),
    (
        "unable to configure the Docker daemon with file /etc/docker/daemon.json: invalid JSON: invalid character '}'",
        "dk.json",
    ),
    (
        "unable to configure the Docker daemon with file /etc/docker/daemon.json: the following directives don't match "
        "any configuration option: runtime",
        "dk.json",
    ),
    (
        "unable to configure the Docker daemon with file /etc/docker/daemon.json: the following directives are "
        "specified both as a flag and in the configuration file: hosts: (from flag: [fd://], from file: [tcp://])",
        "dk.flags",
    ),
    (
        "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
        "dk.running",
    ),
    (
        "failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct and if the "
        "daemon is running: dial unix /var/run/docker.sock: connect: no such file or directory",
        "dk.running",
    ),
    (
        "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock",
        "dk.socket",
    ),
    ("permission denied while trying to connect to the docker API at unix:///var/run/docker.sock", "dk.socket"),
    (
        "overlay2: the backing xfs filesystem is formatted without d_type support, which leads to incorrect behavior. "
        "Reformat the filesystem with ftype=1",
        "dk.storage",
    ),
    ("write /var/lib/docker/tmp/GetImageBlob1: no space left on device", "dk.disk"),
    (
        "WARNING: Support for cgroup v1 is deprecated and planned to be removed by no later than May 2029",
        "dk.cgroup",
    ),
    ("WARNING: IPv4 forwarding is disabled. Networking will not work.", "dk.forward"),
    ("iptables: No chain/target/match by that name.", "dk.iptables"),
    ("iptables v1.8.10 (nf_tables): Chain 'DOCKER' does not exist", "dk.iptables"),
    ("Get https://registry-1.docker.io/v2/: net/http: TLS handshake timeout", "dk.mtu"),
    ("wget: Temporary failure in name resolution", "dk.dns"),
    ("all predefined address pools have been fully subnetted", "dk.pools"),
    (
        "could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network",
        "dk.pools",
    ),
    ("Get https://nvcr.io/v2/: dial tcp 1.2.3.4:443: i/o timeout", "net.registry"),
    (
        "toomanyrequests: You have reached your unauthenticated pull rate limit. "
        "https://www.docker.com/increase-rate-limit",
        "net.ratelimit",
    ),
    # E: toolkit
    ('could not select device driver "" with capabilities: [[gpu]]', "ctk.installed"),
    ('could not select device driver "nvidia" with capabilities: [[gpu]]', "ctk.installed"),
    ("docker: Error response from daemon: unknown or invalid runtime name: nvidia", "ctk.runtime"),
    ("docker: Error response from daemon: Unknown runtime specified nvidia.", "ctk.runtime"),
    ("fork/exec /usr/bin/nvidia-container-runtime: no such file or directory", "ctk.runtime_path"),
    (
        "E: Conflicting values set for option Signed-By regarding source "
        "https://nvidia.github.io/libnvidia-container/stable/deb/amd64/ /: /usr/share/keyrings/x.gpg != ",
        "ctk.apt",
    ),
    (
        "nvidia-container-cli: initialization error: load library failed: libnvidia-ml.so.1: cannot open shared "
        "object file: no such file or directory",
        "ctk.libs",
    ),
    ("CDI device injection failed: unresolvable CDI devices nvidia.com/gpu=all", "ctk.cdi"),
    ("failed to inject CDI devices: unresolvable CDI devices runtime.nvidia.com/gpu=all", "ctk.cdi"),
    ("error: /usr/lib/x86_64-linux-gnu/libEGL_nvidia.so.580.159.04: no such file or directory", "ctk.cdi_stale"),
    (
        "failed to generate CDI spec: failed to create device CDI specs: failed to initialize NVML: Driver Not Loaded",
        "ctk.refresh",
    ),
    (
        "mount error: failed to add device rules: unable to find any existing device filters attached to the cgroup: "
        "bpf_prog_query(BPF_CGROUP_DEVICE) failed: operation not permitted",
        "ctk.config",
    ),
    (
        "invoking the NVIDIA Container Runtime Hook directly (e.g. specifying the docker --gpus flag) is not supported."
        " Please use the NVIDIA Container Runtime (e.g. specify the --runtime=nvidia flag) instead",
        "ctk.config",
    ),
    ("Failed to initialize NVML: Unknown Error", "ctr.lost"),
    ("Failed to initialize NVML: Insufficient Permissions", "ctk.selinux"),
    # F: containers
    ("Error 803: system has unsupported display driver / cuda driver combination", "ctr.cuda"),
    ("Error 804: forward compatibility was attempted on non supported HW", "ctr.cuda"),
    ("CUDA error 999: unknown error", "drv.nodes"),
    (
        "nvidia-container-cli: requirement error: unsatisfied condition: cuda>=12.8, please update your driver to a "
        "newer version, or use an earlier cuda container",
        "ctr.cudareq",
    ),
    ("NCCL WARN Call to posix_fallocate failed : No space left on device", "ctr.shm"),
    ("Bus error (core dumped)", "ctr.shm"),
    ("ibv_reg_mr failed", "ctr.memlock"),
    ("The configured user limit (128) on the number of inotify instances has been reached", "lim.inotify"),
    ("ENOSPC: System limit for number of file watchers reached, watch '/x'", "lim.inotify"),
    # Section 4: the issues
    ("docker: Error response from daemon: unknown or invalid runtime name: nvidia.", "ctk.runtime"),
    ("nvidia-container-cli: device error: 5: unknown device id", "gpu.count"),
    ("nvidia-container-cli: initialization error: cuda error: unknown error", "drv.nodes"),
    ("nvidia-container-cli: ldcache error: open failed: /sbin/ldconfig.real: no such file or directory", "ctk.config"),
    ("WARNING: The NVIDIA Driver was not detected.  GPU functionality will not be available.", "ctr.silentcpu"),
    ("RuntimeError: Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU", "ctr.silentcpu"),
    ("The NVIDIA driver on your system is too old (found version 11040).", "ctr.cudareq"),
    ("tls: failed to verify certificate: x509: certificate signed by unknown authority", "net.registry"),
    ("no matching manifest for linux/arm64/v8 in the manifest list entries", "os.platform"),
    (
        "Error response from daemon: client version 1.41 is too old. Minimum supported API version is 1.44",
        "dk.installed",
    ),
    ('level=error msg="unable to load config for runtime docker: EOF"', "dk.json"),
    # Provisioning: apt and dpkg
    (
        "E: Conflicting values set for option Signed-By regarding source https://download.docker.com/linux/ubuntu/ "
        "noble: /etc/apt/keyrings/docker.asc != \nE: The list of sources could not be read.",
        "ctk.apt",
    ),
    (
        "W: GPG error: https://x InRelease: The following signatures couldn't be verified because the public key is "
        "not available: NO_PUBKEY 7EA0A9C3F273FCD8",
        "ctk.apt",
    ),
    ("E: Unable to locate package nvidia-container-toolkit", "os.platform"),
    (" containerd.io : Conflicts: containerd", "ctk.mixed"),
    (
        " nvidia-container-toolkit : Depends: nvidia-container-toolkit-base (= 1.17.8-1) but 1.20.1-1 is to be "
        "installed",
        "ctk.mixed",
    ),
]

PARTS = [
    ("could not select device driver", "ctk.installed"),
    ("docker: could not select device driver", "ctk.installed"),
    ("couldn't communicate with the NVIDIA driver", "drv.built"),
    ("Is the docker daemon running?", "dk.running"),
    ("unknown runtime", "ctk.runtime"),
    ("unresolvable CDI devices", "ctk.cdi"),
]
"""Less than the whole of a text: what people remember."""

WITHOUT_A_CHECK = [
    ("E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (unattended-upgr)", "unattended-up"),
    (
        "E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?",
        "unatt",
    ),
    ("E: Could not get lock /var/lib/apt/lists/lock. It is held by process 7 (apt-get)", "cloud-init"),
    ("Waiting for cache lock: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 9 (apt)", "waits"),
    ("dpkg: error: dpkg frontend lock was locked by another process with pid 812", "waits"),
    ("E: dpkg was interrupted, you must manually run 'sudo dpkg --configure -a' to correct the problem.", "cut off"),
    ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.", "own memory is full"),
    ("pull access denied for foo, repository does not exist or may require 'docker login'", "docker login"),
    ("Bind for 0.0.0.0:8888 failed: port is already allocated", "ss -ltnp"),
]
"""Texts that no check of the host could confirm, each with words of what is told."""
