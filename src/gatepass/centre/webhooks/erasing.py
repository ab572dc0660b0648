from __future__ import annotations

from gatepass.centre.privacy.contract import Counts, Person
from gatepass.centre.webhooks.models import Delivery, Event


def erase(person: Person) -> Counts:
    """What was told of the person by number; receivers were told nothing but the number."""
    return person.delete(Delivery, Event)
