"""A visitor's invitation as a QR code, `GV1:`. Signed by the town, read without a network; docs/visitors.md.

    {4: expires, 5: begins, 6: issued, 7: serial, -65537: host's person key, -65539: [kind, weekdays, from, until],
     -65540: [gates], -65541: visitor's name, -65542: to whom, -65543: visitor's person key or empty}

A COSE_Sign1 as in `health_code`; the type in its header (RFC 9596) keeps it from being taken for anything else. The key
is the one that signs papers. What the gate shows of the host is in it as words (`to`), because a gate knows no names.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gatepass.credentials import base45, cbor, cose
from gatepass.credentials.errors import CredentialError
from gatepass.credentials.health_code import (
    EXPIRES,
    ISSUED,
    LAST_SECOND,
    PERSON,
    PERSON_BYTES,
    SERIAL,
    SERIAL_BYTES,
    SKEW,
)
from gatepass.credentials.trust import Purpose, TrustList, key_id
from gatepass.credentials.verdicts import Format, Revocations, Verdict, VisitorPass
from gatepass.policy import Invited, Outcome, VisitKind
from gatepass.policy.invitations import WHOLE_DAY

PREFIX: Final = "GV1:"
MAX_CHARACTERS: Final = 900
"""A code of 120 columns; one with usual names has some 380 characters."""
TYPE: Final = 16
VISIT: Final = "gatepass-visit"
BEGINS: Final = 5
TIMES: Final = -65539
GATES: Final = -65540
NAME: Final = -65541
TO: Final = -65542
VISITOR: Final = -65543
MOST_GATES: Final = 16
MOST_NAME_BYTES: Final = 120
_KINDS: Final = (VisitKind.GUEST, VisitKind.HELPER, VisitKind.DELIVERY)
"""The order is the format: append, never reorder."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What an invitation says, to be signed."""

    serial: bytes = field(repr=False)
    host: bytes = field(repr=False)
    invited: Invited
    name: str = field(repr=False)
    to: str = field(repr=False)
    visitor: bytes = field(default=b"", repr=False)


def make(key: Ed25519PrivateKey, facts: Facts, issued: datetime) -> str:
    """The text. The same facts and second give the same text. Raises: CredentialError: serial_length, person_length,
    period, claims (a name that is too long, too many gates)."""
    invited = facts.invited
    if len(facts.serial) != SERIAL_BYTES:
        raise CredentialError("serial_length")
    if len(facts.host) != PERSON_BYTES or len(facts.visitor) not in {0, PERSON_BYTES}:
        raise CredentialError("person_length")
    claims: dict[cbor.Key, cbor.Value] = {
        EXPIRES: int(invited.ends.timestamp()),
        BEGINS: int(invited.begins.timestamp()),
        ISSUED: int(issued.timestamp()),
        SERIAL: facts.serial,
        PERSON: facts.host,
        TIMES: [_KINDS.index(invited.kind), sum(1 << day for day in invited.weekdays), *invited.minutes],
        GATES: [*sorted(invited.gates)],
        NAME: facts.name,
        TO: facts.to,
        VISITOR: facts.visitor,
    }
    _invited(claims)
    header: dict[cbor.Key, cbor.Value] = {cose.KEY_ID: key_id(key.public_key().public_bytes_raw()), TYPE: VISIT}
    return PREFIX + base45.encode(cose.sign(header, cbor.encode(claims), key))


