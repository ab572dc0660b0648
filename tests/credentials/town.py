"""A town that makes codes, and a phone: the same keys in every test. All synthetic."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.cast import WANG

from gatepass.credentials import Purpose, TrustedKey, TrustList, make, visitor_pass
from gatepass.policy import Invited, VisitKind
from gatepass.wire.keys import person_key

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
"""In Hangzhou."""
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

TOWN = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NEIGHBOUR = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
PHONE = derive_private_key(2020, SECP256R1())
NEW_PHONE = Ed25519PrivateKey.from_private_bytes(bytes(range(2, 34)))

WANG_KEY = person_key(bytes(32), WANG.document)
SERIAL = bytes.fromhex("5e61a1c0de000001")
NONCE = bytes.fromhex("0102030405060708")


def public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


PHONE_PUBLIC = PHONE.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

TRUST = TrustList(
    [TrustedKey(public(TOWN), "杭州市上城区", frozenset(Purpose), NOON - 300 * DAY, NOON + 300 * DAY)],
)


def paper(
    *, key: Ed25519PrivateKey = TOWN, serial: bytes = SERIAL, issued: datetime = NOON, lasts: timedelta = 180 * DAY
) -> str:
    return make.paper(key, person=WANG_KEY, serial=serial, issued=issued, expires=issued + lasts)


def grant(
    *,
    key: Ed25519PrivateKey = TOWN,
    phone: bytes = PHONE_PUBLIC,
    serial: bytes = SERIAL,
    issued: datetime = NOON,
    lasts: timedelta = 14 * DAY,
) -> bytes:
    return make.grant(key, person=WANG_KEY, phone=phone, serial=serial, issued=issued, expires=issued + lasts)


def dynamic(*, made: datetime = NOON, granted: bytes | None = None) -> str:
    return make.prove(PHONE, grant() if granted is None else granted, made=made, nonce=NONCE)


def invitation(
    *, key: Ed25519PrivateKey = TOWN, serial: bytes = SERIAL, issued: datetime = NOON, **facts: object
) -> str:
    """For Chen Mei, on Tuesdays and Fridays from 9 to 12, at Wang's."""
    told = {"name": "陈梅", "to": "3-201 王*", "visitor": b"", **facts}
    times = Invited(
        VisitKind.HELPER, NOON, NOON + 90 * DAY, frozenset({"gate-1"}), frozenset({1, 4}), (9 * 60, 12 * 60)
    )
    invited = told.pop("invited", times)
    return visitor_pass.make(key, visitor_pass.Facts(serial, WANG_KEY, invited, **told), issued)  # type: ignore[arg-type]
