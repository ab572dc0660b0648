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
from typing import Any

from django.db import connection, models

from gatepass.centre.accounts.models import User
from gatepass.centre.audit.models import Entry

Field = str | int | bool | None | list[str] | list[int]
Line = tuple[str, str | models.Model, Mapping[str, Field]]
"""Verb, what it was done to, fields: as `record` takes them."""
BEGINNING = bytes(32)
_VERB = re.compile(r"[a-z_]+:[a-z_]+")
_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode

# Every verb and every look at a person appends: in plain SQL that takes a tenth of what the models would.
_NEWEST = "SELECT entry, hash FROM audit_head WHERE id = 1"
_APPEND = """
    INSERT INTO audit_entry (id, at, actor, actor_name, verb, object, fields, previous, hash)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_KEEP = """
    INSERT INTO audit_head (id, entry, hash) VALUES (1, %s, %s)
    ON CONFLICT (id) DO UPDATE SET entry = excluded.entry, hash = excluded.hash
"""


def record(by: User | models.Model | None, verb: str, about: str | models.Model, **fields: Field) -> Entry:
    """Append one entry. `by` is a user, a device, a program's token, or None for the system itself.

    `verb` is `noun:verb`. What is not a user may say in `called` by which name people know it.

    `about` is what it was done to: a saved row, or `noun:id`. `fields` never hold a resident's name or number.
    """
    (said,) = _append(by, [(verb, about, fields)])
    return Entry.from_db(connection.alias, list(said), list(said.values()))


def line(verb: str, about: str | models.Model, **fields: Field) -> Line:
    """One entry for `record_all`; what it is about may be changed before, but must be saved by then."""
    return verb, about, fields


def record_all(by: User | models.Model | None, lines: Iterable[Line]) -> None:
    """Append an entry for each line, as `record`; the head is read and kept once, however many there are."""
    _append(by, lines)


def _append(by: User | models.Model | None, lines: Iterable[Line]) -> list[dict[str, Any]]:
    """The entries as dicts, in the order of the columns."""
    if not connection.in_atomic_block:
        raise RuntimeError("record() belongs into the transaction of the change that it records")
    actor = "system" if by is None else named(by)
    actor_name = by.full_name if isinstance(by, User) else str(getattr(by, "called", ""))
    entries = []
    with connection.cursor() as cursor:
        # The transaction has had the database's one write lock since its BEGIN: nobody else appends meanwhile.
        cursor.execute(_NEWEST)
        number, newest = cursor.fetchone() or (0, BEGINNING)
        for verb, about, fields in lines:
            if not _VERB.fullmatch(verb):
                raise ValueError(f"{verb!r} is not noun:verb")
            number += 1
            said = {
                "id": number,
                "at": time.time_ns() // 1_000_000,
                "actor": actor,
                "actor_name": actor_name,
                "verb": verb,
                "object": about if isinstance(about, str) else named(about),
                "fields": dict(fields),
                "previous": bytes(newest),
            }
            said["hash"] = newest = entry_hash(said)
            entries.append(said)
        if entries:
            cursor.executemany(_APPEND, [_as_row(entry) for entry in entries])
            cursor.execute(_KEEP, [number, newest])
    return entries


def _as_row(said: dict[str, Any]) -> list[Any]:
    return list({**said, "fields": json.dumps(said["fields"])}.values())


def named(row: models.Model) -> str:
    """`gate:3`: what the audit calls a row."""
    return f"{row._meta.model_name}:{row.pk}"  # noqa: SLF001 - Django's documented `_meta`


def entry_hash(entry: Mapping) -> bytes:
    """32 bytes over everything that the entry says."""
    said = [entry[name] for name in ("id", "at", "actor", "actor_name", "verb", "object", "fields")]
    text = _canonical([*said, bytes(entry["previous"]).hex()])
    return hashlib.sha256(text.encode()).digest()
