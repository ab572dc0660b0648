"""In CI, a browser story that waited in vain is told once more, and the summary says of which that is true.

A machine of two cores stands still for seconds now and then, and a run of eight thousand tests shall not fail for that.
A story that waits in vain twice fails. Nothing else is told again: what a page says wrongly it says wrongly at once.
What stands in the summary is a race all the same, and is to be found: look at what its page said.
"""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

IN_VAIN = ("TimeoutError", "WaitedInVainError")
FIRST = "told again"
"""Name of the property that holds what the first telling ended with."""


@pytest.hookimpl
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    if not os.environ.get("CI") or not item.get_closest_marker("browser"):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    patience = signal.getitimer(signal.ITIMER_REAL)[0]  # pytest-timeout's, for one telling
    reports = runtestprotocol(item, nextitem=nextitem, log=False)
    if any(_waited_in_vain(report) for report in reports):
        first = next(str(report.longrepr) for report in reports if report.failed)
        signal.setitimer(signal.ITIMER_REAL, patience)
        item._initrequest()  # type: ignore[attr-defined]  # fixtures anew, as pytest's own plugins do
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
        for report in reports:
            if report.when == "call":
                report.user_properties.append((FIRST, first))
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _waited_in_vain(report: pytest.TestReport) -> bool:
    if report.when != "call" or not report.failed:
        return False
    said = str(getattr(getattr(report.longrepr, "reprcrash", None), "message", ""))
    return said.partition(":")[0].rpartition(".")[2] in IN_VAIN


def pytest_terminal_summary(terminalreporter: Any) -> None:
    seen = [report for reports in terminalreporter.stats.values() for report in reports]
    again = {
        report.nodeid: value
        for report in seen
        if isinstance(report, pytest.TestReport)
        for name, value in report.user_properties
        if name == FIRST
    }
    if not again:
        return
    terminalreporter.section(f"{len(again)} told again, for they waited in vain")
    for nodeid, first in again.items():
        terminalreporter.line(f"{nodeid}\n{first}\n")
