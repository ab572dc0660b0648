"""A case of quarantine in each of two communities, for the table of URLs and for the tests here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.people.models import Resident
from gatepass.centre.quarantine.actions import open_case
from gatepass.centre.quarantine.models import (
    Breach,
    Explanation,
    Need,
    Notice,
    Quarantine,
    Release,
    Report,
    Sample,
    Step,
    Trip,
    Visit,
)

_OF_A_CASE = ("quarantine", "quarantine_explain", "quarantine_amend", "quarantine_close")
KINDS = {
    **dict.fromkeys(_OF_A_CASE, "quarantine"),
    "quarantine_new": "resident",
    "my_quarantine": "my_person",
}
ONLY_POST = ("quarantine_explain", "quarantine_amend", "quarantine_close")


def quarantined(person: Resident, kind: str = "home", days_ago: float = 4, **said: Any) -> Quarantine:
    """Somebody whose quarantine began so many days ago."""
    started_at = timezone.now() - timedelta(days=days_ago)
    return open_case(None, person, kind=kind, started_at=started_at, reason="arrived from abroad", **said)


def with_everything(case: Quarantine, staff: User, applicant: Applicant, words: str) -> None:
    """One row of each table that hangs on a case, with `words` wherever somebody may write."""
    now = timezone.now()
    Explanation.objects.create(
        quarantine=case, at=now, by=staff, manner="in_person", language="en", interpreter=words, help_needed=words
    )
    Report.objects.create(
        quarantine=case, slot=now, measured_at=now, received_at=now, tenths=365, note=words, via="own",
        applicant=applicant, key="k",
    )  # fmt: skip
    Step.objects.create(quarantine=case, slot=now, rung="resident", due_at=now, at=now, outcome="told")
    Sample.objects.create(quarantine=case, taken_at=now, method="pcr", recorded_by=staff)
    Visit.objects.create(quarantine=case, at=now, by=staff, found="well", note=words)
    Need.objects.create(quarantine=case, what="other", words=words, asked_at=now, applicant=applicant)
    Trip.objects.create(quarantine=case, why="test", since=now, until=now, by=staff, at=now)
    Breach.objects.create(quarantine=case, at=now, direction="in", noticed_at=now, words=words)
    release = Release.objects.create(
        quarantine=case, state="asked", timing="early", reason="rule_shortened", words=words, rules=case.rules,
        asked_by=staff, asked_at=now,
    )  # fmt: skip
    Notice.objects.create(release=release, serial=b"12345678", issued_at=now, issuer="x")


def things_of_quarantine(near: Resident, far: Resident) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    one, other = quarantined(near), quarantined(far)
    return {"quarantine": ({"quarantine": one.pk}, {"quarantine": other.pk})}
