from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from django import template
from django.utils.safestring import SafeString

from gatepass.centre.drawn import drawn
from gatepass.centre.insights.tables import Value

register = template.Library()


@register.simple_tag
def rows_of_figures(rows: Iterable[Sequence[Value]]) -> SafeString:
    """The body of a table, its first column words. Four weeks by hour are seven hundred cells: drawn in one pass."""
    lines = []
    for first, *figures in rows:
        cells = "".join(f'<td class="figures">{_cell(value)}</td>' for value in figures)
        lines.append(f"<tr><td>{_cell(first)}</td>{cells}</tr>")
    return drawn(lines)


def _cell(value: Value) -> str:
    return "—" if value is None else escape(str(value))
