"""The verbs of alarms: `arm`, `arm_all`, `raise_now`, `raise_all`, `raise_due`, `acknowledge`, `cure`, `close`.

Who is told is said with `reach_at`.

armed ──► raised ──► acknowledged
  │          │             │
  │ cured    └──► cleared ◄┘
  └► gone: nothing ever happened

Each move is one UPDATE that names the state it comes from: of two workers that see the same alarm due, one moves it,
writes the flip and tells people; the other has changed no row and does nothing. All of it in one transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext

from gatepass.centre.accounts.models import User
from gatepass.centre.alarms.kinds import KINDS
from gatepass.centre.alarms.models import Alarm, Contact, Flip, State
from gatepass.centre.alarms.telling import Raised, send, tell, tell_end
from gatepass.centre.applicants.contacts import read_contact
from gatepass.centre.audit.actions import line, record, record_all
from gatepass.centre.errors import RefusedError
from gatepass.centre.plain_rows import create_rows, update_rows, write_rows
from gatepass.centre.sending.models import Channel
from gatepass.centre.sites.models import Site
from gatepass.centre.webhooks.outbox import announce_all

IN_ONE_STEP: Final = 500

Facts = Mapping[str, str | int]


def arm(kind: str, subject: str, at: datetime, *, site: Site | None = None, facts: Facts | None = None) -> None:
    """Raise it at `at`, unless it is cured before. One that is armed already gets the new time, and the new facts.

    One that is raised stays as it is, and so does a subject that was closed for good (`Kind.once`).
    """
    now, told = timezone.now(), dict(facts or {})
    with transaction.atomic():
        standing = Alarm.objects.filter(kind=kind, subject=subject).exclude(state=State.CLEARED)
        if standing.filter(state=State.ARMED).update(alert_after=at, last_at=now, facts=told) or standing.exists():
            return
        if not (KINDS[kind].once and Alarm.objects.filter(kind=kind, subject=subject).exists()):
            _create(kind, subject, State.ARMED, now, at, site, told)


def raise_now(kind: str, subject: str, *, site: Site | None = None, facts: Facts | None = None) -> None:
    """At once. One that stands already is counted up, and nobody is told a second time."""
    now, told = timezone.now(), dict(facts or {})
    with transaction.atomic():
        standing = Alarm.objects.filter(kind=kind, subject=subject).exclude(state=State.CLEARED)
        if standing.exclude(state=State.ARMED).update(count=F("count") + 1, last_at=now, facts=told):
            return
        alarm = standing.first() or _create(kind, subject, State.ARMED, now, now, site, told)
        if alarm is not None and _moved(alarm, State.RAISED, now, raised_at=now, facts=told):
            _note_raised([alarm])
            tell([alarm], now)


@dataclass(frozen=True, slots=True)
class About:
    """One subject of a trouble that many have at once."""

    subject: str
    site: Site | None
    facts: Facts


def arm_all(kind: str, many: Iterable[tuple[datetime, About]]) -> None:
    """`arm` for each of a trouble that many have at once: while the network is away, thousands of gates are silent."""
    now, told = timezone.now(), {one.subject: (at, one) for at, one in many}
    with transaction.atomic():
        standing = Alarm.objects.filter(kind=kind, subject__in=told)
        if not KINDS[kind].once:
            standing = standing.exclude(state=State.CLEARED)
        for subject in set(standing.values_list("subject", flat=True)):
            at, one = told.pop(subject)
            arm(kind, subject, at, site=one.site, facts=one.facts)
        Alarm.objects.bulk_create(
            (
                Alarm(
                    kind=kind, subject=one.subject, site=one.site, community=one.site.community if one.site else None,
                    facts=dict(one.facts), state=State.ARMED, armed_at=now, alert_after=at, last_at=now,
                )
                for at, one in told.values()
            ),
            ignore_conflicts=True,  # another worker was quicker
        )  # fmt: skip


_OF_AN_ALARM: Final = (
    *("kind", "subject", "community", "site", "facts", "state", "armed_at", "alert_after", "raised_at", "last_at"),
    *("count", "cleared_at"),
)
_OF_A_FLIP: Final = ("alarm", "at", "old", "new", "by")


def _place(site: Site | None) -> tuple[int | None, int | None]:
    return (site.community_id, site.pk) if site else (None, None)


def raise_all(kind: str, many: Iterable[About]) -> None:
    """`raise_now` for each, and one message to whoever several fall on."""
    now, told = timezone.now(), {one.subject: one for one in many}
    with transaction.atomic():
        standing = Alarm.objects.filter(kind=kind, subject__in=told).exclude(state=State.CLEARED)
        for alarm in standing:
            about = told.pop(alarm.subject)
            if alarm.state == State.ARMED:
                raise_now(kind, about.subject, site=about.site, facts=about.facts)
            else:
                Alarm.objects.filter(pk=alarm.pk).update(count=F("count") + 1, last_at=now, facts=dict(about.facts))
        new = [
            (kind, one.subject, *_place(one.site), dict(one.facts), State.RAISED, now, now, now, now, 1, None)
            for one in told.values()
        ]
        raised = [Raised(pk, *row[:5]) for pk, row in zip(create_rows(Alarm, _OF_AN_ALARM, new), new, strict=True)]
        write_rows(Flip, _OF_A_FLIP, [(one.pk, now, State.ARMED, State.RAISED, None) for one in raised])
        _note_raised(raised)
        tell(raised, now)


def raise_due(now: datetime) -> int:
    """The worker's step: what is armed and due; how many. Whoever several fall on gets one message about all."""
    due = Alarm.objects.filter(state=State.ARMED, alert_after__lte=now).order_by("alert_after")[:IN_ONE_STEP]
    return _raised(list(due.select_related("site", "community")), now)


