"""After a few wrong passwords the name waits, and after many from one address the address does."""

from __future__ import annotations

import math
from datetime import timedelta

from django.db.models import Count, Max, Q
from django.utils import timezone

from gatepass.centre.accounts.models import LoginFailure

FAILURES_OF_A_NAME = 5
FAILURES_OF_AN_ADDRESS = 50
WAIT = timedelta(minutes=10)
KEPT = timedelta(days=1)


def minutes_to_wait(username: str, address: str | None) -> int:
    """0: the password may be tried."""
    now = timezone.now()
    recent = LoginFailure.objects.filter(at__gt=now - WAIT)
    facts = recent.aggregate(
        of_name=Count("id", filter=Q(username=username)),
        of_address=Count("id", filter=Q(address=address, address__isnull=False)),
        last=Max("at", filter=Q(username=username) | Q(address=address)),
    )
    if facts["of_name"] < FAILURES_OF_A_NAME and facts["of_address"] < FAILURES_OF_AN_ADDRESS:
        return 0
    return max(1, math.ceil((facts["last"] + WAIT - now).total_seconds() / 60))


def note_failure(username: str, address: str | None) -> None:
    now = timezone.now()
    LoginFailure.objects.filter(at__lt=now - KEPT).delete()
    LoginFailure.objects.create(username=username[:60], address=address, at=now)


def forget_failures(username: str) -> None:
    LoginFailure.objects.filter(username=username).delete()
