from __future__ import annotations

from gatepass.centre.facts.models import Fact, Standing
from gatepass.centre.privacy.contract import Counts, Person


def erase(person: Person) -> Counts:
    return person.delete(Fact, Standing)
