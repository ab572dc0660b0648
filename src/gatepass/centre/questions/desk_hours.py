"""When a person looks: whoever is on the roster for written questions, in the asker's language before any other."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.utils import formats

from gatepass.centre.passages.words import zone_word
from gatepass.centre.rosters.access import duty_between, nearness
from gatepass.centre.rosters.channels import Channel
from gatepass.centre.sites.models import Site

AHEAD: Final = timedelta(days=14)
"""As far as the cover view of the roster looks."""
TO_ANSWER: Final = timedelta(hours=4)
"""From the moment at which somebody can look."""
OTHERWISE: Final = timedelta(hours=24)
"""From the asking, where the roster names nobody."""
AT_MOST: Final = timedelta(hours=72)
"""A gap in the roster is the desk's trouble, not the asker's."""


def looks_at(language: str, site: Site, now: datetime) -> datetime | None:
    """`now`: somebody is there; later: when somebody will be; None: the roster of fourteen days names nobody."""
    there = [
        span
        for span in duty_between(now, now + AHEAD)
        if span.serves(None, Channel.DESK) and nearness(span.place, site) is not None and span.ends > now
    ]
    spoken = [span for span in there if span.serves(language, None)]
    begins = [span.begins for span in spoken or there]
    return max(now, min(begins)) if begins else None


def due_at(looks: datetime | None, now: datetime) -> datetime:
    return now + OTHERWISE if looks is None else min(looks + TO_ANSWER, now + AT_MOST)


def moment_words(moment: datetime, site: Site) -> str:
    """`Sunday, 2026-11-29 09:00 (China Standard Time)`: on the wall clock of the site, which is said."""
    here = moment.astimezone(site.zone)
    return f"{formats.date_format(here, 'l')}, {here:%Y-%m-%d %H:%M} ({zone_word(here)})"
