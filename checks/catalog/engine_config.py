"""daemon.json: it can be read, and says nothing that dockerd is told by a flag too."""

from __future__ import annotations

from checks.catalog.engine_setup import ENGINE_PROGRAMS
from checks.model import Check, Verdict, failed, passed
from checks.remedy import by_hand
from provisioning import daemon_json
from provisioning.probe import Facts, UnknownFact
from provisioning.probes.daemon_config import DAEMON_CONFIG
from provisioning.probes.daemon_flags import DAEMON_FLAGS
from provisioning.probes.files import IS_A_DIRECTORY

VALIDATE = f"sudo dockerd --validate --config-file={daemon_json.PATH}"


def document(facts: Facts) -> daemon_json.Document:
    """Return what daemon.json says. Raises UnknownFact where it is not JSON, which dk.json names."""
    try:
        return daemon_json.load(facts[DAEMON_CONFIG].text)
    except ValueError as error:
        raise UnknownFact(DAEMON_CONFIG.name, f"daemon.json is not valid ({error})") from error


def judge_json(facts: Facts) -> Verdict:
    try:
        file = facts[DAEMON_CONFIG]
    except UnknownFact as unread:
        if not unread.reason.endswith(IS_A_DIRECTORY):
            raise
        return failed(
            f"{daemon_json.PATH} {IS_A_DIRECTORY}",
            cause="dockerd wants a file there, and does not start with a directory. A container that mounts a"
            " file which is not there leaves one.",
            remedy=by_hand(
                f"Move it away: sudo mv {daemon_json.PATH} {daemon_json.PATH}.d, then: sudo systemctl restart docker"
            ),
        )
    if file.content is None:
        return passed("no daemon.json: the engine's defaults")
    remedy = by_hand(f"Mend {daemon_json.PATH}, prove it with `{VALIDATE}`, then: sudo systemctl restart docker")
    try:
        keys = sorted(daemon_json.load(file.text))
    except ValueError as error:
        return failed(
            f"{daemon_json.PATH}: {error}",
            cause="daemon.json is not valid JSON: dockerd does not start with it.",
            remedy=remedy,
        )
    refused = facts[ENGINE_PROGRAMS].refused
    if refused:
        return failed(refused, cause="dockerd does not take what daemon.json says.", remedy=remedy)
    return passed(", ".join(keys) or "an empty daemon.json")


def judge_flags(facts: Facts) -> Verdict:
    said = document(facts)
    twice = {key: place for key, place in facts[DAEMON_FLAGS].items() if key in said}
    if not twice:
        return passed("no key is a flag too")
    key, place = next(iter(twice.items()))
    return failed(
        "; ".join(f"{key}: in {daemon_json.PATH} and a flag in {place}" for key, place in twice.items()),
        cause="A key that is a flag too lets no dockerd start, even where both say the same.",
        remedy=by_hand(
            f"Take `{key}` out of {daemon_json.PATH}, or its flag out of ExecStart in {place}"
            " (sudo systemctl edit docker), then: sudo systemctl restart docker"
        ),
    )


JSON = Check("dk.json", "daemon.json can be read", judge_json, needs=("dk.installed",))
FLAGS = Check("dk.flags", "No key of daemon.json is a flag of dockerd too", judge_flags, needs=("dk.json",))
