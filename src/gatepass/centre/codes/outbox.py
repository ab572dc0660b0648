"""Into the outbox: person keys whose state the gates must learn. Called inside the transaction of the change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from django.db import connection

from gatepass.centre.codes.models import DirectoryChange

_BLOCK: Final = 900
_OF_RESIDENTS: Final = """
INSERT INTO codes_directorychange (person_key, queued_at)
SELECT person_key, %s FROM people_identitydocument WHERE retired_at IS NULL AND resident_id IN ({places})
"""


def queue_for_directory(person_keys: Iterable[bytes], now: datetime) -> None:
    """The publication looks up what is true of each key when it publishes; queueing twice does no harm."""
    DirectoryChange.objects.bulk_create(
        [DirectoryChange(person_key=key, queued_at=now) for key in person_keys], batch_size=_BLOCK
    )


def queue_residents(residents: Sequence[int], now: datetime) -> None:
    """The same for all documents in use of these residents (primary keys), without fetching the keys."""
    at = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        for start in range(0, len(residents), _BLOCK):
            block = residents[start : start + _BLOCK]
            cursor.execute(_OF_RESIDENTS.format(places=", ".join(["%s"] * len(block))), [at, *block])
