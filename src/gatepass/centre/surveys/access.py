"""The only ways to surveys. Figures for whoever makes surveys; names for those alone who may answer for people."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404

from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.roles import ALLOWED, Role
from gatepass.centre.employers.access import access_companies
from gatepass.centre.people.protection.access import hidden_from
from gatepass.centre.surveys.models import Reply, Survey


def access_surveys(user: User, page: str = "surveys") -> QuerySet[Survey]:
    seen = Q(pk__in=())
    for grant in user.granted:
        role = Role(grant.role)
        if page not in ALLOWED[role]:
            continue
        if role is Role.GRID_WORKER:
            seen |= Q(company__in=access_companies(user, "companies").values("pk"))
        elif grant.site_id is not None:
            continue  # a survey is a whole community's
        elif grant.community_id is not None:
            seen |= Q(community=grant.community_id) | Q(company__community=grant.community_id)
        else:
            seen |= ~Q(pk__in=())
    return Survey.objects.filter(seen).select_related("community", "company", "made_by")


def access_survey(user: User, survey: int, page: str = "survey") -> Survey:
    found = access_surveys(user, page).filter(pk=survey).first()
    if found is None:
        raise Http404
    return found


def access_replies(user: User, survey: Survey, page: str) -> QuerySet[Reply]:
    """The people of a survey; those whom the user must not meet are left out."""
    if not access_surveys(user, page).filter(pk=survey.pk).exists():
        return Reply.objects.none()
    found = Reply.objects.filter(survey=survey).exclude(resident__in=hidden_from(user))
    return found.select_related("resident__room__parent__parent", "resident__site", "colleague", "answered_by")
