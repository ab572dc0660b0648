from __future__ import annotations

from gatepass.centre.applicants.models import Applicant, OneTimeCode, Passkey, Visit
from gatepass.centre.privacy.contract import Counts, Person


def erase(person: Person) -> Counts:
    hashes = Applicant.objects.filter(pk__in=person.applicants).values("contact_hash")
    codes, _each = OneTimeCode.objects.filter(contact_hash__in=hashes).delete()
    return person.delete(Passkey, Visit, Applicant) | {OneTimeCode._meta.label: codes}  # noqa: SLF001
