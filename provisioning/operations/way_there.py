"""The options that led to a host, in commands that a person types next."""

from __future__ import annotations

import re
import shlex

from provisioning.runners.model import Access

THIS_MACHINE = "localhost"
_IS_THERE = r"(?! --(?:identity|ssh-config|ask-sudo-pass)\b)"


def options(access: Access) -> list[str]:
    """Return the options that made `access`, those that every further command needs too."""
    return [
        *(("--identity", str(access.identity)) if access.identity else ()),
        *(("--ssh-config", str(access.ssh_config)) if access.ssh_config else ()),
        *(("--ask-sudo-pass",) if access.sudo_password else ()),
    ]


def with_way(text: str, host: str, access: Access) -> str:
    """Return `text` with these options behind `host`, in commands of ours that name it and have none yet."""
    way = shlex.join(options(access))
    if host == THIS_MACHINE or not way:
        return text
    command = rf"(\bgpudock [^`\n]*? {re.escape(host)})(?![\w.:@-]*\w){_IS_THERE}"
    return re.sub(command, lambda found: f"{found[1]} {way}", text)
