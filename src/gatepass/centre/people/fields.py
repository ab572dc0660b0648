"""Texts and bytes that are stored encrypted: AES-256-GCM under DIR/keys/fields.key, a fresh nonce each time.

Stored bytes: version (1) | nonce (12) | ciphertext and tag. The table and column are authenticated with it, so that a
value copied into another column does not open. Equal numbers give different bytes: search goes by person key.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

from gatepass.centre import keys

VERSION = b"\x01"
NONCE = 12


class SealedValueError(Exception):
    """The stored value was altered, or fields.key is not the one that it was written with."""


class EncryptedBytesField(models.BinaryField):
    def _where(self) -> bytes:
        return f"{self.model._meta.db_table}.{self.column}".encode()  # noqa: SLF001 - Django's documented `_meta`

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        (sealed,) = self._sealed([value])
        return super().get_db_prep_value(sealed, connection, prepared)

    def get_db_prep_column(self, values: Sequence[Any], connection: Any) -> list[Any]:
        """As `get_db_prep_save` of each: key, place and connection are looked up once."""
        binary = connection.Database.Binary
        return [None if sealed is None else binary(sealed) for sealed in self._sealed(values)]

    def _raw(self, value: Any) -> bytes:
        return bytes(value)

    def _sealed(self, values: Sequence[Any]) -> list[bytes | None]:
        encrypt, where = _cipher().encrypt, self._where()
        return [
            None
            if value is None
            else VERSION + (nonce := secrets.token_bytes(NONCE)) + encrypt(nonce, self._raw(value), where)
            for value in values
        ]

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        return None if value is None else self._opened(bytes(value))

    def _opened(self, stored: bytes) -> bytes:
        return self.opener()(stored)

    def opener(self) -> Callable[[bytes], bytes]:
        """For thousands of stored values of this column: key and place are looked up once. SealedValueError."""
        decrypt, where = _cipher().decrypt, self._where()

        def opened(stored: bytes) -> bytes:
            if stored[:1] != VERSION:
                raise SealedValueError
            try:
                return decrypt(stored[1 : 1 + NONCE], stored[1 + NONCE :], where)
            except InvalidTag:
                raise SealedValueError from None

        return opened


class EncryptedTextField(EncryptedBytesField):
    def _raw(self, value: Any) -> bytes:
        return value.encode() if isinstance(value, str) else bytes(value)

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        return None if value is None else self._opened(bytes(value)).decode()


def _cipher() -> AESGCM:
    return _cipher_in(settings.KEYS_DIR)


@lru_cache(maxsize=4)
def _cipher_in(folder: Path) -> AESGCM:
    """Of thousands of values of a list, each asks for it."""
    return AESGCM(keys.field_key(folder))
