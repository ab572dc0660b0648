"""The only ways to volunteers and tasks: of staff by scope, of a resident by their own log-in; and `available`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time

from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.http import Http404
from django.utils import timezone

from gatepass.centre.accounts.access import scope_of
from gatepass.centre.accounts.models import User
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.people.models import Resident
from gatepass.centre.people.protection.access import hidden_from
from gatepass.centre.sites.models import Site
from gatepass.centre.volunteers.models import Ask, Task, Volunteer

_MIDNIGHT = time(0)


def available(
    language: str, at: datetime | None = None, *, site: Site | None = None, kind: str | None = None
) -> list[Volunteer]:
    """Confirmed volunteers who speak a language and have time at this instant; those of the site first.

    With a site: only those of its community. `language` as in the settings or as at the gates.
    """
    now = at or timezone.now()
    here = Resident.objects.filter(pk=OuterRef("resident"), merged_into__isnull=True)
    if site is not None:
        here = here.filter(site__community=site.community_id)
    # Asked of each volunteer: joined, every resident of the community would be looked at for the few who help.
    found = Volunteer.objects.filter(Exists(here), state=Volunteer.State.CONFIRMED)
    near = found.select_related("applicant", "resident__site").prefetch_related("hours")
    fit = [
        one
        for one in near
        if language.lower() in one.languages and (kind is None or kind in one.kinds) and has_time(one, now)
    ]
    return sorted(fit, key=lambda one: (site is not None and one.resident.site_id != site.pk, one.pk))


def has_time(volunteer: Volunteer, at: datetime) -> bool:
    """By the wall clock of the site where the volunteer lives; 00:00 as an end is the end of the day."""
    local = at.astimezone(volunteer.resident.site.zone)
    clock = local.time().replace(tzinfo=None)
    return any(
        hours.weekday == local.weekday() and hours.starts <= clock and (hours.ends == _MIDNIGHT or clock < hours.ends)
        for hours in volunteer.hours.all()
    )


def access_volunteers(user: User, page: str = "volunteers") -> QuerySet[Volunteer]:
    scope = scope_of(user, page)
    if scope.nowhere:
        return Volunteer.objects.none()
    found = Volunteer.objects.filter(scope.q("resident__site"), resident__merged_into__isnull=True)
    return found.exclude(resident__in=hidden_from(user)).select_related("resident__site__community", "applicant")


def access_tasks(user: User, page: str = "tasks") -> QuerySet[Task]:
    scope = scope_of(user, page)
    if scope.nowhere:
        return Task.objects.none()
    found = Task.objects.filter(scope.q("site")).exclude(resident__in=hidden_from(user))
    return found.select_related("site__community", "taken_by__resident", "asked_by")


def own_volunteer(applicant: Applicant) -> Volunteer | None:
    return Volunteer.objects.filter(applicant=applicant).select_related("resident__site").first()


def access_own_ask(applicant: Applicant, ask: int) -> Ask:
    """404 for what somebody else was asked."""
    found = Ask.objects.filter(pk=ask, volunteer__applicant=applicant).select_related("task__site", "volunteer").first()
    if found is None:
        raise Http404
    return found


def minutes_of(volunteer: Volunteer) -> int:
    """All that this volunteer has given."""
    return minutes_given([volunteer]).get(volunteer.pk, 0)


def minutes_given(volunteers: Iterable[Volunteer]) -> dict[int, int]:
    """By the volunteer's key; who has given none yet is not in it."""
    done = Task.objects.filter(taken_by__in=list(volunteers), state=Task.State.DONE, minutes__isnull=False)
    return dict(done.order_by().values_list("taken_by").annotate(Sum("minutes")))
