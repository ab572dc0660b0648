"""Who is meant: a resident, and everything by which the town knows the same person."""

from __future__ import annotations

from gatepass.centre.applicants.models import Applicant
from gatepass.centre.employers.models import Colleague, WorkPermit
from gatepass.centre.mandates.models import Mandate, Relation
from gatepass.centre.people.models import IdentityDocument, Phone, Resident
from gatepass.centre.privacy.contract import Person


def rows_of_person(resident: Resident) -> list[Resident]:
    """The row, and those that were merged into it, innermost first."""
    halves = [row for half in Resident.objects.filter(merged_into=resident) for row in rows_of_person(half)]
    return [*halves, resident]


def acts_also_for(resident: Resident) -> int:
    """For how many others the person's own log-in acts: they lose it."""
    own = Mandate.objects.filter(resident=resident, relation=Relation.SELF, applicant__isnull=False)
    others = Mandate.objects.filter(applicant__in=own.values("applicant"), ended_at=None).exclude(resident=resident)
    return others.values("resident").distinct().count()


def whole_person(resident: Resident) -> Person:
    rows = rows_of_person(resident)
    numbers = [row.pk for row in rows]
    documents = list(IdentityDocument.objects.filter(resident__in=numbers))
    keys = {bytes(document.person_key) for document in documents}
    colleagues = Colleague.objects.filter(resident__in=numbers) | Colleague.objects.filter(person_key__in=keys)
    applicants = Applicant.objects.filter(pk__in=_log_ins(numbers))
    permits = WorkPermit.objects.filter(colleague__in=colleagues)
    return Person(
        residents=tuple(numbers),
        person_keys=frozenset(keys),
        applicants=frozenset(applicant.pk for applicant in applicants),
        contacts=frozenset(
            [
                *(str(phone.number) for phone in Phone.objects.filter(resident__in=numbers)),
                *(str(applicant.contact) for applicant in applicants),
            ]
        ),
        numbers=frozenset(
            [
                *(str(document.number) for document in documents),
                *(str(colleague.number) for colleague in colleagues),
                *(str(permit.number) for permit in permits),
            ]
        ),
        names=frozenset(
            name
            for name in (
                *(each for row in rows for each in (row.full_name, row.latin_name, row.preferred_name)),
                *(each for one in colleagues for each in (one.full_name, one.latin_name)),
                *(applicant.full_name for applicant in applicants),
            )
            if len(name) > 1
        ),
    )


def _log_ins(residents: list[int]) -> set[int]:
    """The own ones; and of helpers those who act for nobody else, who were kept for this person's sake alone."""
    found: set[int] = set()
    for mandate in Mandate.objects.filter(resident__in=residents, applicant__isnull=False):
        elsewhere = Mandate.objects.filter(applicant=mandate.applicant).exclude(resident__in=residents)
        if mandate.relation == Relation.SELF or not elsewhere.exists():
            found.add(mandate.applicant_id or 0)
    return found
