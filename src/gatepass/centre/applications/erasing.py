from __future__ import annotations

from gatepass.centre.applications.models import Application
from gatepass.centre.privacy.contract import Counts, Person, delete_where


def erase(person: Person) -> Counts:
    """Also those that were refused or still wait, which belong to no resident: they are known by the document."""
    rows = Application.objects.filter(person.rows_of(Application))
    others = Application.objects.filter(person_key__in=person.person_keys)
    return delete_where(Application, {*rows.values_list("pk", flat=True), *others.values_list("pk", flat=True)})
