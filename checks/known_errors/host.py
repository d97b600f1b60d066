"""The host under it all: reach, clock, memory."""

from __future__ import annotations

from checks.known_error import KnownError

CLOCK = KnownError(
    (  # moby#11534, SkiffOS#286
        "x509: certificate has expired or is not yet valid: current time … is before …",
        "x509: certificate has expired or is not yet valid",
        "certificate has expired",
        "certificate is not yet valid",
    ),
    "The host's clock is wrong, so that every certificate looks too new or too old (or one really has expired).",
    "sudo timedatectl set-ntp true, or: sudo chronyc makestep",
    ("os.clock",),
)
DRIVER_RPC = KnownError(
    (  # toolkit#1324
        "nvidia-container-cli: initialization error: driver rpc error: failed to process request",
        "driver rpc error: failed to process request",
        "__vm_enough_memory: … comm: nvc:[driver]",
    ),
    "The kernel promises no more memory than it has (vm.overcommit_memory=2), and the driver's helper asks for much.",
    "sudo sysctl vm.overcommit_memory=0, and in /etc/sysctl.d to keep it",
    ("os.overcommit",),
)
UNSEEN_SSH = KnownError(
    ("Permission denied (publickey", "Host key verification failed", "ssh: connect to host … port …: Connection"),
    "The host was not reached at all: this is SSH's own complaint.",
    "Try plain `ssh HOST`; gpudock reads the same configuration. For a host never seen: --accept-new-host-keys",
    ("conn.ssh",),
)
SUDO = KnownError(
    ("sudo: a password is required", "sudo: a terminal is required to read the password"),
    "sudo asks this user for a password, and there is nobody to type it.",
    "Add --ask-sudo-pass, or give the user NOPASSWD in /etc/sudoers.d",
    ("conn.sudo",),
)
