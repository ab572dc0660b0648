"""The only ways to calls: an interpreter's own, and those within the scope of whoever looks after the roster."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from gatepass.centre.accounts.access import scope_of
from gatepass.centre.accounts.models import User
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.interpreting.models import Call, Move, State
from gatepass.centre.people.protection.access import hidden_from

TO_NOTE = timedelta(hours=24)
"""So long after its end whoever talked can still say what came of it."""


def ringing_for(user: User) -> QuerySet[Call]:
    """Calls that ring for this user now, or in which they talk."""
    mine = Call.objects.filter(interpreter=user, state__in=(State.RINGING, State.TALKING))
    return mine.select_related("site", "gate")


def access_own_call(user: User, call: int) -> Call:
    """One that rings for this user, or in which they talked; 404 for those of others."""
    found = (
        Call.objects.filter(pk=call, interpreter=user).select_related("site__community", "gate", "interpreter").first()
    )
    if found is None:
        raise Http404
    return found


def ringing_for_volunteer(applicant: Applicant) -> Call | None:
    """The one call that rings for this volunteer now, or in which they talk."""
    mine = Call.objects.filter(volunteer__applicant=applicant, state__in=(State.RINGING, State.TALKING))
    return mine.select_related("site", "gate", "volunteer__applicant").order_by("-id").first()


def to_conclude(user: User) -> QuerySet[Call]:
    """Answered by this user, over, and nothing noted yet."""
    over = Call.objects.filter(interpreter=user, state=State.ENDED, outcome="").exclude(answered_at=None)
    return over.filter(ended_at__gt=timezone.now() - TO_NOTE).select_related("site", "gate")


def access_calls(user: User, page: str) -> QuerySet[Call]:
    """Nobody meets those in which a protected person was registered who is not entrusted to them."""
    scope = scope_of(user, page)
    if scope.nowhere:
        return Call.objects.none()
    found = Call.objects.filter(scope.q("site")).exclude(resident__in=hidden_from(user))
    return found.select_related("site__community", "gate", "interpreter")


def version() -> str:
    """Another text whenever a call has moved."""
    return str(Move.objects.order_by("-id").values_list("id", flat=True).first() or 0)
