from __future__ import annotations

from collections.abc import Collection, Iterable
from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from django import template
from django.urls import reverse
from django.utils.formats import localize
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gatepass.centre.drawn import drawn, heads, links_to
from gatepass.centre.sites.models import Site

if TYPE_CHECKING:
    from gatepass.centre.sites.health import Condition
    from gatepass.centre.sites.plan import Spot

register = template.Library()

_GROUND: Final = '<rect class="ground" x="-26" y="-26" width="52" height="52" rx="10"/>'
_DOT: Final = '<circle class="sign" r="9"/>'
_MARKS: Final = {
    "look": '<path class="mark" d="M22-36 34-14H10z"/>',
    "online": '<circle class="mark" cx="22" cy="-23" r="9"/>',
    "none": '<circle class="mark" cx="22" cy="-23" r="8"/>',
}


@register.simple_tag
def spots_drawn(spots: Iterable[Spot], in_table: Collection[int]) -> SafeString:
    """The marks of the plan. A town has five hundred: as a template each was three quarters of the page's time."""
    gates = escape(reverse("gates"))
    return drawn((_mark(spot, in_table, gates) for spot in spots), "\n")


def _mark(spot: Spot, in_table: Collection[int], gates: str) -> str:
    name = escape(spot.name)
    leads_to = f"#site-{spot.site}" if spot.site in in_table else f"{gates}?words={escape(quote(spot.name))}"
    sign = f'<path class="sign" d="{spot.sign}"/>' if spot.sign else _DOT
    count = f'<text class="count" y="66">{spot.ill}/{spot.gates}</text>' if spot.ill else ""
    return (
        f'<a href="{leads_to}" class="spot {spot.mark}" data-site="{spot.site}"'
        f' transform="translate({spot.left} {spot.top})"><title>{name}: {escape(spot.words)}</title>\n'
        f"{_GROUND}{sign}\n{_MARKS[spot.mark]}\n"
        f'<text y="46">{name}</text>{count}</a>'
    )


@register.simple_tag
def rows_drawn(spots: Iterable[Spot]) -> SafeString:
    """The rows of the table beside it: a hundred, each with its gates that need a look."""
    kind, gates, condition = heads(_("Kind of site"), _("Gates"), _("Condition"))
    kinds = {value: escape(str(label)) for value, label in Site.Kind.choices}
    elsewhere = " · " + escape(_("not on the plan"))
    page_of, rows = links_to("gate"), []
    for spot in spots:
        where = escape(spot.community) + ("" if spot.placed else elsewhere)
        remarks = "".join(_remark(one, page_of(one.gate.pk)) for one in spot.conditions)
        rows.append(
            f'<tr id="site-{spot.site}">\n<td>{escape(spot.name)} <span class="soft small">{where}</span></td>\n'
            f"<td {kind}>{kinds.get(spot.kind, escape(spot.kind))}</td>\n"
            f'<td {gates} class="figures">{localize(spot.gates)}</td>\n'
            f'<td {condition}><span class="state {spot.mark}">{escape(spot.words)}</span>{remarks}</td>\n</tr>'
        )
    return drawn(rows)


def _remark(condition: Condition, leads_to: str) -> str:
    remarks = "".join(f' <span class="look-at">{escape(remark)}</span>' for remark in condition.remarks)
    return (
        f'<p class="small"><a href="{leads_to}">{escape(condition.gate.name)}</a>'
        f' <span class="soft">{escape(condition.sentence)}</span>{remarks}</p>'
    )
