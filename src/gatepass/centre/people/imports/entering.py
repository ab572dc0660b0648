"""Rows of a list become residents, places, or additions to somebody who is there; and are taken back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db.models import Max, Model
from django.utils import timezone

from gatepass.centre.audit.actions import record
from gatepass.centre.codes.models import Code, CodeChange
from gatepass.centre.codes.outbox import queue_for_directory
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.access import access_residents
from gatepass.centre.people.actions import add_document, change_resident, known_keys, register_rows, set_phones
from gatepass.centre.people.addresses.actions import enter_places
from gatepass.centre.people.addresses.models import Place
from gatepass.centre.people.addresses.paths import Path
from gatepass.centre.people.households.models import Household, Membership
from gatepass.centre.people.imports.checking import Surroundings, check_place, check_resident
from gatepass.centre.people.imports.checks import keys_in
from gatepass.centre.people.imports.models import Import, Row
from gatepass.centre.people.imports.rows import save_rows
from gatepass.centre.people.merges.models import Merge
from gatepass.centre.people.models import IdentityDocument, NameKey, NamePart, Phone, Resident
from gatepass.centre.people.photos.models import Photo, PhotoConsent
from gatepass.centre.people.protection.models import Protection
from gatepass.centre.people.registration import PhoneFacts, Registration
from gatepass.centre.sites.models import Site

Outcome = Row.Outcome
_WRITTEN = ("outcome", "why", "resident", "added")

# What points at a resident, and what that means for an undo; other nouns' rows: `other`.
_MEANS: dict[type[Model], str] = {
    Code: "colour",
    CodeChange: "colour",
    Photo: "photo",
    PhotoConsent: "photo",
    Protection: "protected",
    Merge: "merged",
    Resident: "merged",
}
_ITS_OWN = (IdentityDocument, Phone, Membership, NameKey, NamePart, Row)


def enter_rows(batch: Import, rows: Sequence[Row], around: Surroundings) -> None:
    """Inside a transaction. Each row gets its outcome; what cannot be entered says why and harms no other row."""
    if batch.kind == Import.Kind.PLACES:
        _enter_places(batch, rows, around)
    else:
        links = [row for row in rows if row.choice == Row.Choice.LINK]
        _register(batch, [row for row in rows if row not in links], around)
        for row in links:
            _link(row, around)
    save_rows(rows, _WRITTEN)


def take_back(batch: Import, rows: Sequence[Row]) -> None:
    """Inside a transaction. Rows that somebody has touched since are kept, and say why."""
    if batch.kind == Import.Kind.PLACES:
        for row in rows:
            row.outcome = Outcome.UNDONE
    else:
        _unregister(batch, [row for row in rows if row.outcome == Outcome.CREATED])
        for row in rows:
            if row.outcome == Outcome.LINKED:
                _unlink(batch, row)
    save_rows(rows, _WRITTEN)


def clear_founded(batch: Import) -> None:
    """After the last row: households and places that came with the list and are empty again."""
    if batch.kind == Import.Kind.RESIDENTS:
        Household.objects.filter(pk__in=batch.founded, memberships__isnull=True).delete()
        return
    kept = 0
    for level in (Place.Level.ROOM, Place.Level.UNIT, Place.Level.BUILDING):
        places = Place.objects.filter(pk__in=batch.founded, level=level)
        places.filter(residents__isnull=True, households__isnull=True, children__isnull=True).delete()
        kept += places.count()
    batch.counts = {**batch.counts, "kept_places": kept}


def _register(batch: Import, rows: Sequence[Row], around: Surroundings) -> None:
    taken = known_keys([key for row in rows for key in keys_in(row)])
    free: list[tuple[Row, Registration]] = []
    for row in rows:
        registration, _faults = check_resident(json.loads(str(row.values)), row.notes, around)
        if registration is None or len(keys_in(row)) != len(registration.documents):
            row.outcome, row.why = Outcome.REFUSED, "refused"
        elif taken & set(keys_in(row)):
            row.outcome, row.why = Outcome.REFUSED, "document_taken"
        else:
            taken |= set(keys_in(row))
            free.append((row, registration))
    if not free:
        return
    newest = Household.objects.aggregate(newest=Max("pk"))["newest"] or 0
    residents = register_rows(
        [registration for _row, registration in free], [keys_in(row) for row, _r in free], timezone.now()
    )
    batch.founded = [*batch.founded, *Household.objects.filter(pk__gt=newest).values_list("pk", flat=True)]
    for (row, _registration), resident in zip(free, residents, strict=True):
        row.outcome, row.resident = Outcome.CREATED, resident
    sites = sorted({registration.site for _row, registration in free})
    record(around.user, "resident:import", batch, count=len(free), sites=sites)


def _link(row: Row, around: Surroundings) -> None:
    """Add what is missing and change nothing that is there: a document, telephones, empty fields."""
    registration, _faults = check_resident(json.loads(str(row.values)), row.notes, around)
    found = access_residents(around.user, "resident_change").filter(pk=row.target_id or 0).first()
    if registration is None or found is None:
        row.outcome, row.why = Outcome.REFUSED, "refused" if found else "target_gone"
        return
    added: dict[str, Any] = {"documents": [], "phones": [], "fields": []}
    try:
        for document, key in zip(registration.documents, keys_in(row), strict=True):
            if not IdentityDocument.objects.filter(resident=found, person_key=key, retired_at__isnull=True).exists():
                added["documents"].append(add_document(around.user, found, document).pk)
    except RefusedError:
        row.outcome, row.why = Outcome.REFUSED, "document_taken"
        return
    holder = registration.document.holder
    offered = {
        "latin_name": holder.latin_name,
        "preferred_name": registration.preferred_name,
        "birth": holder.birth.isoformat() if holder.birth else "",
        "nationality": holder.nationality,
        "address": "" if registration.room else registration.address,
    }
    empty = {name: value for name, value in offered.items() if value and not getattr(found, name)}
    if registration.room and found.room_id is None and found.site_id == registration.site:
        empty["room"] = Place.objects.get(pk=registration.room)  # type: ignore[assignment]
    added["fields"] = change_resident(around.user, found, empty)
    there = {str(phone.number) for phone in found.phones.all()}
    new = [phone for phone in registration.phones if phone.number not in there]
    if new:
        set_phones(around.user, found, [*map(_as_told, found.phones.all()), *new])
        added["phones"] = [phone.number for phone in new]
    found.refresh_from_db()
    added["revision"] = found.revision
    # Numbers of telephones are kept sealed, never in a plain column.
    added["phones"] = len(added["phones"])
    row.outcome, row.resident, row.added = Outcome.LINKED, found, added


def _as_told(phone: Phone) -> PhoneFacts:
    return PhoneFacts(str(phone.number), phone.purpose, phone.whose, phone.preferred)


def _enter_places(batch: Import, rows: Sequence[Row], around: Surroundings) -> None:
    by_site: dict[int, list[Path]] = {}
    for row in rows:
        place, _faults = check_place(json.loads(str(row.values)), row.notes, around)
        if place is None:
            row.outcome, row.why = Outcome.REFUSED, "refused"
            continue
        by_site.setdefault(place[0], []).append(place[1])
        row.outcome = Outcome.CREATED
    for site in Site.objects.filter(pk__in=by_site):
        new = enter_places(around.user, site, by_site[site.pk])
        batch.founded = [*batch.founded, *(place.pk for place in new)]


def _unregister(batch: Import, rows: Sequence[Row]) -> None:
    why = _touched(rows)
    gone = []
    for row in rows:
        row.why = why.get(row.resident_id, "") if row.resident_id else "gone"
        row.outcome = Outcome.KEPT if row.why else Outcome.UNDONE
        if row.resident_id and not row.why:
            gone.append(row.resident_id)
            row.resident = None
    if not gone:
        return
    documents = IdentityDocument.objects.filter(resident__in=gone)
    keys = [bytes(key) for key in documents.values_list("person_key", flat=True)]
    # The rows point at them until they are saved.
    Row.objects.filter(resident__in=gone).update(resident=None)
    Resident.objects.filter(pk__in=gone).delete()
    queue_for_directory(keys, timezone.now())
    record(batch.by, "resident:import_undo", batch, count=len(gone))


def _touched(rows: Sequence[Row]) -> dict[int, str]:
    """Resident -> why it must stay, of those that somebody has touched since the row registered them."""
    pks = [row.resident_id for row in rows if row.resident_id]
    why: dict[int, str] = {}
    for relation in Resident._meta.get_fields(include_hidden=True):  # noqa: SLF001 - Django's documented `_meta`
        field = getattr(relation, "field", None)
        model = relation.related_model
        if not relation.auto_created or relation.concrete or field is None or field.many_to_many:
            continue
        if not isinstance(model, type) or issubclass(model, _ITS_OWN):
            continue
        pointing = model._base_manager.filter(**{f"{field.attname}__in": pks})  # noqa: SLF001
        for pk in pointing.values_list(field.attname, flat=True):
            why.setdefault(pk, _MEANS.get(model, "other"))
    for resident in Resident.objects.filter(pk__in=pks, revision__gt=0).prefetch_related("documents", "memberships"):
        documents = list(resident.documents.all())
        moved = [one for one in resident.memberships.all() if one.since != resident.registered_at or one.until]
        if moved:
            word = "household"
        elif any(one.retired_at or one.added_at != resident.registered_at for one in documents):
            word = "document"
        else:
            word = "changed"
        why.setdefault(resident.pk, word)
    for resident in Resident.objects.filter(pk__in=pks, merged_into__isnull=False):
        why[resident.pk] = "merged"
    return why


def _unlink(batch: Import, row: Row) -> None:
    resident = row.resident
    if resident is None:
        row.outcome, row.why = Outcome.KEPT, "gone"
        return
    added = row.added
    if resident.revision != added["revision"] or resident.merged_into_id:
        row.outcome, row.why = Outcome.KEPT, "merged" if resident.merged_into_id else "changed"
        return
    documents = IdentityDocument.objects.filter(pk__in=added["documents"], resident=resident)
    keys = [bytes(key) for key in documents.values_list("person_key", flat=True)]
    documents.delete()
    queue_for_directory(keys, timezone.now())
    if added["phones"]:
        phones = sorted(resident.phones.all(), key=lambda phone: phone.pk)
        set_phones(batch.by, resident, [_as_told(phone) for phone in phones[: -added["phones"]]])
    empty: dict[str, Any] = {name: None if name == "room" else "" for name in added["fields"]}
    change_resident(batch.by, resident, empty)
    record(batch.by, "resident:import_undo", batch, count=1)
    row.outcome, row.resident = Outcome.UNDONE, None
