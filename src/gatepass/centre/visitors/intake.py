"""What gates tell of visitors becomes rows, each once, in whatever order it comes.

in  -> inside          out -> left          refused, handed_over -> a row of the history
asks -> the host is asked on their page, and the gate hears the answer with its next call
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from gatepass.centre.alarms.actions import arm, cure
from gatepass.centre.audit.actions import record
from gatepass.centre.people.access import named
from gatepass.centre.people.models import Resident
from gatepass.centre.phone.reaching import ways_to
from gatepass.centre.sending.actions import queue
from gatepass.centre.sites.models import Gate, Site
from gatepass.centre.visitors.models import GateEvent, Invitation, Kind, Purpose, Visit
from gatepass.wire.visitors import ASKS, HANDED_OVER, IN, OUT, REFUSED, VisitBatch, VisitEvent, VisitReply, WalkIn

OVERSTAY: Final = "visitor_overstays"
GRACE: Final = timedelta(minutes=30)
"""After the last minute of an invitation, before somebody is asked to look."""
WALK_IN_STAYS: Final = timedelta(hours=4)
"""Whoever came without an invitation is looked for after so long."""
ASKING_LASTS: Final = timedelta(minutes=10)
State = Visit.State


def take(batch: VisitBatch, gate: Gate) -> VisitReply:
    """All of it in one transaction; what was told before changes nothing."""
    with transaction.atomic():
        for event in batch.events:
            _take_one(event, gate)
    asked = Visit.objects.filter(ident__in=[bytes(each) for each in batch.asking], gate__site=gate.site_id)
    told = {bytes(one.ident or b"").hex(): one.answer for one in asked.exclude(answer="")}
    return VisitReply({visit: "yes" if said == "yes" else "no" for visit, said in told.items()})


def _take_one(event: VisitEvent, gate: Gate) -> None:
    at = datetime.fromtimestamp(min(event.at, 253_402_300_799_000) / 1000, UTC)
    told, is_new = GateEvent.objects.get_or_create(
        ident=event.id, defaults={"gate": gate, "what": event.what, "at": at}
    )
    if not is_new:
        return
    visit = _of_invitation(event, gate, at) if event.serial is not None else _of_walk_in(event, gate, at)
    if visit is not None:
        told.visit = visit
        told.save(update_fields=["visit"])
        record(None, "visitor:told", visit, what=event.what, gate=gate.pk)


def _of_invitation(event: VisitEvent, gate: Gate, at: datetime) -> Visit | None:
    invitation = Invitation.objects.filter(serial=event.serial).select_related("host__site").first()
    if invitation is None:  # erased since
        return None
    mine = Visit.objects.select_for_update().filter(invitation=invitation)
    facts: dict[str, Any] = {
        "invitation": invitation, "host": invitation.host, "site": gate.site, "gate": gate, "name": invitation.name,
        "whom": invitation.host.full_name, "purpose": invitation.purpose, "person_key": event.person, "at": at,
        "reason": event.reason, "answer": Visit.Answer.YES,
    }  # fmt: skip
    if event.what == IN:
        # Two gates may send in either order: who left before we heard that they came has one visit all the same.
        overtaken = mine.filter(state=State.LEFT, came_at=None, left_at__gte=at).order_by("left_at").first()
        standing = mine.filter(state=State.INSIDE).first() or overtaken
        if standing is None:
            return _came(Visit(**facts), at, leaves_by(invitation, at))
        if standing.came_at is None or at < standing.came_at:
            standing.came_at = standing.at = at
        standing.person_key = standing.person_key or event.person
        standing.save(update_fields=["came_at", "at", "person_key"])
        return standing
    if event.what == OUT:
        inside = mine.filter(state=State.INSIDE, came_at__lte=at).order_by("-came_at").first()
        return _left(inside, at) if inside else _made(Visit(**facts), State.LEFT, left_at=at)
    if event.what in {REFUSED, HANDED_OVER}:
        return _made(Visit(**facts), State.REFUSED if event.what == REFUSED else State.HANDED_OVER)
    return None


def _of_walk_in(event: VisitEvent, gate: Gate, at: datetime) -> Visit | None:
    visit = Visit.objects.select_for_update().filter(ident=event.visit).first() if event.visit else None
    if event.what == OUT:
        return _left(visit, at) if visit is not None else None
    if event.walk_in is None or event.visit is None:
        return None
    if visit is None:
        visit = Visit(ident=event.visit, site=gate.site, gate=gate, at=at)
    _write(visit, event.walk_in, gate.site)
    if event.what == ASKS:
        _made(visit, State.ASKED)
        if visit.host is not None and at > timezone.now() - ASKING_LASTS:
            _ask_host(visit.host)
        return visit
    if event.what == IN:
        return _came(visit, at, at + WALK_IN_STAYS)
    return _made(visit, State.REFUSED) if event.what == REFUSED else None


def _write(visit: Visit, told: WalkIn, site: Site) -> None:
    visit.name, visit.whom = told.name, told.host
    visit.document, visit.phone = told.document or None, told.phone or None
    visit.purpose = told.purpose if told.purpose in Purpose.values else Purpose.OTHER
    visit.temperature = None if told.temperature is None else round(told.temperature, 1)
    visit.symptoms, visit.was_away = told.symptoms, told.was_away
    visit.host = visit.host or host_named(told.host, site)
    if told.confirmed and not visit.answer:
        visit.answer = Visit.Answer.YES


def host_named(words: str, site: Site) -> Resident | None:
    """The one resident of the site whom the guard's words name, by name or by room; None for nobody or several."""
    words = words.strip()
    here = Resident.objects.filter(site=site, merged_into=None)
    by_name = list(named(here, words)[:2])
    if len(by_name) == 1:
        return by_name[0]
    rooms = list(here.filter(Q(room__path=words) | Q(room__name=words) | Q(address=words))[:2]) if not by_name else []
    return rooms[0] if len(rooms) == 1 else None


