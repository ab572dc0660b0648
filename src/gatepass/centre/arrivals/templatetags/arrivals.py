from __future__ import annotations

from collections.abc import Iterable
from html import escape
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext

from gatepass.centre.arrivals import places
from gatepass.centre.arrivals.board import Figures, Line
from gatepass.centre.arrivals.itinerary import place_word
from gatepass.centre.arrivals.models import Traveller
from gatepass.centre.arrivals.sides import Side
from gatepass.centre.drawn import drawn, heads, links_to
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


@register.simple_tag
def figure_rows(lines: list[Line], whole: Figures) -> SafeString:
    """The rows of the board, the sum last. A town has hundreds: a template for each took a fifth of a second."""
    heads = [
        conditional_escape(word)
        for word in (
            gettext("Expected"), gettext("Still to come"), gettext("Not yet reported"), gettext("Arrived"),
            pgettext("people", "Do not come"),
        )
    ]  # fmt: skip

    def row(name: str, figures: Figures) -> str:
        missing = f'<strong class="look-at">{figures.missing}</strong>' if figures.missing else "0"
        counts = (figures.expected, figures.coming, missing, figures.arrived, figures.cancelled)
        cells = zip(heads, counts, strict=True)
        return (
            f"<tr><td>{name}</td>"
            + "".join(f'<td class="figures" data-head="{head}">{count}</td>' for head, count in cells)
            + "</tr>"
        )

    rows = [row(_where(line), line.figures) for line in lines]
    rows.append(row(format_html("<strong>{}</strong>", gettext("Together")), whole))
    # Every word above is escaped, everything else a number.
    return mark_safe("\n".join(rows))  # noqa: S308


def _where(line: Line) -> str:
    site = escape(line.site)
    if line.building:
        link = f"?site={line.site_id}&amp;building={line.building_id}"
        return f'<span class="soft">{site} ·</span> <a href="{link}">{escape(line.building)}</a>'
    if line.site:
        return f'<a href="?site={line.site_id}">{site}</a>'
    return f"<strong>{escape(line.community)}</strong>"


@register.simple_tag
def traveller_rows(travellers: Iterable[Traveller]) -> SafeString:
    """The list below them, each with its `standing` (`board.announced`)."""
    when, site, language, state = heads(gettext("Expected on"), gettext("Site"), gettext("Language"), gettext("State"))
    overdue = escape(gettext("Not yet reported"))
    words = {
        "missing": f'<strong class="look-at">{overdue}</strong>',
        "cancelled": escape(gettext("Does not come")),
        "coming": escape(gettext("Still to come")),
    }
    here = escape(gettext("Arrived"))
    page_of, rows = links_to("arrival"), []
    for one in travellers:
        journey, spot = one.journey, one.journey.zone
        nationality = f' <span class="soft">{escape(nation(one.nationality))}</span>' if one.nationality else ""
        number = f' <span class="soft">{escape(journey.number)}</span>' if journey.number else ""
        building = f" · {escape(journey.building.name)}" if journey.building else ""
        standing = words.get(one.standing, "")  # type: ignore[attr-defined]
        if not standing:
            seen = f"{on_the_spot(one.arrived_at, spot)} · {one.get_seen_display()}"
            standing = f'{here} <span class="soft">{escape(seen)}</span>'
        rows.append(
            f'<tr><td><a href="{page_of(one.journey_id)}">{escape(one.full_name)}</a>{nationality}</td>\n'
            f"<td {when}>{escape(on_the_spot(journey.arrives_at, spot))}{number}</td>\n"
            f"<td {site}>{escape(journey.site.name if journey.site else '')}{building}</td>\n"
            f"<td {language}>{escape(one.get_language_display())}</td>\n<td {state}>{standing}</td></tr>"
        )
    return drawn(rows)
