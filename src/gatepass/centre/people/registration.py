"""What is told of somebody who is to be registered, and the rows that come of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from gatepass.centre.people.access import key_of, phone_key, plain_phone
from gatepass.centre.people.models import IdentityDocument, Phone, Resident
from gatepass.identity import Document
from gatepass.languages import language_for


@dataclass(frozen=True, slots=True)
class PhoneFacts:
    """A telephone number, normalised (`typed.read_typed_phone`)."""

    number: str = field(repr=False)
    purpose: str = Phone.Purpose.OWN
    whose: str = field(default="", repr=False)
    preferred: bool = False


@dataclass(frozen=True, slots=True)
class Registration:
    """Somebody to register: the document with its holder, and what no document says."""

    document: Document
    site: int
    """Primary key of the `Site`."""
    phone: str = field(default="", repr=False)
    """One number, the resident's own; more than one: `phones`."""
    language: str = ""
    """A code of settings.LANGUAGES; empty: by the holder's nationality."""
    household: str = field(default="", repr=False)
    """The label of a household of the site; it is founded if there is none of that label."""
    address: str = field(default="", repr=False)
    further: tuple[Document, ...] = ()
    """Other documents of the same person; their holder is not looked at."""
    phones: tuple[PhoneFacts, ...] = ()
    preferred_name: str = field(default="", repr=False)
    room: int | None = None
    """Primary key of a `Place` of level room, at the same site."""
    relation: str = ""
    """To the head of the household: a `Membership.Relation`; empty: not stated."""

    @property
    def documents(self) -> tuple[Document, ...]:
        return (self.document, *self.further)


def resident_row(registration: Registration, now: datetime) -> Resident:
    holder = registration.document.holder
    return Resident(
        site_id=registration.site,
        full_name=holder.native_name or holder.latin_name,
        latin_name=holder.latin_name,
        preferred_name=registration.preferred_name,
        sex=holder.sex,
        birth=holder.birth.isoformat() if holder.birth else "",
        nationality=holder.nationality,
        language=registration.language or language_for(holder.nationality).lower(),
        room_id=registration.room,
        address=registration.address or ("" if registration.room else registration.document.address),
        registered_at=now,
        changed_at=now,
    )


def document_row(document: Document, resident: Resident, key: bytes, now: datetime) -> IdentityDocument:
    return IdentityDocument(
        resident=resident,
        kind=document.kind,
        issuer=document.issuer,
        number=document.number,
        person_key=key,
        added_at=now,
        valid_until=document.validity.last,
    )


def phone_rows(resident: Resident, phones: Sequence[PhoneFacts]) -> list[Phone]:
    """At most one is preferred: the first that asks for it, else the first."""
    chosen = next((place for place, phone in enumerate(phones) if phone.preferred), 0)
    return [
        Phone(
            resident=resident,
            number=plain_phone(phone.number),
            number_key=phone_key(phone.number),
            purpose=phone.purpose,
            whose=phone.whose,
            preferred=place == chosen,
        )
        for place, phone in enumerate(phones)
    ]


def phones_of(registration: Registration) -> tuple[PhoneFacts, ...]:
    return registration.phones or ((PhoneFacts(registration.phone),) if registration.phone else ())


def keys_of(registration: Registration) -> list[bytes]:
    """The person keys of all its documents, in their order. About 1 ms each."""
    return [key_of(document) for document in registration.documents]
