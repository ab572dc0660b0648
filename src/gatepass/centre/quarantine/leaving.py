"""Who is to stay at home and is seen at a gate: staff learn it, and the gate says no more than its colour says.

Two ways lead here, and each passage is one row whichever comes first:

    heard(batches)   what the gateway has just stored; kept in memory until `note_heard` looks at it, seconds later
    look_back(now)   the log itself, every five minutes: what a crash, or an order of a moment ago, has left out

A passage counts by the person key of any document of the person, at any gate, whatever became of it: also who was
turned away stood there. What is before the order, on the way home after its beginning, or within an allowed trip, does
not.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from gatepass.centre.alarms.actions import raise_now
from gatepass.centre.audit.actions import record
from gatepass.centre.passages.log import Batch
from gatepass.centre.passages.storage import passage_log
from gatepass.centre.people.models import IdentityDocument
from gatepass.centre.quarantine.asking import subject_of
from gatepass.centre.quarantine.care import LEFT
from gatepass.centre.quarantine.models import Breach, Quarantine
from gatepass.centre.sites.models import Gate

LOOK_BACK: Final = timedelta(hours=48)
MOST_HEARD: Final = 200_000
_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody at a gate. `gate` is the gate's primary key as text, as the log has it."""

    person: bytes
    gate: str
    at: int
    """Milliseconds since 1970 UTC."""
    direction: str

    def __repr__(self) -> str:
        return "Seen()"


class _Heard:
    """Deliveries as they were stored, MOST_HEARD records at most: of more, the oldest are left to `look_back`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._batches: deque[Batch] = deque()
        self._records = 0

    def add(self, batches: Iterable[Batch]) -> None:
        with self._lock:
            for batch in batches:
                self._batches.append(batch)
                self._records += len(batch.records)
            while self._records > MOST_HEARD and len(self._batches) > 1:
                self._records -= len(self._batches.popleft().records)

    def take(self) -> list[Batch]:
        with self._lock:
            batches, self._batches, self._records = list(self._batches), deque(), 0
        return batches


_heard = _Heard()


def heard(batches: Iterable[Batch]) -> None:
    """On the gateway's own loop, beside every look-up: it only remembers, and reads no record."""
    _heard.add(batches)


def note_heard(now: datetime) -> int:
    """What was heard since; how many breaches are new."""
    batches = _heard.take()
    keys = _keys() if batches else {}
    if not keys:
        return 0
    seen = [
        Seen(one.person, batch.gate, one.at, one.direction)
        for batch in batches
        for one in batch.records
        if one.person in keys and one.person is not None
    ]
    return _note(seen, keys, now)


def look_back(now: datetime) -> int:
    """The log of the last two days; how many breaches are new."""
    keys = _keys()
    every = list(keys)
    since, until = int((now - LOOK_BACK).timestamp() * 1000), int(now.timestamp() * 1000)
    new = 0
    for start in range(0, len(every), _AT_ONCE):
        visits = passage_log().visits_of(every[start : start + _AT_ONCE], since, until)
        new += _note([Seen(bytes(one.person), one.gate, one.at, one.direction) for one in visits], keys, now)
    return new


def _keys() -> dict[bytes, int]:
    """Person key -> the resident with an open case; of a row that was merged, its keeper."""
    found: dict[bytes, int] = {}
    documents = IdentityDocument.objects.filter(retired_at__isnull=True).order_by()
    for way in ("resident", "resident__merged_into"):
        rows = documents.filter(**{f"{way}__quarantines__state": Quarantine.State.OPEN})
        found.update((bytes(key), resident) for key, resident in rows.values_list("person_key", way))
    return found


def _note(seen: Sequence[Seen], keys: Mapping[bytes, int], now: datetime) -> int:
    """Cases are read of those who were seen, and what is known already of each is left aside in one question."""
    if not seen:
        return 0
    cases: dict[int, Quarantine] = {}
    known: set[tuple[int, int | None, datetime]] = set()
    residents = sorted({keys[one.person] for one in seen})
    for start in range(0, len(residents), _AT_ONCE):
        some = residents[start : start + _AT_ONCE]
        open_ones = Quarantine.objects.filter(state=Quarantine.State.OPEN, resident__in=some)
        cases.update((case.resident_id, case) for case in open_ones.select_related("resident__site"))
        known.update(
            Breach.objects.filter(quarantine__in=open_ones.values("pk")).values_list("quarantine", "gate", "at")
        )
    new = 0
    for one in seen:
        case = cases.get(keys[one.person])
        if case is None or not case.rule.watched:
            continue
        gate = int(one.gate) if one.gate.isdecimal() else None
        if (case.pk, gate, datetime.fromtimestamp(one.at / 1000, UTC)) not in known:
            new += _note_one(case, one, now)
    return new


def _note_one(case: Quarantine, seen: Seen, now: datetime) -> bool:
    """A breach, once; False where it is none, or is known."""
    at = datetime.fromtimestamp(seen.at / 1000, UTC)
    rules = case.rulebook
    begun = max(case.opened_at, case.started_at + timedelta(minutes=rules.settle_minutes))
    if not begun <= at < case.ends_at:
        return False
    around = timedelta(minutes=rules.trip_minutes)
    if case.trips.filter(since__lte=at + around, until__gte=at - around).exists():
        return False
    gate = Gate.objects.filter(pk=int(seen.gate)).first() if seen.gate.isdecimal() else None
    if Breach.objects.filter(quarantine=case, gate=gate, at=at).exists():
        return False
    try:
        with transaction.atomic():
            breach = Breach.objects.create(quarantine=case, gate=gate, at=at, direction=seen.direction, noticed_at=now)
            record(None, "quarantine:see_leaving", case, resident=case.resident_id, breach=breach.pk)
            raise_now(LEFT, subject_of(case), site=case.resident.site, facts={"case": case.pk})
    except IntegrityError:
        return False  # another process was quicker
    return True
