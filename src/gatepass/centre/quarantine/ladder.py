"""A report that does not come: who is asked, one after the other, until it lies on the desk.

waiting ──► resident ──► household ──► volunteer ──► roster ──► desk
   ▲            │             │             │           │          │
   └────────────┴──── the report came ──────┴───────────┴──────────┘

`alert_after` says when a case is moved next, and is indexed. Each move is one UPDATE that names the step and the moment
from which it comes: of several workers that see the same case due, one moves it, writes the `Step` and tells people;
the others have changed no row. All of it is one transaction, so that a worker that is killed has done a whole step or
none. Whoever cannot be reached is skipped at once, with the reason on record, and the next one is asked.

At the next report's time the ladder begins anew, whatever became of the last one. A ladder never ends a case.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gatepass.centre.alarms.actions import cure, raise_now
from gatepass.centre.alarms.models import Contact
from gatepass.centre.audit.actions import record
from gatepass.centre.one_worker import kinds_of, places_of
from gatepass.centre.people.households.models import Membership
from gatepass.centre.phone.reaching import Way, ways_to
from gatepass.centre.quarantine import calendar
from gatepass.centre.quarantine.models import Quarantine, Rung, Step
from gatepass.centre.rosters.access import on_duty
from gatepass.centre.rosters.words import language_word
from gatepass.centre.sending.actions import queue
from gatepass.centre.volunteers.access import available
from gatepass.centre.volunteers.actions import TaskFacts, ask
from gatepass.centre.volunteers.models import Kind
from gatepass.identity.masking import mask_name

ORDER: Final = (Rung.RESIDENT, Rung.HOUSEHOLD, Rung.VOLUNTEER, Rung.ROSTER, Rung.DESK)
IN_ONE_STEP: Final = 200
MOST_ASKED: Final = 3
"""Volunteers who are asked about one missing report."""
VOLUNTEERS_HAVE: Final = timedelta(hours=4)

WHY_SKIPPED: Final[dict[str, Promise]] = {
    "nobody_reached": _("no telephone and nobody who acts for the person"),
    "lives_alone": _("nobody else of the household can be reached"),
    "no_volunteer": _("no volunteer who speaks the language has time now"),
    "nobody_on_duty": _("nobody who speaks the language is on duty and reached"),
}

log = structlog.get_logger(__name__)

MISSED: Final = "quarantine_report_missed"


def subject_of(case: Quarantine) -> str:
    """What alarms call a case."""
    return f"quarantine:{case.pk}"


def first_wait(case: Quarantine, now: datetime) -> tuple[datetime | None, datetime | None]:
    """(`awaited`, `alert_after`) of a case from `now` on; both None where the period ends before the next report."""
    rule = case.rule
    slot = calendar.slot_after(max(now, case.started_at), rule.times, case.civil)
    return _wait_for(case, slot.due)


def _wait_for(case: Quarantine, due: datetime) -> tuple[datetime | None, datetime | None]:
    if due > case.ends_at:
        return None, None
    return due, due + case.rule.grace + timedelta(minutes=case.rulebook.ladder.resident)


def move_due(now: datetime, most: int = IN_ONE_STEP) -> int:
    """The worker's step: every case whose moment has come is moved one step further; how many. Call until 0."""
    due = Quarantine.objects.filter(alert_after__lte=now, state=Quarantine.State.OPEN).order_by("alert_after")
    moved = 0
    for case in due.select_related("resident__site")[:most]:
        try:
            with transaction.atomic():
                moved += _move(case, now)
        except Exception as error:  # noqa: BLE001
            # One case that cannot be moved must not keep the others waiting; the next round tries it again.
            kind, places = kinds_of(error), places_of(error)
            log.error("a missed report was not followed up", case=case.pk, error=kind, at=places)  # noqa: TRY400
    return moved


def _move(case: Quarantine, now: datetime) -> bool:
    """One step; False where another worker, or a report, was quicker."""
    assert case.awaited is not None
    assert case.alert_after is not None
    old, due = Rung(case.rung), case.alert_after
    slot, rung = case.awaited, _after(old)
    if rung is None:
        # The desk has it. From here on the next report is waited for, and missed by itself.
        nearest, alert = _wait_for(case, calendar.slot_after(slot, case.rule.times, case.civil).due)
        if nearest is None or alert is None or alert > due:
            return _set(case, awaited=nearest, alert_after=alert, rung=Rung.WAITING if nearest else old)
        slot, rung = nearest, Rung.RESIDENT
    if not _set(case, awaited=slot, rung=rung, alert_after=_next_moment(case, slot, rung, due)):
        return False
    why = REACH[rung](case, now)
    outcome = Step.Outcome.SKIPPED if why else Step.Outcome.TOLD
    Step.objects.create(quarantine=case, slot=slot, rung=rung, due_at=due, at=now, outcome=outcome, why=why)
    if why:
        # Nobody waits for somebody who was not asked.
        _set(case, alert_after=due)
    if rung == Rung.RESIDENT:
        record(None, "quarantine:miss", case, resident=case.resident_id, slot=slot.isoformat(timespec="minutes"))
    return True


def _after(rung: Rung) -> Rung | None:
    if rung == Rung.WAITING:
        return ORDER[0]
    place = ORDER.index(rung) + 1
    return ORDER[place] if place < len(ORDER) else None


