"""Where staff are logged in: their own list, and the verbs that end it.

The session is Django's; a row of `StaffSession` beside it says on what device it is and when it was last used. A
session that ends by itself (12 hours) takes its row out of every list at once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from gatepass.centre.accounts.models import StaffSession, User
from gatepass.centre.applicants.devices import device_of
from gatepass.centre.audit.actions import record

NOTED_AGAIN_AFTER: Final = timedelta(minutes=5)
"""A write for each page would make every reader wait for the disk."""


def note_use(request: HttpRequest) -> None:
    """The session behind the request is in use: noted at its first page, and every some minutes."""
    key = request.session.session_key
    if not key or not isinstance(request.user, User):
        return
    if not cache.add(f"staff-session-{key}", 1, int(NOTED_AGAIN_AFTER.total_seconds())):
        return
    now = timezone.now()
    StaffSession.objects.update_or_create(
        session_key=key,
        defaults={"user": request.user, "seen_at": now},
        create_defaults={"user": request.user, "device": device_of(request)[:60], "began_at": now, "seen_at": now},
    )


def sessions_of(user: User) -> QuerySet[StaffSession]:
    """Where the user is logged in now, the last used first."""
    alive = Session.objects.filter(expire_date__gt=timezone.now())
    return StaffSession.objects.filter(user=user, session_key__in=alive.values("session_key"))


def end_session(by: User, user: User, session: int) -> bool:
    """One session of the user ends at its next click. False: there is none of that number among theirs."""
    with transaction.atomic():
        found = StaffSession.objects.filter(user=user, pk=session).first()
        if found is None:
            return False
        record(by, "session:end", user, session=found.pk)
        _close(StaffSession.objects.filter(pk=found.pk))
    return True


def end_sessions(by: User, user: User, *, except_key: str | None = None) -> int:
    """All of them, but for the one that asks; how many ended."""
    with transaction.atomic():
        ended = close_sessions(user, except_key=except_key)
        if ended:
            record(by, "session:end_all", user, count=ended)
    return ended


def close_sessions(user: User, *, except_key: str | None = None) -> int:
    """The same inside a verb that has its own audit entry and transaction."""
    found = StaffSession.objects.filter(user=user)
    return _close(found.exclude(session_key=except_key) if except_key else found)


def forget_sessions() -> int:
    """Rows whose session is over, and Django's own of the same kind; how many rows."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    return StaffSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()[0]


def _close(found: QuerySet[StaffSession]) -> int:
    keys = list(found.values_list("session_key", flat=True))
    alive = Session.objects.filter(session_key__in=keys)
    ended = alive.filter(expire_date__gt=timezone.now()).count()
    alive.delete()
    found.delete()
    return ended
