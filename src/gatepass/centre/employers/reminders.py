"""What a grid worker is told without looking: permits 60, 30 and 7 days before they end, a month that is overdue.

No message names anybody: it says how many, and where to look.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext, ngettext

from gatepass.centre.employers.actions import open_month, to_confirm
from gatepass.centre.employers.models import Appointment, Company, Confirmation, WorkPermit
from gatepass.centre.sending.actions import queue

STEPS: Final = (60, 30, 7)
"""Days before the end of a permit."""
AGAIN: Final = timedelta(days=3)
"""Between two reminders of an overdue month."""


def step_of(valid_until: date, today: date) -> int | None:
    """The narrowest step that has been reached; None where the end is further away."""
    left = (valid_until - today).days
    return min((step for step in STEPS if left <= step), default=None)


def remind(now: datetime, today: date) -> int:
    """All that is due; how many messages. As often as one likes: what was told is not told again."""
    return sum(_permits(company, today) + _month(company, now, today) for company in Company.objects.all())


def _permits(company: Company, today: date) -> int:
    soon = WorkPermit.objects.filter(
        colleague__company=company, valid_until__gte=today, valid_until__lte=today + timedelta(days=STEPS[0])
    ).exclude(colleague__until__lt=today)
    with transaction.atomic():
        due: dict[int, list[WorkPermit]] = {}
        for permit in soon:
            step = step_of(permit.valid_until, today)
            if step is not None and (permit.warned is None or step < permit.warned):
                due.setdefault(step, []).append(permit)
        sent = 0
        for step, permits in due.items():
            sent += _tell(company, "permit_ends", "permits", len(permits), step)
            WorkPermit.objects.filter(pk__in=[permit.pk for permit in permits]).update(warned=step)
    return sent


def _month(company: Company, now: datetime, today: date) -> int:
    known = Confirmation.objects.filter(company=company, month=today.replace(day=1)).first()
    # Of a company of thousands, its people are looked at where something may have to be told.
    if (known is not None and not _is_due(known, now, today)) or not to_confirm(company, today):
        return 0
    with transaction.atomic():
        confirmation = open_month(company, today)
        if not _is_due(confirmation, now, today):
            return 0
        Confirmation.objects.filter(pk=confirmation.pk).update(reminded_at=now)
        return _tell(company, "month_overdue", "month", 0, 0)


def _is_due(confirmation: Confirmation, now: datetime, today: date) -> bool:
    told = confirmation.reminded_at
    return not confirmation.confirmed_at and today > confirmation.due_on and not (told and now - told < AGAIN)


def _tell(company: Company, kind: str, page: str, count: int, days: int) -> int:
    appointed = Appointment.objects.filter(company=company, until__isnull=True, user__is_active=True)
    for one in appointed.select_related("user"):
        with translation.override(one.user.language):
            if kind == "permit_ends":
                said = ngettext(
                    "A work permit on your list ends within %(days)s days. See who:",
                    "%(count)s work permits on your list end within %(days)s days. See whose:",
                    count,
                ) % {"count": count, "days": days}
            else:
                said = gettext("This month's confirmation of your foreign colleagues is overdue. It takes a minute:")
            town = settings.CONFIGURATION.town
            link = f"{settings.CONFIGURATION.address}/companies/{company.pk}/{page}/"
            queue(
                one.channel,
                str(one.address),
                kind=kind,
                language=one.user.language,
                subject=town,
                text=f"{town}: {said} {link}",
            )
    return len(appointed)
