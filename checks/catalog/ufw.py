"""ufw beside Docker: what it keeps containers from, and what it does not keep from them."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

from checks.catalog.container_facts import CONTAINERS
from checks.gpu_access import config
from checks.model import Check, Severity, Verdict, failed, not_applicable, passed, unknown
from checks.remedy import by_hand
from provisioning.probe import Facts, Probe

# ufw writes each rule as a comment before its commands: action, protocol, port, to, port, from, direction (ufw,
# src/backend_iptables.py). Everybody may read the settings, root alone the rules.
SNIPPET = """
[ -r /etc/ufw/ufw.conf ] || { echo "state absent"; exit 0; }
grep -qi '^ENABLED=yes' /etc/ufw/ufw.conf || { echo "state inactive"; exit 0; }
echo "state active"
sed -n 's/^DEFAULT_INPUT_POLICY="*\\([A-Z]*\\).*/input \\1/p' /etc/default/ufw
echo "addresses $(hostname -I 2>/dev/null)"
[ -r /etc/ufw/user.rules ] || { echo "rules closed"; exit 0; }
sed -n 's/^### tuple ### /rule /p' /etc/ufw/user.rules
"""


@dataclass(frozen=True)
class Rule:
    allows: bool
    protocol: str
    port: str
    direction: str
    """`in`, or `in_docker0` for one interface."""


@dataclass(frozen=True)
class Ufw:
    active: bool
    denies: bool
    """What no rule speaks of does not come in."""
    rules: tuple[Rule, ...] | None
    """None where only root may read them."""
    addresses: frozenset[str] = frozenset()
    """The host's own."""

    def lets_in(self, port: str, protocol: str) -> bool:
        """Tell whether a rule speaks for this port of the host; an order of rules against each other is not judged."""
        return any(
            rule.allows
            and rule.direction.startswith("in")
            and rule.protocol in {"any", protocol}
            and (rule.port == "any" or port in rule.port.split(","))
            for rule in self.rules or ()
        )


def parse(text: str) -> Ufw:
    rows = [line.split() for line in text.splitlines()]
    said = {row[0]: row[1:] for row in rows if row and row[0] != "rule"}
    rules = [_rule(row[1:]) for row in rows if row[:1] == ["rule"]]
    return Ufw(
        active=said["state"] == ["active"],
        denies=said.get("input", ["DROP"]) != ["ACCEPT"],
        rules=None if said.get("rules") == ["closed"] else tuple(rules),
        addresses=frozenset(str(ip_address(address)) for address in said.get("addresses", [])),
    )


def _rule(words: list[str]) -> Rule:
    action, protocol, port, *_ = words
    return Rule(action.partition("_")[0] in {"allow", "limit"}, protocol, port, words[6] if len(words) > 6 else "in")


UFW = Probe("ufw", SNIPPET, parse)


def asked_in_vain(facts: Facts, servers: tuple[str, ...]) -> str:
    """Return the name server on the host itself that ufw keeps containers from, '' where there is none."""
    ufw = facts[UFW]
    if not (ufw.active and ufw.denies) or ufw.rules is None or ufw.lets_in("53", "udp"):
        return ""
    return next((server for server in servers if server in ufw.addresses), "")


def judge_published(facts: Facts) -> Verdict:
    ufw = facts[UFW]
    if not ufw.active or config(facts).get("iptables") is False:
        return not_applicable("ufw is not active" if not ufw.active else '"iptables": false in daemon.json')
    open_to_all = {port: each.name for each in facts[CONTAINERS] if each.running for port in each.published}
    if not open_to_all:
        return passed("no container's port is open to other machines")
    if ufw.rules is None:
        return unknown("ufw's rules are for root to read")
    unasked = {port: name for port, name in open_to_all.items() if not ufw.lets_in(*port.split("/"))}
    if not unasked:
        return passed(f"ufw allows {', '.join(open_to_all)} too")
    return failed(
        ", ".join(f"{port} of {name}" for port, name in unasked.items()),
        cause="Docker's rules come before ufw's: other machines reach these ports, though ufw does not allow them.",
        remedy=by_hand(
            "Make the container anew with -p 127.0.0.1:PORT:PORT; where all shall reach it, have ufw say so:"
            f" sudo ufw allow {next(iter(unasked))}"
        ),
    )


PUBLISHED = Check(
    "dk.ufw", "ufw knows of the ports that containers open", judge_published, Severity.WARNING, ("dk.running",)
)
