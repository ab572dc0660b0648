from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from html import escape

from django import template
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gatepass.centre.drawn import drawn, heads, links_to
from gatepass.centre.visitors.models import Visit

register = template.Library()


@register.simple_tag
def visit_rows(lines: Iterable[tuple[Visit, bool]]) -> SafeString:
    """The list of visits, each with whether it lasts too long. Drawn in one pass: as templates two thirds of a page."""
    whom, purpose, site, state, came, left = heads(
        _("Whom they visit"), _("Purpose of the visit"), _("Site"), _("State"), _("Came"), _("Left")
    )
    too_long = " · " + escape(_("for too long"))
    page_of, rows = links_to("visit"), []
    for one, over in lines:
        mark = "look" if over else "online" if one.state == Visit.State.INSIDE else "none"
        gate = f", {escape(one.gate.name)}" if one.gate else ""
        rows.append(
            f'<tr><td><a href="{page_of(one.pk)}">{escape(str(one.name))}</a></td>'
            f"<td {whom}>{escape(str(one.whom))}</td>"
            f"<td {purpose}>{escape(one.get_purpose_display())}</td><td {site}>{escape(one.site.name)}{gate}</td>"
            f'<td {state}><span class="state {mark}">{escape(one.get_state_display())}{too_long if over else ""}'
            f"</span></td><td {came}>{_minute(one.came_at)}</td><td {left}>{_minute(one.left_at)}</td></tr>"
        )
    return drawn(rows)


def _minute(moment: datetime | None) -> str:
    return f"{localtime(moment):%m-%d %H:%M}" if moment else "–"
