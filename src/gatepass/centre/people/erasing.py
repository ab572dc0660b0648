from __future__ import annotations

from gatepass.centre.people.models import IdentityDocument, NameKey, NamePart, Phone, Resident
from gatepass.centre.privacy.contract import Counts, Person


def erase(person: Person) -> Counts:
    """The last of all: everything else hangs on these rows."""
    counts = person.delete(NameKey, NamePart, Phone, IdentityDocument)
    # A row that was merged points at the one that was kept: the innermost first.
    for resident in person.residents:
        Resident.objects.filter(pk=resident).delete()
    return counts | {Resident._meta.label: len(person.residents)}  # noqa: SLF001 - Django's documented `_meta`
