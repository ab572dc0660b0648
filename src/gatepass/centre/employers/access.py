"""The only ways to companies and their people.

A grid worker reaches the companies to which she is appointed, wherever her grant holds: the grant opens the pages, the
appointment what is in them. Other roles reach the companies of the communities that their grants name.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404

from gatepass.centre.accounts.access import Asker, Program, actor_of, may_open
from gatepass.centre.accounts.roles import ALLOWED, Role
from gatepass.centre.audit.actions import record
from gatepass.centre.employers.models import Appointment, Colleague, Company, StaffList


def access_companies(user: Asker, page: str = "companies") -> QuerySet[Company]:
    if not may_open(user, page):
        return Company.objects.none()
    if isinstance(user, Program):
        # As for grants: one site of a community is not enough. A company's own program reaches that company alone.
        reached = Company.objects.select_related("community")
        if user.company is not None:
            return reached.filter(pk=user.company)
        return reached if user.where.everywhere else reached.filter(community__in=user.where.communities)
    grants = [grant for grant in user.granted if page in ALLOWED[Role(grant.role)]]
    staff = [grant for grant in grants if grant.role != Role.GRID_WORKER]
    if any(grant.community_id is None and grant.site_id is None for grant in staff):
        return Company.objects.select_related("community")
    # A grant for one site is none for the companies of its community.
    reach = Q(community__in=[grant.community_id for grant in staff if grant.community_id is not None])
    if len(staff) < len(grants):
        reach |= Q(pk__in=Appointment.objects.filter(user=user, until__isnull=True).values("company"))
    return Company.objects.filter(reach).select_related("community")


def access_company(user: Asker, company: int, page: str) -> Company:
    """404 for another's: that a company exists is nobody's business either."""
    found = access_companies(user, page).filter(pk=company).first()
    if found is None:
        raise Http404
    return found


def access_colleagues(user: Asker, company: Company, page: str) -> QuerySet[Colleague]:
    return Colleague.objects.filter(company__in=access_companies(user, page).filter(pk=company.pk))


def access_colleague(user: Asker, company: Company, colleague: int, page: str = "colleague") -> Colleague:
    found = access_colleagues(user, company, page).select_related("permit").filter(pk=colleague).first()
    if found is None:
        raise Http404
    return found


def access_staff_list(user: Asker, company: Company, staff_list: int, page: str) -> StaffList:
    reached = access_companies(user, page).filter(pk=company.pk)
    found = StaffList.objects.filter(company__in=reached, pk=staff_list).first()
    if found is None:
        raise Http404
    return found


def note_colleagues(user: Asker, company: Company, colleagues: Sequence[Colleague], page: str) -> None:
    """A program was told of these people: which, and by which question, is on record."""
    if colleagues:
        with transaction.atomic():
            seen = [one.pk for one in colleagues]
            record(actor_of(user), "company:read_staff", company, colleagues=seen, page=page)
