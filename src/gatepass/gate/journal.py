"""The gate's journal: every passage, numbered from 1 without gaps, encrypted, in one SQLite file.

WAL with `synchronous=FULL`: what `append` returned is on the disk, whatever happens next. The number is drawn inside
the transaction that stores the record, so a number is never spent on a record that is not there.

    records  seq | at | body (MessagePack of wire.messages.Record)
    marker   acked: everything up to here is durable at the centre
             start: the number before the first, where a damaged journal had to be replaced (`open_or_rescue`)

ChaCha20-Poly1305 per page (SQLite3 Multiple Ciphers); the 32-byte key from device.json is used raw, so opening costs no
key stretching. `JournalFile` is synchronous and belongs to one thread; `writing.JournalWriter` is what the agent uses.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw
import msgspec

from gatepass.wire.messages import Record

UNNUMBERED = 0
"""`Record.seq` of a record that the journal has not yet taken."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS marker (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
"""
_LAST = """
SELECT max(coalesce((SELECT max(seq) FROM records), 0),
           coalesce((SELECT max(value) FROM marker WHERE name IN ('acked', 'start')), 0))
"""
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Record).decode


@dataclass(frozen=True, slots=True)
class Verification:
    """What a walk over the whole journal found. `sound` is what matters."""

    records: int
    first: int
    last: int
    acked: int
    missing: int
    """Numbers between first and last that are not there."""
    undecodable: int

    @property
    def waiting(self) -> int:
        return max(0, self.last - self.acked)

    @property
    def sound(self) -> bool:
        return not self.missing and not self.undecodable


class JournalFile:
    """Open, or make, the journal at `path`. apsw.Error where the file cannot be used (`open_or_rescue` copes)."""

    def __init__(self, path: Path, key: bytes) -> None:
        self.path = path
        self._connection = apsw.Connection(str(path))
        try:
            self._connection.pragma("cipher", "chacha20")
            self._connection.pragma("key", f"raw:{key.hex()}")
            self._connection.set_busy_timeout(2000)
            self._connection.pragma("journal_mode", "wal")
            self._connection.pragma("synchronous", "full")
            # Keeps the write-ahead log small, and its space ours when the disk is full.
            self._connection.pragma("wal_autocheckpoint", 256)
            with self._connection:
                self._connection.execute(_SCHEMA)
        except BaseException:
            self._connection.close()
            raise
        path.chmod(0o600)

    def close(self) -> None:
        self._connection.close()

    def append(self, entries: Iterable[Record]) -> list[Record]:
        """Number and store `entries` in one transaction; durable on return. apsw.Error: none of them is stored."""
        numbered = []
        with self._connection:
            seq = self.last()
            for entry in entries:
                seq += 1
                record = msgspec.structs.replace(entry, seq=seq)
                self._connection.execute(
                    "INSERT INTO records (seq, at, body) VALUES (?, ?, ?)", (seq, record.at, _encode(record))
                )
                numbered.append(record)
        return numbered

    def last(self) -> int:
        """The highest number ever given."""
        return self._number(_LAST)

    def acked(self) -> int:
        return self._number("SELECT coalesce((SELECT value FROM marker WHERE name = 'acked'), 0)")

    def oldest(self) -> int:
        """The lowest number that is still here; 0 where nothing is."""
        return self._number("SELECT coalesce(min(seq), 0) FROM records")

    def between(self, first: int, last: int, limit: int) -> list[Record]:
        """At most `limit` records with first <= seq <= last, in order."""
        rows = self._connection.execute(
            "SELECT body FROM records WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT ?", (first, last, limit)
        )
        return [_decode(body) for (body,) in rows]

    def since(self, at_ms: int) -> list[Record]:
        return [
            _decode(body)
            for (body,) in self._connection.execute("SELECT body FROM records WHERE at >= ? ORDER BY seq", (at_ms,))
        ]

    def mark_acked(self, seq: int) -> None:
        with self._connection:
            self._mark("acked", seq)

    def prune(self, before_ms: int) -> int:
        """Forget acknowledged records older than `before_ms`; never the newest one. Returns how many."""
        before = self._connection.total_changes()
        with self._connection:
            self._connection.execute(
                "DELETE FROM records WHERE seq <= ? AND at < ? AND seq < (SELECT max(seq) FROM records)",
                (self.acked(), before_ms),
            )
        return self._connection.total_changes() - before

    def forget(self, people: frozenset[bytes]) -> tuple[int, int]:
        """Records of these person keys lose the person and what is sealed; (records, sealed identities) that did.

        Every record is read: some 100,000 a second. The old bytes are overwritten, in the file and in its log.
        """
        found: list[Record] = []
        self._connection.pragma("secure_delete", "on")
        with self._connection:
            for (body,) in self._connection.execute("SELECT body FROM records"):
                record = _decode(body)
                if record.person in people:
                    found.append(record)
            self._connection.executemany(
                "UPDATE records SET body = ? WHERE seq = ?",
                [(_encode(msgspec.structs.replace(each, person=None, sealed=None)), each.seq) for each in found],
            )
        self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        return len(found), sum(each.sealed is not None for each in found)

    def verify(self) -> Verification:
        records = undecodable = first = last = 0
        for seq, body in self._connection.execute("SELECT seq, body FROM records ORDER BY seq"):
            records += 1
            first = first or seq
            last = seq
            try:
                undecodable += _decode(body).seq != seq
            except msgspec.MsgspecError:
                undecodable += 1
        missing = last - first + 1 - records if records else 0
        return Verification(records, first, max(last, self.last()), self.acked(), missing, undecodable)

    def is_intact(self) -> bool:
        """SQLite's own check of every page. Some milliseconds for a week of passages."""
        return bool(self._connection.pragma("quick_check") == "ok")

    def restore(self, records: Sequence[Record], *, acked: int, last: int) -> None:
        """Fill a new journal with what was rescued from a damaged one; numbering goes on after `last`."""
        with self._connection:
            self._connection.executemany(
                "INSERT OR IGNORE INTO records (seq, at, body) VALUES (?, ?, ?)",
                [(record.seq, record.at, _encode(record)) for record in records],
            )
            self._mark("acked", acked)
            self._mark("start", last)

    def _mark(self, name: str, value: int) -> None:
        self._connection.execute("INSERT OR REPLACE INTO marker (name, value) VALUES (?, ?)", (name, value))

    def _number(self, query: str) -> int:
        row: tuple[Any, ...] = next(self._connection.execute(query))
        return int(row[0])


