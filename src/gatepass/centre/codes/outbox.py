"""Into the outbox: person keys whose state the gates must learn. Called inside the transaction of the change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from gatepass.centre.codes.models import DirectoryChange


def queue_for_directory(person_keys: Iterable[bytes], now: datetime) -> None:
    """The publication looks up what is true of each key when it publishes; queueing twice does no harm."""
    DirectoryChange.objects.bulk_create(
        [DirectoryChange(person_key=key, queued_at=now) for key in person_keys], batch_size=900
    )
