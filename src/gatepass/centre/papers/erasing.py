from __future__ import annotations

from django.utils import timezone

from gatepass.centre.papers.models import Grant, Paper, Revocation
from gatepass.centre.privacy.contract import Counts, Person


def erase(person: Person) -> Counts:
    """What is out there is void first: a paper says whose it is, and must open no gate any more."""
    now = timezone.now()
    serials = [
        bytes(serial)
        for model in (Paper, Grant)
        for serial in model._base_manager.filter(person.rows_of(model), voided_at=None, expires_at__gt=now)  # noqa: SLF001
        .values_list("serial", flat=True)
    ]  # fmt: skip
    Revocation.objects.bulk_create([Revocation(serial=serial, queued_at=now) for serial in serials])
    return person.delete(Paper, Grant)
