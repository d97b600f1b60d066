"""A folder of the VM as each shell, docker and Compose want it written."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Mapping

from provisioning.errors import UsageError
from provisioning.toolbox.workstation import Workstation

WORK = "/work"
"""Where the container sees the folder in the `-v` that a person is shown."""


def written(path: str, form: str) -> str:
    """Return `path` (perhaps with `:/work` behind it) in that form. Raises UsageError."""
    if form not in _FORMS:
        raise UsageError(f"--for takes one of {', '.join(FORMS)}, and was given {form!r}.")
    return _FORMS[form](path)


def this_shell(here: Workstation) -> str:
    """Return the form for the shell that runs this: Git Bash says so, cmd sets PROMPT, and both inherit from others.

    PowerShell puts the person's own modules in front of the machine's.
    """
    if not here.windows:
        return "sh"
    if here.environment.get("MSYSTEM"):
        return "gitbash"
    own_modules = re.search(
        r"\\Documents\\(Windows)?PowerShell\\", here.environment.get("PSMODULEPATH", ""), re.IGNORECASE
    )
    return "powershell" if own_modules or "PROMPT" not in here.environment else "cmd"


def _compose(path: str) -> str:
    """As a YAML scalar; Compose itself replaces `$NAME`."""
    plain = path.replace("$", "$$")
    return plain if re.fullmatch(r"[\w./$:+=@%-]+", plain) else json.dumps(plain, ensure_ascii=False)


def _gitbash(path: str) -> str:
    """Two slashes keep MSYS from making a Windows path of it."""
    return shlex.quote("/" + path)


def _cmd(path: str) -> str:
    if re.search(r'["%!]', path):
        raise UsageError(f"cmd cannot be given {path!r}: it replaces what stands between % or !.", "Use PowerShell.")
    return path if re.fullmatch(r"[\w./:-]+", path) else f'"{path}"'


def _powershell(path: str) -> str:
    return path if re.fullmatch(r"[\w./:-]+", path) else "'" + path.replace("'", "''") + "'"


_FORMS: Mapping[str, Callable[[str], str]] = {
    "docker": str,
    "compose": _compose,
    "sh": shlex.quote,
    "gitbash": _gitbash,
    "cmd": _cmd,
    "powershell": _powershell,
}
FORMS = tuple(_FORMS)
