from __future__ import annotations

from django.contrib.sessions.models import Session

from gatepass.centre.privacy.contract import Counts, Person, delete_where


def erase(person: Person) -> Counts:
    """A log-in of staff may still carry a message with the person's name: whoever has it logs in again."""
    sessions = Session.objects.order_by().iterator(chunk_size=2000)
    found = [session.pk for session in sessions if person.is_named_in(str(session.get_decoded()))]
    return delete_where(Session, found)
