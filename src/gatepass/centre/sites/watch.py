"""Trouble at the gates becomes an alarm, and an alarm goes when its trouble is over.

What is amiss now is compared with the alarms that stand: new trouble is armed with its time of grace, trouble that is
no more is cured. Of a gate that is silent nothing else is known: what stood of it before stays as it is.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from gatepass.centre.alarms.actions import IN_ONE_STEP, About, arm, arm_all, cure
from gatepass.centre.alarms.models import Alarm, State
from gatepass.centre.passages.log import LogInUseError
from gatepass.centre.passages.storage import passage_log
from gatepass.centre.sites.ailments import ONLINE_WITHIN, ailments_of, doing_well
from gatepass.centre.sites.models import Device, Gate

SILENT_AFTER: Final = timedelta(minutes=2)
AFTER_A_STOP: Final = timedelta(seconds=90)
"""When the centre itself was away, every gate looks silent: they come back within a minute, their longest back-off."""
GRACE: Final[dict[str, timedelta]] = {
    "reader_unplugged": timedelta(seconds=30),
    "reader_ill": timedelta(minutes=1),
    "knowledge_stale": timedelta(minutes=2),
    "no_directory": timedelta(minutes=5),
    "clock_wrong": timedelta(minutes=1),
    "sequence_gap": timedelta(minutes=10),
}
GAPS_EVERY_S: Final = 60.0
GAPS_OF_A_DEVICE: Final = 5
_OF_HEARTBEATS: Final = ("reader_unplugged", "reader_ill", "knowledge_stale", "no_directory", "clock_wrong")
_WHOLE: Final = ("gate__site__community", "health")


@dataclass(frozen=True, slots=True)
class Trouble:
    kind: str
    subject: str
    gate: Gate
    at: datetime
    facts: dict[str, str | int]


def look(now: datetime) -> None:
    """One round over every device that is in use; whole rows are read of those alone that something is amiss with."""
    heard = now - ONLINE_WITHIN
    in_use = Device.objects.filter(revoked_at=None).order_by()
    quiet = in_use.exclude(health__heard_at__gte=heard).values_list("gate", "enrolled_at", "health__heard_at")
    last = {gate: heard_at or enrolled_at for gate, enrolled_at, heard_at in quiet}
    # Who was enrolled a moment ago is in neither: not known yet.
    silent = {f"gate:{gate}": since for gate, since in last.items() if since < heard}
    ill = in_use.filter(health__heard_at__gte=heard).exclude(pk__in=in_use.filter(doing_well(now)).values("pk"))
    troubles = [one for device in ill.select_related(*_WHOLE) for one in _ailments(device, now)]
    _settle(_OF_HEARTBEATS, {(one.kind, one.subject): one for one in troubles}, leave=set(last))
    _settle_silence(silent, now)


def _settle_silence(silent: Mapping[str, datetime], now: datetime) -> None:
    standing = _standing(("gate_silent",))
    fresh = [_gate_of(subject) for subject in silent if ("gate_silent", subject) not in standing]
    for start in range(0, len(fresh), IN_ONE_STEP):
        gates = Gate.objects.select_related("site__community").filter(pk__in=fresh[start : start + IN_ONE_STEP])
        arm_all("gate_silent", [_silence(gate, silent[f"gate:{gate.pk}"], now) for gate in gates.order_by()])
    if over := {subject for _kind, subject in standing} - silent.keys():
        cure("gate_silent", over)


class GapWatch:
    """Numbers that have not arrived though later ones have: asked of the log once a minute."""

    def __init__(self) -> None:
        self._looked = -GAPS_EVERY_S

    def __call__(self, now: datetime) -> None:
        if time.monotonic() - self._looked < GAPS_EVERY_S:
            return
        self._looked = time.monotonic()
        in_use = Device.objects.filter(revoked_at=None)
        try:
            missing = {pk: gaps for pk in in_use.order_by().values_list("pk", flat=True) if (gaps := _missing(pk))}
        except LogInUseError:
            return  # another process writes the log; it looks
        lacking = in_use.filter(pk__in=missing).select_related("gate__site__community")
        troubles = [trouble for device in lacking for trouble in _gaps(device, missing[device.pk], now)]
        _settle(("sequence_gap",), {(one.kind, one.subject): one for one in troubles}, leave=())


def standing_of(gate: Gate, kind: str = "") -> list[Alarm]:
    """Alarms of one gate that are not over, those that are only armed as well."""
    found = Alarm.objects.filter(Q(subject=f"gate:{gate.pk}") | Q(subject__startswith=f"gate:{gate.pk} "))
    found = found.exclude(state=State.CLEARED)
    return list(found.filter(kind=kind) if kind else found)


def _silence(gate: Gate, since: datetime, now: datetime) -> tuple[datetime, About]:
    at = max(since + SILENT_AFTER, now + AFTER_A_STOP)
    return at, About(f"gate:{gate.pk}", gate.site, _facts(gate, since=since))


def _ailments(device: Device, now: datetime) -> Iterator[Trouble]:
    gate = device.gate
    for ailment in ailments_of(device.health, now):
        if ailment.code not in GRACE:
            continue  # no screen: the gate's page says so; a gate may be set up like that
        subject = f"gate:{gate.pk} {ailment.reader}".strip()
        facts = _facts(gate, since=ailment.since, reader=ailment.reader, seconds=ailment.seconds)
        yield Trouble(ailment.code, subject, gate, now + GRACE[ailment.code], facts)


def _missing(journal: str) -> list[tuple[int, int]]:
    return list(passage_log().receipt(journal).missing[:GAPS_OF_A_DEVICE])


def _gaps(device: Device, missing: Collection[tuple[int, int]], now: datetime) -> Iterator[Trouble]:
    for first, last in missing:
        subject = f"gate:{device.gate_id} {device.pk} {first}"
        facts = _facts(device.gate, first=first, last=last)
        yield Trouble("sequence_gap", subject, device.gate, now + GRACE["sequence_gap"], facts)


def _facts(gate: Gate, *, since: datetime | None = None, **others: str | int) -> dict[str, str | int]:
    facts: dict[str, str | int] = {"site": gate.site.name, "gate": gate.name}
    if since is not None:
        facts["since"] = f"{since.astimezone(gate.site.zone):%Y-%m-%d %H:%M}"
    return facts | {name: value for name, value in others.items() if value}


def _standing(kinds: Collection[str]) -> set[tuple[str, str]]:
    """(kind, subject) of the alarms that are not over."""
    found = Alarm.objects.filter(kind__in=kinds).exclude(state=State.CLEARED).order_by()
    return set(found.values_list("kind", "subject"))


def _settle(kinds: Collection[str], troubles: Mapping[tuple[str, str], Trouble], *, leave: Collection[int]) -> None:
    """Arms what is new, cures what is over; nothing is cured that `leave` names the gate of."""
    standing = _standing(kinds)
    for key in troubles.keys() - standing:
        trouble = troubles[key]
        arm(trouble.kind, trouble.subject, trouble.at, site=trouble.gate.site, facts=trouble.facts)
    over = standing - troubles.keys()
    for kind in kinds:
        subjects = [subject for of, subject in over if of == kind and _gate_of(subject) not in leave]
        if subjects:
            cure(kind, subjects)


def _gate_of(subject: str) -> int:
    return int(subject.split(maxsplit=1)[0].removeprefix("gate:"))
