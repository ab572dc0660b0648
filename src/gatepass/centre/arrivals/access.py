"""The only ways to registrations: those for the sites of one's grants, of one's companies, of one's own hand.

A grid worker meets those of the companies to which she is appointed. A registration of which one traveller is a
protected resident is met by the named staff alone.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404

from gatepass.centre.accounts.access import may_open
from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.roles import ALLOWED, Role
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.arrivals.models import Journey, Proof, Traveller
from gatepass.centre.audit.actions import record
from gatepass.centre.employers.access import access_companies
from gatepass.centre.paging import few
from gatepass.centre.people.protection.access import hidden_from, note_opened


def access_journeys(user: User, page: str = "arrivals") -> QuerySet[Journey]:
    found = Journey.objects.filter(_seen(user, page)).exclude(pk__in=_hidden(user))
    return found.select_related("site__community", "building", "applicant", "staff", "company", "acknowledged_by")


def access_travellers(user: User, page: str = "arrivals") -> QuerySet[Traveller]:
    """Those of the registrations above, by a join instead of a question for each: boards count a town's."""
    return Traveller.objects.filter(_seen(user, page, "journey__")).exclude(journey__in=_hidden(user))


def _seen(user: User, page: str, to: str = "") -> Q:
    """`to`: the way from the rows asked for to the registration."""
    seen = Q(pk__in=())
    for grant in user.granted:
        role = Role(grant.role)
        if page not in ALLOWED[role]:
            continue
        mine = Q((f"{to}staff", user))
        if role is Role.GRID_WORKER:
            seen |= mine | Q((f"{to}company__in", access_companies(user, "companies").values("pk")))
            continue
        # What somebody fills in on the phone is theirs until they send it; a colleague's draft can be gone on with.
        begun = ~Q((f"{to}state", Journey.State.DRAFT)) | Q((f"{to}staff__isnull", False))
        announced = begun & Q((f"{to}site__isnull", False))
        if grant.site_id is not None:
            seen |= mine | (announced & Q((f"{to}site", grant.site_id)))
        elif grant.community_id is not None:
            seen |= mine | (announced & Q((f"{to}site__community", grant.community_id)))
        else:
            seen |= mine | announced
    return seen


def _hidden(user: User) -> QuerySet[Traveller, Any]:
    return Traveller.objects.filter(resident__in=hidden_from(user)).values("journey")


def access_journey(user: User, journey: int, page: str = "arrival") -> Journey:
    """One registration; 404 outside the user's scope. That it was opened is on record, for each person in it."""
    found = access_journeys(user, page).filter(pk=journey).first()
    if found is None:
        raise Http404
    with transaction.atomic():
        record(user, "journey:view", found, page=page)
    for traveller in found.travellers.select_related("resident"):
        if traveller.resident is not None:
            note_opened(user, traveller.resident, page)
    return found


def access_draft(user: User, journey: int, page: str) -> Journey:
    """To fill in: the verbs refuse what was sent already."""
    found = access_journeys(user, page).filter(pk=journey).first()
    if found is None:
        raise Http404
    return found


def access_proof(user: User, journey: int, proof: int, page: str) -> Proof:
    found = Proof.objects.select_related("traveller__journey").filter(
        pk=proof, traveller__journey=access_journey(user, journey, page)
    )
    row = found.first()
    if row is None:
        raise Http404
    return row


def own_journeys(applicant: Applicant) -> QuerySet[Journey]:
    return Journey.objects.filter(applicant=applicant).select_related("site__community", "building").order_by("-id")


def own_journey(applicant: Applicant, journey: int) -> Journey:
    """404 for another's, as for one that does not exist."""
    found = own_journeys(applicant).filter(pk=journey).first()
    if found is None:
        raise Http404
    return found


def hand_overs_waiting(user: User) -> int:
    """How many registrations nobody has acknowledged yet, for the menu."""
    if not may_open(user, "arrival_acknowledge"):
        return 0
    # Every page asks for its menu: whose they are is a long question, and mostly there are none.
    if not Journey.objects.filter(state=Journey.State.SENT).exists():
        return 0
    sent = Journey.State.SENT
    return few(lambda: access_journeys(user, "arrival_acknowledge").filter(state=sent), user.rights)
