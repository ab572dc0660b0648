"""The verbs of people: register one resident or a list of them, change what is known, add and retire documents.

Where they live is `households.actions`; photos, protection and merges have verbs of their own as well.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from gatepass.centre.accounts.access import Asker, Program, actor_of
from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.codes.outbox import queue_for_directory
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.access import access_residents, key_of
from gatepass.centre.people.households.actions import Joining, join_households, leave_household
from gatepass.centre.people.models import IdentityDocument, Phone, Resident
from gatepass.centre.people.name_index import index_again, index_new
from gatepass.centre.people.protection.actions import protect
from gatepass.centre.people.protection.models import Protection
from gatepass.centre.people.registration import (
    PhoneFacts,
    Registration,
    document_row,
    keys_of,
    phone_rows,
    phones_of,
    resident_row,
)
from gatepass.centre.people.typed import read_typed_document
from gatepass.centre.webhooks.outbox import announce_residents
from gatepass.identity import Document

__all__ = [
    "PhoneFacts",
    "Registration",
    "add_document",
    "change_resident",
    "import_residents",
    "read_typed_document",
    "register_resident",
    "retire_document",
    "set_phones",
]

CHANGEABLE: Final = frozenset(
    {
        "site",
        "full_name",
        "latin_name",
        "preferred_name",
        "sex",
        "birth",
        "nationality",
        "language",
        "room",
        "address",
    }
)
_INDEXED: Final = frozenset({"site", "full_name", "latin_name", "preferred_name", "birth"})
_BATCH = 500


def register_resident(by: Asker | None, registration: Registration, *, protect_for: Sequence[User] = ()) -> Resident:
    """One resident with the documents; gates know the person within seconds, without a colour until one is given.

    `protect_for`: from the first moment on, only these members of staff meet the resident (`protection.actions`).
    RefusedError `document_known` (`resident` says whose it is), or `document_elsewhere` where `by` may not know that.
    """
    keys, now = keys_of(registration), timezone.now()
    holder = None
    with transaction.atomic():
        holder = holder_of(keys)
        if holder is None:
            resident = register_rows([registration], [keys], now)[0]
            kinds = [document.kind.value for document in registration.documents]
            record(actor_of(by), "resident:register", resident, site=registration.site, documents=kinds)
            if protect_for:
                protect(None if isinstance(by, Program) else by, resident, protect_for)
    if holder is not None:
        raise refusal_for(by, holder)
    return resident


def import_residents(registrations: Sequence[Registration], by: User | None = None) -> list[Resident]:
    """Register a whole list in one transaction with one audit entry; the residents in the list's order.

    All or nothing: RefusedError("document_known", row=…) names the first line (from 1) whose document is there already
    or stands twice in the list. Stretching the numbers takes about 1 ms a document and core.
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        keys = list(pool.map(keys_of, registrations))
    now = timezone.now()
    with transaction.atomic():
        _refuse_known(keys)
        residents = register_rows(registrations, keys, now)
        sites = sorted({registration.site for registration in registrations})
        record(by, "resident:import", "resident:many", count=len(residents), sites=sites)
    return residents


def register_rows(
    registrations: Sequence[Registration], keys: Sequence[Sequence[bytes]], now: datetime
) -> list[Resident]:
    """The rows of new residents, inside the transaction of a verb that has looked whether the documents are free.

    `keys` are the person keys of each registration's documents, in their order.
    """
    rows = [resident_row(each, now) for each in registrations]
    residents = Resident.objects.bulk_create(rows, batch_size=_BATCH)
    everybody = list(zip(residents, registrations, keys, strict=True))
    documents = [
        document_row(document, resident, key, now)
        for resident, each, its_keys in everybody
        for document, key in zip(each.documents, its_keys, strict=True)
    ]
    IdentityDocument.objects.bulk_create(documents, batch_size=_BATCH)
    phones = [phone for resident, each, _keys in everybody for phone in phone_rows(resident, phones_of(each))]
    Phone.objects.bulk_create(phones, batch_size=_BATCH)
    index_new(residents)
    join_households(
        [
            Joining(resident, each.household, each.relation, each.room)
            for resident, each, _keys in everybody
            if each.household
        ],
        now,
    )
    queue_for_directory([key for its_keys in keys for key in its_keys], now)
    announce_residents(residents, now)
    return residents


def change_resident(
    by: User | None, resident: Resident, facts: Mapping[str, Any], *, revision: int | None = None
) -> list[str]:
    """Change what `facts` says otherwise than the row; the names of the changed fields, sorted.

    Fields: `CHANGEABLE`; `site` and `room` are rows. RefusedError `changed_meanwhile` if somebody else changed the
    resident since `revision`.
    """
    unknown = facts.keys() - CHANGEABLE
    if unknown:
        raise ValueError(f"not to be changed here: {sorted(unknown)}")
    with transaction.atomic():
        row = locked(resident, revision)
        changed = sorted(name for name, value in facts.items() if getattr(row, name) != value)
        if not changed:
            return []
        for name in changed:
            setattr(row, name, facts[name])
        if row.room and row.room.site_id != row.site_id:
            row.room = None
            changed = sorted({*changed, "room"})
        touch(row, *changed)
        if "site" in changed:
            leave_household(row)
        if _INDEXED & set(changed):
            index_again(row)
        # What was changed and by whom; never what it said, for the audit holds no names.
        record(by, "resident:change", row, fields=changed)
    resident.refresh_from_db()
    return changed


