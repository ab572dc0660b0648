from __future__ import annotations

from gatepass.centre.privacy.contract import Counts, Person
from gatepass.centre.webpush.models import Subscription


def erase(person: Person) -> Counts:
    return person.delete(Subscription)
