"""The only ways to cases and what they found: each takes the asking user, and looks at the clock.

Nothing but the case itself is reached while it is not open: every function that leads to a movement, a contact or a
name asks `open_now`, on each read. Nobody but the named staff meets a protected contact; the others learn how many
there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from gatepass.centre.accounts.access import may_open, scope_of
from gatepass.centre.accounts.models import User
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.protection.access import hidden_from
from gatepass.centre.sites.models import Community, Gate
from gatepass.centre.tracing.models import Case, Contact, Extension, HandOver

_AT_ONCE: Final = 900
"""Numbers in one statement."""


def access_cases(user: User, page: str = "cases") -> QuerySet[Case]:
    """A grant for a community opens its cases; those of the whole town need a grant for the whole town."""
    if not may_open(user, page):
        return Case.objects.none()
    scope = scope_of(user, page)
    cases = Case.objects.select_related("community", "opened_by", "confirmed_by", "closed_by")
    return cases if scope.everywhere else cases.filter(community__in=scope.communities)


def access_case(user: User, case: int, page: str = "case") -> Case:
    """404 outside the user's scope: that there is a case is nobody's business either."""
    found = access_cases(user, page).filter(pk=case).first()
    if found is None:
        raise Http404
    return found


def access_communities_of_cases(user: User) -> QuerySet[Community]:
    """Where the user may open a case."""
    scope = scope_of(user, "case_new")
    return Community.objects.all() if scope.everywhere else Community.objects.filter(pk__in=scope.communities)


def open_now(case: Case) -> Case:
    """The case, if it is confirmed and its time has not run out. RefusedError `case_not_open`."""
    if not case.is_open_at(timezone.now()):
        raise RefusedError("case_not_open")
    return case


def access_open_case(user: User, case: int, page: str) -> Case:
    return open_now(access_case(user, case, page))


def access_index_persons(user: User, case: Case) -> QuerySet[Contact]:
    """For whom the case stands: before it is confirmed, no more is shown of them than what was typed."""
    return Contact.objects.filter(case__in=access_cases(user, "case").filter(pk=case.pk), step=0)


def access_contacts(user: User, case: Case, page: str = "contacts") -> QuerySet[Contact]:
    """Everybody on the list, in its order, but those whom the user must not meet. RefusedError `case_not_open`."""
    open_now(case)
    reached = Contact.objects.filter(case__in=access_cases(user, page).filter(pk=case.pk))
    return reached.exclude(hidden(user)).select_related("assignee")


def access_contact(user: User, case: Case, contact: int, page: str = "contact") -> Contact:
    found = access_contacts(user, case, page).filter(pk=contact).select_related("case").first()
    if found is None:
        raise Http404
    return found


def hidden(user: User) -> Q:
    """Contacts under protection whose named staff this user is not."""
    return Q(resident__isnull=False, resident__in=hidden_from(user))


def how_many_hidden(user: User, case: Case) -> int:
    """That somebody is protected is said; who it is, is not."""
    return Contact.objects.filter(hidden(user), case=case, step__gt=0).count()


def access_extension(user: User, case: Case, extension: int) -> Extension:
    found = Extension.objects.filter(case__in=access_cases(user, "case_extension").filter(pk=case.pk), pk=extension)
    one = found.first()
    if one is None:
        raise Http404
    return one


def access_hand_over(user: User, case: Case, hand_over: int) -> HandOver:
    """One that was offered to this user. RefusedError `hand_over_not_yours`; 404 where the case has none such."""
    found = HandOver.objects.filter(case__in=access_cases(user, "hand_over_answer").filter(pk=case.pk), pk=hand_over)
    one = found.first()
    if one is None:
        raise Http404
    if one.taker_id != user.pk:
        raise RefusedError("hand_over_not_yours")
    return one


class Gates:
    """The gates that a case looks at, by the log's name of them; read when they are asked for, not the town's all."""

    def __init__(self, case: Case) -> None:
        gates = Gate.objects.select_related("site")
        self._gates = gates.filter(site__community=case.community_id) if case.community_id is not None else gates
        self._asked: dict[str, Gate | None] = {}

    def among(self, names: Iterable[str]) -> dict[str, Gate]:
        """Of these names those that are gates of the case."""
        wanted = set(names)
        new = wanted - self._asked.keys()
        self._asked.update(dict.fromkeys(new))
        numbers = sorted(int(name) for name in new if name.isascii() and name.isdigit() and len(name) < 16)
        for start in range(0, len(numbers), _AT_ONCE):
            found = self._gates.filter(pk__in=numbers[start : start + _AT_ONCE])
            self._asked.update((str(gate.pk), gate) for gate in found)
        return {name: gate for name in wanted if (gate := self._asked[name]) is not None}

    def __contains__(self, name: str) -> bool:
        return bool(self.among([name]))

    def sites(self) -> dict[int, str]:
        """The names of the sites of those that were asked for."""
        return {gate.site_id: gate.site.name for gate in self._asked.values() if gate is not None}


def gates_of(case: Case) -> Gates:
    return Gates(case)


def colleagues(case: Case) -> list[User]:
    """Active staff who may open this case, by name."""
    found = []
    for user in User.objects.filter(is_active=True, grants__role="tracer").distinct().prefetch_related("grants"):
        scope = scope_of(user, "case")
        if scope.everywhere or (case.community_id is not None and case.community_id in scope.communities):
            found.append(user)
    return found
