"""Reports that guards took down at gates: each is recorded as one that comes by phone, with the device that sent it.

Whose they are is known by the person key, whatever the site of the gate: whoever is in quarantine and stands at a gate
is to be heard. The gate learns whether a report was taken and nothing else of the case. A gate that asks in vain again
and again is looking for something: it is answered no more for a while, and that is an alarm (`limits`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import transaction

from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.limits.actions import spend
from gatepass.centre.people.models import IdentityDocument
from gatepass.centre.quarantine.models import Quarantine, Report
from gatepass.centre.quarantine.reports import Told, record_report
from gatepass.centre.sites.models import Device
from gatepass.wire.reports import NOT_EXPECTED, TAKEN, GateReport, ReportBatch, ReportReply


def reported_at(device: Device, batch: ReportBatch) -> ReportReply:
    """Each for itself: one that is refused keeps no other waiting."""
    answers = {}
    for one in batch.reports:
        answer = _taken(device, one)
        if answer:
            answers[one.id.hex()] = answer
    return ReportReply(answers)


def _taken(device: Device, said: GateReport) -> str:
    """`taken`, the code of a refusal, or empty: it shall come again later."""
    key = said.id.hex()
    people = _people(said.people)
    if Report.objects.filter(quarantine__resident__in=people, key=key, device=device).exists():
        return TAKEN  # also where the case has been closed since
    case = Quarantine.objects.filter(resident__in=people, state=Quarantine.State.OPEN).order_by("id").first()
    if case is None:
        return _not_expected(device)
    measured_at = datetime.fromtimestamp(min(said.at, 253_402_300_799_000) / 1000, UTC)
    told = Told(said.tenths, said.symptoms, said.note, measured_at, key, said.confirmed)
    try:
        record_report(device, case, told, Report.Via.GATE)
    except RefusedError as refused:
        return NOT_EXPECTED if refused.code == "quarantine_over" else refused.code
    return TAKEN


def _people(keys: Sequence[bytes]) -> set[int]:
    """The residents of these documents; of a row that was merged, its keeper."""
    documents = IdentityDocument.objects.filter(person_key__in=keys, retired_at__isnull=True)
    return {keeper or own for own, keeper in documents.values_list("resident", "resident__merged_into")}


def _not_expected(device: Device) -> str:
    try:
        spend("report_of_gate", f"device:{device.pk}")
    except RefusedError:
        return ""
    with transaction.atomic():
        record(device, "quarantine:report_in_vain", device.gate)
    return NOT_EXPECTED