def _next_moment(case: Quarantine, slot: datetime, rung: Rung, due: datetime) -> datetime | None:
    """When the step after this one is to be taken; after the last one, when the next report is missed."""
    following = _after(rung)
    if following is not None:
        return due + timedelta(minutes=getattr(case.rulebook.ladder, following.value))
    return _wait_for(case, calendar.slot_after(slot, case.rule.times, case.civil).due)[1]


def _set(case: Quarantine, **fields: object) -> bool:
    """Compare and set: by the step and the moment that `case` was read with."""
    same = Quarantine.objects.filter(
        pk=case.pk, state=Quarantine.State.OPEN, rung=case.rung, awaited=case.awaited, alert_after=case.alert_after
    )
    if not same.update(**fields):
        return False
    for name, value in fields.items():
        setattr(case, name, value)
    return True


def answered(case: Quarantine, slot: datetime, now: datetime) -> None:
    """A report came, for the one that is waited for or a later one: inside its transaction."""
    if case.awaited is None or slot < case.awaited:
        return
    if case.rung != Rung.WAITING:
        Step.objects.create(
            quarantine=case, slot=case.awaited, rung=Rung.WAITING, due_at=now, at=now, outcome=Step.Outcome.ENDED
        )
    due = calendar.slot_after(slot, case.rule.times, case.civil).due
    awaited, alert = _wait_for(case, due)
    _set(case, awaited=awaited, alert_after=alert, rung=Rung.WAITING)
    cure(MISSED, [subject_of(case)])


# ---------------------------------------------------------------- who is asked


def _the_person(case: Quarantine, _now: datetime) -> str:
    ways = [way for way in ways_to([case.resident]).get(case.resident_id, ()) if way.own]
    return _ask(case, ways) if ways else "nobody_reached"


def _the_household(case: Quarantine, _now: datetime) -> str:
    """Whoever acts for the person, and everybody who lives there and is reached."""
    home = Membership.objects.filter(resident=case.resident_id, until__isnull=True).values("household")
    others = [
        one.resident
        for one in Membership.objects.filter(household__in=home, until__isnull=True)
        .exclude(resident=case.resident_id)
        .select_related("resident")
    ]
    ways = [way for way in ways_to([case.resident]).get(case.resident_id, ()) if not way.own]
    for of_one in ways_to(others).values() if others else ():
        ways += of_one
    return _ask(case, ways) if ways else "lives_alone"


def _a_volunteer(case: Quarantine, now: datetime) -> str:
    """Whoever of the community speaks the language and has time: whoever says yes first telephones."""
    resident = case.resident
    able = available(resident.language, now, site=resident.site, kind=Kind.PHONE)[:MOST_ASKED]
    if not able:
        return "no_volunteer"
    with translation.override(resident.language):
        words = gettext("Please telephone %(name)s, %(phone)s: how are you today, and which temperature? Then tell the "
                        "community office.") % {"name": resident.full_name, "phone": resident.phone or "—"}  # fmt: skip
    facts = TaskFacts(Kind.PHONE, resident.language, resident.site, now, now + VOLUNTEERS_HAVE, words, resident)
    ask(None, facts, able)
    return ""


def _whoever_is_on_duty(case: Quarantine, now: datetime) -> str:
    """Interpreters of the language who are on duty: they hear that they are needed, not by whom."""
    duty = [one.user for one in on_duty(case.resident.language, now, site=case.resident.site) if one.reachable]
    contacts = list(Contact.objects.filter(user__in=duty).select_related("user"))
    town = settings.CONFIGURATION.town
    for contact in contacts:
        user = contact.user
        with translation.override(user.language):
            text = gettext("%(town)s: somebody who speaks %(language)s has not reported. Please call the community "
                           "office and help with quarantine %(case)s.") % {
                "town": town, "language": language_word(case.resident.language), "case": case.pk,
            }  # fmt: skip
            address = str(contact.address)
            queue(contact.channel, address, kind="report_asked", language=user.language, subject=town, text=text)
    return "" if contacts else "nobody_on_duty"


def _the_desk(case: Quarantine, _now: datetime) -> str:
    raise_now(MISSED, subject_of(case), site=case.resident.site, facts={"case": case.pk})
    return ""


REACH: Final[dict[Rung, Callable[[Quarantine, datetime], str]]] = {
    Rung.RESIDENT: _the_person,
    Rung.HOUSEHOLD: _the_household,
    Rung.VOLUNTEER: _a_volunteer,
    Rung.ROSTER: _whoever_is_on_duty,
    Rung.DESK: _the_desk,
}
"""Tells somebody, inside the step's transaction; empty, or a code of WHY_SKIPPED where nobody could be told."""


def _ask(case: Quarantine, ways: list[Way]) -> str:
    town = settings.CONFIGURATION.town
    for way in {(one.channel, one.address): one for one in ways}.values():
        with translation.override(way.language):
            name = mask_name(case.resident.full_name)
            if way.has_page:
                link = f"{settings.CONFIGURATION.address}{reverse('my_quarantine_report')}"
                text = gettext("%(town)s: how is %(name)s today? Two taps, please: %(link)s") % {
                    "town": town, "name": name, "link": link,
                }  # fmt: skip
            else:
                text = gettext(
                    "%(town)s: how is %(name)s today? Please call the community office and tell the temperature."
                ) % {"town": town, "name": name}
            queue(way.channel, way.address, kind="report_asked", language=way.language, subject=town, text=text)
    return ""
