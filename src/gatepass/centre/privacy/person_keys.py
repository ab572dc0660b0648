"""A data key for each person, in a file of its own: what makes erasing reach backups.

`keys/people.sqlite3` holds, for each owner, 32 random bytes wrapped with `keys/backup.key` (AES-256-GCM). A backup
seals what belongs to somebody under that somebody's key (`backup.py`). The file is not part of any backup: where a key
is destroyed, what was sealed with it can be read nowhere any more, however many copies there are and whoever has them.

Owners: `r12` a resident, `a5` a log-in, `k…` a document of somebody who is no resident (hex of the person key).
An old copy of this file that is put back would bring a key back: with every round of forgetting, also the one after a
start, the keys of those who were erased are destroyed again (`erasure.destroy_again`).

No write-ahead log, and deleted bytes are overwritten: a destroyed key is gone from the disk when the call returns, as
far as the disk itself keeps no old blocks.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import apsw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS keys (owner TEXT PRIMARY KEY, wrapped BLOB NOT NULL) WITHOUT ROWID;
"""
NONCE: Final = 12
KEY: Final = 32


class WrongBackupKeyError(Exception):
    """`keys/backup.key` is not the one with which the people's keys were wrapped."""


class PersonKeys:
    """One connection; one thread."""

    def __init__(self, path: Path, wrapping_key: bytes) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = path
        self._cipher = AESGCM(wrapping_key)
        self._connection = apsw.Connection(str(path))
        self._connection.set_busy_timeout(10_000)
        self._connection.pragma("journal_mode", "delete")
        self._connection.pragma("secure_delete", "on")
        self._connection.pragma("synchronous", "full")
        with self._connection:
            self._connection.execute(SCHEMA)
        path.chmod(0o600)

    def close(self) -> None:
        self._connection.close()

    def all(self) -> dict[str, bytes]:
        """Every owner's key: 32 bytes. WrongBackupKeyError."""
        rows: list[Any] = self._connection.execute("SELECT owner, wrapped FROM keys").fetchall()
        return {owner: self._unwrapped(owner, wrapped) for owner, wrapped in rows}

    def make(self, owners: Iterable[str]) -> dict[str, bytes]:
        """New keys for owners that have none, durable on return."""
        fresh = {owner: secrets.token_bytes(KEY) for owner in owners}
        with self._connection:
            self._connection.executemany(
                "INSERT INTO keys VALUES (?, ?)", [(owner, self._wrapped(owner, key)) for owner, key in fresh.items()]
            )
        return fresh

    def destroy(self, owners: Iterable[str]) -> int:
        """For good; how many had a key."""
        chosen = [(owner,) for owner in owners]
        with self._connection:
            before = self._connection.total_changes()
            self._connection.executemany("DELETE FROM keys WHERE owner = ?", chosen)
            gone = self._connection.total_changes() - before
        if gone:
            # Pages that were split earlier may keep a copy of what moved.
            self._connection.execute("VACUUM")
        return gone

    def _wrapped(self, owner: str, key: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._cipher.encrypt(nonce, key, owner.encode())

    def _unwrapped(self, owner: str, wrapped: bytes) -> bytes:
        try:
            return self._cipher.decrypt(wrapped[:NONCE], wrapped[NONCE:], owner.encode())
        except InvalidTag:
            raise WrongBackupKeyError from None
