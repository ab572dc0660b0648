"""Languages, days and stretches of time as people write them; a stretch says its zone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Final

from django.conf import settings
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext

from gatepass.centre.passages.words import zone_word
from gatepass.centre.rosters.duty import Place
from gatepass.centre.sites.models import Community, Site

OWN_NAMES: Final = dict(settings.LANGUAGES)


def language_word(code: str) -> str:
    return OWN_NAMES.get(code, code)


def languages_word(codes: Iterable[str]) -> str:
    """In the order in which every page offers them."""
    wanted = set(codes)
    return " · ".join(name for code, name in settings.LANGUAGES if code in wanted)


def days_word(weekdays: Iterable[int]) -> str:
    wanted = sorted(set(weekdays))
    return (
        gettext("every day")
        if len(wanted) == len(WEEKDAYS_ABBR)
        else " ".join(str(WEEKDAYS_ABBR[day]) for day in wanted)
    )


def clock_word(begins: datetime, ends: datetime, zone: tzinfo | None = None) -> str:
    """`2026-12-01 22:00–06:00 (+1), China time`: the day is that of the beginning."""
    here = zone or timezone.get_current_timezone()
    first, last = begins.astimezone(here), ends.astimezone(here)
    later = (last.date() - first.date()).days
    if later and (last.hour, last.minute) == (0, 0):
        later, end = later - 1, "24:00"
    else:
        end = f"{last:%H:%M}"
    return f"{first:%Y-%m-%d %H:%M}–{end}{f' (+{later})' if later else ''}, {zone_word(first)}"


def place_word(place: Place) -> str:
    community, site = place
    if site is not None:
        return Site.objects.filter(pk=site).values_list("name", flat=True).first() or "—"
    if community is not None:
        return Community.objects.filter(pk=community).values_list("name", flat=True).first() or "—"
    return gettext("The whole town")
