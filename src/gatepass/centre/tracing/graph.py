"""Chains of a case as a drawing: a column for each step, a line for each link. Numbers only; the template draws.

The drawing holds the nearest `MOST` of each step, and whoever leads further. The table below it holds every link.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gatepass.centre.tracing.models import Contact, Link

MOST = 14
COLUMN, ROW, LEFT, TOP, RADIUS = 210, 46, 70, 56, 9


@dataclass(frozen=True, slots=True)
class Node:
    contact: Contact
    label: str
    x: int
    y: int
    has_name: bool

    @property
    def text_y(self) -> int:
        return self.y - RADIUS - 4


@dataclass(frozen=True, slots=True)
class Edge:
    x1: int
    y1: int
    x2: int
    y2: int
    width: float
    by_gate: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    nodes: list[Node]
    edges: list[Edge]
    columns: list[tuple[int, int]]
    """(x, step)."""
    width: int
    height: int
    left_out: int
    """How many contacts are in the table alone."""


def draw(contacts: Sequence[Contact], links: Sequence[Link], names: dict[int, str]) -> Drawing:
    """`contacts` in the order of the list; `links` between them; `names` those that the user was told."""
    leading = {link.source_id for link in links}
    columns: dict[int, list[Contact]] = {}
    for one in contacts:
        columns.setdefault(one.step, []).append(one)
    nodes: dict[int, Node] = {}
    for step, everybody in sorted(columns.items()):
        shown = [one for place, one in enumerate(everybody) if place < MOST or one.pk in leading]
        for place, one in enumerate(shown):
            name = names.get(one.pk, "")
            nodes[one.pk] = Node(one, name or one.code, LEFT + step * COLUMN, TOP + place * ROW, has_name=bool(name))
    best = max((link.score for link in links), default=0) or 1
    edges = []
    for link in links:
        start, end = nodes.get(link.source_id), nodes.get(link.target_id)
        if start and end:
            by_gate = link.kind == Contact.Kind.GATE
            width = round(1 + 4 * link.score / best, 1) if by_gate else 3.0
            edges.append(Edge(start.x, start.y, end.x, end.y, width, by_gate))
    rows = max((node.y for node in nodes.values()), default=TOP)
    return Drawing(
        nodes=list(nodes.values()),
        edges=edges,
        columns=[(LEFT + step * COLUMN, step) for step in sorted(columns)],
        width=LEFT * 2 + COLUMN * max(columns, default=0),
        height=rows + 40,
        left_out=len(contacts) - len(nodes),
    )
