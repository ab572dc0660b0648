"""Invitations and visits that somebody may see: staff by the host's or the gate's site, residents by mandate."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from gatepass.centre.accounts.access import scope_of
from gatepass.centre.accounts.models import User
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.mandates.access import mandates_of
from gatepass.centre.people.protection.access import hidden_from
from gatepass.centre.visitors.actions import token_hash
from gatepass.centre.visitors.models import Invitation, Visit

State = Visit.State


def access_invitations(user: User, page: str = "visitor_invitations") -> QuerySet[Invitation]:
    scope = scope_of(user, page)
    if scope.nowhere:
        return Invitation.objects.none()
    found = Invitation.objects.filter(scope.q("host__site"), host__merged_into__isnull=True)
    return found.exclude(host__in=hidden_from(user)).select_related("host__site__community", "host__room", "gate")


def access_visits(user: User, page: str = "visitors") -> QuerySet[Visit]:
    scope = scope_of(user, page)
    if scope.nowhere:
        return Visit.objects.none()
    found = Visit.objects.filter(scope.q("site")).exclude(host__in=hidden_from(user))
    return found.select_related("site__community", "gate", "host", "invitation")


def overstayed(now: datetime) -> Q:
    return Q(state=State.INSIDE, leaves_by__lt=now)


def own_invitations(applicant: Applicant) -> QuerySet[Invitation]:
    mine = mandates_of(applicant).values("resident")
    return Invitation.objects.filter(host__in=mine).select_related("host__site", "host__room", "gate")


def access_own_invitation(applicant: Applicant, invitation: int) -> Invitation:
    """404 for somebody else's."""
    found = own_invitations(applicant).filter(pk=invitation).first()
    if found is None:
        raise Http404
    return found


def asked_of(applicant: Applicant) -> QuerySet[Visit]:
    """Who waits at a gate now for somebody for whom this person acts."""
    from gatepass.centre.visitors.intake import ASKING_LASTS

    mine = mandates_of(applicant).values("resident")
    waiting = Visit.objects.filter(host__in=mine, state=State.ASKED, answer="", at__gt=timezone.now() - ASKING_LASTS)
    return waiting.select_related("site", "gate", "host")


def received_by(applicant: Applicant) -> QuerySet[Visit]:
    mine = mandates_of(applicant).values("resident")
    return Visit.objects.filter(host__in=mine).exclude(state=State.ASKED).select_related("site", "host", "invitation")


def invitation_of(token: str) -> Invitation:
    """Whoever holds the link sees the one invitation; 404 for any other."""
    found = Invitation.objects.filter(token_hash=token_hash(token)).select_related("host__site", "host__room", "gate")
    invitation = found.first()
    if invitation is None:
        raise Http404
    return invitation
