"""Ways from this machine to a port of the VM: its own address, or a NAT rule that makes localhost answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from provisioning.command import Command
from provisioning.errors import UsageError
from provisioning.toolbox.vboxmanage import vboxmanage

LOCALHOST = "127.0.0.1"


@dataclass(frozen=True)
class Rule:
    """A port of this machine that leads to one of the VM."""

    name: str
    host_port: int
    vm_port: int
    protocol: str = "tcp"
    host_address: str = LOCALHOST
    adapter: int = 1

    def __str__(self) -> str:
        """How VBoxManage takes it."""
        return f"{self.name},{self.protocol},{self.host_address},{self.host_port},,{self.vm_port}"


def port(text: str) -> int:
    """Return a port's number. Raises UsageError."""
    if re.fullmatch("[0-9]{1,5}", text) and 0 < int(text) < 65536:
        return int(text)
    raise UsageError(f"A port is a number from 1 to 65535, and {text!r} is none.")


def url(text: str, address: str) -> str:
    """Return the address for a browser: of a port, or of a URL that a container printed, its host replaced.

    Jupyter names `127.0.0.1`, or the container's id, or both: `http://(3f1b2a or 127.0.0.1):8888/?token=…`.
    Raises UsageError for what is neither.
    """
    if text.isdigit():
        return f"http://{address}:{port(text)}/"
    told = re.fullmatch(r"(https?://)\(?[^/()?#]*?\)?(:\d+)?([/?#].*)?", text.strip())
    if not told:
        raise UsageError(f"{text!r} is neither a port nor a URL.", "Write 8888, or paste what the container printed.")
    if told[2]:
        port(told[2][1:])
    parts = urlsplit(f"{told[1]}{address}{told[2] or ''}{told[3] or '/'}")
    return urlunsplit(parts)


def rules(settings: Mapping[str, str]) -> list[Rule]:
    """Return the NAT rules that `showvminfo --machinereadable` tells."""
    return list(_rules(settings))


def _rules(settings: Mapping[str, str]) -> Iterator[Rule]:
    for key, value in settings.items():
        parts = value.split(",")
        if key.startswith("Forwarding(") and len(parts) == 6 and parts[3].isdigit() and parts[5].isdigit():
            yield Rule(parts[0], int(parts[3]), int(parts[5]), parts[1], parts[2])


def wanted(settings: Mapping[str, str], host_port: int, vm_port: int) -> Rule | None:
    """Return the rule to be added, None where one does it already. Raises UsageError where the port is taken."""
    for rule in rules(settings):
        if rule.host_port != host_port or rule.protocol != "tcp":
            continue
        if rule.vm_port == vm_port and rule.host_address in {LOCALHOST, "", "0.0.0.0"}:  # noqa: S104 - read, not bound
            return None
        raise UsageError(
            f"Port {host_port} of this machine leads to port {rule.vm_port} of the VM by the rule {rule.name!r}.",
            f"Take another one: --host-port {host_port + 1}",
        )
    return Rule(_name(vm_port, host_port), host_port, vm_port, adapter=_nat_adapter(settings))


def own_rules(settings: Mapping[str, str], vm_port: int) -> list[Rule]:
    """Return the rules of ours for a port of the VM."""
    return [rule for rule in rules(settings) if rule.vm_port == vm_port and rule.name.startswith("gpudock-")]


def add(machine: str, rule: Rule) -> Command:
    return vboxmanage("controlvm", machine, f"natpf{rule.adapter}", str(rule))


def remove(machine: str, rule: Rule, settings: Mapping[str, str]) -> Command:
    return vboxmanage("controlvm", machine, f"natpf{_nat_adapter(settings)}", "delete", rule.name)


def _name(vm_port: int, host_port: int) -> str:
    return f"gpudock-{vm_port}" if vm_port == host_port else f"gpudock-{vm_port}-{host_port}"


def _nat_adapter(settings: Mapping[str, str]) -> int:
    """Return the number of the adapter behind NAT; docker-machine makes it the first."""
    adapters = {key: value for key, value in settings.items() if re.fullmatch(r"nic\d", key)}
    nat = [int(key[3:]) for key, value in adapters.items() if value == "nat"]
    if adapters and not nat:
        raise UsageError(
            "The VM has no adapter behind NAT, so no port can be forwarded.", "Use its address: toolbox.url"
        )
    return nat[0] if nat else 1
