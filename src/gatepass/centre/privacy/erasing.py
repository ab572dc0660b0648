from __future__ import annotations

from gatepass.centre.privacy.contract import Counts, Person
from gatepass.centre.privacy.models import Request


def erase(person: Person) -> Counts:
    """That something was asked and answered stays, by number; what was said goes."""
    rows = Request.objects.filter(subject__in=person.residents)
    count = rows.update(words=None, answer=None, resident=None, applicant=None)
    Request.objects.filter(applicant__in=person.applicants).update(applicant=None)
    return {Request._meta.label: count}  # noqa: SLF001 - Django's documented `_meta`
