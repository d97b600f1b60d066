"""The index of a package source: Packages, Release and its signatures, as apt reads them."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable, Mapping
from email.utils import formatdate
from pathlib import Path

from lab.packages.control import parse, render
from lab.places import KEYS
from lab.shell import run, succeeds

GNUPG_HOME = KEYS / "gnupg"


def packages_text(packages: Iterable[tuple[Mapping[str, str], str, bytes]]) -> str:
    """Render Packages from (control fields, path from the source's root, the .deb itself)."""
    return "\n".join(
        render(
            {
                **{name: value for name, value in fields.items() if name != "Description"},
                "Filename": path,
                "Size": str(len(deb)),
                "SHA256": hashlib.sha256(deb).hexdigest(),
                "Description": fields["Description"],
            }
        )
        for fields, path, deb in packages
    )


def release_text(fields: Mapping[str, str], indexes: Mapping[str, bytes], date: str) -> str:
    """Render Release: who and what, then hash, size and name of every index."""
    hashes = "".join(
        f"\n {hashlib.sha256(content).hexdigest()} {len(content)} {name}" for name, content in indexes.items()
    )
    return render({**fields, "Date": date, "SHA256": hashes})


def index(root: Path, *, pool: Path, release_at: Path, packages_at: Path, fields: Mapping[str, str], key: str) -> None:
    """Write and sign the indexes of the packages in `pool`; all paths lie below `root`.

    `key` is the user id of the signing key, made by `make_signing_key`.
    """
    debs = sorted(pool.glob("*.deb"))
    described = ((parse(run("dpkg-deb", "-f", str(deb))), deb) for deb in debs)
    text = packages_text((control, str(deb.relative_to(root)), deb.read_bytes()) for control, deb in described)
    name = str(packages_at.relative_to(release_at) / "Packages")
    indexes = {name: text.encode(), f"{name}.gz": gzip.compress(text.encode(), mtime=0)}
    packages_at.mkdir(parents=True, exist_ok=True)
    for path, content in indexes.items():
        (release_at / path).write_bytes(content)
    release = release_at / "Release"
    release.write_text(release_text(fields, indexes, formatdate(usegmt=True)))
    _gpg("--yes", "--local-user", key, "--clearsign", "--output", str(release_at / "InRelease"), str(release))
    _gpg("--yes", "--local-user", key, "--armor", "--detach-sign", "--output", f"{release}.gpg", str(release))


def make_signing_key(user_id: str, public_key: Path) -> None:
    """Make a throw-away signing key, unless there is one, and write its public half, ASCII-armoured."""
    GNUPG_HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not succeeds("gpg", "--homedir", str(GNUPG_HOME), "--list-secret-keys", f"={user_id}"):
        _gpg("--passphrase", "", "--quick-generate-key", user_id, "ed25519", "sign", "never")
    public_key.parent.mkdir(parents=True, exist_ok=True)
    _gpg("--yes", "--armor", "--output", str(public_key), "--export", f"={user_id}")


def dismiss_agent() -> None:
    """End the agent that gpg starts for its home directory by itself."""
    run("gpgconf", "--homedir", str(GNUPG_HOME), "--kill", "all")


def _gpg(*arguments: str) -> None:
    run("gpg", "--homedir", str(GNUPG_HOME), "--batch", "--quiet", "--pinentry-mode", "loopback", *arguments)
