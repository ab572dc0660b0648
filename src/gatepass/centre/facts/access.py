"""The only ways to facts: each takes the asking user, and sees no further than the user sees residents."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from gatepass.centre.accounts.models import User
from gatepass.centre.facts.models import Fact
from gatepass.centre.people.access import access_resident
from gatepass.centre.people.models import Resident


def access_facts(user: User, resident: int, page: str = "resident_facts") -> tuple[Resident, QuerySet[Fact]]:
    """A resident and what is known of them, withdrawn facts included; 404 outside the user's scope."""
    person = access_resident(user, resident, page)
    return person, Fact.objects.filter(resident=person)


def access_fact(user: User, fact: int, page: str) -> Fact:
    found = Fact.objects.select_related("resident").filter(pk=fact).first()
    if found is None:
        raise Http404
    access_resident(user, found.resident_id, page)
    return found
