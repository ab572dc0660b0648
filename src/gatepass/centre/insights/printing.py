"""`report_pdf`: one site's day on A4, typeset by Typst. Paper leaves the house: small counts are not on it."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any, Final

from django.conf import settings
from django.utils import formats, translation
from django.utils.translation import gettext as _

from gatepass.centre.codes.papers.printing import compiler, letters
from gatepass.centre.insights.actions import figures_of
from gatepass.centre.insights.models import Report
from gatepass.centre.insights.stages import at_the_gate_ms, timings
from gatepass.centre.insights.tables import Table, tables
from gatepass.centre.passages.words import zone_word
from gatepass.centre.sites.models import Gate
from gatepass.languages import Language

PRINTED: Final = ("hours", "outcomes", "documents", "gates")
MOST_GATES: Final = 40
"""Rows; a site with more gates prints the busiest."""


def report_pdf(report: Report, language: Language) -> bytes:
    """The same report and language give the same bytes. PaperError `fonts_missing`."""
    facts = json.dumps(report_facts(report, language))
    made = compiler().compile(input=_template(), sys_inputs={"facts": facts}, format="pdf", pdf_standards=["ua-1"])
    assert isinstance(made, bytes)
    return made


def report_facts(report: Report, language: Language) -> dict[str, Any]:
    """What stands on the paper, in words."""
    found = figures_of(report)
    gates = {str(one.pk): (report.site.name, one.name) for one in Gate.objects.filter(site=report.site)}
    took = timings(report.day, report.day, gates.keys())
    with translation.override(language.lower()):
        local = report.made_at.astimezone(report.site.zone)
        made = {table.name: table for table in tables(found, took, gates, language, hide=True)}
        waited = at_the_gate_ms(took)
        heads = [
            [_("Entered"), f"{found.entered:,}", _change(found.change)],
            [_("Left"), f"{found.left:,}", ""],
            [_("Decisions"), _figure(made["outcomes"].total[1]), ""],
            [_("Time at the gate"), "—" if waited is None else f"{waited:,.0f} ms", _("from the card to the answer")],
        ]
        return {
            **letters(language),
            "title": _("Daily report"),
            "town": settings.CONFIGURATION.town,
            # A community of one estate is often called as the estate is.
            "site": " · ".join(dict.fromkeys((str(report.site.community), report.site.name))),
            "day": f"{formats.date_format(report.day, 'DATE_FORMAT')} {formats.date_format(report.day, 'l')}",
            "made": _("As of %(time)s (%(zone)s)") % {"time": f"{local:%Y-%m-%d %H:%M}", "zone": zone_word(local)},
            "heads": heads,
            "chart": {
                "title": _("People entering, per hour"),
                "alt": _("Columns of the people who entered in each hour; the table below has the figures."),
                "labels": [str(hour) for hour in range(24)],
                "values": [max(0, one.entered) for one in found.hours],
            },
            "tables": [_printed(made[name]) for name in PRINTED],
            "foot": _("Small counts, and what would give them away, are not shown. Hours are those of the town."),
        }


def _change(change: float | None) -> str:
    if change is None:
        return _("no figures of a week ago")
    percent = round(change * 100)
    return _("%(change)s%% on a week ago, full hours") % {"change": f"+{percent}" if percent >= 0 else f"−{-percent}"}


def _printed(table: Table) -> dict[str, Any]:
    """The site stands at the top of the paper already."""
    skip = 1 if table.name == "gates" else 0
    rows = [*table.rows[:MOST_GATES], *([table.total] if table.total else [])]
    if table.name == "gates" and table.total:
        rows[-1] = [table.total[1], table.total[0], *table.total[2:]]
    return {
        "title": table.title,
        "header": table.header[skip:],
        "rows": [[_figure(value) for value in row[skip:]] for row in rows],
        "total": bool(table.total),
    }


def _figure(value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return "" if value is None else str(value)


@cache
def _template() -> bytes:
    return resources.files(__package__).joinpath("report.typ").read_bytes()
