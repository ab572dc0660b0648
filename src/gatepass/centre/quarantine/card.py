"""The quarantines of those for whom a phone acts, on its first page: report now, how long still, the release notice."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gatepass.centre.phone.cards import Card, Reader
from gatepass.centre.quarantine.models import Quarantine, Rung
from gatepass.centre.quarantine.views.releases import standing_notice
from gatepass.centre.quarantine.words import day_words

State = Quarantine.State


def quarantine(reader: Reader) -> Iterable[Card]:
    cases = Quarantine.objects.filter(resident__in=reader.people).exclude(state=State.WITHDRAWN)
    newest: dict[int, Quarantine] = {}
    for case in cases.select_related("resident").order_by("-id"):
        known = newest.setdefault(case.resident_id, case)
        if known.state != State.OPEN and case.state == State.OPEN:
            newest[case.resident_id] = case
    under_way = [case for case in newest.values() if case.state == State.OPEN]
    if under_way:
        report = reverse("my_quarantine_report")
        missing = any(case.rung != Rung.WAITING for case in under_way)
        due = min((case.awaited.astimezone(case.civil) for case in under_way if case.awaited), default=None)
        yield Card(
            title=_("Report how I am"),
            words=_("Today's report is missing. Please send it now: somebody is waiting to hear that you are well.")
            if missing
            else (_("The next report is due %(time)s.") % {"time": due.strftime("%Y-%m-%d %H:%M")} if due else ""),
            link=report,
            action=_("Report how I am"),
            first=True,
            keep=(report,),
        )
    for case in newest.values():
        link = reverse("my_quarantine", args=[case.resident_id])
        if case.state == State.OPEN:
            yield Card(
                title=_("My quarantine"),
                words=f"{case.resident.full_name} · {day_words(case, reader.at)}",
                link=link,
                action=_("My quarantine"),
                keep=(link,),
            )
        elif standing_notice(case) is not None:
            day = date_format(case.closed_at, "Y-m-d") if case.closed_at else ""
            yield Card(
                title=_("My notice of release"),
                words=f"{case.resident.full_name} · {day}",
                link=link,
                action=_("Open my notice"),
                keep=(link,),
            )
