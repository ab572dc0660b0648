"""Reports that the guard took down, until the centre has answered: one encrypted SQLite file at the gate.

    reports  id | at | who (masked, for the desk) | body (MessagePack of wire.reports.GateReport; once it was answered,
             without how the person is) | answer (empty: kept here; `taken`; or the code of the centre's refusal)

A report is durable before the guard is told so, and is sent until the centre has answered it; it has one id however
often it is sent. Unlike a passage, one that cannot be written is not taken down: the guard hears it and uses paper.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import apsw
import msgspec
import structlog

from gatepass.gate.calls import CallError, Calls, RevokedError
from gatepass.gate.clock import Clock
from gatepass.gate.encrypted import open_or_begin
from gatepass.wire.reports import MOST_REPORTS, GateReport, ReportBatch

TRY_AGAIN_S: Final = 20.0
SHOWN: Final = 8
KEEP_ANSWERED_MS: Final = 12 * 3_600_000
"""A guard's shift: so long the desk says what became of a report."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS reports
    (id BLOB PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, body BLOB NOT NULL, answer TEXT NOT NULL);
"""
log = structlog.get_logger("gatepass.gate.report_book")


@dataclass(frozen=True, slots=True)
class Noted:
    """One report in words for the desk: nothing of how the person is."""

    id: bytes
    at: int
    who: str = field(repr=False)
    answer: str


class ReportBook:
    def __init__(self, file: Path, key: bytes, *, calls: Calls, clock: Clock) -> None:
        self._calls, self._clock = calls, clock
        self._lock = asyncio.Lock()
        self._stored = asyncio.Event()
        self._connection = open_or_begin(file, key, _SCHEMA, now_ms=clock.now_ms())

    def close(self) -> None:
        self._connection.close()

    # --- for the desk ---

    async def keep(self, report: GateReport, who: str) -> None:
        """`who` is masked already. apsw.Error where the disk refuses: then nothing is kept."""
        body = msgspec.msgpack.encode(report)
        async with self._lock:
            await asyncio.to_thread(self._store, report, who, body)
        self._stored.set()

    async def noted(self) -> list[Noted]:
        """The newest first."""
        async with self._lock:
            return await asyncio.to_thread(self._newest)

    @property
    def waiting(self) -> int:
        """Reports that the centre has not answered yet."""
        return int(next(self._connection.execute("SELECT count(*) FROM reports WHERE answer = ''"))[0])

    # --- for the agent ---

    async def run(self) -> None:
        """Sends what waits, until cancelled or revoked."""
        while True:
            self._stored.clear()
            waiting = True
            try:
                while await self.send_once():
                    pass
                waiting = await self._is_any_waiting()
            except RevokedError:
                return
            except CallError:
                pass  # the uplink says that the centre is away; what is kept is sent later
            except (apsw.Error, OSError, msgspec.MsgspecError) as error:
                log.warning("reports_not_sent", error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TRY_AGAIN_S if waiting else None):
                    await self._stored.wait()

    async def send_once(self) -> int:
        """Reports that were answered. CallError, apsw.Error."""
        async with self._lock:
            reports = await asyncio.to_thread(self._unsent)
        if not reports:
            return 0
        reply = await self._calls.reports(ReportBatch(reports))
        answered = [one for one in reports if one.id.hex() in reply.answers]
        async with self._lock:
            await asyncio.to_thread(self._note_answers, answered, reply.answers)
        return len(answered)

    async def forget(self, people: frozenset[bytes]) -> None:
        """Whoever was erased at the centre is in quarantine no more: what was taken down of them goes, sent or not."""
        async with self._lock:
            await asyncio.to_thread(self._forget, people)

    async def forget_old(self) -> None:
        async with self._lock:
            await asyncio.to_thread(self._forget_old)

    # --- inside ---

    async def _is_any_waiting(self) -> bool:
        # Under the lock: a report may be on its way to the disk in another thread, on the same connection.
        async with self._lock:
            return bool(await asyncio.to_thread(lambda: self.waiting))

    def _store(self, report: GateReport, who: str, body: bytes) -> None:
        with self._connection:
            self._connection.execute(
                "INSERT OR IGNORE INTO reports (id, at, who, body, answer) VALUES (?, ?, ?, ?, '')",
                (report.id, report.at, who, body),
            )

    def _newest(self) -> list[Noted]:
        rows = self._connection.execute("SELECT id, at, who, answer FROM reports ORDER BY at DESC LIMIT ?", (SHOWN,))
        return [Noted(*row) for row in rows]

    def _unsent(self) -> list[GateReport]:
        rows = self._connection.execute(
            "SELECT body FROM reports WHERE answer = '' ORDER BY at LIMIT ?", (MOST_REPORTS,)
        )
        return [msgspec.msgpack.decode(body, type=GateReport) for (body,) in rows]

    def _note_answers(self, answered: list[GateReport], answers: dict[str, str]) -> None:
        with self._connection:
            self._connection.executemany(
                "UPDATE reports SET answer = ?, body = ? WHERE id = ?",
                [(answers[one.id.hex()], msgspec.msgpack.encode(_without_health(one)), one.id) for one in answered],
            )

    def _forget(self, people: frozenset[bytes]) -> None:
        with self._connection:
            for ident, body in list(self._connection.execute("SELECT id, body FROM reports")):
                if not people.isdisjoint(msgspec.msgpack.decode(body, type=GateReport).people):
                    self._connection.execute("DELETE FROM reports WHERE id = ?", (ident,))

    def _forget_old(self) -> None:
        with self._connection:
            old = self._clock.now_ms() - KEEP_ANSWERED_MS
            self._connection.execute("DELETE FROM reports WHERE answer <> '' AND at < ?", (old,))


def _without_health(report: GateReport) -> GateReport:
    return msgspec.structs.replace(report, tenths=None, symptoms=[], note="")
