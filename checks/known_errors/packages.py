"""apt and dpkg, where Docker or the toolkit is to be installed."""

from __future__ import annotations

from checks.known_error import KnownError

LOCKED = KnownError(
    (
        "Could not get lock …",
        "Could not get lock … It is held by process …",
        "Unable to acquire the dpkg frontend lock",
        "Unable to lock directory …",
        "Waiting for cache lock: Could not get lock …",
        "dpkg frontend lock was locked by another process",
        "dpkg frontend lock is locked by another process",
    ),
    "Another program installs packages just now: unattended-upgrades and cloud-init do so on a young machine.",
    "./gpudock provision HOST, which waits for it and says who it is; never delete the lock's file",
)
INTERRUPTED = KnownError(
    ("dpkg was interrupted, you must manually run 'sudo dpkg --configure -a' to correct the problem",),
    "An installation was cut off, and dpkg does nothing before it is finished.",
    "sudo dpkg --configure -a; ./gpudock provision HOST does it by itself",
)
NO_KEY = KnownError(
    (
        "The following signatures couldn't be verified because the public key is not available: NO_PUBKEY …",
        "NO_PUBKEY …",
        "is not signed",
    ),
    "apt has no key for this package source, or the source does not name the one that it has.",
    "For Docker's and NVIDIA's sources: ./gpudock provision HOST, which brings both keys along",
    ("ctk.apt",),
)
NOT_FOUND = KnownError(
    (
        "Unable to locate package docker-ce",
        "Package 'docker-ce' has no installation candidate",
        "Unable to locate package nvidia-container-toolkit",
        "Package 'nvidia-container-toolkit' has no installation candidate",
    ),
    "The package source of Docker, or of NVIDIA, is not set up, or it has nothing for this system.",
    "./gpudock provision HOST",
    ("os.platform", "ctk.apt"),
)
CONFLICTS = KnownError(
    (
        "containerd.io : Conflicts: containerd",
        "docker-ce : Conflicts: docker.io",
        "nvidia-container-toolkit : Depends: nvidia-container-toolkit-base …",
        "you have held broken packages",
    ),
    "Packages of two suppliers, or of two versions, exclude each other: containerd.io and the distribution's"
    " containerd, or the toolkit's four that only go together.",
    "./gpudock provision HOST, which takes all at one version and says what it replaces",
    ("ctk.mixed", "dk.installed"),
)
