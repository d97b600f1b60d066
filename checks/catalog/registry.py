"""The network beyond the host: registries that answer, the clock against theirs, and how many pulls are left."""

from __future__ import annotations

from statistics import median

from checks.catalog.registry_answers import REGISTRIES, Answered, Reached, Silent
from checks.model import Check, Severity, Verdict, failed, not_applicable, not_run, passed, unknown
from checks.remedy import by_commands, by_hand
from provisioning.probe import Facts

NOT_ASKED = "the network was not asked"
SLOW = 2.0
"""Seconds."""
SKEW = 60
"""Seconds that a certificate or a token forgives."""
_DOCKER_PROXY = "what dockerd goes by is `proxies` in daemon.json or a docker.service.d drop-in, not the shell's"


def judge_clock(facts: Facts) -> Verdict:
    if REGISTRIES.name not in facts.answers:
        return not_run(NOT_ASKED)
    reached = facts[REGISTRIES]
    skews = reached.skews
    if not skews:
        return passed("kept by NTP") if reached.ntp else unknown("no registry told the time, and NTP does not keep it")
    skew = round(median(skews))
    if abs(skew) <= SKEW:
        return passed(f"{abs(skew)} s from the registries'")
    return failed(
        f"the clock is {abs(skew)} s {'ahead of' if skew > 0 else 'behind'} the registries'",
        cause="With a wrong clock certificates are `expired or not yet valid`, and no image can be pulled.",
        remedy=by_commands(("timedatectl", "set-ntp", "true"), words="Where chrony keeps it `chronyc makestep`, else"),
    )


# What curl, wget and apt say, in the order in which a connection is made.
_CAUSES = (
    (
        ("resolve", "name resolution", "Resolving", "no such host"),
        "Its name cannot be resolved.",
        "Mend the host's DNS (resolvectl status, /etc/resolv.conf)",
    ),
    (("407", "proxy"), "The proxy does not let it through.", f"Mend the proxy: {_DOCKER_PROXY}"),
    (
        ("refused", "Could not connect"),
        "Nothing listens there, or a firewall refuses.",
        "Start the mirror, or take it out of daemon.json; or open the firewall for it",
    ),
    (
        ("certificate", "SSL", "TLS"),
        "The connection cannot be trusted.",
        "Where a proxy opens TLS: put its certificate into /usr/local/share/ca-certificates, then:"
        " sudo update-ca-certificates",
    ),
    (
        ("timed out", "unreachable", "No route", "Timeout"),
        "Packets to it get no answer.",
        f"Open the firewall for it, or set a proxy ({_DOCKER_PROXY}), or provision with --registry-mirror URL",
    ),
)


def judge_registry(facts: Facts) -> Verdict:
    if REGISTRIES.name not in facts.answers:
        return not_run(NOT_ASKED)
    reached = facts[REGISTRIES]
    if not reached.tool:
        return unknown("the host has neither curl nor wget nor apt to ask with")
    if reached.silent:
        return _unreached(reached)
    slow = [each for each in reached.answered if each.seconds > SLOW]
    if slow:
        return failed(
            "; ".join(f"{each.host}: {_phases(each)}" for each in slow),
            cause="It answers slowly.",
            remedy=by_hand("Slow name resolution points at DNS, a slow rest at the way; a mirror nearby helps both"),
        )
    return passed(", ".join(f"{each.host} {each.seconds:.2f} s" for each in reached.answered))


def _unreached(reached: Reached) -> Verdict:
    first = reached.silent[0]
    cause, remedy = _cause(first)
    instead = f"; {', '.join(each.host for each in reached.answered)} answers" if reached.answered else ""
    return failed(
        "; ".join(f"{each.host}: {each.words}" for each in reached.silent) + instead,
        cause=f"{first.host} cannot be reached. {cause}",
        remedy=by_hand(remedy),
    )


def _cause(silent: Silent) -> tuple[str, str]:
    for needles, cause, remedy in _CAUSES:
        if any(needle in silent.words for needle in needles):
            return cause, remedy
    return "It gives no proper answer.", "Ask it by hand: curl -v https://registry-1.docker.io/v2/"


def _phases(answered: Answered) -> str:
    names = ("name", "connection", "TLS")
    told = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in zip(names, answered.phases, strict=False))
    return f"{answered.seconds:.1f} s ({told})" if told else f"{answered.seconds:.1f} s"


def judge_limit(facts: Facts) -> Verdict:
    if REGISTRIES.name not in facts.answers:
        return not_run(NOT_ASKED)
    remaining = facts[REGISTRIES].pulls_left
    if remaining is None:
        return not_applicable("Docker Hub told no limit")
    if remaining > 0:
        return passed(f"{remaining} pulls left without a login")
    return failed(
        "ratelimit-remaining: 0",
        cause="toomanyrequests: You have reached your unauthenticated pull rate limit.",
        remedy=by_hand("docker login, or provision with --registry-mirror URL; or wait some hours"),
    )


CLOCK = Check("os.clock", "The clock is right", judge_clock)
REGISTRY = Check("net.registry", "The registries answer in time", judge_registry, Severity.WARNING, ("os.clock",))
LIMIT = Check("net.ratelimit", "Docker Hub lets this address pull", judge_limit, Severity.WARNING, ("net.registry",))
