"""Small encrypted SQLite files of a gate, beside its journal: WAL, `synchronous=FULL`, ChaCha20-Poly1305 per page."""

from __future__ import annotations

import contextlib
from pathlib import Path

import apsw
import structlog

log = structlog.get_logger("gatepass.gate.encrypted")


def open_or_begin(file: Path, key: bytes, schema: str, *, now_ms: int) -> apsw.Connection:
    """The file with its tables, for its owner only. A damaged one is put aside and begun anew."""
    try:
        return _opened(file, key, schema)
    except apsw.Error:
        with contextlib.suppress(OSError):
            file.rename(file.with_name(f"{file.name}.damaged-{now_ms}"))
        connection = _opened(file, key, schema)
        log.warning("gate_file_damaged", file=file.name)
        return connection


def _opened(file: Path, key: bytes, schema: str) -> apsw.Connection:
    connection = apsw.Connection(str(file))
    try:
        connection.pragma("cipher", "chacha20")
        connection.pragma("key", f"raw:{key.hex()}")
        connection.set_busy_timeout(2000)
        connection.pragma("journal_mode", "wal")
        connection.pragma("synchronous", "full")
        connection.pragma("secure_delete", 1)
        with connection:
            connection.execute(schema)
    except BaseException:
        connection.close()
        raise
    file.chmod(0o600)
    return connection
