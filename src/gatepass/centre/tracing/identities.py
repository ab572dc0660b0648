"""Who a contact is: out of the registry, or out of what the gate sealed. Asked only behind `reveals`.

An identity that a gate sealed is opened with `keys/tracing.private`, for this one look; it is stored nowhere. It counts
only if its number gives the very key under which the person was seen: a record that lies names nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Literal

from django.conf import settings

from gatepass.centre import keys
from gatepass.centre.passages.log import PassageLog
from gatepass.centre.passages.storage import passage_log
from gatepass.centre.people.models import IdentityDocument, Resident
from gatepass.centre.tracing.access import gates_of
from gatepass.centre.tracing.models import Case, Contact
from gatepass.centre.tracing.sightings import passages_of, visits, window_of
from gatepass.identity import Document
from gatepass.wire.keys import person_keys
from gatepass.wire.sealing import SealingError, open_sealed

_KINDS = dict(IdentityDocument.KIND)
FURTHER = 4
"""A visit's further records follow the first one so closely: one of them may carry the identity."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What is told of somebody. `source`: the registry, the gate's sealed record, or nothing that could be opened."""

    source: Literal["registry", "sealed", "nothing", "key_away"]
    name: str = field(default="", repr=False)
    latin_name: str = field(default="", repr=False)
    phones: tuple[str, ...] = field(default=(), repr=False)
    home: str = field(default="", repr=False)
    site: str = field(default="", repr=False)
    documents: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """(kind in words, number)."""
    birth: str = field(default="", repr=False)
    nationality: str = field(default="", repr=False)
    language: str = ""


def identities_of(case: Case, contacts: Collection[Contact], log: PassageLog | None = None) -> dict[int, Identity]:
    """Contact -> who it is."""
    people = Resident.objects.filter(pk__in=[one.resident_id for one in contacts if one.resident_id is not None])
    registered = {
        person.pk: _registered(person)
        for person in people.select_related("site", "room").prefetch_related("phones", "documents")
    }
    found = {one.pk: registered[one.resident_id] for one in contacts if one.resident_id in registered}
    strangers = [one for one in contacts if one.resident_id is None]
    secret = keys.tracing_private_key(settings.KEYS_DIR) if strangers else None
    log = log or passage_log()
    for one in strangers:
        found[one.pk] = Identity("key_away") if secret is None else _of_stranger(secret, case, one, log)
    return found


def _of_stranger(secret: bytes, case: Case, contact: Contact, log: PassageLog) -> Identity:
    for document in _opened(secret, case, contact, log):
        holder = document.holder
        return Identity(
            "sealed",
            name=holder.native_name or holder.latin_name,
            latin_name=holder.latin_name,
            documents=((str(_KINDS.get(document.kind, document.kind)), document.number),),
            birth=holder.birth.isoformat() if holder.birth else "",
            nationality=holder.nationality,
        )
    return Identity("nothing")


def _registered(person: Resident) -> Identity:
    return Identity(
        "registry",
        name=person.full_name,
        latin_name=person.latin_name,
        phones=tuple(str(phone.number) for phone in person.phones.all()),
        home=person.home,
        site=person.site.name,
        documents=tuple(
            (one.get_kind_display(), str(one.number)) for one in person.documents.all() if one.retired_at is None
        ),
        birth=person.birth,
        nationality=person.nationality,
        language=person.get_language_display(),
    )


def _opened(secret: bytes, case: Case, contact: Contact, log: PassageLog) -> Iterator[Document]:
    """Identities that prove to be this contact's, newest passage first."""
    key = bytes(contact.person_key or b"")
    town = keys.person_key_secret(settings.KEYS_DIR)
    seen = visits(log, contact, *window_of(case), gates_of(case))
    for passage in reversed(passages_of(log, seen)):
        for seq in range(passage.seq, passage.seq + FURTHER + 1):
            sealed = log.sealed(passage.journal, seq, passage.at)
            if sealed is None:
                continue
            try:
                document = open_sealed(secret, sealed)
                if key in person_keys(town, document):
                    yield document
            except (SealingError, ValueError):
                continue
