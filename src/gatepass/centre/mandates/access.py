"""For whom somebody may act: the one place that residents' pages and the API ask."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.mandates.models import Mandate
from gatepass.centre.people.access import access_residents
from gatepass.centre.people.models import Resident


def in_force(now: datetime | None = None) -> Q:
    return Q(ended_at__isnull=True) & (Q(valid_until__isnull=True) | Q(valid_until__gt=now or timezone.now()))


def mandates_of(applicant: Applicant) -> QuerySet[Mandate]:
    """What the applicant may do now: for themself first, then in the order in which it was entrusted."""
    entrusted = Mandate.objects.filter(in_force(), applicant=applicant, resident__merged_into__isnull=True)
    return entrusted.select_related("resident__site__community", "resident__room", "resident__code")


def access_own(applicant: Applicant, resident: int) -> Mandate:
    """The mandate for this resident; 404 without one, as for a resident who does not exist."""
    mandate = mandates_of(applicant).filter(resident=resident).first()
    if mandate is None:
        raise Http404
    return mandate


def access_mandates(user: User, resident: Resident) -> QuerySet[Mandate]:
    """All mandates for a resident whom the user may open, the ended ones too."""
    if not access_residents(user, "resident").filter(pk=resident.pk).exists():
        raise Http404
    return Mandate.objects.filter(resident=resident).select_related("applicant", "staff")
