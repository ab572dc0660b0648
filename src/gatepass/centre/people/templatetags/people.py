from __future__ import annotations

from collections.abc import Collection, Iterable
from html import escape
from typing import Any

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from gatepass.centre.accounts.access import asking
from gatepass.centre.codes.models import ADVICES, COLOURS
from gatepass.centre.people.lines import Line
from gatepass.centre.people.sections import sections_of
from gatepass.policy import Advice

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
    heads = [
        f'<td data-head="{escape(word)}"'
        for word in (_("Colour"), _("Next step"), _("Date of birth"), _("Site"), _("Home"))
    ]
    tag = f' <span class="tag">{escape(_("Protected"))}</span>'
    none = f'<span class="state none">{escape(_("No valid code"))}</span>'
    states = {colour: f'<span class="state {colour}">{escape(str(word))}</span>' for colour, word in COLOURS}
    steps = {str(step): escape(str(word)) for step, word in ADVICES if step != Advice.NONE}
    apply_first = escape(_("Apply for a health code"))
    before, _zero, after = escape(reverse("resident", args=[0])).rpartition("0")
    rows = []
    for one in lines:
        latin = (
            f' <span class="soft">{escape(one.latin_name)}</span>' if one.latin_name not in {"", one.full_name} else ""
        )
        step = apply_first if one.advice is None else steps.get(one.advice, "")
        rows.append(
            f'<tr>\n<td><a href="{before}{one.pk}{after}">{escape(one.full_name)}</a>{latin}'
            f"{tag if one.pk in protected else ''}</td>\n"
            f"{heads[0]}>{states.get(one.colour, none)}\n</td>\n"
            f'{heads[1]} class="soft">{step}</td>\n'
            f'{heads[2]} class="number">{escape(one.birth)}</td>\n'
            f"{heads[3]}>{escape(one.site)}</td>\n"
            f"{heads[4]}>{escape(one.home)}</td>\n</tr>"
        )
    # Every word is escaped above, everything else a number or a constant.
    return mark_safe("".join(rows))  # noqa: S308
