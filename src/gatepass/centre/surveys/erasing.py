from __future__ import annotations

from gatepass.centre.privacy.contract import Counts, Person
from gatepass.centre.surveys.models import Reply


def erase(person: Person) -> Counts:
    return person.delete(Reply)
