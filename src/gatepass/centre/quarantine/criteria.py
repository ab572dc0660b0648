"""Do the criteria of a release hold? Each answer carries what it was found from, as plain values that can be stored.

Nothing is written here. A worked example: docs/quarantine.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import QuerySet

from gatepass.centre.facts.models import Fact
from gatepass.centre.quarantine import calendar
from gatepass.centre.quarantine.models import Breach, Quarantine, Release
from gatepass.centre.quarantine.reports import counting
from gatepass.centre.quarantine.rules import Criterion
from gatepass.policy.colours.facts import FactKind

Timing = Release.Timing
Evidence = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    code: str
    holds: bool
    evidence: Evidence
    waived: bool = False
    """It need not hold, for the reason that is given."""

    @property
    def stands(self) -> bool:
        return self.holds or self.waived

    def stored(self) -> dict[str, Any]:
        return asdict(self)


def timing_of(case: Quarantine, now: datetime) -> Timing:
    if now < case.ends_at:
        return Timing.EARLY
    late = now > case.ends_at + timedelta(hours=case.rulebook.overdue_hours)
    return Timing.LATE if late else Timing.IN_TIME


def needs_second(case: Quarantine, timing: Timing) -> bool:
    """Whether the rules want a second person for a release at this time."""
    return "always" in case.rule.second_person or timing.value in case.rule.second_person


def findings(case: Quarantine, now: datetime, reason: str = "") -> list[Finding]:
    """One for each criterion of the case's rules, in their order. `reason`: what it waives need not hold."""
    given = case.rulebook.reason.get(reason)
    waives: Sequence[str] = given.waives if given else ()
    found = []
    for criterion in case.rule.criteria:
        holds, evidence = _CHECKS[criterion.code](case, criterion, now)
        found.append(Finding(criterion.code, holds, evidence, waived=not holds and criterion.code in waives))
    return found


def _period_over(case: Quarantine, _criterion: Criterion, now: datetime) -> tuple[bool, Evidence]:
    return now >= case.ends_at, {"ends": case.ends_at.isoformat(timespec="minutes")}


def _no_fever(case: Quarantine, criterion: Criterion, now: datetime) -> tuple[bool, Evidence]:
    """Measured at least once in these days, and never feverish."""
    since = now - timedelta(days=criterion.days)
    told = counting(case).filter(measured_at__gt=since).values_list("tenths", flat=True)
    measured = [tenths for tenths in told if tenths is not None]
    highest = max(measured, default=None)
    holds = highest is not None and highest < case.rulebook.fever
    return holds, {"days": criterion.days, "highest": highest, "count": len(measured), "fever": case.rulebook.fever}


def _no_symptoms(case: Quarantine, criterion: Criterion, now: datetime) -> tuple[bool, Evidence]:
    told = (
        counting(case).filter(measured_at__gt=now - timedelta(days=criterion.days)).values_list("symptoms", flat=True)
    )
    ill = sum(1 for symptoms in told if symptoms)
    return not ill, {"days": criterion.days, "count": ill}


def _tests(case: Quarantine, result: str) -> QuerySet[Fact]:
    tests = Fact.objects.filter(resident=case.resident_id, kind=FactKind.TEST, withdrawn_at__isnull=True)
    return tests.filter(at__gte=case.started_at, data__result=result).order_by("at")


def _no_positive_test(case: Quarantine, _criterion: Criterion, _now: datetime) -> tuple[bool, Evidence]:
    positive = _tests(case, "positive").count()
    return positive == 0, {"count": positive}


def _negative_tests(case: Quarantine, criterion: Criterion, now: datetime) -> tuple[bool, Evidence]:
    """So many PCR tests of the last days, each so many hours after the one that counted before."""
    counted: list[datetime] = []
    negative = _tests(case, "negative").filter(at__gt=now - timedelta(days=criterion.days), data__method="pcr")
    for taken in negative.values_list("at", flat=True):
        if not counted or taken >= counted[-1] + timedelta(hours=criterion.hours):
            counted.append(taken)
    return len(counted) >= criterion.count, {
        "count": len(counted), "wanted": criterion.count, "hours": criterion.hours, "days": criterion.days,
        "moments": [taken.isoformat(timespec="minutes") for taken in counted],
    }  # fmt: skip


def _reported(case: Quarantine, criterion: Criterion, now: datetime) -> tuple[bool, Evidence]:
    """Of the reports that were due since the case was opened, so many of a hundred came, late ones included."""
    wanted = calendar.slots_between(
        max(case.started_at, case.opened_at), min(now, case.ends_at), case.rule.times, case.civil
    )
    answered = set(counting(case).values_list("slot", flat=True))
    came = sum(1 for slot in wanted if slot.due in answered)
    percent = 100 * came // len(wanted) if wanted else 100
    return percent >= criterion.percent, {
        "count": came, "wanted": len(wanted), "percent": percent, "asked": criterion.percent,
    }  # fmt: skip


def _no_open_breach(case: Quarantine, _criterion: Criterion, _now: datetime) -> tuple[bool, Evidence]:
    waiting = case.breaches.filter(state=Breach.State.OPEN).count()
    return waiting == 0, {"count": waiting}


_CHECKS: Final[dict[str, Callable[[Quarantine, Criterion, datetime], tuple[bool, Evidence]]]] = {
    "period_over": _period_over,
    "no_fever": _no_fever,
    "no_symptoms": _no_symptoms,
    "no_positive_test": _no_positive_test,
    "negative_tests": _negative_tests,
    "reported": _reported,
    "no_open_breach": _no_open_breach,
}
