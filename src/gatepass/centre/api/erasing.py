from __future__ import annotations

from gatepass.centre.api.models import Call
from gatepass.centre.privacy.contract import Counts, Person, delete_where


def erase(person: Person) -> Counts:
    """Answers that are kept for a day, so that a program may ask twice: those that name the person."""
    calls = Call.objects.order_by().iterator(chunk_size=2000)
    return delete_where(Call, [call.pk for call in calls if person.is_named_in(str(call.body))])
