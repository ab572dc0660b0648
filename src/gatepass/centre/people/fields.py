"""Texts and bytes that are stored encrypted: AES-256-GCM under DIR/keys/fields.key, a fresh nonce each time.

Stored bytes: version (1) | nonce (12) | ciphertext and tag. The table and column are authenticated with it, so that a
value copied into another column does not open. Equal numbers give different bytes: search goes by person key.
"""

from __future__ import annotations

import secrets
from functools import lru_cache
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
        if value is not None:
            nonce = secrets.token_bytes(NONCE)
            value = VERSION + nonce + _cipher().encrypt(nonce, bytes(value), self._where())
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        return None if value is None else self._opened(bytes(value))

    def _opened(self, stored: bytes) -> bytes:
        if stored[:1] != VERSION:
            raise SealedValueError
        try:
            return _cipher().decrypt(stored[1 : 1 + NONCE], stored[1 + NONCE :], self._where())
        except InvalidTag:
            raise SealedValueError from None


class EncryptedTextField(EncryptedBytesField):
    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(value.encode() if isinstance(value, str) else value, connection, prepared)

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        return None if value is None else self._opened(bytes(value)).decode()


def _cipher() -> AESGCM:
    return _cipher_under(keys.field_key(settings.KEYS_DIR))


@lru_cache(maxsize=4)
def _cipher_under(key: bytes) -> AESGCM:
    return AESGCM(key)
