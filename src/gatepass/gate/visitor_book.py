"""Who is inside as a visitor, and what the centre has yet to hear of visits: one encrypted SQLite file at the gate.

    events   id | at | body (MessagePack of wire.visitors.VisitEvent; nothing once it was sent) | sent
    inside   key (an invitation's serial, or the id of a visit without one) | since | name | whom | until

What happened is durable before the light turns; how it is kept and sent is told in `outbox`. A full disk stops no
light: what could not be written is logged, and the passage is in the journal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import apsw
import msgspec
import structlog

from gatepass.credentials import VisitorPass
from gatepass.gate.calls import Calls
from gatepass.gate.clock import Clock
from gatepass.gate.outbox import Outbox
from gatepass.policy import Outcome, Standing
from gatepass.wire.visitors import (
    ASKS,
    HANDED_OVER,
    IN,
    MOST_EVENTS,
    OUT,
    REFUSED,
    VISITS_FILE,
    VisitBatch,
    VisitEvent,
    WalkIn,
    event_id,
    paused_in,
)

if TYPE_CHECKING:
    from gatepass.gate.recollection import Passage

SEND_EVERY_S: Final = 2.0
KEEP_SENT_MS: Final = 3 * 86_400_000
LONGEST_INSIDE_MS: Final = 3 * 86_400_000
"""Whoever is noted as inside for longer has left unseen: the centre's list says so, the gate forgets."""

log = structlog.get_logger("gatepass.gate.visitor_book")


@dataclass(frozen=True, slots=True)
class Inside:
    """One visitor who is inside, in words for the desk."""

    key: bytes = field(repr=False)
    since: int
    name: str = field(repr=False)
    whom: str = field(repr=False)
    until: int
    """Milliseconds since 1970 UTC; 0: no time was set."""


class NoVisitors:
    """For a session of which nobody keeps a book."""

    def standing(self, shown: VisitorPass, *, ended: bool) -> Standing:  # noqa: ARG002
        return Standing.ENDED if ended else Standing.GOOD

    async def note(self, passage: Passage) -> None:
        """Nothing is kept."""

    async def settled(self, passage: Passage, *, admitted: bool, reason: str) -> None:
        """Nothing is kept."""


