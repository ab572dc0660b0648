from __future__ import annotations

from django.utils import timezone

from gatepass.centre.codes.models import Code, CodeChange
from gatepass.centre.codes.outbox import queue_for_directory
from gatepass.centre.privacy.contract import Counts, Person


def erase(person: Person) -> Counts:
    """The gates learn within seconds that nobody is known by these keys."""
    queue_for_directory(sorted(person.person_keys), timezone.now())
    return person.delete(Code, CodeChange)
