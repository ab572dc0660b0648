from __future__ import annotations

from gatepass.centre.people.protection.models import Protection
from gatepass.centre.privacy.contract import Counts, Person


def erase(person: Person) -> Counts:
    """Who was named for the person goes with the row."""
    return person.delete(Protection)
