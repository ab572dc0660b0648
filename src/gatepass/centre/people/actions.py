"""The verbs of people: register one resident, or a list of them."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.codes.outbox import queue_for_directory
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.access import UNRULED_KINDS, key_of
from gatepass.centre.people.models import IdentityDocument, Resident
from gatepass.identity import Document, DocumentError, DocumentKind
from gatepass.identity.numbers import normalise, parse, parse_citizen
from gatepass.languages import language_for

_NUMBER = re.compile(r"[A-Z0-9]{3,20}")
_ISSUER = re.compile(r"[A-Z]{3}")
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Registration:
    """Somebody to register: the document with its holder, and what no document says."""

    document: Document
    site: int
    """Primary key of the `Site`."""
    phone: str = field(default="", repr=False)
    language: str = ""
    """A code of settings.LANGUAGES; empty: by the holder's nationality."""
    household: str = field(default="", repr=False)
    address: str = field(default="", repr=False)


def read_typed_document(kind: str, issuer: str, number: str) -> Document:
    """What staff typed becomes a Document; RefusedError with `number_…` or `document_…` otherwise.

    Staff have chosen the kind: many a number could stand on several, and any eight digits are a Taiwan permit's.
    """
    of_kind = DocumentKind(kind)
    if of_kind not in UNRULED_KINDS:
        return _read_ruled(of_kind, issuer, number)
    number, issuer = normalise(number), normalise(issuer)
    if not _NUMBER.fullmatch(number):
        raise RefusedError("document_number")
    if not _ISSUER.fullmatch(issuer):
        raise RefusedError("document_issuer")
    return Document(kind=of_kind, issuer=issuer, number=number)


def _read_ruled(kind: DocumentKind, issuer: str, number: str) -> Document:
    is_citizen = kind.family == "gb11643"
    try:
        # Fifteen digits are the number before 1999, which became the one of eighteen.
        if is_citizen and len(normalise(number)) != 15:
            return parse_citizen(number)
        return parse(number, kind, issuer=issuer)
    except DocumentError as error:
        code = "document_issuer" if error.code == "state_code" else error.code
        if not is_citizen and code in {"number_length", "number_characters"}:
            code = "number_form"
        raise RefusedError(code, **error.fields) from None


def register_resident(by: User | None, registration: Registration) -> Resident:
    """One resident with one document; gates know the person within seconds, without a colour until one is given."""
    key = key_of(registration.document)
    now = timezone.now()
    with transaction.atomic():
        if IdentityDocument.objects.filter(person_key=key).exists():
            raise RefusedError("document_known")
        resident = _resident(registration, now)
        resident.save(force_insert=True)
        _document(registration, resident, key).save(force_insert=True)
        record(by, "resident:register", resident, site=registration.site, document=registration.document.kind.value)
        queue_for_directory([key], now)
    return resident


def import_residents(registrations: Sequence[Registration], by: User | None = None) -> list[Resident]:
    """Register a whole list in one transaction with one audit entry; the residents in the list's order.

    All or nothing: RefusedError("document_known", row=…) names the first line (from 1) whose document is there already
    or stands twice in the list. Stretching the numbers takes about 1 ms a person and core.
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        keys = list(pool.map(key_of, (registration.document for registration in registrations), chunksize=64))
    now = timezone.now()
    with transaction.atomic():
        _refuse_known(keys)
        residents = Resident.objects.bulk_create([_resident(each, now) for each in registrations], batch_size=_BATCH)
        documents = map(_document, registrations, residents, keys)
        IdentityDocument.objects.bulk_create(documents, batch_size=_BATCH)
        sites = sorted({registration.site for registration in registrations})
        record(by, "resident:import", "resident:many", count=len(residents), sites=sites)
        queue_for_directory(keys, now)
    return residents


def _refuse_known(keys: Sequence[bytes]) -> None:
    seen: set[bytes] = set()
    for start in range(0, len(keys), _BATCH):
        block = keys[start : start + _BATCH]
        there = {
            bytes(key)
            for key in IdentityDocument.objects.filter(person_key__in=block).values_list("person_key", flat=True)
        }
        for row, key in enumerate(block, start + 1):
            if key in there or key in seen:
                raise RefusedError("document_known", row=row)
            seen.add(key)


def _resident(registration: Registration, now) -> Resident:
    holder = registration.document.holder
    return Resident(
        site_id=registration.site,
        full_name=holder.native_name or holder.latin_name,
        latin_name=holder.latin_name,
        sex=holder.sex,
        birth=holder.birth.isoformat() if holder.birth else "",
        nationality=holder.nationality,
        phone=registration.phone,
        language=registration.language or language_for(holder.nationality).lower(),
        household=registration.household,
        address=registration.address or registration.document.address,
        registered_at=now,
    )


def _document(registration: Registration, resident: Resident, key: bytes) -> IdentityDocument:
    document = registration.document
    return IdentityDocument(
        resident=resident, kind=document.kind, issuer=document.issuer, number=document.number, person_key=key
    )