def _raised(due: Sequence[Alarm], now: datetime) -> int:
    """Moves those that nobody has moved since they were read."""
    with transaction.atomic():
        mine = _moved_all(due, State.RAISED, now, raised_at=now, last_at=now)
        _note_raised(mine)
        tell(mine, now)
    return len(mine)


def cure(kind: str, subjects: Collection[str]) -> int:
    """The trouble is over: what was armed is forgotten, what was raised is cleared, and whoever was told hears it."""
    now = timezone.now()
    standing = Alarm.objects.filter(kind=kind, subject__in=subjects).exclude(state=State.CLEARED)
    if not standing.exists():
        return 0
    with transaction.atomic():
        standing.filter(state=State.ARMED).delete()
        over = _moved_all(list(standing), State.CLEARED, now, cleared_at=now)
        _note_cured(over)
        tell_end(over)
    return len(over)


def acknowledge(by: User, alarm: Alarm) -> None:
    """Somebody is on it. Of two who press at once, one is; the other sees whose name stands there."""
    with transaction.atomic():
        if alarm.state == State.RAISED and _moved(alarm, State.ACKNOWLEDGED, timezone.now(), by):
            record(by, "alarm:acknowledge", alarm, kind=alarm.kind)


def close(by: User, alarm: Alarm) -> None:
    """For kinds that no machine sees cured; RefusedError `alarm_cures_itself` for the others."""
    if not KINDS[alarm.kind].by_hand:
        raise RefusedError("alarm_cures_itself")
    now = timezone.now()
    with transaction.atomic():
        if alarm.is_open and _moved(alarm, State.CLEARED, now, by, cleared_at=now):
            record(by, "alarm:clear", alarm, kind=alarm.kind)
            _announce("alarm.cleared", [alarm])


def reach_at(user: User, address: str) -> None:
    """Where alarms reach this member of staff: a telephone or a mailbox; empty: nowhere.

    RefusedError `contact_wrong`. A first message goes there at once, so that a slip of the pen shows now, not at night.
    """
    with transaction.atomic():
        if not address.strip():
            Contact.objects.filter(user=user).delete()
            record(user, "staff:set_alarm_contact", user, channel="")
            return
        read = read_contact(address)
        Contact.objects.update_or_create(user=user, defaults={"channel": read.channel, "address": read.address})
        record(user, "staff:set_alarm_contact", user, channel=str(read.channel))
        with translation.override(user.language):
            text = gettext("Alarms of the gates reach you here from now on.")
            send(user, Channel(read.channel), read.address, "alarm_contact", text)


def _create(
    kind: str, subject: str, state: State, now: datetime, at: datetime, site: Site | None, facts: dict[str, Any]
) -> Alarm | None:
    """None where another worker was quicker."""
    try:
        with transaction.atomic():
            return Alarm.objects.create(
                kind=kind,
                subject=subject,
                site=site,
                community=site.community if site else None,
                facts=facts,
                state=state,
                armed_at=now,
                alert_after=at,
                last_at=now,
            )
    except IntegrityError:
        return None


def _moved(alarm: Alarm, new: State, now: datetime, by: User | None = None, **fields: Any) -> bool:
    """Compare and set: False where the alarm is no longer in the state that `alarm` was read in."""
    old = alarm.state
    if not Alarm.objects.filter(pk=alarm.pk, state=old).update(state=new, **fields):
        return False
    for name, value in {"state": new, **fields}.items():
        setattr(alarm, name, value)
    Flip.objects.create(alarm=alarm, at=now, old=old, new=new, by=by)
    return True


def _moved_all(alarms: Sequence[Alarm], new: State, now: datetime, **fields: Any) -> list[Alarm]:
    """`_moved` by nobody, for many at once: those that were moved, in their order."""
    alike: dict[str, list[int]] = defaultdict(list)
    for alarm in alarms:
        alike[alarm.state].append(alarm.pk)
    there = set[int]()
    for old, pks in alike.items():
        there |= update_rows(Alarm.objects.filter(pk__in=pks, state=old), state=new, **fields)
    mine = [alarm for alarm in alarms if alarm.pk in there]
    write_rows(Flip, _OF_A_FLIP, [(alarm.pk, now, alarm.state, new, None) for alarm in mine])
    for alarm in mine:
        for name, value in {"state": new, **fields}.items():
            setattr(alarm, name, value)
    return mine


def _note_raised(alarms: Sequence[Alarm | Raised]) -> None:
    """For the audit, and for programs."""
    record_all(None, [line("alarm:raise", f"alarm:{one.pk}", kind=one.kind) for one in alarms])
    _announce("alarm.raised", alarms)


def _note_cured(alarms: Sequence[Alarm]) -> None:
    record_all(None, [line("alarm:cure", f"alarm:{one.pk}", kind=one.kind) for one in alarms])
    _announce("alarm.cleared", alarms)


def _announce(what: str, alarms: Iterable[Alarm | Raised]) -> None:
    """To programs, of gates alone (`access.OF_GATES`)."""
    of_gates = [one for one in alarms if one.kind in KINDS and KINDS[one.kind].page == "gate"]
    announce_all(
        what, [(one.site_id, {"alarm": one.pk, "kind": one.kind, "gate": _gate_of(one.subject)}) for one in of_gates]
    )


def _gate_of(subject: str) -> int:
    return int(subject.removeprefix("gate:").partition(" ")[0])
