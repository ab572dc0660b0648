from __future__ import annotations

from django.db.models import Count

from gatepass.centre.people.households.models import Household, Membership
from gatepass.centre.privacy.contract import Counts, Person, delete_where


def erase(person: Person) -> Counts:
    """A household in which nobody else ever lived goes; one that is called after the person is called by its number."""
    homes = set(Membership.objects.filter(person.rows_of(Membership)).values_list("household", flat=True))
    counts = person.delete(Membership)
    empty = Household.objects.filter(pk__in=homes).annotate(people=Count("memberships")).filter(people=0)
    counts |= delete_where(Household, empty.values_list("pk", flat=True))
    for household in Household.objects.filter(pk__in=homes):
        if person.is_named_in(household.label):
            household.label = f"#{household.pk}"
            household.save()
    return counts
