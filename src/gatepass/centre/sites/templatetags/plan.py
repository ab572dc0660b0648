from __future__ import annotations

from collections.abc import Collection, Iterable
from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
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
    # Every word is escaped, everything else a number or a constant.
    return mark_safe("\n".join(_drawn(spot, in_table, gates) for spot in spots))  # noqa: S308


def _drawn(spot: Spot, in_table: Collection[int], gates: str) -> str:
    site, name = spot.site, escape(spot.site.name)
    leads_to = f"#site-{site.pk}" if site.pk in in_table else f"{gates}?words={escape(quote(site.name))}"
    sign = f'<path class="sign" d="{spot.sign}"/>' if spot.sign else _DOT
    count = f'<text class="count" y="66">{spot.ill}/{spot.gates}</text>' if spot.ill else ""
    return (
        f'<a href="{leads_to}" class="spot {spot.mark}" data-site="{site.pk}"'
        f' transform="translate({spot.left} {spot.top})"><title>{name}: {escape(spot.words)}</title>\n'
        f"{_GROUND}{sign}\n{_MARKS[spot.mark]}\n"
        f'<text y="46">{name}</text>{count}</a>'
    )
