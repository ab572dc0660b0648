"""The verbs of insights: `make_report` now, and `make_due_reports` in the evening."""

from __future__ import annotations

import time
from datetime import date, datetime
from typing import Final

import msgspec
from django.db import IntegrityError, transaction
from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.insights.models import Report
from gatepass.centre.insights.statistics import Statistics, statistics
from gatepass.centre.passages.storage import now_ms, passage_log, town_days
from gatepass.centre.sites.models import Site

EVENING: Final = 20
"""The hour of the site's own time at which the day is reported."""
EVERY_S: Final = 60.0


def make_report(by: User | None, site: Site, day: date | None = None) -> Report:
    """The day as it stands now; `day` empty: the town's today. By nobody: the evening's, of which a day has one.

    IntegrityError where the evening's report of that day is there.
    """
    now = town_days().slot(now_ms())
    day = day or now[0]
    gates = [str(gate) for gate in site.gates.values_list("pk", flat=True)]
    figures = statistics(passage_log(), day, day, gates, now=now)
    with transaction.atomic():
        made = Report.objects.create(
            site=site, day=day, made_at=timezone.now(), by=by, figures=msgspec.to_builtins(figures)
        )
        record(by, "report:make", made, site=site.pk, day=day.isoformat())
    return made


def figures_of(report: Report) -> Statistics:
    return msgspec.convert(report.figures, Statistics)


class EveningReports:
    """Called often; looks once a minute whose evening has come. Of two processes, one makes each report."""

    def __init__(self) -> None:
        self._looked = -EVERY_S

    def __call__(self, now: datetime) -> int:
        if time.monotonic() - self._looked < EVERY_S:
            return 0
        self._looked = time.monotonic()
        return make_due_reports(now)


def make_due_reports(now: datetime) -> int:
    """For every site in use at which it is past eight in the evening and whose day has no report; how many."""
    made = 0
    in_use = Site.objects.filter(gates__devices__revoked_at=None, gates__devices__isnull=False).distinct()
    for site in in_use:
        local = now.astimezone(site.zone)
        if local.hour < EVENING or Report.objects.filter(site=site, day=local.date(), by=None).exists():
            continue
        try:
            make_report(None, site, local.date())
        except IntegrityError:
            continue  # another process was quicker
        made += 1
    return made
