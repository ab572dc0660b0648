from __future__ import annotations

from gatepass.centre.applicants.contacts import Contact
from gatepass.centre.notices.models import Told
from gatepass.centre.privacy.contract import Counts, Person, delete_where
from gatepass.centre.sending.models import Channel


def erase(person: Person) -> Counts:
    """That a message went to one of the person's addresses. Notices are public texts and name nobody."""
    hashes = [Contact(channel, address).hashed for address in person.contacts for channel in Channel]
    return delete_where(Told, Told.objects.filter(contact_hash__in=hashes).values_list("pk", flat=True))
