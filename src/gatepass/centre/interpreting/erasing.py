from __future__ import annotations

from gatepass.centre.interpreting.models import Call
from gatepass.centre.privacy.contract import Counts, Person, delete_where


def erase(person: Person) -> Counts:
    """Calls in which the person was registered, or asked on the own phone, or is named in the note."""
    noted = Call.objects.exclude(notes=None).iterator(chunk_size=2000)
    named = [call.pk for call in noted if person.is_named_in(str(call.notes))]
    found = set(Call.objects.filter(person.rows_of(Call)).values_list("pk", flat=True))
    return delete_where(Call, found | set(named))
