"""A text that is stored encrypted: AES-256-GCM under DIR/keys/fields.key, a fresh nonce each time.

Stored bytes: version (1) | nonce (12) | ciphertext and tag. The table and column are authenticated with it, so that a
value copied into another column does not open. Equal numbers give different bytes: search goes by person key.
"""

from __future__ import annotations

import secrets
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


class EncryptedTextField(models.BinaryField):
    def _where(self) -> bytes:
        return f"{self.model._meta.db_table}.{self.column}".encode()  # noqa: SLF001 - Django's documented `_meta`

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, str):
            nonce = secrets.token_bytes(NONCE)
            value = VERSION + nonce + _cipher().encrypt(nonce, value.encode(), self._where())
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> str | None:
        if value is None:
            return None
        stored = bytes(value)
        if stored[:1] != VERSION:
            raise SealedValueError
        try:
            return _cipher().decrypt(stored[1 : 1 + NONCE], stored[1 + NONCE :], self._where()).decode()
        except InvalidTag:
            raise SealedValueError from None


def _cipher() -> AESGCM:
    return AESGCM(keys.field_key(settings.KEYS_DIR))
