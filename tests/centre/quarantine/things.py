"""A case of quarantine in each of two communities, for the table of URLs and for the tests here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.people.models import Resident
from gatepass.centre.policies.models import PolicyVersion, Term
from gatepass.centre.quarantine import calendar
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
from gatepass.policy.colours import shipped

_OF_A_CASE = (
    *("quarantine", "quarantine_explain", "quarantine_amend", "quarantine_close", "quarantine_release"),
    *("quarantine_release_answer", "quarantine_take_back", "quarantine_notice", "quarantine_report"),
    *("quarantine_care", "quarantine_order"),
)
KINDS = {
    **dict.fromkeys(_OF_A_CASE, "quarantine"),
    "quarantine_new": "resident",
    **dict.fromkeys(("my_quarantine", "my_order", "my_notice", "my_need"), "my_person"),
    "notice_shown": "notice_shown",
}
ONLY_POST = (
    *("quarantine_explain", "quarantine_amend", "quarantine_close", "quarantine_release_answer"),
    *("quarantine_take_back", "quarantine_care", "my_need"),
)


def quarantined(person: Resident, kind: str = "home", days_ago: float = 4, **said: Any) -> Quarantine:
    """Somebody whose quarantine began so many days ago."""
    started_at = timezone.now() - timedelta(days=days_ago)
    return open_case(None, person, kind=kind, started_at=started_at, reason="arrived from abroad", **said)


def ruling() -> None:
    """The shipped policy of 2020 rules in the town."""
    now = timezone.now()
    version = PolicyVersion.objects.create(
        policy="community-2020", number=1, source=shipped()["community-2020"], state="approved", created_at=now,
        changed_at=now,
    )  # fmt: skip
    Term.objects.create(version=version, effective_from=now - timedelta(days=1), ordered_at=now, begun_at=now)


def reported_well(case: Quarantine, until: datetime | None = None) -> None:
    """A normal temperature for every time that was due since the beginning, as if somebody had written it down then."""
    until = until or timezone.now()
    Quarantine.objects.filter(pk=case.pk).update(opened_at=case.started_at)
    case.opened_at = case.started_at
    Report.objects.bulk_create(
        Report(
            quarantine=case, slot=slot.due, measured_at=slot.opens, received_at=slot.opens, tenths=365, via="own",
            key=f"k{number}",
        )
        for number, slot in enumerate(calendar.slots_between(case.started_at, until, case.rule.times, case.civil))
    )  # fmt: skip


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


def things_of_quarantine(
    near: Resident, far: Resident, staff: User
) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    one, other = quarantined(near), quarantined(far)
    for case in (one, other):
        release = Release.objects.create(
            quarantine=case, state="done", timing="in_time", rules=case.rules, asked_by=staff, asked_at=case.opened_at
        )
        Notice.objects.create(
            release=release, serial=case.pk.to_bytes(8), languages=["en"], issued_at=case.opened_at, issuer="x"
        )
    return {
        "quarantine": ({"quarantine": one.pk}, {"quarantine": other.pk}),
        "notice_shown": ({"text": "x"}, {}),
    }
