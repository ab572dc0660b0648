"""What the gateway asks on each signed request: which key, which gate. No model instances, one indexed query."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

_ACTIVE = """
SELECT device.id, device.gate_id, device.public_key, gate.site_id, site.community_id
FROM sites_device AS device
JOIN sites_gate AS gate ON gate.id = device.gate_id
JOIN sites_site AS site ON site.id = gate.site_id
WHERE device.id = %s AND device.revoked_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class DeviceCredential:
    """An enrolled, unrevoked device. `public_key` is the raw Ed25519 key, 32 bytes."""

    key_id: str
    gate: int
    public_key: bytes
    site: int
    community: int


def active_device(key_id: str) -> DeviceCredential | None:
    """The device of this key id, or None where there is none or it was revoked. Blocking: some 50 µs on SQLite."""
    with connection.cursor() as cursor:
        cursor.execute(_ACTIVE, [key_id])
        row = cursor.fetchone()
    return None if row is None else DeviceCredential(row[0], row[1], bytes(row[2]), row[3], row[4])