def judge(text: str, trust: TrustList, at: datetime, revocations: Revocations | None) -> Verdict:
    """Whether it is genuine. Never raises. Whether its time has come is asked of `policy`, together with the host."""
    try:
        sign1, claims = _read(text)
        visit = _taken(claims)
    except CredentialError:
        return _verdict(Outcome.HOLD, "code_damaged")
    named = sign1.header.get(cose.KEY_ID)
    keys = trust.with_id(named) if isinstance(named, bytes) else ()
    if not keys:
        return _verdict(Outcome.HOLD, "code_issuer_unknown")
    signing = next((key for key in keys if sign1.is_signed_by(cose.ed25519_key(key.public))), None)
    if signing is None:
        return _verdict(Outcome.REFUSE, "code_forged")
    issued = _moment(claims[ISSUED])
    if not signing.may_sign(Purpose.PAPER, issued):
        return _verdict(Outcome.REFUSE, "code_wrong_key")
    if issued > at + SKEW:
        return _verdict(Outcome.HOLD, "code_not_yet_valid")
    ended = revocations is not None and revocations.is_revoked(visit.serial)
    return Verdict(
        Outcome.REFUSE if ended else Outcome.PASS,
        ("code_revoked" if ended else "code_valid",),
        Format.VISITOR,
        visit=visit,
    )


def _verdict(outcome: Outcome, reason: str) -> Verdict:
    return Verdict(outcome, (reason,), Format.VISITOR)


def _read(text: str) -> tuple[cose.Sign1, dict[cbor.Key, cbor.Value]]:
    """Raises: CredentialError."""
    if len(text) > MAX_CHARACTERS:
        raise CredentialError("base45")
    sign1 = cose.Sign1.decode(base45.decode(text.removeprefix(PREFIX)))
    claims = cbor.decode(sign1.payload)
    wanted = {EXPIRES, BEGINS, ISSUED, SERIAL, PERSON, TIMES, GATES, NAME, TO, VISITOR}
    if sign1.header.keys() != {cose.ALGORITHM, cose.KEY_ID, TYPE} or sign1.header[TYPE] != VISIT:
        raise CredentialError("claims")
    if not isinstance(claims, dict) or claims.keys() != wanted:
        raise CredentialError("claims")
    return sign1, claims


def _taken(claims: dict[cbor.Key, cbor.Value]) -> VisitorPass:
    visitor, issued = claims[VISITOR], _moment(claims[ISSUED])
    if visitor != b"" and (not isinstance(visitor, bytes) or len(visitor) != PERSON_BYTES):
        raise CredentialError("claims")
    return VisitorPass(
        serial=_octets(claims[SERIAL], SERIAL_BYTES),
        host=_octets(claims[PERSON], PERSON_BYTES),
        visitor=visitor or None,
        name=_words(claims[NAME]),
        to=_words(claims[TO]),
        invited=_invited(claims),
        issued=issued,
    )


def _invited(claims: dict[cbor.Key, cbor.Value]) -> Invited:
    begins, ends = _moment(claims[BEGINS]), _moment(claims[EXPIRES])
    gates, times = claims[GATES], claims[TIMES]
    if not isinstance(gates, list) or len(gates) > MOST_GATES or begins >= ends:
        raise CredentialError("period" if begins >= ends else "claims")
    if not isinstance(times, list) or len(times) != 4:
        raise CredentialError("claims")
    kind, days, first, last = (_small(each) for each in times)
    if kind >= len(_KINDS) or days >= 1 << 7 or not first < last <= WHOLE_DAY[1]:
        raise CredentialError("claims")
    _words(claims[NAME])
    _words(claims[TO])
    return Invited(
        kind=_KINDS[kind],
        begins=begins,
        ends=ends,
        gates=frozenset(_words(gate) for gate in gates),
        weekdays=frozenset(day for day in range(7) if days >> day & 1),
        minutes=(first, last),
    )


def _octets(value: cbor.Value, length: int) -> bytes:
    if not isinstance(value, bytes) or len(value) != length:
        raise CredentialError("claims")
    return value


def _words(value: cbor.Value) -> str:
    if not isinstance(value, str) or len(value.encode("utf-8", "replace")) > MOST_NAME_BYTES:
        raise CredentialError("claims")
    return value


def _small(value: cbor.Value) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= WHOLE_DAY[1]:
        raise CredentialError("claims")
    return value


def _moment(value: cbor.Value) -> datetime:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LAST_SECOND:
        raise CredentialError("claims")
    return datetime.fromtimestamp(value, UTC)
