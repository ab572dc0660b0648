"""Gaps become alarms before they come: one for each need and day, `lead_hours` before the day's first gap begins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

from gatepass.centre.alarms.actions import arm, cure
from gatepass.centre.alarms.models import Alarm, State
from gatepass.centre.rosters import duty
from gatepass.centre.rosters.access import duty_between, need_pattern, serving
from gatepass.centre.rosters.duty import DAY, Span, Stretch
from gatepass.centre.rosters.models import Need
from gatepass.centre.rosters.words import language_word

KIND: Final = "roster_gap"
AHEAD: Final = timedelta(days=14)
"""14 × 24 hours: as far as the cover view shows."""
EVERY: Final = timedelta(seconds=30)


class RosterWatch:
    """Called every few seconds; looks twice a minute."""

    def __init__(self) -> None:
        self._looked: datetime | None = None

    def __call__(self, now: datetime) -> None:
        if self._looked is None or not timedelta() <= now - self._looked < EVERY:
            self._looked = now
            look(now)


def look(now: datetime) -> None:
    needs = list(Need.objects.select_related("site", "community"))
    standing = {
        alarm.subject: alarm for alarm in Alarm.objects.filter(kind=KIND).exclude(state=State.CLEARED).only(
            "subject", "state", "alert_after", "facts"
        )
    }  # fmt: skip
    if not needs and not standing:
        return
    spans = duty_between(now - DAY, now + AHEAD)
    seen: set[str] = set()
    for need in needs:
        for day, missing in gaps_by_day(need, spans, now):
            subject = f"need:{need.pk} {day.isoformat()}"
            seen.add(subject)
            at = missing[0][0] - timedelta(hours=need.lead_hours)
            facts = {
                "language": language_word(need.language),
                "channel": need.channel,
                "day": day.isoformat(),
                "hours": _hours_word(missing, need, day),
            }
            known = standing.get(subject)
            same = known is not None and (known.alert_after, known.facts) == (at, facts)
            if not same and (known is None or known.state == State.ARMED):
                arm(KIND, subject, at, site=need.site, facts=facts)
    over = standing.keys() - seen
    if over:
        cure(KIND, over)


def gaps_by_day(need: Need, spans: list[Span], now: datetime) -> Iterator[tuple[date, list[Stretch]]]:
    """By the days of the need's own wall clock: the day's gaps, as long as one of them is not over."""
    pattern, held = need_pattern(need), serving(need, spans)
    day = now.astimezone(need.zone).date()
    last = (now + AHEAD).astimezone(need.zone).date()
    while day <= last:
        begin = duty.instant(day, time(0), need.zone)
        end = min(duty.instant(day + DAY, time(0), need.zone), now + AHEAD)
        missing = duty.gaps(held, duty.wanted_of(pattern, begin, end), need.least) if begin < end else []
        if missing and missing[-1][1] > now:
            yield day, missing
        day += DAY


def _hours_word(missing: list[Stretch], need: Need, day: date) -> str:
    midnight = duty.instant(day + DAY, time(0), need.zone)

    def end_word(end: datetime) -> str:
        return "24:00" if end >= midnight else f"{end.astimezone(need.zone):%H:%M}"

    return ", ".join(f"{begin.astimezone(need.zone):%H:%M}–{end_word(end)}" for begin, end in missing)
