"""The Docker engine: its start, its configuration, the way to its socket."""

from __future__ import annotations

from checks.known_error import KnownError

PODMAN = KnownError(
    ("Emulate Docker CLI using podman",),  # FasterLivePortrait#116
    "`docker` is podman's imitation here, not Docker.",
    "./gpudock provision HOST, which puts Docker CE in its place",
    ("dk.installed",),
)
BAD_JSON = KnownError(
    ("unable to configure the Docker daemon with file /etc/docker/daemon.json: …",),
    "dockerd does not start: /etc/docker/daemon.json is no valid JSON, or has a key that it does not know.",
    "sudo dockerd --validate --config-file=/etc/docker/daemon.json names the place; mend it, then:"
    " sudo systemctl reset-failed docker && sudo systemctl start docker",
    ("dk.json",),
)
UNKNOWN_KEY = KnownError(
    ("the following directives don't match any configuration option",),  # moby daemon/config/config.go
    "daemon.json has a key that this version of dockerd does not know.",
    "Take the named key out of /etc/docker/daemon.json, then: sudo systemctl reset-failed docker &&"
    " sudo systemctl start docker",
    ("dk.json",),
)
FLAG_AND_FILE = KnownError(
    (  # moby#22339
        "the following directives are specified both as a flag and in the configuration file: …",
        "specified both as a flag and in the configuration file",
    ),
    "A key stands in daemon.json and on dockerd's command line too, mostly hosts with -H fd://.",
    "Take it out of one of them: a drop-in of docker.service with an empty ExecStart= and the flags without it",
    ("dk.flags",),
)
EMPTY_FILE = KnownError(
    ("unable to load config for runtime docker: EOF",),
    "/etc/docker/daemon.json is empty, which nvidia-ctk cannot read.",
    "echo '{}' | sudo tee /etc/docker/daemon.json; or ./gpudock provision HOST, which adds to it what is missing",
    ("dk.json",),
)
OLD_CLIENT = KnownError(
    ("client version … is too old. Minimum supported API version is …",),  # release notes of Docker 29
    "The client, or a program that speaks Docker's API, is too old for this engine.",
    "Upgrade the program that says so; for the docker command itself: ./gpudock provision HOST",
    ("dk.installed",),
)
OTHER_PROCESSOR = KnownError(
    ("no matching manifest for linux/…", "exec format error"),
    "The image is made for another kind of processor than the host's.",
    "Take an image for the host's (docker run --platform linux/amd64 or linux/arm64), or build it there",
    ("os.platform",),
)
START_FAILED = KnownError(
    (
        "Job for docker.service failed because the control process exited with error code",
        "docker.service: Failed with result 'exit-code'",
        "docker.service: Start request repeated too quickly",
        "Failed to start docker.service",
        "Failed to start Docker Application Container Engine",
    ),
    "dockerd ends as soon as it starts; its journal says why, mostly /etc/docker/daemon.json.",
    "journalctl -u docker -n 20 --no-pager; mend what it names, then: sudo systemctl reset-failed docker &&"
    " sudo systemctl start docker",
    ("dk.json", "dk.flags", "ctk.runtime_path", "dk.running"),
)
NOT_RUNNING = KnownError(
    (
        "Cannot connect to the Docker daemon at … Is the docker daemon running?",
        "Cannot connect to the Docker daemon",
        "failed to connect to the docker API at …; check if the path is correct and if the daemon is running",
        "failed to connect to the docker API",
        "error during connect: …",
    ),
    "The daemon does not run, or the client looks for it in another place (DOCKER_HOST, a context, rootless, Desktop).",
    "sudo systemctl reset-failed docker && sudo systemctl start docker; else: unset DOCKER_HOST,"
    " docker context use default",
    ("dk.running", "dk.context"),
)
NO_ACCESS = KnownError(
    (
        "permission denied while trying to connect to the Docker daemon socket at …",
        "permission denied while trying to connect to the docker API at …",
        "Got permission denied while trying to connect to the Docker daemon socket",
        "dial unix /var/run/docker.sock: connect: permission denied",
    ),
    "The user is not in group docker, or has not logged in again since.",
    "sudo usermod -aG docker $USER, then a new login. Never chmod 666 the socket: it is as good as root",
    ("dk.socket",),
)
CGROUP_V1 = KnownError(
    (
        "WARNING: Support for cgroup v1 is deprecated and planned to be removed by no later than …",
        "cgroup v1 is deprecated",
    ),
    "The host still uses cgroup v1.",
    "Boot with systemd.unified_cgroup_hierarchy=1",
    ("dk.cgroup", "dk.warnings"),
)
NO_D_TYPE = KnownError(
    (
        "overlay2: the backing xfs filesystem is formatted without d_type support, which leads to incorrect behavior",
        "formatted without d_type support",
    ),
    "The file system of Docker's data directory cannot tell files from directories (xfs with ftype=0).",
    "Make it anew with ftype=1, or move data-root to another one",
    ("dk.storage",),
)
DISK_FULL = KnownError(
    ("no space left on device",),
    "The disk of Docker's data directory is full, or out of inodes.",
    "docker system df, then docker system prune; or move data-root",
    ("dk.disk",),
)
