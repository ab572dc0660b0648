from __future__ import annotations

from gatepass.centre.people.merges.models import Merge
from gatepass.centre.privacy.contract import Counts, Person


def erase(person: Person) -> Counts:
    return person.delete(Merge)
