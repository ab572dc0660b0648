"""The one verb of the audit: `record`, or `record_all` of many, inside the transaction of the verb that it records.

The chain: hash = SHA-256 over the canonical JSON of [id, at, actor, actor_name, verb, object, fields, previous], where
`previous` is the hex hash of the entry before, or 64 zeros. `Head` repeats the newest id and hash, so that cutting off
the end shows as well. Whoever can rewrite the whole file can rewrite the chain: keep a copy of the head elsewhere, see
docs/centre.md.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterable, Mapping

from django.db import connection, models

from gatepass.centre.accounts.models import User
from gatepass.centre.audit.models import Entry, Head

Field = str | int | bool | None | list[str] | list[int]
Line = tuple[str, str | models.Model, Mapping[str, Field]]
"""Verb, what it was done to, fields: as `record` takes them."""
BEGINNING = bytes(32)
_VERB = re.compile(r"[a-z_]+:[a-z_]+")


def record(by: User | models.Model | None, verb: str, about: str | models.Model, **fields: Field) -> Entry:
    """Append one entry. `by` is a user, a device, a program's token, or None for the system itself.

    `verb` is `noun:verb`. What is not a user may say in `called` by which name people know it.

    `about` is what it was done to: a saved row, or `noun:id`. `fields` never hold a resident's name or number.
    """
    return record_all(by, [(verb, about, fields)])[0]


def line(verb: str, about: str | models.Model, **fields: Field) -> Line:
    """One entry for `record_all`; what it is about may be changed before, but must be saved by then."""
    return verb, about, fields


def record_all(by: User | models.Model | None, lines: Iterable[Line]) -> list[Entry]:
    """Append an entry for each line, as `record`, in two statements however many there are."""
    if not connection.in_atomic_block:
        raise RuntimeError("record() belongs into the transaction of the change that it records")
    head = Head.objects.select_for_update().filter(pk=1).first() or Head(pk=1, entry=0, hash=BEGINNING)
    entries = []
    for verb, about, fields in lines:
        if not _VERB.fullmatch(verb):
            raise ValueError(f"{verb!r} is not noun:verb")
        entry = Entry(
            id=head.entry + 1,
            at=time.time_ns() // 1_000_000,
            actor="system" if by is None else named(by),
            actor_name=by.full_name if isinstance(by, User) else str(getattr(by, "called", "")),
            verb=verb,
            object=about if isinstance(about, str) else named(about),
            fields=dict(fields),
            previous=bytes(head.hash),
        )
        entry.hash = entry_hash(entry.__dict__)
        head.entry, head.hash = entry.id, entry.hash
        entries.append(entry)
    if entries:
        Entry.objects.bulk_create(entries)
        head.save()
    return entries


def named(row: models.Model) -> str:
    """`gate:3`: what the audit calls a row."""
    return f"{row._meta.model_name}:{row.pk}"  # noqa: SLF001 - Django's documented `_meta`


def entry_hash(entry: Mapping) -> bytes:
    """32 bytes over everything that the entry says."""
    said = [entry[name] for name in ("id", "at", "actor", "actor_name", "verb", "object", "fields")]
    text = json.dumps(
        [*said, bytes(entry["previous"]).hex()], ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).digest()
