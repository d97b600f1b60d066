"""Reports as one HTML page that needs nothing besides itself."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from checks.graph import root_causes_first
from checks.model import Finding, Status
from checks.remedy import Risk
from checks.report import HostReport
from checks.reports.marks import WELL, mark

TEMPLATE = "page.html.j2"
_NOTABLE = (Status.FAIL, Status.WARN, Status.UNKNOWN)


@dataclass(frozen=True)
class Cause:
    """One thing that is wrong, on all hosts where it shows."""

    finding: Finding
    hosts: tuple[tuple[str, Finding], ...]
    """The hosts, each with what was found there."""

    @property
    def remedies(self) -> tuple[str, ...]:
        """What mends it: a line for all hosts, or for each where it names the host."""
        return tuple(dict.fromkeys(str(finding.remedy) for _, finding in self.hosts))


def to_html(reports: Sequence[HostReport], now: int) -> str:
    """Return the page. `now`: seconds since the epoch, when the hosts were judged."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"mark": mark, "slug": slug}
    counted = [Counter(finding.status for finding in report.findings) for report in reports]
    return environment.get_template(TEMPLATE).render(
        reports=reports,
        causes=causes(reports),
        rows=rows(reports),
        counted=list(zip(reports, counted, strict=True)),
        counts=sum(counted, Counter()),
        statuses=list(Status),
        words={status: word(status) for status in Status},
        marks={status: word(status, brief=True) for status in Status},
        safe_risk=Risk.SAFE,
        when=time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(now)),
    )


def word(status: Status, *, brief: bool = False) -> Markup:
    """Return the status as a cell shows it: a mark and a word in its colour, or, among many, the mark alone."""
    shown = mark(status) if brief else f"{mark(status)} {status.value}"
    return Markup('<span class="{}">{}</span>').format(slug(status), shown)


def slug(status: Status) -> str:
    """Return the status as the name of a style."""
    return status.name.lower().replace("_", "-")


def causes(reports: Sequence[HostReport]) -> list[Cause]:
    """Return what is wrong or unknown, the same check with the same cause once: what explains most comes first."""
    found: dict[tuple[object, ...], list[tuple[str, Finding]]] = {}
    for report in reports:
        for each in report.findings:
            if each.status in _NOTABLE:
                mended = str(each.remedy).replace(report.host, "HOST")  # its remedy may name the host
                found.setdefault((each.check, each.status, each.cause, mended), []).append((report.host, each))
    listed = [Cause(hosts[0][1], tuple(hosts)) for hosts in found.values()]
    return sorted(listed, key=lambda cause: (_NOTABLE.index(cause.finding.status), -_explained(cause)))


def _explained(cause: Cause) -> int:
    return sum(1 + len(finding.explains) for _, finding in cause.hosts)


@dataclass(frozen=True)
class Row:
    """A check on all hosts."""

    check: str
    claim: str
    cells: tuple[Finding | None, ...]
    """What was found on each host, None where nothing was."""

    @property
    def well(self) -> bool:
        return all(cell is None or cell.status in WELL for cell in self.cells)


def rows(reports: Sequence[HostReport]) -> list[Row]:
    """Return the matrix of checks and hosts, in the order of what needs a look."""
    everything = [finding for report in reports for finding in report.findings]
    claims = {finding.check: finding.claim for finding in root_causes_first(everything)}
    by_host = [{finding.check: finding for finding in report.findings} for report in reports]
    return [Row(check, claim, tuple(host.get(check) for host in by_host)) for check, claim in claims.items()]