def leaves_by(invitation: Invitation, came: datetime) -> datetime:
    """The end of the invitation, or of that day's hours, by the site's clock."""
    if invitation.kind != Kind.HELPER or invitation.stops is None:
        return invitation.ends_at
    local = came.astimezone(invitation.host.site.zone)
    stops = datetime.combine(local.date(), invitation.stops, local.tzinfo)
    if invitation.stops == time(0):
        stops += timedelta(days=1)
    return min(max(stops, came), invitation.ends_at)


def _came(visit: Visit, at: datetime, by: datetime) -> Visit:
    visit.state, visit.came_at, visit.leaves_by = State.INSIDE, at, by
    visit.save()
    facts = {"gate": visit.gate.name if visit.gate else "", "until": by.astimezone(visit.site.zone).strftime("%H:%M")}
    arm(OVERSTAY, subject_of(visit), by + GRACE, site=visit.site, facts=facts)
    return visit


def _left(visit: Visit, at: datetime) -> Visit:
    visit.state, visit.left_at = State.LEFT, at
    visit.save(update_fields=["state", "left_at"])
    cure(OVERSTAY, [subject_of(visit)])
    return visit


def _made(visit: Visit, state: State, left_at: datetime | None = None) -> Visit:
    visit.state, visit.left_at = state, left_at
    visit.save()
    return visit


def leave_by_hand(by: Any, visit: Visit) -> None:
    """Staff know that somebody has gone whom no gate saw."""
    with transaction.atomic():
        fresh = Visit.objects.select_for_update().filter(pk=visit.pk, state=State.INSIDE).first()
        if fresh is not None:
            _left(fresh, timezone.now())
            record(by, "visitor:leave", fresh)


def subject_of(visit: Visit) -> str:
    return f"visit:{visit.pk}"


def _ask_host(host: Resident) -> None:
    for way in ways_to([host]).get(host.pk, []):
        with translation.override(way.language):
            link = f"{settings.CONFIGURATION.address}{reverse('my_visitors')}"
            said = (
                _("Somebody is at the gate for you. Do you expect them? %(link)s") % {"link": link}
                if way.has_page
                else _("Somebody is at the gate for you. The guard will call you.")
            )
            town = settings.CONFIGURATION.town
            queue(
                way.channel, way.address, kind="visit_asked", language=way.language, subject=town,
                text=f"{town}: {said}", not_after=timezone.now() + ASKING_LASTS,
            )  # fmt: skip