class VisitorBook(Outbox):
    name = "visits"
    schema = """
        CREATE TABLE IF NOT EXISTS events
            (id BLOB PRIMARY KEY, at INTEGER NOT NULL, body BLOB NOT NULL, sent INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS inside
            (key BLOB PRIMARY KEY, since INTEGER NOT NULL, name TEXT NOT NULL, whom TEXT NOT NULL,
             until INTEGER NOT NULL);
    """
    unanswered = "SELECT count(*) FROM events WHERE sent = 0"

    def __init__(self, file: Path, key: bytes, *, directory: Path, calls: Calls, clock: Clock) -> None:
        """`directory`: the folder of the gate's `DirectoryStore`."""
        super().__init__(file, key, calls=calls, clock=clock)
        self._paused_file = directory / "files" / VISITS_FILE
        self._stamp: tuple[int, int, int] | None = None
        self._paused: frozenset[bytes] = frozenset()
        self._asking: dict[bytes, str] = {}
        """Visits whose host was asked on their page -> what they said, empty while they have not."""
        rows = self._connection.execute("SELECT key, since, name, whom, until FROM inside ORDER BY since")
        self._inside = {key: Inside(key, *rest) for key, *rest in rows}

    # --- for the session ---

    def standing(self, shown: VisitorPass, *, ended: bool) -> Standing:
        """What is known here of an invitation. `ended`: its serial is on the list of void ones."""
        self._reread_paused()
        if ended:
            return Standing.ENDED
        if shown.serial in self._paused:
            return Standing.PAUSED
        return Standing.INSIDE if shown.serial in self._inside else Standing.GOOD

    async def note(self, passage: Passage) -> None:
        """The answer to somebody with an invitation. Whoever is held is noted when the guard has spoken."""
        decision = passage.decision
        if decision.outcome is Outcome.HOLD:
            return
        refused = decision.outcome is Outcome.REFUSE
        what = REFUSED if refused else OUT if passage.record.direction == "out" else IN
        await self._keep(passage, what, decision.reasons[0] if refused else "")

    async def settled(self, passage: Passage, *, admitted: bool, reason: str) -> None:
        what = REFUSED if not admitted else OUT if passage.record.direction == "out" else IN
        await self._keep(passage, HANDED_OVER if reason == HANDED_OVER else what, reason)

    # --- for the desk ---

    def inside(self) -> list[Inside]:
        """Who has been here longest comes first."""
        limit = self._clock.now_ms() - LONGEST_INSIDE_MS
        return [each for each in self._inside.values() if each.since > limit]

    async def ask(self, visit: bytes, walk_in: WalkIn) -> None:
        """The host shall say on their page whether they expect somebody."""
        self._asking[visit] = ""
        await self._write(self._event(visit, ASKS, visit=visit, walk_in=walk_in), None, None)

    def answer(self, visit: bytes) -> str:
        """`yes`, `no`, or empty while the host has not said."""
        return self._asking.get(visit, "")

    async def enter(self, visit: bytes, walk_in: WalkIn, *, refused: bool, until: int) -> None:
        """Whoever came without an invitation goes in, or was sent away."""
        self._asking.pop(visit, None)
        what = REFUSED if refused else IN
        came = None if refused else Inside(visit, self._clock.now_ms(), walk_in.name, walk_in.host, until)
        await self._write(self._event(visit, what, visit=visit, walk_in=walk_in), came, None)

    async def leave(self, key: bytes) -> bool:
        """The guard saw a visitor go. False where nobody of that key is inside."""
        if key not in self._inside:
            return False
        since = self._inside[key].since
        about = key + since.to_bytes(8, "big")
        named = {"serial": key} if len(key) == 8 else {"visit": key}
        event = VisitEvent(id=event_id(about, OUT), at=self._clock.now_ms(), what=OUT, **named)  # type: ignore[arg-type]
        await self._write(event, None, key)
        return True

    async def forget(self, people: frozenset[bytes]) -> None:
        """Whoever was erased at the centre: what was not sent yet goes out without the person."""

        def forget() -> None:
            with self._connection:
                for ident, body in list(self._connection.execute("SELECT id, body FROM events WHERE sent = 0")):
                    event = msgspec.msgpack.decode(body, type=VisitEvent)
                    if event.person in people:
                        without = msgspec.msgpack.encode(msgspec.structs.replace(event, person=None))
                        self._connection.execute("UPDATE events SET body = ? WHERE id = ?", (without, ident))

        await self._in_turn(forget)

    # --- for the agent ---

    async def send_once(self) -> int:
        rows = await self._in_turn(self._unsent)
        asking = self._open_questions()
        if not rows and not asking:
            return 0
        reply = await self._calls.visits(VisitBatch([event for _, event in rows], asking))
        for visit in asking:
            self._asking[visit] = reply.answers.get(visit.hex(), "")
        if rows:
            await self._in_turn(self._mark_sent, [ident for ident, _ in rows])
        return len(rows)

    # --- inside ---

    async def _pause(self) -> float | None:
        return SEND_EVERY_S if self._open_questions() else await super()._pause()

    def _open_questions(self) -> list[bytes]:
        return [visit for visit, answer in self._asking.items() if not answer][:MOST_EVENTS]

    async def _keep(self, passage: Passage, what: str, reason: str) -> None:
        shown = passage.invitation
        if shown is None:
            return
        about = bytes.fromhex(passage.id)
        event = VisitEvent(
            id=event_id(about, what), at=passage.record.at, what=what, serial=shown.serial, passage=about,
            person=passage.record.person, reason=reason,
        )  # fmt: skip
        came, left = None, None
        if what == IN:
            until = int(shown.invited.ends.timestamp() * 1000)
            came = Inside(shown.serial, passage.record.at, shown.name, shown.to, until)
        elif what == OUT:
            left = shown.serial
        await self._write(event, came, left)

    def _event(self, about: bytes, what: str, *, visit: bytes, walk_in: WalkIn) -> VisitEvent:
        return VisitEvent(event_id(about, what), self._clock.now_ms(), what, visit=visit, walk_in=walk_in)

    async def _write(self, event: VisitEvent, came: Inside | None, left: bytes | None) -> None:
        if came is not None:
            self._inside.setdefault(came.key, came)
        if left is not None:
            self._inside.pop(left, None)
        try:
            await self._in_turn(self._store, event, came, left)
        except apsw.Error as error:  # a full disk stops no light
            log.warning("visit_not_kept", error=type(error).__name__)
        self._stored.set()

    def _store(self, event: VisitEvent, came: Inside | None, left: bytes | None) -> None:
        with self._connection:
            self._connection.execute(
                "INSERT OR IGNORE INTO events (id, at, body, sent) VALUES (?, ?, ?, 0)",
                (event.id, event.at, msgspec.msgpack.encode(event)),
            )
            if came is not None:
                self._connection.execute(
                    "INSERT OR IGNORE INTO inside (key, since, name, whom, until) VALUES (?, ?, ?, ?, ?)",
                    (came.key, came.since, came.name, came.whom, came.until),
                )
            if left is not None:
                self._connection.execute("DELETE FROM inside WHERE key = ?", (left,))

    def _unsent(self) -> list[tuple[bytes, VisitEvent]]:
        rows = self._connection.execute(
            "SELECT id, body FROM events WHERE sent = 0 ORDER BY at LIMIT ?", (MOST_EVENTS,)
        )
        return [(ident, msgspec.msgpack.decode(body, type=VisitEvent)) for ident, body in rows]

    def _mark_sent(self, idents: list[bytes]) -> None:
        now = self._clock.now_ms()
        with self._connection:
            self._connection.executemany(
                "UPDATE events SET sent = 1, body = x'' WHERE id = ?", [(ident,) for ident in idents]
            )
            self._connection.execute("DELETE FROM events WHERE sent = 1 AND at < ?", (now - KEEP_SENT_MS,))
            self._connection.execute("DELETE FROM inside WHERE since < ?", (now - LONGEST_INSIDE_MS,))

    def _reread_paused(self) -> None:
        try:
            found = self._paused_file.stat()
            stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
            if stamp != self._stamp:
                self._paused, self._stamp = paused_in(self._paused_file.read_bytes()), stamp
        except OSError:
            self._paused, self._stamp = frozenset(), None
