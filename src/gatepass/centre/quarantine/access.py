"""The only ways to cases of quarantine: staff see those of residents whom they may see, a phone those of its own."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404

from gatepass.centre.accounts.models import User
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.mandates.access import access_own, mandates_of
from gatepass.centre.mandates.models import Mandate
from gatepass.centre.people.access import met_by
from gatepass.centre.people.protection.access import note_opened
from gatepass.centre.quarantine.models import Quarantine

_WITH = ("resident__site__community", "resident__room", "assignee")


def access_quarantines(user: User, page: str = "quarantines") -> QuerySet[Quarantine]:
    """Cases of the residents for whom the user may use `page`; those of a row that was merged are its keeper's."""
    kept = Q(resident__merged_into__isnull=False) & met_by(user, page, "resident__merged_into")
    whose = met_by(user, page, "resident") | kept
    return Quarantine.objects.filter(whose).select_related(*_WITH)


def access_quarantine(user: User, quarantine: int, page: str = "quarantine") -> Quarantine:
    """One case; 404 outside the user's scope. That it was opened is on record, as with the resident's page."""
    found = access_quarantines(user, page).filter(pk=quarantine).first()
    if found is None:
        raise Http404
    note_opened(user, found.resident, page)
    return found


def access_own_quarantine(applicant: Applicant, resident: int) -> tuple[Mandate, Quarantine | None]:
    """The mandate, and the newest case of the person: the one under way before all others."""
    mandate = access_own(applicant, resident)
    cases = Quarantine.objects.filter(resident=mandate.resident).exclude(state=Quarantine.State.WITHDRAWN)
    standing = cases.filter(state=Quarantine.State.OPEN).first()
    return mandate, standing or cases.order_by("-id").first()


def access_own_open(applicant: Applicant) -> list[tuple[Mandate, Quarantine]]:
    """Everybody in quarantine for whom this phone may report: one adult for a household."""
    mandates = {mandate.resident_id: mandate for mandate in mandates_of(applicant)}
    standing = Quarantine.objects.filter(resident__in=mandates, state=Quarantine.State.OPEN).select_related("resident")
    return [(mandates[one.resident_id], one) for one in standing.order_by("id")]
