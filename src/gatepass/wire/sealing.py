"""Identities of people whom the registry does not know, sealed so that only a tracing case can open them.

HPKE (RFC 9180), base mode: X25519, HKDF-SHA256, ChaCha20-Poly1305 (quick without AES instructions, as on small
gates). What is sealed is enough to find a person and nothing more: kind, issuer, number, names, birth, sex,
nationality. No portrait, no address: who may open it finds those through the number. The text is padded to 256-byte
steps, so that the length of a sealed identity does not tell a long name from a short one.

SealingError(code)      sealing_key_wrong | sealed_wrong
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from gatepass.identity import Document, DocumentKind, Holder, PartialDate, Sex

MAX_SEALED = 4095
"""Bytes. Names are cut at 200 characters and other text at 64 (the longest real ones: 60 and 18): nothing is near."""

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_INFO = b"gatepass sealed identity 1"
_STEP = 256
_LENGTH = 2
_NAME, _TEXT = 200, 64


class SealingError(Exception):
    """Nothing was opened or sealed. `code` is stable and says no more than an outsider may know."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Identity(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    kind: DocumentKind
    issuer: str
    number: str
    native_name: str
    latin_name: str
    birth: tuple[int, Annotated[int, msgspec.Meta(ge=0, le=12)], Annotated[int, msgspec.Meta(ge=0, le=31)]] | None
    """Year, month, day; 0 for a month or day that the document does not state."""
    sex: Sex
    nationality: str


_DECODER = msgspec.msgpack.Decoder(_Identity)


def new_sealing_key() -> tuple[bytes, bytes]:
    """A fresh key pair (private, public), 32 bytes each. The private one belongs to the tracing key's keeper."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def seal(public: bytes, document: Document) -> bytes:
    """The identity on `document`, sealed to the 32-byte X25519 key `public`: at most `MAX_SEALED` bytes.

    Two seals of one document differ, so nobody can tell that the same stranger came twice. Raises SealingError
    `sealing_key_wrong`.
    """
    try:
        key = X25519PublicKey.from_public_bytes(public)
        return _SUITE.encrypt(_padded(_packed(document)), key, info=_INFO)
    except ValueError as error:  # a wrong length, or a point on which every secret is zero
        raise SealingError("sealing_key_wrong") from error


def open_sealed(private: bytes, sealed: bytes) -> Document:
    """The document that `seal` was given, without portrait, address and validity. Raises SealingError."""
    try:
        key = X25519PrivateKey.from_private_bytes(private)
    except ValueError as error:
        raise SealingError("sealing_key_wrong") from error
    if len(sealed) > MAX_SEALED:
        raise SealingError("sealed_wrong")
    try:
        padded = _SUITE.decrypt(sealed, key, info=_INFO)
        length = int.from_bytes(padded[:_LENGTH], "big")
        identity = _DECODER.decode(padded[_LENGTH : _LENGTH + length])
    except (InvalidTag, ValueError, msgspec.MsgspecError) as error:
        raise SealingError("sealed_wrong") from error
    return _document(identity)


def _packed(document: Document) -> bytes:
    holder = document.holder
    birth = holder.birth
    identity = _Identity(
        kind=document.kind,
        issuer=_cut(document.issuer, _TEXT),
        number=_cut(document.number, _TEXT),
        native_name=_cut(holder.native_name, _NAME),
        latin_name=_cut(holder.latin_name, _NAME),
        birth=None if birth is None else (birth.year, birth.month or 0, birth.day or 0),
        sex=holder.sex,
        nationality=_cut(holder.nationality, _TEXT),
    )
    return msgspec.msgpack.encode(identity)


def _document(identity: _Identity) -> Document:
    birth = None
    if identity.birth is not None:
        year, month, day = identity.birth
        birth = PartialDate(year, month or None, day or None)
    return Document(
        kind=identity.kind,
        issuer=identity.issuer,
        number=identity.number,
        holder=Holder(
            native_name=identity.native_name,
            latin_name=identity.latin_name,
            birth=birth,
            sex=identity.sex,
            nationality=identity.nationality,
        ),
    )


def _cut(text: str, longest: int) -> str:
    # Half of a surrogate pair cannot travel as UTF-8: a sealed question mark is better than a tap that fails.
    return text[:longest].encode("utf-8", "replace").decode("utf-8")


def _padded(text: bytes) -> bytes:
    framed = len(text).to_bytes(_LENGTH, "big") + text
    return framed + bytes(-len(framed) % _STEP)
