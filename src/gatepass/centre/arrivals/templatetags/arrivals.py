from __future__ import annotations

from zoneinfo import ZoneInfo

from django import template
from django.utils.translation import gettext

from gatepass.centre.arrivals import places
from gatepass.centre.arrivals.itinerary import place_word
from gatepass.centre.arrivals.sides import Side
from gatepass.centre.people.nationality import nationality_word

register = template.Library()


@register.simple_tag
def step(side: Side, page: str, *numbers: int) -> str:
    """The address of a step on this side: `{% step side "_person" journey.pk traveller.pk %}`."""
    return side.url(page, *numbers)


@register.filter
def at(found: dict, key):
    """The value of a mapping."""
    return found.get(key)


@register.filter
def days(row) -> str:
    """First and last day of a stay."""
    return places.days_in_words(row.first, row.last)


@register.filter
def place(row) -> str:
    return place_word(row)


@register.filter
def nation(code: str) -> str:
    return nationality_word(code) if code else ""


@register.filter
def zone(name: str) -> str:
    return places.zone_word(str(name)) if name else ""


@register.filter
def on_the_spot(moment, zone_name) -> str:
    """`2026-03-16 10:40 (Shanghai)`: the civil time there, and where that is."""
    if not moment or not zone_name:
        return ""
    there = moment.astimezone(ZoneInfo(str(zone_name)))
    return gettext("%(time)s (time of %(place)s)") % {
        "time": f"{there:%Y-%m-%d %H:%M}",
        "place": places.zone_word(str(zone_name)),
    }