def open_or_rescue(path: Path, key: bytes, *, now_ms: int) -> tuple[JournalFile, bool]:
    """The journal, and whether a damaged one had to be replaced.

    A damaged file is kept beside the new one. Whatever rows it still yields are taken over under their own numbers.
    Where even the last number cannot be read, numbering goes on at the Unix time in seconds: higher than any gate has
    ever counted, so that no number is ever given twice, and the centre sees the gap for what it is.
    """
    try:
        journal = JournalFile(path, key)
        if journal.is_intact():
            return journal, False
        journal.close()
    except (apsw.NotADBError, apsw.CorruptError):
        pass
    damaged = path.with_name(f"{path.name}.damaged-{now_ms}")
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(damaged.with_name(damaged.name + suffix))
    records, acked = _rescued(damaged, key)
    last = max((record.seq for record in records), default=now_ms // 1000)
    journal = JournalFile(path, key)
    journal.restore(records, acked=min(acked, last), last=last)
    return journal, True


def _rescued(damaged: Path, key: bytes) -> tuple[list[Record], int]:
    """Read from both ends until the damage: (records in order, acknowledged up to)."""
    found: dict[int, Record] = {}
    acked = 0
    try:
        connection = apsw.Connection(str(damaged))
    except apsw.Error:
        return [], 0
    with contextlib.closing(connection):
        connection.pragma("cipher", "chacha20")
        connection.pragma("key", f"raw:{key.hex()}")
        with contextlib.suppress(apsw.Error):
            acked = next(connection.execute("SELECT coalesce(max(value), 0) FROM marker WHERE name = 'acked'"))[0]
        for order in ("ASC", "DESC"):
            with contextlib.suppress(apsw.Error, msgspec.MsgspecError):
                for (body,) in connection.execute(f"SELECT body FROM records ORDER BY seq {order}"):  # noqa: S608 - our two words
                    record = _decode(body)
                    found[record.seq] = record
    return [found[seq] for seq in sorted(found)], acked
