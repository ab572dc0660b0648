"""Open cases whose moment has come: what a round of the ladder needs of them and of their people, as plain values.

As models they took longer to read than to be moved.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from gatepass.centre.quarantine import calendar
from gatepass.centre.quarantine.models import Quarantine, Rung
from gatepass.centre.quarantine.rules import Kind, Rules, rules_of
from gatepass.centre.sites.models import Site


class State(NamedTuple):
    """Where a case stands on the ladder."""

    awaited: datetime | None
    rung: str
    alert_after: datetime | None


class Course(NamedTuple):
    """All that decides when reports are wanted; the same for most cases of a town."""

    rules: str
    kind: str
    zone: str
    ends_at: datetime

    @property
    def rulebook(self) -> Rules:
        return rules_of(self.rules)

    @property
    def rule(self) -> Kind:
        return self.rulebook.kind_of(self.kind)

    def wait_for(self, due: datetime) -> State:
        """Until this report comes; nothing is awaited where the period ends before."""
        if due > self.ends_at:
            return State(None, Rung.WAITING.value, None)
        alert = due + self.rule.grace + timedelta(minutes=self.rulebook.ladder.resident)
        return State(due, Rung.WAITING.value, alert)

    def wait_after(self, moment: datetime) -> State:
        return self.wait_for(calendar.slot_after(moment, self.rule.times, ZoneInfo(self.zone)).due)


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    pk: int
    full_name: str = field(repr=False)
    language: str
    site: Site


@dataclass(frozen=True, slots=True, eq=False)
class Due:
    pk: int
    person: Person
    course: Course
    state: State


def course_of(case: Quarantine) -> Course:
    return Course(case.rules, case.kind, case.zone, case.ends_at)


def state_of(case: Quarantine) -> State:
    return State(case.awaited, case.rung, case.alert_after)


def read_due(pks: Collection[int], now: datetime) -> list[Due]:
    """Of these cases those that are open and due; two questions, however many."""
    # By the key alone: asked for the state as well, SQLite would read every open case of the town.
    read = (
        Quarantine.objects.filter(pk__in=pks)
        .order_by()
        .values_list(
            *("state", "pk", "awaited", "rung", "alert_after", "rules", "kind", "zone", "ends_at"),
            *("resident", "resident__full_name", "resident__language", "resident__site"),
        )
    )
    rows = [row for state, *row in read if state == Quarantine.State.OPEN and row[3] is not None and row[3] <= now]
    sites = Site.objects.select_related("community").in_bulk({row[-1] for row in rows})
    return [
        Due(pk, Person(resident, name, language, sites[site]), Course(*course), State(awaited, rung, alert_after))
        for pk, awaited, rung, alert_after, *course, resident, name, language, site in rows
    ]
