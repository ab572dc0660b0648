from __future__ import annotations

from collections.abc import Collection, Iterable
from html import escape
from typing import TYPE_CHECKING, Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gatepass.centre.accounts.access import asking
from gatepass.centre.codes.models import ADVICES, COLOURS
from gatepass.centre.drawn import drawn, heads, links_to
from gatepass.centre.people.lines import Line
from gatepass.centre.people.sections import sections_of
from gatepass.policy import Advice

if TYPE_CHECKING:
    from gatepass.centre.people.households.views import HouseholdLine

register = template.Library()


@register.simple_tag(takes_context=True)
def sections(context: Any) -> list[dict[str, Any]]:
    """What belongs to residents and is open to the reader, for the row of links under the heading."""
    request = context["request"]
    here = request.resolver_match.view_name if request.resolver_match else ""
    return [
        {"page": section.page, "word": section.word, "current": here in section.family}
        for section in sections_of(asking(request))
    ]


@register.simple_tag
def rows_of_residents(lines: Iterable[Line], protected: Collection[int]) -> SafeString:
    """The list's rows, drawn in one pass: as a template each they were a third of the page's time."""
    colour, step, birth, site, home = heads(_("Colour"), _("Next step"), _("Date of birth"), _("Site"), _("Home"))
    # Words are taken outside of the texts that hold them, where whoever collects them for translation looks.
    under_protection, no_code = escape(_("Protected")), escape(_("No valid code"))
    tag, none = f' <span class="tag">{under_protection}</span>', f'<span class="state none">{no_code}</span>'
    states = {str(one): f'<span class="state {one}">{escape(str(word))}</span>' for one, word in COLOURS}
    steps = {str(one): escape(str(word)) for one, word in ADVICES if one != Advice.NONE}
    apply_first = escape(_("Apply for a health code"))
    page_of, rows = links_to("resident"), []
    for one in lines:
        latin = (
            f' <span class="soft">{escape(one.latin_name)}</span>' if one.latin_name not in {"", one.full_name} else ""
        )
        following = apply_first if one.advice is None else steps.get(one.advice, "")
        rows.append(
            f'<tr>\n<td><a href="{page_of(one.pk)}">{escape(one.full_name)}</a>{latin}'
            f"{tag if one.pk in protected else ''}</td>\n"
            f"<td {colour}>{states.get(one.colour, none)}\n</td>\n"
            f'<td {step} class="soft">{following}</td>\n'
            f'<td {birth} class="number">{escape(one.birth)}</td>\n'
            f"<td {site}>{escape(one.site)}</td>\n"
            f"<td {home}>{escape(one.home)}</td>\n</tr>"
        )
    return drawn(rows)


@register.simple_tag
def rows_of_households(lines: Iterable[HouseholdLine]) -> SafeString:
    """The rows of the list of households, as those of the residents."""
    room, site, who = heads(_("Room"), _("Site"), _("Who lives there"))
    head, nobody = escape(_("head")), escape(_("nobody now"))
    head, nobody = f' <span class="soft small">{head}</span>', f'<span class="soft">{nobody}</span>'
    page_of, rows = links_to("household"), []
    for one in lines:
        members = ", ".join(escape(member.full_name) + (head if member.is_head else "") for member in one.members)
        rows.append(
            f'<tr><td><a href="{page_of(one.pk)}">{escape(one.label)}</a></td>'
            f"<td {room}>{escape(one.room or '')}</td><td {site}>{escape(one.site)}</td>"
            f"<td {who}>{members or nobody}</td></tr>"
        )
    return drawn(rows)
