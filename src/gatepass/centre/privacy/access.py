"""The only ways to requests and erasures: each takes the asking user."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from gatepass.centre.accounts.access import may_open
from gatepass.centre.accounts.models import User
from gatepass.centre.audit.models import Entry
from gatepass.centre.people.access import met_by
from gatepass.centre.privacy.models import Erasure, Request
from gatepass.centre.privacy.purge import VERBS


def access_requests(user: User, page: str = "privacy_requests") -> QuerySet[Request]:
    """Requests of the residents whom the user may see on `page`."""
    return Request.objects.filter(met_by(user, page, "resident")).select_related(
        "resident__site__community", "applicant"
    )


def access_request(user: User, request: int, page: str = "privacy_request") -> Request:
    found = access_requests(user, page).filter(pk=request).first()
    if found is None:
        raise Http404
    return found


def access_receipts(user: User, page: str = "privacy_receipts") -> tuple[QuerySet[Entry], QuerySet[Erasure]]:
    """What was forgotten and who was erased, by number: for those whose role opens it, for the whole town."""
    if not may_open(user, page):
        return Entry.objects.none(), Erasure.objects.none()
    return Entry.objects.filter(verb__in=VERBS), Erasure.objects.prefetch_related("receipts__device__gate__site")
