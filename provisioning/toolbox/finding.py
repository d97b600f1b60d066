"""Where VBoxManage may stand when PATH does not lead to it."""

from __future__ import annotations

import re

from provisioning.toolbox.workstation import Workstation

REGISTRY_QUESTION = ("reg", "query", r"HKLM\SOFTWARE\Oracle\VirtualBox", "/v", "InstallDir")

_POSIX = ("/usr/bin", "/usr/local/bin", "/Applications/VirtualBox.app/Contents/MacOS")


def candidates(here: Workstation, registry: str = "") -> list[str]:
    """Return full paths, the likeliest first. `registry`: what REGISTRY_QUESTION answered."""
    if not here.windows:
        return [here.join(folder, "VBoxManage") for folder in _POSIX]
    told = [here.environment.get(name, "") for name in ("VBOX_MSI_INSTALL_PATH", "VBOX_INSTALL_PATH")]
    installed = re.search(r"InstallDir\s+REG_SZ\s+(.+)", registry)
    usual = [
        here.join(here.environment[name], "Oracle", "VirtualBox")
        for name in ("PROGRAMFILES", "PROGRAMW6432")
        if name in here.environment
    ]
    folders = [part for text in told for part in text.split(";")] + ([installed[1]] if installed else []) + usual
    return list(dict.fromkeys(here.join(folder.strip(), "VBoxManage.exe") for folder in folders if folder.strip()))