def add_document(by: User | None, resident: Resident, document: Document) -> IdentityDocument:
    """One more document; gates know the person by it within seconds.

    RefusedError `document_held` if it is this resident's already, else as `register_resident`.
    """
    key, now = key_of(document), timezone.now()
    with transaction.atomic():
        row = locked(resident)
        holder = holder_of([key])
        if holder is None:
            added = document_row(document, row, key, now)
            added.save(force_insert=True)
            touch(row)
            record(by, "resident:add_document", row, document=document.kind.value, number=added.pk)
            queue_for_directory([key], now)
    if holder is not None:
        raise RefusedError("document_held") if holder.pk == resident.pk else refusal_for(by, holder)
    return added


def retire_document(by: User | None, document: IdentityDocument, reason: str) -> None:
    """It counts no more: gates do not know it any longer. `reason` is an `IdentityDocument.Retired`."""
    now = timezone.now()
    with transaction.atomic():
        row = locked(document.resident)
        retired = IdentityDocument.objects.filter(pk=document.pk, retired_at__isnull=True)
        if not retired.update(retired_at=now, retired_for=IdentityDocument.Retired(reason)):
            raise RefusedError("document_retired_already")
        touch(row)
        record(by, "resident:retire_document", row, document=document.kind, number=document.pk, reason=str(reason))
        queue_for_directory([bytes(document.person_key)], now)
    document.refresh_from_db()


def set_phones(by: User | None, resident: Resident, phones: Sequence[PhoneFacts]) -> None:
    """These numbers and no others, in this order; exactly one of them is the one to call first."""
    with transaction.atomic():
        row = locked(resident)
        rows = phone_rows(row, phones)
        if [_as_said(phone) for phone in row.phones.all()] == [
            _as_said(phone) for phone in sorted(rows, key=lambda phone: not phone.preferred)
        ]:
            return
        row.phones.all().delete()
        Phone.objects.bulk_create(rows)
        touch(row)
        record(by, "resident:set_phones", row, count=len(rows))


def locked(resident: Resident, revision: int | None = None) -> Resident:
    """The row as it is now, held until the transaction ends."""
    row = Resident.objects.select_for_update().select_related("room").get(pk=resident.pk)
    if revision is not None and row.revision != revision:
        raise RefusedError("changed_meanwhile")
    return row


def touch(row: Resident, *changed: str) -> None:
    """Save these fields of a locked row, and that something about the resident was changed."""
    row.revision += 1
    row.changed_at = timezone.now()
    row.save(update_fields=[*changed, "revision", "changed_at"])


def holder_of(keys: Sequence[bytes]) -> Resident | None:
    """Who has one of these documents in use."""
    found = IdentityDocument.objects.filter(person_key__in=keys, retired_at__isnull=True)
    document = found.select_related("resident").first()
    return document.resident if document else None


def refusal_for(by: Asker | None, holder: Resident) -> RefusedError:
    """That a document is registered already, as far as `by` may know it.

    Somebody outside the area and somebody who is protected are answered for with the same words. That a protected
    person's number was tried is on record, where their named staff see it.
    """
    # A program looked whether it may know the holder before it came here.
    if by is None or (not isinstance(by, Program) and access_residents(by, "resident").filter(pk=holder.pk).exists()):
        return RefusedError("document_known", resident=holder.pk)
    if Protection.objects.filter(resident=holder).exists():
        with transaction.atomic():
            record(actor_of(by), "protected:try_number", holder)
    return RefusedError("document_elsewhere")


def _refuse_known(keys: Sequence[Sequence[bytes]]) -> None:
    rows = [(key, row) for row, its_keys in enumerate(keys, 1) for key in its_keys]
    seen: set[bytes] = set()
    for start in range(0, len(rows), _BATCH):
        block = rows[start : start + _BATCH]
        there = known_keys([key for key, _row in block])
        for key, row in block:
            if key in there or key in seen:
                raise RefusedError("document_known", row=row)
            seen.add(key)


def known_keys(keys: Sequence[bytes]) -> set[bytes]:
    """Those that are in use."""
    found = IdentityDocument.objects.filter(person_key__in=keys, retired_at__isnull=True)
    return {bytes(key) for key in found.values_list("person_key", flat=True)}


def _as_said(phone: Phone) -> tuple[str, str, str, bool]:
    return str(phone.number), phone.purpose, phone.whose, phone.preferred
