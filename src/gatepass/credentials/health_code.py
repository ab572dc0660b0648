"""The gatepass health code, `GP1:`. Bytes, reasons and a worked example: docs/health-code.md.

    paper     town signs   {4: expires, 6: issued, 7: serial, -65537: person}
    dynamic   phone signs  {6: made, 7: nonce, -65538: grant}
    grant     town signs   {4: expires, 6: issued, 7: serial, 8: {1: phone's key}, -65537: person}

Each is a COSE_Sign1 over deterministic CBOR. The sets of claims differ, so none can be taken for another; claims
beyond these make it something else, which `GP2:` may be some day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from gatepass.credentials import base45, cbor, cose
from gatepass.credentials.errors import CredentialError
from gatepass.credentials.trust import KEY_ID_BYTES, Purpose, TrustedKey, TrustList
from gatepass.credentials.verdicts import CodeKind, Format, HealthCode, Revocations, Verdict
from gatepass.policy import Outcome

PREFIX: Final = "GP1:"
MAX_CHARACTERS: Final = 512
"""A dynamic code has 415; nothing longer is looked at."""

# Registered CWT claims (RFC 8392, RFC 8747), and two from the range for private use.
EXPIRES: Final = 4
ISSUED: Final = 6
SERIAL: Final = 7
CONFIRMATION: Final = 8
PERSON: Final = -65537
GRANT: Final = -65538
COSE_KEY: Final = 1
"""The method of confirmation: a whole public key (RFC 8747, section 3.2)."""

PERSON_BYTES: Final = 16
SERIAL_BYTES: Final = 8
NONCE_BYTES: Final = 8
PROOF_BYTES: Final = 16
LAST_SECOND: Final = 2**32 - 1
"""7 February 2106. Moments are whole seconds since 1970 UTC, in four bytes until then."""

FRESH: Final = timedelta(minutes=3)
"""How old a dynamic code may be. The phone makes a new one every 30 seconds."""
SKEW: Final = timedelta(minutes=2)
"""How wrong a phone's clock (or the gate's) may be, either way, before somebody must look."""
PICTURE_AFTER: Final = timedelta(hours=1)
"""Older than this and it is a picture of an earlier code. Before, it may be a page that was asleep."""


@dataclass(frozen=True, slots=True)
class _Signed:
    """A COSE_Sign1 of the town whose claims are those of paper or grant. The signature is not checked yet."""

    sign1: cose.Sign1
    key_id: bytes
    purpose: Purpose
    person: bytes
    serial: bytes
    issued: datetime
    expires: datetime
    phone: cose.PublicKey | None = None


@dataclass(frozen=True, slots=True)
class _Proof:
    """What a phone signed, with the grant in it. The signature is not checked yet."""

    sign1: cose.Sign1
    made: datetime
    identity: bytes
    grant: _Signed


def judge(text: str, trust: TrustList, at: datetime, revocations: Revocations | None) -> Verdict:
    """The verdict on a text that begins with `PREFIX`. Never raises; see `judging.judge`."""
    try:
        shown = _read(text)
    except CredentialError:
        return _verdict(Outcome.HOLD, "code_damaged")
    signed = shown.grant if isinstance(shown, _Proof) else shown
    keys = trust.with_id(signed.key_id)
    if not keys:
        return _verdict(Outcome.HOLD, "code_issuer_unknown")
    signing = next((key for key in keys if signed.sign1.is_signed_by(cose.ed25519_key(key.public))), None)
    if signing is None or (isinstance(shown, _Proof) and not _is_proved(shown)):
        return _verdict(Outcome.REFUSE, "code_forged")
    code = _code(shown, signed, signing)
    if not signing.may_sign(signed.purpose, signed.issued):
        return _verdict(Outcome.REFUSE, "code_wrong_key", code=code)
    refusing, holding = _objections(code, at, revocations)
    if refusing or holding:
        return _verdict(Outcome.REFUSE if refusing else Outcome.HOLD, *refusing, *holding, code=code)
    return _verdict(Outcome.PASS, "code_valid", code=code)


def _verdict(outcome: Outcome, *reasons: str, code: HealthCode | None = None) -> Verdict:
    return Verdict(outcome, reasons, Format.GATEPASS, code)


def _code(shown: _Signed | _Proof, signed: _Signed, signing: TrustedKey) -> HealthCode:
    return HealthCode(
        kind=CodeKind.DYNAMIC if isinstance(shown, _Proof) else CodeKind.PAPER,
        person=signed.person,
        serial=signed.serial,
        issuer=signing.issuer,
        key_id=signed.key_id,
        issued=signed.issued,
        expires=signed.expires,
        made=shown.made if isinstance(shown, _Proof) else None,
        proof=shown.identity if isinstance(shown, _Proof) else None,
    )


def _is_proved(proof: _Proof) -> bool:
    return proof.grant.phone is not None and proof.sign1.is_signed_by(proof.grant.phone)


def _objections(code: HealthCode, at: datetime, revocations: Revocations | None) -> tuple[list[str], list[str]]:
    """What speaks against a genuine code: reasons to refuse, reasons to hold. The gravest first."""
    refusing, holding = [], []
    if revocations is not None and revocations.is_revoked(code.serial):
        refusing.append("code_revoked")
    if code.made is not None:
        age = at - code.made
        if age > PICTURE_AFTER:
            refusing.append("code_screenshot")
        elif age > FRESH + SKEW:
            refusing.append("code_too_old")
        elif age < -SKEW:
            holding.append("code_clock_ahead")
    if at >= code.expires:
        holding.append("code_paper_expired" if code.kind is CodeKind.PAPER else "code_grant_expired")
    if code.issued > at + SKEW:
        holding.append("code_not_yet_valid")
    return refusing, holding


# From text to claims


def _read(text: str) -> _Signed | _Proof:
    """Raises: CredentialError."""
    if len(text) > MAX_CHARACTERS:
        raise CredentialError("base45")
    sign1 = cose.Sign1.decode(base45.decode(text.removeprefix(PREFIX)))
    if cose.KEY_ID in sign1.header:
        return _paper(sign1)
    return _proof(sign1)


def _paper(sign1: cose.Sign1) -> _Signed:
    claims = _claims(sign1, {EXPIRES, ISSUED, SERIAL, PERSON})
    return _signed(sign1, claims, Purpose.PAPER, None)


def _grant(sign1: cose.Sign1) -> _Signed:
    claims = _claims(sign1, {EXPIRES, ISSUED, SERIAL, CONFIRMATION, PERSON})
    match claims[CONFIRMATION]:
        case dict() as confirmation if confirmation.keys() == {COSE_KEY}:
            return _signed(sign1, claims, Purpose.GRANT, cose.key_of(confirmation[COSE_KEY]))
    raise CredentialError("claims")


def _proof(sign1: cose.Sign1) -> _Proof:
    claims = _claims(sign1, {ISSUED, SERIAL, GRANT})
    if sign1.header.keys() != {cose.ALGORITHM}:
        raise CredentialError("claims")
    grant = _grant(cose.Sign1.decode(_octets(claims[GRANT], None)))
    _octets(claims[SERIAL], NONCE_BYTES)
    # Of what was signed, not of the signature: whoever sees an ECDSA signature can make a second one that also holds.
    identity = sha256(sign1.payload).digest()[:PROOF_BYTES]
    return _Proof(sign1, _moment(claims[ISSUED]), identity, grant)


def _claims(sign1: cose.Sign1, expected: set[int]) -> dict[cbor.Key, cbor.Value]:
    claims = cbor.decode(sign1.payload)
    if not isinstance(claims, dict) or claims.keys() != expected:
        raise CredentialError("claims")
    return claims


def _signed(
    sign1: cose.Sign1, claims: dict[cbor.Key, cbor.Value], purpose: Purpose, phone: cose.PublicKey | None
) -> _Signed:
    if sign1.header.keys() != {cose.ALGORITHM, cose.KEY_ID} or sign1.header[cose.ALGORITHM] != cose.EDDSA:
        raise CredentialError("claims")
    issued, expires = _moment(claims[ISSUED]), _moment(claims[EXPIRES])
    if issued >= expires:
        raise CredentialError("claims")
    return _Signed(
        sign1=sign1,
        key_id=_octets(sign1.header[cose.KEY_ID], KEY_ID_BYTES),
        purpose=purpose,
        person=_octets(claims[PERSON], PERSON_BYTES),
        serial=_octets(claims[SERIAL], SERIAL_BYTES),
        issued=issued,
        expires=expires,
        phone=phone,
    )


def _octets(value: cbor.Value, length: int | None) -> bytes:
    if not isinstance(value, bytes) or length not in {None, len(value)}:
        raise CredentialError("claims")
    return value


def _moment(value: cbor.Value) -> datetime:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LAST_SECOND:
        raise CredentialError("claims")
    return datetime.fromtimestamp(value, UTC)
