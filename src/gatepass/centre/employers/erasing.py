from __future__ import annotations

from gatepass.centre.employers.models import Answer, Colleague, StaffRow, Whereabouts, WorkPermit
from gatepass.centre.privacy.contract import Counts, Person, delete_where


def erase(person: Person) -> Counts:
    """What a company wrote about the holder of the same document goes as well, and lines of lists under way."""
    rows = [
        row.pk
        for row in StaffRow.objects.order_by().iterator(chunk_size=2000)
        if bytes(row.person_key or b"") in person.person_keys
        or person.is_numbered_in(str(row.values))
        or (row.person_key is None and person.is_named_in(str(row.values)))
    ]
    return delete_where(StaffRow, rows) | person.delete(Answer, Whereabouts, WorkPermit, Colleague)
