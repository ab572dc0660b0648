from __future__ import annotations

from typing import Final

from django.db import models

from gatepass.centre.alarms.models import Alarm
from gatepass.centre.privacy.contract import Counts, Person, delete_where
from gatepass.centre.quarantine.models import (
    Amendment,
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

_OF_A_CASE: Final[tuple[type[models.Model], ...]] = (
    *(Notice, Release, Breach, Trip, Need, Visit, Sample, Step, Report, Explanation, Amendment),
)


def erase(person: Person) -> Counts:
    """Every case of the person with all that hangs on it, and the alarms about it.

    Of other people's cases: that this person's phone sent a report or asked for something goes, the report stays.
    """
    cases = list(Quarantine.objects.filter(person.rows_of(Quarantine)).values_list("pk", flat=True))
    subjects = [f"quarantine:{pk}" for pk in cases]
    alarms = delete_where(Alarm, Alarm.objects.filter(subject__in=subjects).values_list("pk", flat=True))
    sent = {}
    for model in (Report, Need):
        others = model.objects.filter(applicant__in=person.applicants).exclude(quarantine__in=cases)
        sent[f"{model._meta.label}.applicant"] = others.update(applicant=None)  # noqa: SLF001 - documented `_meta`
    return {**alarms, **sent, **person.delete(*_OF_A_CASE, Quarantine)}
