"""Periods, days and temperatures as people say them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gatepass.centre.facts.words import VALUES
from gatepass.centre.passages.words import zone_word
from gatepass.centre.quarantine import calendar
from gatepass.centre.quarantine.models import Quarantine
from gatepass.languages import Language


def kind_word(case: Quarantine, language: Language | None = None) -> str:
    """Of the version under which the case was opened; a code that its file no longer has stands as it is."""
    kind = case.rulebook.kind.get(case.kind)
    return kind.said(language) if kind else case.kind


def end_words(ends: datetime, zone: ZoneInfo) -> str:
    """`12 March 2020, 24:00, China Standard Time`."""
    day, moment = calendar.last_day(ends, zone)
    return _("%(day)s, %(time)s, %(zone)s") % {
        "day": formats.date_format(day, "DATE_FORMAT"),
        "time": moment.strftime("%H:%M") if moment else "24:00",
        "zone": zone_word(ends.astimezone(zone)),
    }


def moment_words(moment: datetime, zone: ZoneInfo) -> str:
    """`12 March 2020, 15:20, China Standard Time`."""
    local = moment.astimezone(zone)
    return _("%(day)s, %(time)s, %(zone)s") % {
        "day": formats.date_format(local.date(), "DATE_FORMAT"),
        "time": local.strftime("%H:%M"),
        "zone": zone_word(local),
    }


def counted_words(case: Quarantine) -> str:
    """By which way of counting, so that nobody has to guess which midnight is meant."""
    days = case.days
    if case.rule.counted == "hours":
        said = ngettext(
            "%(n)d × 24 hours from the beginning, to the minute", "%(n)d × 24 hours from the beginning, to the minute",
            days,
        )  # fmt: skip
    else:
        said = ngettext(
            "%(n)d calendar day after the day of the beginning, until midnight",
            "%(n)d calendar days after the day of the beginning, until midnight",
            days,
        )
    return said % {"n": days}


def clocks_words(case: Quarantine) -> str:
    """Where clocks are changed within the period, what becomes of its end; empty elsewhere."""
    if not clocks_change(case):
        return ""
    if case.rule.counted == "hours":
        return _(
            "The clocks are changed meanwhile. The hours stay the same, so the clock shows another hour at the end."
        )
    return _("The clocks are changed meanwhile. The period ends at midnight all the same.")


def clocks_change(case: Quarantine) -> bool:
    begun, ends = case.started_at.astimezone(case.civil), case.ends_at.astimezone(case.civil)
    return begun.utcoffset() != ends.utcoffset()


def day_words(case: Quarantine, now: datetime) -> str:
    """`Day 5 of 14`."""
    if now < case.started_at:
        return _("Not begun yet")
    if now >= case.ends_at:
        return _("The period is over")
    return _("Day %(day)s of %(days)s") % {"day": case.day(now), "days": case.days}


def temperature(tenths: int | None) -> str:
    return f"{tenths / 10:.1f} °C" if tenths is not None else _("not measured")


def symptom_words(symptoms: list[str]) -> str:
    return ", ".join(str(VALUES.get(one, one)) for one in symptoms) or _("no symptoms")
