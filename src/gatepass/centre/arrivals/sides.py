"""The two sides from which a registration is filled in: a phone under /my/, and the desk. The steps are the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from gatepass.centre.accounts.access import asking
from gatepass.centre.accounts.models import User
from gatepass.centre.applicants.access import asking_applicant
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.arrivals.access import access_draft, access_journey, own_journey
from gatepass.centre.arrivals.models import Journey


@dataclass(frozen=True, slots=True)
class Side:
    prefix: str
    base: str
    """The template around a step."""

    def url(self, page: str, *numbers: int) -> str:
        return reverse(f"{self.prefix}{page}", args=numbers)

    def actor(self, request: HttpRequest) -> User | Applicant:
        return asking(request) if self is STAFF else asking_applicant(request)

    def journey(self, request: HttpRequest, journey: int, page: str) -> Journey:
        """To fill in: of one's own hand; 404 otherwise."""
        if self is STAFF:
            return access_draft(asking(request), journey, f"{self.prefix}{page}")
        return own_journey(asking_applicant(request), journey)

    def shown(self, request: HttpRequest, journey: int, page: str) -> Journey:
        """To read."""
        if self is STAFF:
            return access_journey(asking(request), journey, f"{self.prefix}{page}")
        return own_journey(asking_applicant(request), journey)


PHONE: Final = Side("my_arrival", "phone/base.html")
STAFF: Final = Side("arrival", "arrivals/desk.html")
