"""The verbs of arrivals.

    begin ──► draft ──► send ──► sent ──► acknowledge ──► acknowledged
                ▲─── amend ───────┘                        people are registered, mandates recorded
    cancel: from anywhere. mark_arrived: of one traveller, by a gate, by staff or by themselves.

1. While it is a draft, each step is saved by itself: travellers, stays, the way here, where to, papers.
2. `send` asks for what is missing and arms two clocks: the community's answer, and the hour after which whoever has not
   come is not reported. Days that nobody accounts for do not lock anybody out: they need a word of explanation.
3. `acknowledge` registers who is not registered. Whose document is registered already is linked and nothing more: a
   number alone gives nobody a mandate for somebody else.
4. With the arrival, stays, accepted tests and the arrival itself become facts, and the colour follows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_noop

from gatepass.centre.accounts.models import User
from gatepass.centre.alarms.actions import arm, cure
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.arrivals.becoming import become_facts, becoming_resident
from gatepass.centre.arrivals.itinerary import itineraries
from gatepass.centre.arrivals.models import Journey, Stay, Traveller
from gatepass.centre.arrivals.rules import term
from gatepass.centre.audit.actions import record
from gatepass.centre.employers.models import Company
from gatepass.centre.errors import RefusedError
from gatepass.centre.limits.actions import spend
from gatepass.centre.mandates.actions import entrust
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.people.access import key_of
from gatepass.centre.people.models import Resident
from gatepass.centre.quarantine.actions import open_case
from gatepass.centre.quarantine.models import Quarantine
from gatepass.centre.sending.actions import queue
from gatepass.identity import Document

MOST_TRAVELLERS: Final = 20
MOST_STAYS: Final = 30
State = Journey.State
Actor = User | Applicant | None
_LAST_ARRIVAL: Final = timedelta(days=90)


def begin(
    by: User | Applicant,
    manner: Journey.Manner,
    *,
    consent: Consent | str = "",
    company: Company | None = None,
    address: str | None = None,
) -> Journey:
    """A draft. RefusedError `consent_missing` where nothing says how the others agreed; `too_many`."""
    if manner != Journey.Manner.SELF and not consent:
        raise RefusedError("consent_missing")
    if isinstance(by, Applicant):
        spend("journey_of_applicant", str(by.pk), address)
    now = timezone.now()
    with transaction.atomic():
        journey = Journey.objects.create(
            manner=manner,
            applicant=by if isinstance(by, Applicant) else None,
            staff=by if isinstance(by, User) else None,
            company=company,
            consent=consent or Consent.OWN,
            consented_at=now,
            created_at=now,
            changed_at=now,
        )
        record(by, "journey:begin", journey, manner=str(manner))
    return journey


def set_traveller(
    by: User | Applicant,
    journey: Journey,
    facts: Mapping[str, Any],
    document: Document | None,
    *,
    traveller: int | None = None,
) -> Traveller:
    """One person of a draft, new or changed. `document` None: not confirmed yet, from a photo.

    RefusedError `journey_sent`, `journey_full`, `traveller_twice`.
    """
    key = key_of(document) if document is not None else b""
    with transaction.atomic():
        draft = _draft(journey)
        others = draft.travellers.exclude(pk=traveller or 0)
        if traveller is None and len(others) >= MOST_TRAVELLERS:
            raise RefusedError("journey_full")
        if key and others.filter(person_key=key).exists():
            raise RefusedError("traveller_twice")
        row = (
            draft.travellers.get(pk=traveller or 0)
            if traveller
            else Traveller(journey=draft, number="", person_key=b"")
        )
        for name, value in facts.items():
            setattr(row, name, value)
        if document is not None:
            row.kind, row.issuer, row.number, row.person_key = document.kind, document.issuer, document.number, key
            row.confirmed, row.doubtful = True, []
        row.save()
        if traveller is None:
            # Who joins a party was with it, unless somebody says otherwise.
            for stay in draft.stays.all():
                stay.travellers.add(row)
        touch(draft)
        record(by, "journey:set_traveller", draft, traveller=row.pk)
    return row


def drop_traveller(by: User | Applicant, journey: Journey, traveller: int) -> None:
    with transaction.atomic():
        draft = _draft(journey)
        draft.travellers.filter(pk=traveller).delete()
        draft.stays.filter(travellers=None).delete()
        touch(draft)
        record(by, "journey:drop_traveller", draft, traveller=traveller)


def set_stay(
    by: User | Applicant,
    journey: Journey,
    facts: Mapping[str, Any],
    travellers: Sequence[int],
    *,
    stay: int | None = None,
) -> Stay:
    """RefusedError `journey_sent`, `journey_full`."""
    with transaction.atomic():
        draft = _draft(journey)
        if stay is None and draft.stays.count() >= MOST_STAYS:
            raise RefusedError("journey_full")
        row = draft.stays.get(pk=stay) if stay else Stay(journey=draft)
        for name, value in facts.items():
            setattr(row, name, value)
        row.save()
        row.travellers.set(draft.travellers.filter(pk__in=travellers))
        touch(draft)
        record(by, "journey:set_stay", draft, stay=row.pk)
    return row


def drop_stay(by: User | Applicant, journey: Journey, stay: int) -> None:
    with transaction.atomic():
        draft = _draft(journey)
        draft.stays.filter(pk=stay).delete()
        touch(draft)
        record(by, "journey:drop_stay", draft, stay=stay)


def set_way(by: User | Applicant, journey: Journey, facts: Mapping[str, Any]) -> None:
    """When and how they come, and where to: the fields of `Journey` that `facts` names."""
    with transaction.atomic():
        draft = _draft(journey)
        for name, value in facts.items():
            setattr(draft, name, value)
        draft.changed_at = timezone.now()
        draft.save(update_fields=[*facts, "changed_at"])
        record(by, "journey:set_way", draft, fields=sorted(facts))


def lacking(journey: Journey) -> list[str]:
    """Codes of `errors` for what is missing before it can be sent; empty: nothing."""
    found = []
    travellers = list(journey.travellers.exclude(state=Traveller.State.CANCELLED))
    if not travellers:
        found.append("journey_nobody")
    elif not all(one.confirmed for one in travellers):
        found.append("journey_unconfirmed")
    if journey.arrives_at is None:
        found.append("journey_no_arrival")
    if journey.site is None:
        found.append("journey_nowhere")
    if journey.arrives_at is not None and travellers:
        told = itineraries(journey)
        unknown = max(one.coverage.missing for one in told if one.coverage) if told else 0
        contradicts = any(one.coverage.overlaps or one.coverage.late for one in told if one.coverage)
        if (unknown > term().unknown_days or contradicts) and not journey.explanation:
            found.append("journey_days")
    return found


def send(by: User | Applicant, journey: Journey) -> None:
    """To the community. RefusedError with the first of `lacking`, or `journey_sent`."""
    missing = lacking(journey)
    if missing:
        raise RefusedError(missing[0])
    now = timezone.now()
    in_force = term(now)
    with transaction.atomic():
        draft = _draft(journey)
        assert draft.arrives_at is not None
        if draft.arrives_at > now + _LAST_ARRIVAL:
            raise RefusedError("journey_too_far")
        draft.state, draft.sent_at, draft.changed_at = State.SENT, now, now
        draft.acknowledge_by = now + timedelta(hours=in_force.acknowledge_within_hours)
        draft.overdue_after = max(draft.arrives_at, now) + timedelta(hours=in_force.overdue_after_hours)
        draft.save()
        people = draft.travellers.count()
        record(by, "journey:send", draft, site=draft.site_id, count=people)
        facts = _facts(draft, people)
        arm("hand_over_waits", _subject(draft), draft.acknowledge_by, site=draft.site, facts=facts)
        arm("arrival_overdue", _subject(draft), draft.overdue_after, site=draft.site, facts=facts)
    journey.refresh_from_db()


def amend(by: User | Applicant, journey: Journey) -> None:
    """Back to a draft, as long as the community has not acknowledged it. RefusedError `journey_acknowledged`."""
    with transaction.atomic():
        moved = Journey.objects.filter(pk=journey.pk, state=State.SENT).update(
            state=State.DRAFT, changed_at=timezone.now(), acknowledge_by=None, overdue_after=None
        )
        if not moved:
            raise RefusedError("journey_acknowledged")
        record(by, "journey:amend", journey)
        _cure(journey, "hand_over_waits", "arrival_overdue")
    journey.refresh_from_db()


def cancel(by: User | Applicant, journey: Journey) -> None:
    """They do not come. Whoever has arrived stays arrived. RefusedError `journey_over`."""
    now = timezone.now()
    with transaction.atomic():
        fresh = Journey.objects.select_for_update().get(pk=journey.pk)
        if fresh.state == State.CANCELLED:
            raise RefusedError("journey_over")
        fresh.travellers.filter(state=Traveller.State.EXPECTED).update(state=Traveller.State.CANCELLED)
        if not fresh.travellers.filter(state=Traveller.State.ARRIVED).exists():
            fresh.state, fresh.cancelled_at = State.CANCELLED, now
        fresh.changed_at = now
        fresh.save()
        record(by, "journey:cancel", fresh)
        _cure(fresh, "hand_over_waits", "arrival_overdue")
    journey.refresh_from_db()


def cancel_traveller(by: User | Applicant, traveller: Traveller) -> None:
    """One of a party does not come; with the last one the whole is cancelled. RefusedError `traveller_not_expected`."""
    with transaction.atomic():
        moved = Traveller.objects.filter(pk=traveller.pk, state=Traveller.State.EXPECTED).update(
            state=Traveller.State.CANCELLED
        )
        if not moved:
            raise RefusedError("traveller_not_expected")
        record(by, "journey:cancel_traveller", traveller.journey, traveller=traveller.pk)
        others = traveller.journey.travellers
        if not others.exclude(state=Traveller.State.CANCELLED).exists():
            cancel(by, traveller.journey)
        elif not others.filter(state=Traveller.State.EXPECTED).exists():
            _cure(traveller.journey, "arrival_overdue")


def acknowledge(by: User, journey: Journey) -> list[Resident]:
    """The community has read it and expects them: step 3. RefusedError `journey_answered`; as `register_resident`."""
    now = timezone.now()
    with transaction.atomic():
        moved = Journey.objects.filter(pk=journey.pk, state=State.SENT).update(
            state=State.ACKNOWLEDGED, acknowledged_at=now, acknowledged_by=by, changed_at=now
        )
        if not moved:
            raise RefusedError("journey_answered")
        journey.refresh_from_db()
        residents = []
        for traveller in journey.travellers.exclude(state=Traveller.State.CANCELLED):
            resident, is_new = becoming_resident(by, traveller)
            residents.append(resident)
            if is_new:
                _entrust(by, journey, traveller, resident)
            if traveller.state == Traveller.State.ARRIVED:
                become_facts(by, traveller, now)
        record(by, "journey:acknowledge", journey, count=len(residents))
        _cure(journey, "hand_over_waits")
        text = gettext_noop("The community has read your registration and expects you. What happens when you come:")
        tell(journey, "journey_acknowledged", text)
    return residents


def mark_arrived(by: Actor, traveller: Traveller, seen: Traveller.Seen, at: datetime | None = None) -> bool:
    """They are here. False where that is known already. RefusedError `traveller_not_expected`, `journey_not_sent`."""
    now = timezone.now()
    with transaction.atomic():
        journey = Journey.objects.select_for_update().get(pk=traveller.journey_id)
        if not journey.is_announced:
            raise RefusedError("journey_not_sent")
        moved = Traveller.objects.filter(pk=traveller.pk, state=Traveller.State.EXPECTED).update(
            state=Traveller.State.ARRIVED, arrived_at=at or now, seen=seen
        )
        traveller.refresh_from_db()
        if not moved:
            if traveller.state == Traveller.State.ARRIVED:
                return False
            raise RefusedError("traveller_not_expected")
        record(by, "journey:arrive", journey, traveller=traveller.pk, seen=str(seen))
        if traveller.resident is not None:
            become_facts(by if isinstance(by, User) else None, traveller, now)
        if not journey.travellers.filter(state=Traveller.State.EXPECTED).exists():
            _cure(journey, "arrival_overdue")
    return True


def order_quarantine(by: User, traveller: Traveller) -> Quarantine:
    """What the rules ask for after this journey, from the hour of arrival on.

    RefusedError `traveller_not_arrived` (not here yet, or not registered), `quarantine_not_due`, and as `open_case`.
    """
    if traveller.resident is None or traveller.arrived_at is None:
        raise RefusedError("traveller_not_arrived")
    told = next((one for one in itineraries(traveller.journey) if one.traveller.pk == traveller.pk), None)
    if told is None or not told.quarantine:
        raise RefusedError("quarantine_not_due")
    reason = "; ".join(f"{risk.where}, {risk.days}" for risk in told.risks)
    kind = term().quarantine_kind
    return open_case(by, traveller.resident, kind=kind, started_at=traveller.arrived_at, reason=reason)


def _entrust(by: User, journey: Journey, traveller: Traveller, resident: Resident) -> None:
    """Who registered them acts for them from now on, with the consent that stands on the registration."""
    relation = Relation(traveller.relation)
    consent = Consent.OWN if relation == Relation.SELF else Consent(journey.consent)
    if relation != Relation.SELF and consent == Consent.OWN:
        consent = Consent.TOLD_APPLICANT
    if journey.applicant is not None:
        entrust(by, resident, journey.applicant, relation, consent, consented_at=journey.consented_at)
    elif journey.staff is not None and journey.manner == Journey.Manner.SOCIAL_WORKER:
        entrust(by, resident, journey.staff, Relation.SOCIAL_WORKER, consent, consented_at=journey.consented_at)


def _draft(journey: Journey) -> Journey:
    fresh = Journey.objects.select_for_update().get(pk=journey.pk)
    if fresh.state != State.DRAFT:
        raise RefusedError("journey_sent")
    return fresh


def touch(journey: Journey) -> None:
    Journey.objects.filter(pk=journey.pk).update(changed_at=timezone.now())


def _subject(journey: Journey) -> str:
    return f"journey:{journey.pk}"


def _facts(journey: Journey, people: int) -> dict[str, str | int]:
    assert journey.site is not None
    assert journey.arrives_at is not None
    return {
        "site": journey.site.name,
        "count": people,
        "day": f"{journey.arrives_at.astimezone(journey.zone):%Y-%m-%d %H:%M}",
    }


def _cure(journey: Model, *kinds: str) -> None:
    for kind in kinds:
        cure(kind, [f"journey:{journey.pk}"])


def tell(journey: Journey, kind: str, sentence: str) -> None:
    """Whoever registered by phone hears it, in their language; names and places are on the page."""
    applicant = journey.applicant
    if applicant is None:
        return
    with translation.override(applicant.language):
        town = settings.CONFIGURATION.town
        link = f"{settings.CONFIGURATION.address}/my/arrival/{journey.pk}/"
        queue(
            applicant.channel,
            str(applicant.contact),
            kind=kind,
            language=applicant.language,
            subject=town,
            text=f"{town}: {gettext(sentence)} {link}",
        )
