"""The figures as tables in words: one list for the page, the drawings, the exports and the printed report."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from operator import attrgetter
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from gatepass.centre.insights.stages import STAGE_WORDS, Timing
from gatepass.centre.insights.statistics import OUTCOMES, Statistics
from gatepass.centre.passages.words import reason_words
from gatepass.centre.privacy.suppression import Cell, suppress
from gatepass.languages import Language
from gatepass.policy import Method, Outcome
from gatepass.policy.reasons import KINDS, METHODS
from gatepass.policy.reasons import OUTCOMES as OUTCOME_WORDS

Value = int | float | str | None


@dataclass(frozen=True, slots=True)
class Table:
    """`name` is its address and file name; `drawing` says how it is drawn."""

    name: str
    title: str
    header: list[str]
    rows: list[list[Value]]
    drawing: Literal["columns", "heat", "bars", ""] = ""
    series: tuple[int, ...] = ()
    """Columns that are drawn; the first is drawn filled, a further one beside it."""
    label: int = 0
    """The column that names a bar."""
    note: str = ""
    total: list[Value] = field(default_factory=list)
    drawn: int | None = None
    """Rows that are drawn; None: all. What many have together is no bar beside that of one."""

    @property
    def spec_id(self) -> str:
        return f"spec-{self.name}"

    @property
    def spec(self) -> dict[str, Any]:
        """For the drawing, as JSON."""
        head = [self.header[place] for place in self.series]
        if self.drawing == "heat":
            return {"drawing": "heat", "hours": self.header[1:], "days": [row[0] for row in self.rows],
                    "cells": [row[1:] for row in self.rows]}  # fmt: skip
        return {
            "drawing": self.drawing,
            "labels": [row[self.label] for row in self.rows[: self.drawn]],
            "series": [
                {
                    "name": name,
                    "values": [_drawn(row[place]) for row in self.rows[: self.drawn]],
                }
                for name, place in zip(head, self.series, strict=True)
            ],
        }


def _drawn(value: Value) -> int | float:
    return value if isinstance(value, int | float) else 0


def tables(
    found: Statistics,
    timings: Collection[Timing],
    gates: Mapping[str, tuple[str, str]],
    language: Language,
    *,
    hide: bool,
    most_gates: int | None = None,
) -> list[Table]:
    """`gates`: number -> (site, gate). `hide`: small counts of decisions are not shown, and nothing beside them that
    would give them away: no reasons, and no decisions by gate. `most_gates`: the others stand in one row together."""
    many = found.first != found.last
    made = [_hours(found), *([_days(found)] if many else []), _heat(found)]
    made.append(_outcomes(found, language, hide=hide))
    if not hide:
        made.append(_reasons(found, language))
    made += [_documents(found, language, hide=hide), _gates(found, gates, hide=hide, most=most_gates)]
    return [*made, _stages(timings)]


def _hours(found: Statistics) -> Table:
    before = [one.entered for one in found.before] if found.before else [None] * 24
    rows: list[list[Value]] = [
        [f"{hour}:00", one.entered, one.left, then]
        for hour, (one, then) in enumerate(zip(found.hours, before, strict=True))
    ]
    seen = [place for place, row in enumerate(rows) if any(row[1:])]
    shown = rows[min(seen) : max(seen) + 1] if seen else []
    sums: list[Value] = [_("Together"), found.entered, found.left, sum(one.entered for one in found.before)]
    header = [_("Hour"), _("Entered"), _("Left"), _("Entered before")]
    note = _("Before: as many days on the same days of the week.") if found.before else ""
    total = sums if found.before else [*sums[:3], None]
    drawn = (1, 2, 3) if found.before else (1, 2)
    return Table("hours", _("People by the hour"), header, shown, "columns", drawn, note=note, total=total)


def _days(found: Statistics) -> Table:
    rows: list[list[Value]] = [
        [f"{found.first + timedelta(days=place):%Y-%m-%d}", one.entered, one.left]
        for place, one in enumerate(found.days)
    ]
    total: list[Value] = [_("Together"), found.entered, found.left]
    return Table(
        "days", _("People by the day"), [_("Day"), _("Entered"), _("Left")], rows, "columns", (1, 2), total=total
    )


def _heat(found: Statistics) -> Table:
    rows: list[list[Value]] = [
        [f"{found.first + timedelta(days=place):%m-%d}", *hours] for place, hours in enumerate(found.heat)
    ]
    header = [_("Day"), *(str(hour) for hour in range(24))]
    return Table("heat", _("People in and out, day by hour"), header, rows, "heat")


def _outcomes(found: Statistics, language: Language, *, hide: bool) -> Table:
    words = [OUTCOME_WORDS[Outcome(outcome)][language] for outcome in OUTCOMES]
    made = _counted("outcomes", _("Decisions by outcome"), _("Outcome"), words,
                    [found.of_outcome(outcome) for outcome in OUTCOMES], hide=hide)  # fmt: skip
    return replace(made, note=_("What gates answered first; a guard may have decided otherwise afterwards."))


def _documents(found: Statistics, language: Language, *, hide: bool) -> Table:
    words = [
        KINDS[one.document][language]
        if one.document in KINDS
        else (METHODS[Method(one.method)][language] if one.method else one.document)
        for one in found.documents
    ]
    totals = [one.total for one in found.documents]
    return _counted("documents", _("Decisions by document"), _("Document"), words, totals, hide=hide)


def _counted(name: str, title: str, head: str, words: list[str], totals: list[int], *, hide: bool) -> Table:
    header = [head, _("Decisions")]
    line = suppress(totals) if hide else None
    values: list[Value] = [_shown(cell) for cell in line.cells] if line else list(totals)
    total: Value = _shown(line.total) if line else sum(totals)
    rows: list[list[Value]] = [[word, value] for word, value in zip(words, values, strict=True)]
    note = _("Small counts, and what would give them away, are not shown.") if hide else ""
    return Table(name, title, header, rows, "bars", (1,), note=note, total=[_("Together"), total])


def _shown(cell: Cell) -> int | str:
    return str(cell) if cell.value is None else cell.value


def _reasons(found: Statistics, language: Language) -> Table:
    rows: list[list[Value]] = [
        [OUTCOME_WORDS[Outcome(one.outcome)][language], one.reason, reason_words((one.reason,), language), one.total]
        for one in found.reasons
    ]
    header = [_("Outcome"), _("Code"), _("Reason"), _("Decisions")]
    total: list[Value] = [_("Together"), "", "", found.decisions]
    return Table("reasons", _("Decisions by reason"), header, rows, "bars", (3,), label=2, total=total)


def _gates(found: Statistics, gates: Mapping[str, tuple[str, str]], *, hide: bool, most: int | None = None) -> Table:
    counts = attrgetter(*(("entered", "left") if hide else ("entered", "left", "decisions", "held", "refused")))
    rows: list[list[Value]] = [[*gates.get(one.gate, ("", one.gate)), *counts(one)] for one in found.gates[:most]]
    others = [] if most is None else found.gates[most:]
    drawn = len(rows)
    if others:
        together = [sum(column) for column in zip(*map(counts, others), strict=True)]
        named = ngettext("%(count)s further gate", "%(count)s further gates together", len(others))
        rows.append(["", named % {"count": len(others)}, *together])
    header = [
        _("Site"),
        _("Gate"),
        _("Entered"),
        _("Left"),
        _("Decisions"),
        _("Held"),
        pgettext("at a gate", "Refused"),
    ]
    width = 4 if hide else 7
    sums: list[Value] = [_("Together"), ""]
    sums += [sum(int(row[place] or 0) for row in rows) for place in range(2, width)]
    return Table("gates", _("By gate"), header[:width], rows, "bars", (2, 3), label=1, total=sums, drawn=drawn)


def _stages(timings: Collection[Timing]) -> Table:
    rows: list[list[Value]] = [
        [str(STAGE_WORDS[one.stage]), one.n, round(one.total_us / 1000, 1), round(one.mean_ms, 1)] for one in timings
    ]
    header = [_("Stage"), _("Measured"), _("Milliseconds together"), _("Milliseconds on average")]
    return Table("stages", _("Time at the gate"), header, rows, "bars", (3,))
