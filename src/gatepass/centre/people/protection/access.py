"""Who is hidden from whom, and the record of each look at somebody who is protected."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Protocol

from django.db import transaction
from django.db.models import QuerySet

from gatepass.centre.accounts.access import Asker, Program, actor_of, scope_of
from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import named, record
from gatepass.centre.audit.models import Entry
from gatepass.centre.people.models import Resident
from gatepass.centre.people.protection.models import Protection


def hidden_from(user: Asker) -> QuerySet[Protection, Any]:
    """Primary keys of the residents whom this user must not meet. They are few: a subquery that is made once."""
    if isinstance(user, Program):
        return Protection.objects.values("resident")
    return Protection.objects.exclude(staff=user).values("resident")


class Somebody(Protocol):
    """A resident, or a line about one."""

    @property
    def pk(self) -> int: ...


def entrusted(user: User, residents: Iterable[Somebody]) -> set[int]:
    """Which of these residents are protected and shown to this user all the same."""
    shown = [resident.pk for resident in residents]
    if not shown:
        return set()
    return set(Protection.objects.filter(staff=user, resident__in=shown).values_list("resident", flat=True))


def note_opened(user: Asker, resident: Resident, page: str) -> None:
    """Somebody has opened this person on `page`, a url name. The person can ask who did: `privacy.looks`."""
    with transaction.atomic():
        if Protection.objects.filter(resident=resident).exists():
            record(actor_of(user), "protected:open", resident, page=page)
        else:
            record(actor_of(user), "resident:view", resident, page=page)


def note_seen(user: User, residents: Iterable[Somebody], page: str) -> set[int]:
    """A list, a search or an export showed these residents: one entry names the protected ones, if there are any.

    Returns their primary keys, so that the page can mark them.
    """
    seen = entrusted(user, residents)
    if seen:
        with transaction.atomic():
            record(user, "protected:see", "resident:many", residents=sorted(seen), page=page)
    return seen


def tries_of(resident: Resident) -> list[tuple[datetime, str]]:
    """When, and who, typed the number of this person without being allowed to know of them: for the named staff."""
    about = Entry.objects.filter(verb="protected:try_number", object=named(resident)).order_by("-id")[:10]
    return [(datetime.fromtimestamp(entry.at / 1000, UTC), entry.actor_name) for entry in about]


def who_could_open(resident: Resident) -> list[User]:
    """Active staff whose role opens this resident's page, or a name in a tracing case, were nobody protected."""
    site = resident.site
    found = []
    for user in User.objects.filter(is_active=True).prefetch_related("grants"):
        scopes = [scope_of(user, page) for page in ("resident", "contact_reveal")]
        if any(one.everywhere or site.pk in one.sites or site.community_id in one.communities for one in scopes):
            found.append(user)
    return found
