from __future__ import annotations

from datetime import datetime, time

from django import template

from gatepass.centre.rosters.words import language_word

register = template.Library()


@register.filter
def in_own_words(code: str) -> str:
    """`ko` as 한국어."""
    return language_word(code)


@register.filter
def ending(at: time) -> str:
    """Midnight as an end is 24:00."""
    return f"{at:%H:%M}" if at != time(0) else "24:00"


@register.filter
def clock(moment: datetime) -> str:
    """In the zone that the moment carries, whatever the page's own is."""
    return f"{moment:%H:%M}"
