from __future__ import annotations

from django.utils import timezone

from gatepass.centre.papers.models import Revocation
from gatepass.centre.privacy.contract import Counts, Person, delete_where
from gatepass.centre.sending.models import Message
from gatepass.centre.visitors.models import GateEvent, Invitation, PausesChanged, Visit


def erase(person: Person) -> Counts:
    """As a host, and as a visitor: by the own document, and wherever an invitation or a guard wrote the name, the
    number or the telephone. What is out there is void first."""
    now = timezone.now()
    about = set(Invitation.objects.filter(person.rows_of(Invitation)).values_list("pk", flat=True))
    as_visitor = [
        one
        for one in Invitation.objects.iterator(chunk_size=2000)
        if person.is_named_in(" ".join(str(word) for word in (one.name, one.contact) if word))
    ]
    about |= {one.pk for one in as_visitor}
    # An address that the invitation alone knows is nobody's contact, and what was sent there says no full name.
    addresses = {str(one.contact) for one in as_visitor if one.contact}
    sent = [
        message.pk
        for message in Message.objects.filter(kind__startswith="visit_").iterator(chunk_size=2000)
        if str(message.address) in addresses
    ]
    standing = Invitation.objects.filter(pk__in=about, ends_at__gt=now).exclude(state=Invitation.State.ENDED)
    Revocation.objects.bulk_create(
        [Revocation(serial=bytes(serial), queued_at=now) for serial in standing.values_list("serial", flat=True)]
    )
    PausesChanged.objects.create(at=now)
    visits = set(Visit.objects.filter(person.rows_of(Visit)).values_list("pk", flat=True))
    visits |= set(Visit.objects.filter(invitation__in=about).values_list("pk", flat=True))
    visits |= {
        one.pk
        for one in Visit.objects.iterator(chunk_size=2000)
        if person.is_named_in(" ".join(filter(None, (one.name, one.whom, one.document, one.phone))))  # type: ignore[arg-type]
    }
    events = GateEvent.objects.filter(visit__in=visits).values_list("pk", flat=True)
    return {
        **delete_where(GateEvent, events),
        **delete_where(Visit, visits),
        **delete_where(Invitation, about),
        **delete_where(Message, sent),
    }
