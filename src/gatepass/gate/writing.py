"""Group commit: one thread owns the journal, and whatever waits together is stored together.

`append` answers with the numbered record once it is durable. The gate never waits for a sick disk, though:

- Slow: after `PATIENCE_S` the answer is None and the light turns; the record is still being written.
- Full, read-only, torn out: the answer is None at once. Records stay in memory, in order, and are tried again every
  second; they have no number yet, so the sequence has no gap when the disk comes back. `state` says `journal_full`.
- Memory full too (`HELD_MOST` records, some ten days of a busy gate): the oldest unsaved one goes, and `state` says so.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import apsw
import msgspec
import structlog

from gatepass.gate.journal import JournalFile, open_or_rescue
from gatepass.wire.messages import Record

GROUP_MOST = 500
HELD_MOST = 20_000
PATIENCE_S = 0.5
RETRY_S = 1.0

log = structlog.get_logger("gatepass.gate.journal")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What an erasure took out of the journal."""

    records: int
    sealed: int


@dataclass(frozen=True, slots=True)
class _Append:
    entry: Record
    answer: asyncio.Future[Record | None]


@dataclass(frozen=True, slots=True)
class _Call:
    verb: Callable[[JournalFile], Any]
    answer: asyncio.Future[Any]


class JournalWriter:
    """Make it inside the running loop. `on_stored(records)` is called in the loop after every commit."""

    def __init__(
        self,
        path: Path,
        key: bytes,
        *,
        now_ms: Callable[[], int],
        on_stored: Callable[[list[Record]], None] | None = None,
    ) -> None:
        self._open = partial(open_or_rescue, path, key)
        self._now_ms = now_ms
        self._on_stored = on_stored
        self._loop = asyncio.get_running_loop()
        self._tasks: queue.SimpleQueue[_Append | _Call | None] = queue.SimpleQueue()
        self._held: deque[_Append] = deque()
        self._lost = 0
        self._failing = False
        self._slow = False
        self._file: JournalFile | None = None
        self._last = self._acked = 0
        self.damaged = False
        try:
            self._reopen()
        except (apsw.Error, OSError) as error:  # started on a full disk: decide all the same
            self._note_failure(error)
        self._thread = threading.Thread(target=self._write, name="journal", daemon=True)
        self._thread.start()

    async def append(self, entry: Record) -> Record | None:
        """The numbered record when it is durable; None when it is only held in memory, or the disk takes too long."""
        answer: asyncio.Future[Record | None] = self._loop.create_future()
        self._tasks.put(_Append(entry, answer))
        done, _ = await asyncio.wait({answer}, timeout=PATIENCE_S)
        self._slow = not done
        return answer.result() if done else None

    async def ask(self, verb: Callable[[JournalFile], Answer]) -> Answer:
        """Run `verb` on the journal's thread. apsw.Error where the disk refuses."""
        answer: asyncio.Future[Answer] = self._loop.create_future()
        self._tasks.put(_Call(verb, answer))
        return await answer

    async def forget(self, people: frozenset[bytes]) -> Forgotten:
        """Also what is only held in memory. apsw.Error where the disk refuses."""
        return await self.ask(partial(self._forget, people=people))

    def _forget(self, journal: JournalFile, people: frozenset[bytes]) -> Forgotten:
        held = [each for each in self._held if each.entry.person in people]
        self._held = deque(
            _Append(msgspec.structs.replace(each.entry, person=None, sealed=None), each.answer)
            if each in held
            else each
            for each in self._held
        )
        records, sealed = journal.forget(people)
        return Forgotten(records + len(held), sealed + sum(each.entry.sealed is not None for each in held))

    async def mark_acked(self, seq: int) -> None:
        await self.ask(lambda journal: journal.mark_acked(seq))
        self._acked = seq

    async def close(self) -> None:
        """Store what can still be stored, and let go of the file."""
        self._tasks.put(None)
        await asyncio.to_thread(self._thread.join)

    @property
    def last(self) -> int:
        return self._last

    @property
    def acked(self) -> int:
        return self._acked

    @property
    def held(self) -> int:
        """Records in memory only."""
        return len(self._held)

    @property
    def waiting(self) -> int:
        """Records that the centre has not acknowledged, stored or held."""
        return max(0, self._last - self._acked) + self.held

    @property
    def lost(self) -> int:
        return self._lost

    @property
    def states(self) -> list[str]:
        """Codes of `[state.*]` that hold now."""
        found = {
            "journal_full": self._failing,
            "journal_slow": self._slow and not self._failing,
            "journal_lost": self._lost > 0,
            "journal_gap": self.damaged,
        }
        return [code for code, holds in found.items() if holds]

    # --- the journal's thread ---

    def _write(self) -> None:
        closing = False
        while not closing:
            appends, calls, closing = self._waiting_tasks()
            self._held.extend(appends)
            if self._held:
                self._store_held()
            for call in calls:
                self._run(call)
        if self._held:
            log.error("journal_closed_with_unsaved_records", records=len(self._held))
        self._close_file()

    def _waiting_tasks(self) -> tuple[list[_Append], list[_Call], bool]:
        """Wait for one task (no longer than `RETRY_S` while records are held), then take all that wait."""
        appends: list[_Append] = []
        calls: list[_Call] = []
        try:
            task = self._tasks.get(timeout=RETRY_S if self._held else None)
            while True:
                if task is None:
                    return appends, calls, True
                (appends if isinstance(task, _Append) else calls).append(task)  # type: ignore[arg-type]
                task = self._tasks.get_nowait()
        except queue.Empty:
            return appends, calls, False

    def _store_held(self) -> None:
        while self._held:
            group = [self._held[index] for index in range(min(GROUP_MOST, len(self._held)))]
            try:
                journal = self._reopen() if self._failing or self._file is None else self._file
                records = journal.append(append.entry for append in group)
            except (apsw.Error, OSError) as error:
                self._note_failure(error)
                self._keep_in_memory()
                return
            for _ in group:
                self._held.popleft()
            self._last = records[-1].seq
            if self._failing:
                self._failing = False
                log.info("journal_writes_again", stored=len(records))
            self._tell(self._stored, [append.answer for append in group], records)

    def _note_failure(self, error: Exception) -> None:
        if not self._failing:
            log.error("journal_cannot_write", error=type(error).__name__)
        self._failing = True

    def _keep_in_memory(self) -> None:
        while len(self._held) > HELD_MOST:
            self._held.popleft()
            self._lost += 1
        self._tell(self._not_stored, [append.answer for append in self._held if not append.answer.done()])

    def _reopen(self) -> JournalFile:
        """After an input/output error the old connection may not recover; a new one replays the log."""
        self._close_file()
        self._file, damaged = self._open(now_ms=self._now_ms())
        if damaged:
            self.damaged = True
            log.error("journal_damaged", kept_as="journal.db.damaged-*")
        self._last, self._acked = self._file.last(), self._file.acked()
        return self._file

    def _close_file(self) -> None:
        if self._file is not None:
            with contextlib.suppress(apsw.Error):
                self._file.close()
            self._file = None

    def _run(self, call: _Call) -> None:
        try:
            self._tell(_answer, call.answer, call.verb(self._file or self._reopen()))
        except Exception as error:  # noqa: BLE001 - whoever asked is told, whatever it was
            self._tell(_refuse, call.answer, error)

    def _tell(self, verb: Callable[..., None], *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(verb, *arguments)

    # --- back in the loop ---

    def _stored(self, answers: list[asyncio.Future[Record | None]], records: list[Record]) -> None:
        for answer, record in zip(answers, records, strict=True):
            _answer(answer, record)
        if self._on_stored:
            self._on_stored(records)

    @staticmethod
    def _not_stored(answers: list[asyncio.Future[Record | None]]) -> None:
        for answer in answers:
            _answer(answer, None)


def _answer(future: asyncio.Future[Any], value: object) -> None:
    if not future.done():
        future.set_result(value)


def _refuse(future: asyncio.Future[Any], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
