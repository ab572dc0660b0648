"""The plan: every site where an administrator has placed it, with what is amiss there now; and the same as a table."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from gatepass.centre.accounts.access import asking, may_open
from gatepass.centre.accounts.models import User
from gatepass.centre.errors import RefusedError
from gatepass.centre.sites.access import access_communities, access_gates, access_site, access_sites
from gatepass.centre.sites.actions import place_site
from gatepass.centre.sites.ailments import is_well
from gatepass.centre.sites.forms import PlaceForm
from gatepass.centre.sites.health import Condition, condition_of
from gatepass.centre.sites.models import Site
from gatepass.centre.sites.views import DEVICES

WIDTH: Final = 1000
HEIGHT: Final = 560
MARGIN: Final = 70
"""Of the drawing, in the units of its viewBox: a name at the edge stays on it."""
ILL_GATES: Final = 200
"""Named one by one; beyond that the page counts."""
SIGNS: Final = {
    "estate": "M-14 12V-2l8-7 8 7v14zM4 12V-8l6-5 6 5v20z",
    "hospital": "M-4-14h8v10h10v8H4v10h-8V4h-10v-8h10z",
    "school": "M-17-4 0-13 17-4 0 5zM-10 3v8c6 5 14 5 20 0V3L0 9z",
    "company": "M-13 13v-26H5v10h9v16zM-9-9v4h4v-4zM-2-9v4h4v-4zM-9-1v4h4v-4zM-2-1v4h4v-4z",
    "service": "M-4-14h8v7h-8zM-6-4H4v13h3v5H-7V9h3V1h-2z",
    "care": "M0 13-13-1c-4-9 8-15 13-6 5-9 17-3 13 6z",
}
MOST_LISTED: Final = 100
"""Sites in the table below the drawing; of a town with more, those that need a look, and a community is chosen."""
MOST_PLACED: Final = 100
"""Sites with a form each, and to be dragged; of a town with more, a community is chosen first."""


class Spot(NamedTuple):
    """One site on the plan, or in the table beside it."""

    site: int
    name: str
    community: str
    kind: str
    x: float | None
    y: float | None
    gates: int
    ill: int
    conditions: list[Condition]
    """Of its gates that need a look."""
    words: str
    """What the mark says."""
    mark: str
    """Shape and colour: none without gates, look, or online."""

    @property
    def placed(self) -> bool:
        return self.x is not None

    @property
    def left(self) -> float:
        return round(MARGIN + (self.x or 0) / 100 * (WIDTH - 2 * MARGIN), 1)

    @property
    def top(self) -> float:
        return round(MARGIN / 2 + (self.y or 0) / 100 * (HEIGHT - 1.6 * MARGIN), 1)

    @property
    def sign(self) -> str:
        """The drawing of its kind: the path of an SVG, empty for a mere dot."""
        return SIGNS.get(self.kind, "")


@never_cache
@require_GET
def plan(request: HttpRequest) -> HttpResponse:
    """With `part=1` only what changes: the page asks for it every few seconds."""
    user = asking(request)
    communities = access_communities(user, "plan")
    sites = access_sites(user, "plan")
    chosen = request.GET.get("community", "")
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 16:
        sites = sites.filter(community=int(chosen))
    state = _state(user, sites, timezone.now())
    may_place, few = may_open(user, "site_place"), len(state["spots"]) <= MOST_PLACED
    context = {
        "communities": communities,
        "chosen": chosen,
        "width": WIDTH,
        "height": HEIGHT,
        "margin": MARGIN,
        "may_place": may_place and few,
        "may_choose": may_place and not few,
        **state,
    }
    return render(request, "sites/plan_part.html" if request.GET.get("part") else "sites/plan.html", context)


def _state(user: User, sites: QuerySet[Site], now: datetime) -> dict[str, Any]:
    """As values, and sorted here: a town has five hundred sites and five thousand gates."""
    gates = access_gates(user, "plan").select_related(None).order_by()
    within = gates.filter(site__in=sites.order_by())
    totals = dict(within.values_list("site").annotate(Count("pk")))
    places = list(sites.values_list("pk", "name", "community__name", "kind", "x", "y"))
    turn = {place[0]: at for at, place in enumerate(places)}
    # Whether all is well is asked of each gate once, and those to be named are read by their numbers.
    ill = list(within.filter(~is_well(now)).values_list("site", "name", "pk"))
    ill.sort(key=lambda one: (turn.get(one[0], 0), one[1]))
    many_ill = Counter(site for site, _name, _gate in ill)
    named = [gate for _site, _name, gate in ill[:ILL_GATES]]
    rows = gates.prefetch_related(DEVICES).in_bulk(named)
    ill_ones: dict[int, list[Condition]] = {}
    for pk in named:
        if gate := rows.get(pk):
            ill_ones.setdefault(gate.site_id, []).append(condition_of(gate, now))
    no_gate, well, look = _("no gate"), _("all is well"), _("%(ill)s of %(gates)s gates need a look")
    spots = []
    for place in places:
        count, amiss = totals.get(place[0], 0), many_ill[place[0]]
        words, mark = no_gate, "none"
        if count:
            words, mark = (look % {"ill": amiss, "gates": count}, "look") if amiss else (well, "online")
        spots.append(Spot(*place, count, amiss, ill_ones.get(place[0], []), words, mark))
    listed = sorted(spots, key=lambda spot: not spot.ill)[:MOST_LISTED] if len(spots) > MOST_LISTED else spots
    return {
        "spots": spots,
        "listed": listed,
        "in_table": {spot.site for spot in listed},
        "placed": [spot for spot in spots if spot.placed],
        "ill": sum(spot.ill for spot in spots),
        "gates": sum(spot.gates for spot in spots),
    }


@require_POST
def site_place(request: HttpRequest, site: int) -> HttpResponse:
    user = asking(request)
    found = access_site(user, site, "site_place")
    form = PlaceForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("A place on the plan is between 0 and 100 in both directions."))
        return redirect("plan")
    try:
        place_site(user, found, form.cleaned_data["x"], form.cleaned_data["y"])
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    return redirect("plan")
