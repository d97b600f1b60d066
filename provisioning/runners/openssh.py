"""Ask OpenSSH what its configuration says about a host; without OpenSSH, answer as it does by default."""

from __future__ import annotations

import getpass
import shutil
import subprocess

from provisioning.errors import UsageError
from provisioning.hosts import Address
from provisioning.runners.model import Access


def ask(address: Address, access: Access) -> str:
    """Return the text of `ssh -G`. Raises UsageError for options and configurations that ssh refuses."""
    _require_files(access)
    if shutil.which("ssh") is None:
        return _defaults(address, access)
    # Names of files, and of hosts in comments, are in whatever code their writer used.
    answer = subprocess.run(
        question(address, access),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        check=False,
    )
    if answer.returncode != 0:
        said = [line for line in answer.stderr.splitlines() if not line.startswith("Pseudo-terminal")]
        raise UsageError(
            f"HOST {address.text!r}: ssh refuses its configuration: {' '.join(said) or 'it says no more'}",
            "Mend ssh's configuration, or name another with --ssh-config FILE.",
        )
    return answer.stdout


def question(address: Address, access: Access) -> tuple[str, ...]:
    """Return the argv of `ssh -G`, in which what was said on the command line wins as it does for ssh itself."""
    return (
        *("ssh", "-G"),
        *(("-F", str(access.ssh_config)) if access.ssh_config else ()),
        *(("-i", str(access.identity)) if access.identity else ()),
        *(("-l", address.user) if address.user else ()),
        *(("-p", str(address.port)) if address.port else ()),
        *("--", address.name),
    )


def _require_files(access: Access) -> None:
    for option, path in (("--identity", access.identity), ("--ssh-config", access.ssh_config)):
        if path is not None and not path.expanduser().is_file():
            raise UsageError(f"{option} {str(path)!r}: there is no such file.", "Name a file that exists.")


def _defaults(address: Address, access: Access) -> str:
    """Return what ssh would say without any configuration (ssh_config(5))."""
    if access.ssh_config:
        raise UsageError("--ssh-config: only OpenSSH reads it, and `ssh` is not on PATH.", "Install OpenSSH's client.")
    kinds = ("ed25519", "ecdsa", "rsa")
    identities = [str(access.identity)] if access.identity else [f"~/.ssh/id_{kind}" for kind in kinds]
    lines = [f"hostname {address.name.lower()}", f"user {getpass.getuser()}", "port 22"]
    lines += [f"identityfile {path}" for path in identities]
    return "\n".join([*lines, "userknownhostsfile ~/.ssh/known_hosts"])
