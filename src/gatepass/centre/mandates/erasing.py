from __future__ import annotations

from gatepass.centre.mandates.models import Invitation, Mandate
from gatepass.centre.privacy.contract import Counts, Person


def erase(person: Person) -> Counts:
    """Also what the person's own log-in could do for others: the log-in goes."""
    return person.delete(Mandate, Invitation)
