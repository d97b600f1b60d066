"""Reports as JUnit XML, for what shows the results of tests."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as Xml

from checks.model import Finding, Status
from checks.report import HostReport

_SKIPPED = {Status.BLOCKED, Status.NOT_APPLICABLE, Status.NOT_RUN}
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write, not even escaped (section 2.2, Char)."""


def to_junit(reports: Sequence[HostReport]) -> str:
    """Return one suite for each host. A warning passes and tells itself as output; what is unknown is an error."""
    root = Xml.Element("testsuites", name="gpudock")
    for report in reports:
        root.append(_suite(report))
    for key in ("tests", "failures", "errors", "skipped"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    Xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def _suite(report: HostReport) -> Xml.Element:
    suite = Xml.Element("testsuite", name=_text(report.host))
    if report.error:
        case = Xml.SubElement(suite, "testcase", classname=_text(report.host), name="conn.ssh: the host can be judged")
        _outcome(case, "error", report.error.message, report.error.hint)
    for finding in report.findings:
        suite.append(_case(report.host, finding))
    suite.set("tests", str(len(suite)))
    for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(key, str(len(suite.findall(f"testcase/{tag}"))))
    return suite


def _case(host: str, finding: Finding) -> Xml.Element:
    case = Xml.Element("testcase", classname=_text(host), name=_text(f"{finding.check}: {finding.claim}"))
    if finding.status is Status.FAIL:
        _outcome(case, "failure", finding.seen, told(finding))
    elif finding.status is Status.UNKNOWN:
        _outcome(case, "error", finding.seen, "")
    elif finding.status in _SKIPPED:
        Xml.SubElement(case, "skipped", message=_text(f"{finding.status.value}: {finding.seen}"))
    else:
        Xml.SubElement(case, "system-out").text = _text("\n".join(filter(None, (finding.seen, told(finding)))))
    return case


def told(finding: Finding) -> str:
    """Return cause, remedy and what it explains, a line each."""
    remedy = f"mend it: {finding.remedy} ({finding.remedy.risk.value})" if str(finding.remedy) else ""
    explains = f"explains: {', '.join(finding.explains)}" if finding.explains else ""
    return "\n".join(filter(None, (finding.cause, remedy, explains)))


def _outcome(case: Xml.Element, tag: str, message: str, text: str) -> None:
    Xml.SubElement(case, tag, message=_text(message)).text = _text(text)


def _text(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
