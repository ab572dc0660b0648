"""The verbs of limits: `spend` a try, `forgive`. Who goes on beyond a limit raises an alarm (`centre.alarms`)."""

from __future__ import annotations

import hashlib
import ipaddress
import math
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from gatepass.centre import keys
from gatepass.centre.alarms.actions import raise_now
from gatepass.centre.errors import RefusedError
from gatepass.centre.limits.limits import LIMITS
from gatepass.centre.limits.models import Attempt

_FORGET_AFTER = timedelta(days=2)


def spend(limit: str, subject: str, address: str | None = None) -> None:
    """Count one try of `subject` against the limit of that name; RefusedError `too_many` with the minutes to wait.

    Call it before the work, and outside the work's transaction: a try that fails was a try. An empty subject (no
    address behind a proxy that tells none) is everybody's together.
    """
    rule, now, hashed = LIMITS[limit], timezone.now(), _hashed(limit, subject)
    with transaction.atomic():
        recent = Attempt.objects.filter(limit=limit, subject=hashed, at__gt=now - rule.within)
        # The newest `most` tries say all: the oldest of them is the next one to be forgotten.
        times = list(recent.order_by("-at").values_list("at", flat=True)[: rule.most])
        full = len(times) >= rule.most
        if full and rule.alarming:
            told = {"limit": limit, "address": _address(address)}
            raise_now("tried_too_often", f"{limit} {hashed.hex()}", facts=told)
        if not full:
            Attempt.objects.create(limit=limit, subject=hashed, at=now)
    if full:
        raise RefusedError("too_many", minutes=max(1, math.ceil((times[-1] + rule.within - now).total_seconds() / 60)))


def forgive(limit: str, subject: str) -> None:
    """The tries of a subject that has proved itself count no more."""
    Attempt.objects.filter(limit=limit, subject=_hashed(limit, subject)).delete()


def forget_tries(now: datetime) -> int:
    """Tries that no limit asks for any more; how many."""
    return Attempt.objects.filter(at__lt=now - _FORGET_AFTER).delete()[0]


def _hashed(limit: str, subject: str) -> bytes:
    secret = keys.django_secret(settings.KEYS_DIR).encode()[:64]
    return hashlib.blake2b(
        f"{limit}\0{subject}".encode(), key=secret, person=b"gatepass-limit-1", digest_size=16
    ).digest()


def _address(text: str | None) -> str:
    try:
        return str(ipaddress.ip_address(text or ""))
    except ValueError:
        return "—"
