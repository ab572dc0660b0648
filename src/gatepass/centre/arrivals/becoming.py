"""A traveller becomes a resident, and what was told becomes facts. Inside the transactions of `actions`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.arrivals.models import Journey, Proof, Stay, Traveller
from gatepass.centre.arrivals.places import own_country
from gatepass.centre.errors import RefusedError
from gatepass.centre.facts.actions import Knowledge, Source, record_facts
from gatepass.centre.people.actions import holder_of, register_resident
from gatepass.centre.people.models import Resident, born
from gatepass.centre.people.registration import Registration
from gatepass.identity import Document, DocumentKind, Holder, Sex, Validity
from gatepass.policy.colours.facts import FactKind


def document_of(traveller: Traveller) -> Document:
    return Document(
        kind=DocumentKind(traveller.kind),
        issuer=traveller.issuer,
        number=str(traveller.number),
        holder=Holder(
            native_name=traveller.full_name,
            latin_name=traveller.latin_name,
            birth=born(traveller.birth),
            sex=Sex(traveller.sex),
            nationality=traveller.nationality,
        ),
        validity=Validity(None, traveller.valid_until),
    )


def becoming_resident(by: User, traveller: Traveller) -> tuple[Resident, bool]:
    """The holder of the document, or a new resident; and whether they are new."""
    journey = traveller.journey
    known = traveller.resident or holder_of([bytes(traveller.person_key)])
    if known is not None:
        _link(traveller, known)
        return known, False
    if journey.site is None:
        raise RefusedError("journey_nowhere")
    building = journey.building.path if journey.building else ""
    words = " ".join((building, str(journey.address or ""))).strip()
    resident = register_resident(
        by,
        Registration(
            document_of(traveller),
            site=journey.site.pk,
            phone=str(journey.phone or ""),
            language=traveller.language,
            address=words[:200],
        ),
    )
    _link(traveller, resident)
    return resident, True


def become_facts(by: User | None, traveller: Traveller, now: datetime) -> None:
    """Stays and the arrival once, accepted tests as they come; the colour follows within seconds."""
    resident, journey = traveller.resident, traveller.journey
    if resident is None:
        return
    source = _source(journey, traveller)
    told: list[Knowledge] = []
    if traveller.facts_at is None and traveller.arrived_at is not None:
        stays = list(traveller.stays.all())
        told += [_stay(resident, stay, traveller.arrived_at, source) for stay in stays if _begins(stay) < now]
        abroad = [stay for stay in stays if stay.country != own_country() and not stay.transit]
        if abroad:
            origin = max(abroad, key=lambda stay: (stay.last, stay.first)).country
            data: dict[str, Any] = {"origin": origin, "port": journey.port}
            at = min(journey.arrives_at or now, traveller.arrived_at)
            told.append(Knowledge(resident, FactKind.ARRIVAL, at, data=data, source=source))
        traveller.facts_at = timezone.now()
        traveller.save(update_fields=["facts_at"])
    tests = traveller.proofs.filter(
        kind=Proof.Kind.TEST, outcome=Proof.Outcome.ACCEPTED, is_fact=False, sample_at__isnull=False
    ).exclude(method="")
    for proof in tests:
        data = {"method": proof.method, "result": proof.result or "pending"}
        assert proof.sample_at is not None
        told.append(Knowledge(resident, FactKind.TEST, proof.sample_at, data=data, source=Source.STAFF))
    tests.update(is_fact=True)
    if told:
        record_facts(by, told)


def _link(traveller: Traveller, resident: Resident) -> None:
    traveller.resident = resident
    traveller.save(update_fields=["resident"])


def _begins(stay: Stay) -> datetime:
    return stay.told.begins


def _stay(resident: Resident, stay: Stay, arrived: datetime, source: Source) -> Knowledge:
    begins = stay.told.begins
    ends = max(min(stay.told.ends, arrived), begins)
    data = {"region": stay.area, "transit": stay.transit}
    return Knowledge(resident, FactKind.STAY, begins, ends.astimezone(UTC), data, source)


def _source(journey: Journey, traveller: Traveller) -> Source:
    if journey.applicant_id is None:
        return Source.STAFF
    return Source.SELF if traveller.relation == "self" else Source.HELPER
