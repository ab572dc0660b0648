"""`TrustList`: whose signatures are believed, for what, and from when until when.

A file of JSON, so that an administrator can read it; it reaches the gates as a target of the signed update repository
(`directory.lists`), so it carries no signature of its own. Fields that a reader does not know are passed over: a list
for a newer release must not stop an older gate.

    {"format": 1, "keys": [{"key": "<base64, 32 bytes>", "issuer": "…", "purposes": ["paper", "grant"],
                            "valid_from": 1772323200, "valid_until": null}]}
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import Annotated, Final, Literal

import msgspec

from gatepass.credentials.errors import CredentialError

KEY_BYTES: Final = 32
KEY_ID_BYTES: Final = 8
MAX_BYTES: Final = 1_000_000


class Purpose(StrEnum):
    """What a key may sign. One that this release does not know is no purpose."""

    PAPER = "paper"
    GRANT = "grant"


def key_id(public: bytes) -> bytes:
    """The name of a public key inside a code: the first 8 bytes of its SHA-256."""
    return sha256(public).digest()[:KEY_ID_BYTES]


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """An Ed25519 key of an issuer. The period is that in which codes may be *issued*; a code outlives it."""

    public: bytes
    """32 bytes."""
    issuer: str
    purposes: frozenset[Purpose]
    valid_from: datetime
    valid_until: datetime | None = None

    @property
    def key_id(self) -> bytes:
        return key_id(self.public)

    def may_sign(self, purpose: Purpose, issued: datetime) -> bool:
        """Whether a code for `purpose` that was issued then may carry this key's signature."""
        begun = self.valid_from <= issued
        ended = self.valid_until is not None and issued >= self.valid_until
        return purpose in self.purposes and begun and not ended


_Seconds = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799)]  # up to the year 9999


class _Entry(msgspec.Struct, frozen=True):
    key: bytes
    issuer: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    purposes: list[str]
    valid_from: _Seconds
    valid_until: _Seconds | None = None


class _File(msgspec.Struct, frozen=True):
    format: Literal[1]
    keys: list[_Entry]


class TrustList:
    """Immutable; asked by key id. With an empty one every code is held: nobody is believed.

    Raises:
        CredentialError: trust_list, for a key that has not 32 bytes.
    """

    __slots__ = ("_by_id", "keys")

    def __init__(self, keys: Iterable[TrustedKey] = ()) -> None:
        self.keys: Final = tuple(keys)
        if any(len(key.public) != KEY_BYTES for key in self.keys):
            raise CredentialError("trust_list")
        by_id: dict[bytes, tuple[TrustedKey, ...]] = {}
        for key in self.keys:
            # Two keys with one id would be an accident of 1 in 2^64, but a list of all is as short to write.
            by_id[key.key_id] = (*by_id.get(key.key_id, ()), key)
        self._by_id: Final = MappingProxyType(by_id)

    def with_id(self, wanted: bytes) -> tuple[TrustedKey, ...]:
        """All keys of this id, usually one or none."""
        return self._by_id.get(wanted, ())

    def __len__(self) -> int:
        return len(self.keys)

    @classmethod
    def decode(cls, content: bytes) -> TrustList:
        """From the bytes of a file. Raises: CredentialError: trust_list."""
        if len(content) > MAX_BYTES:
            raise CredentialError("trust_list")
        try:
            file = msgspec.json.decode(content, type=_File)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise CredentialError("trust_list") from None
        known = {purpose.value for purpose in Purpose}
        return cls(
            TrustedKey(
                public=entry.key,
                issuer=entry.issuer,
                purposes=frozenset(Purpose(each) for each in entry.purposes if each in known),
                valid_from=datetime.fromtimestamp(entry.valid_from, UTC),
                valid_until=None if entry.valid_until is None else datetime.fromtimestamp(entry.valid_until, UTC),
            )
            for entry in file.keys
        )

    def encode(self) -> bytes:
        """The bytes that `decode` takes: the same list gives the same bytes."""
        entries = [
            _Entry(
                key=key.public,
                issuer=key.issuer,
                purposes=sorted(key.purposes),
                valid_from=int(key.valid_from.timestamp()),
                valid_until=None if key.valid_until is None else int(key.valid_until.timestamp()),
            )
            for key in self.keys
        ]
        return msgspec.json.format(msgspec.json.encode(_File(1, entries)), indent=1)
