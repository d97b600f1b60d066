"""The shares of the VM: their folders, their mounts, and what hides them."""

from __future__ import annotations

from collections import Counter

from checks.model import Severity, Verdict, failed, not_applicable, passed, unknown
from checks.remedy import by_hand
from checks.toolbox.seen import Claim, Seen
from provisioning.toolbox.translate import mount_points


def _folders(seen: Seen) -> Verdict:
    if seen.machine is None:
        return unknown("the VM was not seen")
    if not seen.machine.shares:
        return not_applicable("the VM has no share")
    if not seen.gone_folders:
        return passed("all are there")
    return failed(
        ", ".join(seen.gone_folders),
        cause="These folders of this machine have gone; VirtualBox says nothing of it, and the VM sees nothing.",
        remedy=by_hand("Make them again, or let the shares go: ./gpudock toolbox.unshare FOLDER"),
    )


def _mounted(seen: Seen) -> Verdict:
    if seen.machine is None or seen.machine.guest is None:
        return unknown("the VM was not asked")
    machine = seen.machine
    shares = [share for share in seen.machine.shares if share.host_path not in seen.gone_folders]
    if not shares:
        return not_applicable("the VM has no share with a folder")
    missing = list(dict.fromkeys(share.host_path for share in shares if not mount_points(machine, share)))
    if not missing:
        return passed(", ".join(point for share in shares for point in mount_points(machine, share)))
    return failed(
        ", ".join(missing),
        cause="The VM has these shares and does not mount them: containers see empty folders.",
        remedy=by_hand(" && ".join(f"./gpudock toolbox.share {seen.here.quoted(path)}" for path in missing)),
    )


def _clear(seen: Seen) -> Verdict:
    if seen.machine is None:
        return unknown("the VM was not seen")
    permanent = {share.name: share for share in seen.machine.shares if not share.transient}
    hidden = [
        share.name
        for share in seen.machine.shares
        if share.transient
        and share.name in permanent
        and not seen.here.same_path(share.host_path, permanent[share.name].host_path)
    ]
    counted = Counter(name.casefold() for name in permanent)
    alike = [name for name in permanent if counted[name.casefold()] > 1]
    if not hidden and not alike:
        return passed("no share hides another")
    told = [f"{name}: a transient share of another folder hides it" for name in hidden]
    told += [f"{', '.join(alike)}: names that differ in nothing but case"] if alike else []
    return failed(
        "; ".join(told),
        cause="It is not clear which folder a path in the VM is.",
        remedy=by_hand(f"Let one of them go: ./gpudock toolbox.unshare {(hidden or alike)[0]}"),
    )


def _done(seen: Seen) -> Verdict:
    if seen.machine is None:
        return unknown("the VM was not seen")
    due = [wish.name for wish in seen.machine.wishes.values() if wish.due]
    if not due:
        return passed("nothing is left to do")
    waits = "is off" if seen.machine.runs else "runs"
    how = f"docker-machine {'stop' if seen.machine.runs else 'start'} {seen.name} && ./gpudock toolbox.shares"
    return failed(
        ", ".join(due),
        cause=f"The rest can be done when the VM {waits}: the next toolbox command then does it.",
        remedy=by_hand(how),
    )


CLAIMS = (
    Claim("tb.folders", "The folders of all shares are there", _folders, ("tb.machine",), Severity.WARNING),
    Claim("tb.mounted", "All shares are mounted in the VM", _mounted, ("tb.additions",), headline=True),
    Claim("tb.clear", "No share hides another", _clear, ("tb.machine",), Severity.WARNING),
    Claim("tb.done", "Nothing waits for the VM to be off, or to run", _done, ("tb.machine",), Severity.WARNING),
)
