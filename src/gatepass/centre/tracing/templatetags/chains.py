"""Chains drawn in one pass: hundreds of lines, nodes and rows, a template for each of which took half of the page."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Final

from django import template
from django.template.defaultfilters import floatformat
from django.utils.formats import localize
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gatepass.centre.drawn import drawn, heads, links_to
from gatepass.centre.tracing.models import Contact

if TYPE_CHECKING:
    from gatepass.centre.tracing.graph import Drawing
    from gatepass.centre.tracing.models import Case, Link

register = template.Library()

_NAMED: Final = ' class="named"'


@register.simple_tag
def edges_and_nodes(drawing: Drawing) -> SafeString:
    edges = (
        f'<line class="{"gate" if edge.by_gate else "home"}" x1="{localize(edge.x1)}" y1="{localize(edge.y1)}"'
        f' x2="{localize(edge.x2)}" y2="{localize(edge.y2)}" stroke-width="{edge.width}"/>'
        for edge in drawing.edges
    )
    nodes = (
        f'<g><circle class="step-{localize(node.contact.step)}" cx="{localize(node.x)}" cy="{localize(node.y)}" r="9"/>'
        f'<text{_NAMED if node.has_name else ""} x="{localize(node.x)}" y="{localize(node.text_y)}">'
        f"{escape(node.label)}</text></g>"
        for node in drawing.nodes
    )
    return drawn([*edges, "\n", *nodes, "\n"])


@register.simple_tag
def links_in_words(rows: Iterable[tuple[Link, str]]) -> SafeString:
    """For whoever does not see the drawing."""
    return drawn(f"{escape(link.source.code)} → {escape(link.target.code)}. " for link, _why in rows)


@register.simple_tag
def link_rows(rows: Iterable[tuple[Link, str]], case: Case) -> SafeString:
    to_whom, link_word, score, why = heads(_("To whom"), _("Link"), _("Score"), _("Why"))
    kinds = {value: escape(str(word)) for value, word in Contact.Kind.choices}
    page_of = links_to("contact", case.pk)

    def leads_to(contact: Contact) -> str:
        return f'<a class="code-word" href="{page_of(contact.pk)}">{escape(contact.code)}</a>'

    lines = (
        f"<tr><td>{leads_to(link.source)}</td><td {to_whom}>{leads_to(link.target)}</td>"
        f"<td {link_word}>{kinds.get(link.kind, link.kind)}</td>"
        f'<td {score} class="figures">{floatformat(link.score, 1) if link.score else "—"}</td>'
        f'<td {why} class="small why">{escape(words)}</td></tr>'
        for link, words in rows
    )
    return drawn(lines)
