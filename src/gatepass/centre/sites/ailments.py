"""What is amiss with a connected gate, by its device's last heartbeat: as codes, for pages and alarms alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q

from gatepass.centre.sites.models import Device, Health

ONLINE_WITHIN: Final = timedelta(seconds=30)
CLOCK_TOLERANCE_MS: Final = 60_000
"""More than this and signatures come close to their replay window of 300 s."""
KNOWLEDGE_TOLERANCE: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Ailment:
    """`code` is one of no_directory, knowledge_stale, reader_unplugged, reader_ill, no_screen, clock_wrong."""

    code: str
    reader: str = ""
    """Family of the reader, of the reader's troubles."""
    since: datetime | None = None
    seconds: int = 0


def ailments_of(health: Health, now: datetime) -> list[Ailment]:
    found = []
    if health.knowledge_at is None:
        found.append(Ailment("no_directory"))
    elif now - health.knowledge_at > KNOWLEDGE_TOLERANCE:
        found.append(Ailment("knowledge_stale", since=health.knowledge_at))
    for reader in health.readers:
        if reader["state"] == "absent":
            found.append(Ailment("reader_unplugged", reader=reader["family"]))
        elif reader["state"] == "ill":
            found.append(Ailment("reader_ill", reader=reader["family"]))
    if not health.kiosk:
        found.append(Ailment("no_screen"))
    if abs(health.clock_offset_ms) > CLOCK_TOLERANCE_MS:
        found.append(Ailment("clock_wrong", seconds=abs(health.clock_offset_ms) // 1000))
    return found


def doing_well(now: datetime) -> Q:
    """The same for the database, of devices: thousands are counted and narrowed without being read."""
    return Q(
        revoked_at=None,
        health__heard_at__gte=now - ONLINE_WITHIN,
        health__knowledge_at__gte=now - KNOWLEDGE_TOLERANCE,
        health__reader_trouble=False,
        health__kiosk=True,
        health__clock_offset_ms__range=(-CLOCK_TOLERANCE_MS, CLOCK_TOLERANCE_MS),
    )


def is_well(now: datetime) -> Exists:
    """The same of gates."""
    return Exists(Device.objects.filter(doing_well(now), gate=OuterRef("pk")))
