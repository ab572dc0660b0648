from __future__ import annotations

from gatepass.centre.appeals.models import Appeal
from gatepass.centre.privacy.contract import Counts, Person


def erase(person: Person) -> Counts:
    return person.delete(Appeal)
