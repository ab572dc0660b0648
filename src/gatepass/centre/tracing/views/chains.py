"""Chains of a case as a drawing and as a table, and where its index persons were."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.passages.board import local_time
from gatepass.centre.passages.storage import passage_log
from gatepass.centre.sites.models import Gate
from gatepass.centre.tracing.access import access_contacts, gates_of, how_many_hidden, open_now
from gatepass.centre.tracing.graph import draw
from gatepass.centre.tracing.listing import why_words
from gatepass.centre.tracing.models import Case, Contact, Link
from gatepass.centre.tracing.reveals import names_known
from gatepass.centre.tracing.sightings import stays
from gatepass.centre.tracing.stays import Stay, shared
from gatepass.centre.tracing.views import back_to_the_case, case_asked_for

PAGE = 100
DRAWN = 400
"""Contacts that are asked for the drawing, the nearest ones of every step."""


class StayLine(NamedTuple):
    site: str
    entered: datetime | None
    left: datetime
    inferred: bool

    @property
    def known(self) -> str:
        """How the end is known, in words."""
        return _("inferred: no exit was recorded") if self.inferred else _("recorded")


@never_cache
@require_GET
@back_to_the_case
def case_movements(request: HttpRequest, case: int) -> HttpResponseBase:
    """Where the index persons were, by site; each look is on record."""
    user, found = case_asked_for(request, case, "case_movements")
    open_now(found)
    with transaction.atomic():
        record(user, "case:movements", found)
    persons = access_contacts(user, found, "case_movements").filter(step=0)
    context = {"case": found, "persons": [(one, _lines(found, one)) for one in persons]}
    return render(request, "tracing/movements.html", context)


@never_cache
@require_GET
@back_to_the_case
def case_chains(request: HttpRequest, case: int) -> HttpResponseBase:
    user, found = case_asked_for(request, case, "case_chains")
    open_now(found)
    if found.counted_at is None:
        raise RefusedError("count_first")
    with transaction.atomic():
        record(user, "case:chains", found)
    visible = access_contacts(user, found, "case_chains")
    everybody = list(visible.select_related(None).only("code", "step", "resident", "person_key")[:DRAWN])
    links = _links(found, visible)
    between = links.filter(source__in=everybody, target__in=everybody).select_related(None)
    drawn = list(between.only("source", "target", "kind", "score"))
    names = {pk: who.name for pk, who in names_known(user, found, everybody).items() if who.name}
    page = Paginator(links, PAGE).get_page(request.GET.get("page"))
    context = {
        "case": found,
        "drawing": draw(everybody, drawn, names),
        "page": page,
        "rows": [(link, why_words(link)) for link in page.object_list],
        "hidden": how_many_hidden(user, found),
    }
    return render(request, "tracing/chains.html", context)


def _links(case: Case, visible: QuerySet[Contact]) -> QuerySet[Link]:
    """Between contacts whom the user may meet: of the case's, without those that lead to one of the hidden few."""
    hidden = list(Contact.objects.filter(case=case).exclude(pk__in=visible.order_by().values("pk")).order_by())
    links = Link.objects.filter(case=case).exclude(source__in=hidden).exclude(target__in=hidden)
    links = links.select_related("source", "target").order_by("source__step", "kind", "-score", "id")
    # Of the two no more than a line says: a contact has a number that is deciphered whenever it is read.
    return links.only("kind", "score", "why", "source__code", "target__code")


def chain_rows(user: User, case: Case) -> list[list[str]]:
    """Every link as cells, for the export."""
    links = _links(case, access_contacts(user, case, "contacts_export"))
    return [
        [link.source.code, link.target.code, str(link.get_kind_display()), f"{link.score:.1f}", why_words(link)]
        for link in links
    ]


def stay_rows(user: User, case: Case) -> list[list[str]]:
    """The index persons' stays as cells, for the export."""
    return [
        [
            one.code,
            line.site,
            line.entered.isoformat(" ", "minutes") if line.entered else "",
            line.left.isoformat(" ", "minutes"),
            line.known,
        ]
        for one in access_contacts(user, case, "contacts_export").filter(step=0)
        for line in _lines(case, one)
    ]


def _lines(case: Case, contact: Contact) -> list[StayLine]:
    gates = gates_of(case)
    found = stays(passage_log(), contact, case, gates)
    names = gates.sites()
    return [_line(stay, names) for stay in found]


def _line(stay: Stay, names: dict[int, str]) -> StayLine:
    entered = local_time(stay.entered) if stay.entered is not None else None
    return StayLine(names[stay.site], entered, local_time(stay.left), stay.inferred)


def shared_stays(user: User, case: Case, contact: Contact) -> list[dict[str, Any]]:
    """When a contact and the one they are linked to were at the same site, for the page of the contact."""
    gates, log = gates_of(case), passage_log()
    mine = stays(log, contact, case, gates)
    names = gates.sites()
    return [
        {
            "code": source.code,
            "site": names[one.site],
            "since": local_time(one.since),
            "until": local_time(one.until),
            "minutes": (one.until - one.since) // 60_000,
            "inferred": one.inferred,
        }
        for source in access_contacts(user, case, "contact").filter(leads_to__target=contact).distinct()
        for one in shared(stays(log, source, case, gates), mine)
    ]


def occasions_of(link: Link) -> list[dict[str, Any]]:
    """The meetings of a link that are kept one by one, for a table."""
    wanted = {int(gate) for gate, *_ in link.why.get("occasions", ())}
    gates = {str(gate.pk): gate for gate in Gate.objects.select_related("site").filter(pk__in=wanted)} if wanted else {}
    return [
        {
            "gate": f"{gates[gate].site.name} · {gates[gate].name}" if gate in gates else gate,
            "at": local_time(at),
            "other": local_time(other),
            "gap": round(abs(other - at) / 1000),
            "same_way": same_way,
            "others": others,
            "points": points,
        }
        for gate, at, other, same_way, others, points in link.why.get("occasions", ())
    ]
