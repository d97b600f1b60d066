"""A repository's commit, fetched by an image's own git into a folder of the host: with what it needs to get in, once.

It runs before the training does and in a container of its own, so that neither the forwarded agent nor a password is
ever where the training is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from provisioning.containers.site import Person
from provisioning.containers.spec import Bind, ContainerSpec, Mount, Tmpfs
from provisioning.errors import AccessDenied, ChangeFailed, GpudockError, UnsupportedHost, UsageError

CHECKOUTS = ".local/share/gpudock/checkouts"
KNOWN_HOSTS = ".ssh/known_hosts"
_REF = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/+-]*")
_SCP_LIKE = re.compile(r"[A-Za-z0-9._-]+@[A-Za-z0-9._-]+:[^-\s]\S*")
_NO_GIT = 90

# As root, for ssh knows only users of /etc/passwd; what it made is given to the person. The password comes over
# standard input into memory of the container's own, and git asks `cat` for it.
_SCRIPT = f"""\
command -v git >/dev/null || exit {_NO_GIT}
set -e
umask 077; cat >/credential/answer; umask 022
cd /workspace
git() {{ command git -c safe.directory=/workspace -c credential.helper= \
-c credential.helper='!cat /credential/answer #' "$@"; }}
before=$(ls -d .git 2>/dev/null) || true
trap 'code=$?; [ $code = 0 ] || [ -n "$before" ] || rm -rf .git; chown -R "$3" .; exit $code' EXIT
[ -n "$before" ] || git init -q
git remote add origin "$1" 2>/dev/null || git remote set-url origin "$1"
git fetch -q --depth 1 origin "$2"
git checkout -q --force --detach FETCH_HEAD
[ ! -f .gitmodules ] || git submodule -q update --init --depth 1
git rev-parse HEAD
"""
_SSH = "ssh -o BatchMode=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile=/known_hosts"


@dataclass(frozen=True)
class Source:
    """What to fetch."""

    url: str
    ref: str

    @property
    def text(self) -> str:
        return f"{self.url} {self.ref}"

    @property
    def name(self) -> str:
        return self.url.rstrip("/").removesuffix(".git").replace(":", "/").rpartition("/")[2]

    @property
    def asks_for_password(self) -> bool:
        return self.url.startswith(("https:", "http:"))


@dataclass(frozen=True)
class Surroundings:
    """Places of the host."""

    checkout: str
    agent: str = ""
    """The socket of the forwarded agent, '' without one."""
    known_hosts: str = ""
    """The person's, '' without."""


def source(url: str, ref: str) -> Source:
    """Return what to fetch. Raises UsageError for a URL that holds a secret, and for what git takes for an option."""
    parts = urlsplit(url) if "://" in url else None
    if parts and (parts.password or (parts.scheme != "ssh" and parts.username)):
        raise UsageError(
            f"--repo {parts.scheme}://…@{parts.hostname}…: it holds a token, which would stay in history and logs.",
            "Leave it out: your own git's credential helper is asked for it.",
        )
    if not _SCP_LIKE.fullmatch(url) and not (parts and parts.scheme in ("https", "http", "ssh") and parts.hostname):
        raise UsageError(
            f"--repo {url!r} is not the address of a repository.", "https://HOST/PATH, or git@HOST:PATH by your agent."
        )
    if not _REF.fullmatch(ref) or ".." in ref:
        raise UsageError(f"--ref {ref!r} is no branch, tag or commit.")
    return Source(url, ref)


def spec(image: str, wanted: Source, around: Surroundings, person: Person, name: str, network: str) -> ContainerSpec:
    """Return the container that fetches and prints the commit."""
    mounts: list[Mount] = [Bind(around.checkout, "/workspace"), Tmpfs("/credential", mode="0700")]
    environment = [("GIT_TERMINAL_PROMPT", "0"), ("GIT_SSH_COMMAND", _SSH), ("HOME", "/credential")]
    if around.agent:
        mounts.append(Bind(around.agent, "/agent"))
        environment.append(("SSH_AUTH_SOCK", "/agent"))
    if around.known_hosts:
        mounts.append(Bind(around.known_hosts, "/known_hosts", read_only=True))
    return ContainerSpec(
        image=image,
        entrypoint="sh",
        command=("-c", _SCRIPT, "sh", wanted.url, wanted.ref, f"{person.uid}:{person.gid}"),
        name=name,
        user="0:0",
        mounts=tuple(mounts),
        environment=tuple(environment),
        network=network,
        labels=(("gpudock.kind", "fetch"),),
        interactive=True,
        removed=True,
    )


_REASONS: tuple[tuple[str, type[GpudockError], str, str], ...] = (
    (
        r"Host key verification failed",
        AccessDenied,
        "{host} does not know the key of the repository's server",
        "Check its fingerprint, and put its key into ~/.ssh/known_hosts on {host}.",
    ),
    (
        r"Permission denied",
        AccessDenied,
        "the repository's server does not let you in",
        "Your ssh agent here must hold the key: ssh-add -l shows what it holds.",
    ),
    (
        r"could not read Username|could not read Password|Authentication failed|terminal prompts disabled|403",
        AccessDenied,
        "the repository's server wants another password, or any",
        "Your own git is asked for it: `git credential approve` on this machine lets its helper know.",
    ),
    (
        r"couldn't find remote ref|not our ref",
        UsageError,
        "the repository has no branch, tag or commit {ref}",
        "Name another one: --ref main",
    ),
    (
        r"Could not resolve host|Connection refused|timed out|unable to access|No route",
        ChangeFailed,
        "the repository's server does not answer",
        "Check that {host} reaches it.",
    ),
    (
        r"epository .*not found|does not appear to be a git repository|does not exist|Could not read from remote",
        UsageError,
        "there is no such repository, or none for you",
        "Check its address.",
    ),
)


def fetch_failure(host: str, image: str, wanted: Source, code: int, said: str) -> GpudockError:
    """Return what it means that fetching ended with `code` and the words `said`."""
    if code in (_NO_GIT, 126, 127):
        return UnsupportedHost(
            f"{host}: {image} has no {'git' if code == _NO_GIT else 'shell'}, so it cannot fetch --repo.",
            "Take an image with git, or fetch it yourself and name the folder: --dir DIR",
        )
    for pattern, kind, message, hint in _REASONS:
        if re.search(pattern, said):
            return kind(f"{host}: {message.format(host=host, ref=wanted.ref)} ({wanted.url}).", hint.format(host=host))
    last = (said.strip().splitlines() or [f"git ended with {code}"])[-1]
    return ChangeFailed(f"{host}: {wanted.url} could not be fetched: {last}")
