"""Reports that the guard took down, until the centre has answered: one encrypted SQLite file at the gate.

    reports  id | at | who (masked, for the desk) | body (MessagePack of wire.reports.GateReport; once it was answered,
             without how the person is) | answer (empty: kept here; `taken`; or the code of the centre's refusal)

How it is kept and sent is told in `outbox`. Unlike a passage, one that cannot be written is not taken down: the guard
hears it and uses paper.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import msgspec

from gatepass.gate.outbox import Outbox
from gatepass.wire.reports import MOST_REPORTS, GateReport, ReportBatch

SHOWN: Final = 8
KEEP_ANSWERED_MS: Final = 12 * 3_600_000
"""A guard's shift: so long the desk says what became of a report."""


@dataclass(frozen=True, slots=True)
class Noted:
    """One report in words for the desk: nothing of how the person is."""

    id: bytes
    at: int
    who: str = field(repr=False)
    answer: str


class ReportBook(Outbox):
    name = "reports"
    schema = """
        CREATE TABLE IF NOT EXISTS reports
            (id BLOB PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, body BLOB NOT NULL, answer TEXT NOT NULL);
    """
    unanswered = "SELECT count(*) FROM reports WHERE answer = ''"

    # --- for the desk ---

    async def keep(self, report: GateReport, who: str) -> None:
        """`who` is masked already. apsw.Error where the disk refuses: then nothing is kept."""
        await self._in_turn(self._store, report, who, msgspec.msgpack.encode(report))
        self._stored.set()

    async def noted(self) -> list[Noted]:
        """The newest first."""
        return await self._in_turn(self._newest)

    # --- for the agent ---

    async def send_once(self) -> int:
        reports = await self._in_turn(self._unsent)
        if not reports:
            return 0
        reply = await self._calls.reports(ReportBatch(reports))
        answered = [one for one in reports if one.id.hex() in reply.answers]
        await self._in_turn(self._note_answers, answered, reply.answers)
        return len(answered)

    async def forget(self, people: frozenset[bytes]) -> None:
        """Whoever was erased at the centre is in quarantine no more: what was taken down of them goes, sent or not."""
        await self._in_turn(self._forget, people)

    async def forget_old(self) -> None:
        await self._in_turn(self._forget_old)

    # --- inside ---

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
