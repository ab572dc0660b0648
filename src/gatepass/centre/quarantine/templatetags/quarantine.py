from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from html import escape

from django import template
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gatepass.centre.drawn import drawn, heads, links_to
from gatepass.centre.quarantine.models import Quarantine, Rung
from gatepass.centre.quarantine.words import day_words, kind_word

register = template.Library()


@register.simple_tag
def quarantine_rows(cases: Iterable[Quarantine], now: datetime) -> SafeString:
    """The list of cases. Drawn in one pass: as templates half of a page."""
    kind, state, day, end, last, assignee = heads(
        _("Kind"), _("State"), _("Day"), _("End"), _("Last report"), _("Looked after by")
    )
    page_of, rows = links_to("quarantine"), []
    for one in cases:
        person = one.resident
        mark, word = _state(one, now)
        rows.append(
            f'<tr>\n<td><a href="{page_of(one.pk)}">{escape(str(person.full_name))}</a><br>'
            f'<span class="soft small">{escape(str(person.home or person.site.name))}</span></td>\n'
            f"<td {kind}>{escape(kind_word(one))}</td>\n"
            f'<td {state}><span class="state {mark}">{escape(word)}</span></td>\n'
            f"<td {day}>{escape(day_words(one, now))}</td>\n"
            f"<td {end}>{_moment(one.ends_at, '%Y-%m-%d %H:%M')}</td>\n"
            f"<td {last}>{_moment(one.last_report_at, '%m-%d %H:%M')}</td>\n"
            f"<td {assignee}>{escape((one.assignee.full_name if one.assignee else '') or '—')}</td>\n</tr>"
        )
    return drawn(rows)


def _state(case: Quarantine, now: datetime) -> tuple[str, str]:
    """A class and a word."""
    if case.is_open and case.ends_at <= now:
        return "look", _("The period is over")
    if case.rung != Rung.WAITING:
        return "look", _("A report is missing")
    return ("online" if case.is_open else "none"), case.get_state_display()


def _moment(moment: datetime | None, pattern: str) -> str:
    if moment is None:
        return "—"
    local = localtime(moment)
    return f'<time datetime="{local.isoformat()}">{local:{pattern}}</time>'
