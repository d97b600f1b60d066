"""A run of gpudock that is alive on the host, perhaps because the connection that started it broke."""

from __future__ import annotations

from dataclasses import dataclass

from provisioning.probe import Probe

# While it lives, its unit is a file there: where that is missing, systemd need not be asked.
SNIPPET = """
[ -e /run/systemd/transient/gpudock-apply.service ] || exit 0
systemctl is-active -q gpudock-apply.service && systemctl show --value -p Description gpudock-apply.service
true
"""


@dataclass(frozen=True)
class CurrentRun:
    id: str
    nonce: str
    operator: str

    @property
    def since(self) -> str:
        """When it began, in UTC: a run is named after that."""
        stamp = self.id.partition("-")[0]
        return f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]} {stamp[9:11]}:{stamp[11:13]}:{stamp[13:15]} UTC"


def read_title(title: str) -> CurrentRun:
    """Read what `script.title` wrote. Raises ValueError."""
    name, run_id, nonce, operator = title.split(" ", 3)
    if name != "gpudock":
        raise ValueError(f"{title!r} is no title of a run")
    return CurrentRun(run_id, nonce, operator)


def parse(text: str) -> CurrentRun | None:
    title = text.strip()
    # A unit that ends while it is asked goes by its own name.
    return read_title(title) if title.startswith("gpudock ") else None


CURRENT_RUN = Probe("current_run", SNIPPET, parse)
