"""The verbs of protection: hide somebody from all but the named staff, change whom, end it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.models import Resident
from gatepass.centre.people.protection.access import who_could_open
from gatepass.centre.people.protection.models import Protection


def protect(by: User | None, resident: Resident, staff: Iterable[User]) -> Protection:
    """From now on only `staff` meet this resident on any page; whoever is protected already gets this staff.

    RefusedError `protection_needs_staff`; `protection_staff_elsewhere` for somebody who could not open the resident's
    page anyway: being named gives no right, it only lifts the cover.
    """
    # Whoever has left is not named any longer; the list is what it says.
    named = {user.pk: user for user in staff if user.is_active}
    if not named:
        raise RefusedError("protection_needs_staff")
    if named.keys() - {user.pk for user in who_could_open(resident)}:
        raise RefusedError("protection_staff_elsewhere")
    with transaction.atomic():
        protection, _new = Protection.objects.get_or_create(resident=resident, defaults={"since": timezone.now()})
        protection.staff.set(named.values())
        record(by, "protected:protect", resident, staff=sorted(named))
    return protection


def lift_protection(by: User | None, resident: Resident) -> None:
    """Everybody in scope sees the resident again."""
    with transaction.atomic():
        Protection.objects.filter(resident=resident).delete()
        record(by, "protected:lift", resident)
