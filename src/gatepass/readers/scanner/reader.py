"""A scanner, as documents and codes. It is never asked: it speaks when somebody shows something.

1. Bytes, or key strokes, become codes (`frames`); a code becomes a reading (`meaning`).
2. The same code again within two seconds is the same showing: a code that is held in front of a scanner is sent five
   times a second, and is one passage. The session knows the rest, up to five seconds.
3. Readings are given one at a time. Listening goes on meanwhile, so that silence and half codes are seen when they
   happen; of a flood, the latest readings are kept.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Final, Protocol

from gatepass.identity import DocumentError
from gatepass.readers.contract import Condition, OnRead, OnReading, OnState, Reading
from gatepass.readers.evdev import EvdevLink
from gatepass.readers.keyboard import LAYOUTS
from gatepass.readers.link import LinkLostError, Source
from gatepass.readers.port import PortReader
from gatepass.readers.scanner import meaning
from gatepass.readers.scanner.frames import Code, CodeParser, Found, FrameFault, KeyCodeParser
from gatepass.readers.scanner.link import Port, open_link

_SAME_SHOWING_S: Final = 2.0
_MOST_SEEN: Final = 16
_MOST_WAITING: Final = 4
_WORTH_SAYING: Final = 16
"""Characters of a code whose end has not come: a long one takes a keyboard scanner seconds, and the person waits."""
_FAULTS_UNTIL_ILL: Final = 3
_NO_HURRY_S: Final = 3600.0


class _Parser(Protocol):
    @property
    def pending(self) -> int: ...
    @property
    def begun(self) -> bool: ...
    @property
    def patience(self) -> float | None: ...
    def feed(self, chunk: bytes) -> Found: ...
    def silence(self) -> Found: ...


class ScannerReader(PortReader[Source]):
    """One scanner; see `readers.contract.Reader`. `port` is as `Port.parse` reads it, which raises ValueError."""

    family = "scanner"

    def __init__(
        self,
        port: str,
        *,
        on_read: OnRead,
        on_state: OnState,
        on_reading: OnReading | None = None,
        poll_s: float = 0.3,  # noqa: ARG002 - every family has it; a scanner is not asked
        open_link: Callable[[Port], Awaitable[Source]] = open_link,
    ) -> None:
        self._options = Port.parse(port)
        super().__init__(
            self._options.path,
            on_read=on_read,
            on_state=on_state,
            on_reading=on_reading,
            open_link=partial(open_link, self._options),
        )
        self._seen: dict[int, float] = {}
        """Hash (salted, as Python's are) of what was shown -> when it was seen last."""
        self._faults = 0
        self._waiting: asyncio.Queue[Reading] = asyncio.Queue()
        self._giving = False

    async def _serve(self, link: Source) -> None:
        parser: _Parser = CodeParser()
        if isinstance(link, EvdevLink):
            parser = KeyCodeParser(LAYOUTS[self._options.layout], caps_lock=link.caps_lock)
        self._faults = 0
        self._waiting = asyncio.Queue()
        self._become(Condition.READY)
        giver = asyncio.create_task(self._give_each())
        try:
            await self._listen(link, parser)
        except LinkLostError:
            if self._announced or parser.begun:
                self._keep(DocumentError("reader_vanished"))
            await self._waiting.join()
            raise
        finally:
            giver.cancel()
            with suppress(asyncio.CancelledError):
                await giver

    async def _listen(self, link: Source, parser: _Parser) -> None:
        last_byte = 0.0
        while True:
            try:
                chunk, last_byte = await link.read(parser.patience or _NO_HURRY_S)
                found = parser.feed(chunk)
            except TimeoutError:
                found = parser.silence()
            for each in found:
                self._heed(each, last_byte)
            idle = not self._giving and self._waiting.empty() and not self._is_recent()
            if parser.pending >= _WORTH_SAYING and idle:
                self._announce()

    def _heed(self, found: Code | FrameFault, last_byte: float) -> None:
        if isinstance(found, FrameFault):
            self._faults += 1
            if self._faults >= _FAULTS_UNTIL_ILL:
                self._become(Condition.ILL, "reader_garbled")
        else:
            self._faults = 0
            self._become(Condition.READY)
        again = self._is_same_showing(found)
        # What was announced is always answered.
        if not again or self._announced:
            reading = meaning.read(found, believe=self._options.numbers)
            self.read_ms = (time.perf_counter() - last_byte) * 1000
            self._keep(reading)

    def _is_same_showing(self, found: Code | FrameFault) -> bool:
        now = time.monotonic()
        shown = hash(found)
        again = now - self._seen.pop(shown, -_SAME_SHOWING_S) < _SAME_SHOWING_S
        self._seen[shown] = now
        if len(self._seen) > _MOST_SEEN:
            del self._seen[next(iter(self._seen))]
        return again

    def _is_recent(self) -> bool:
        """A code may be in front of the scanner still: what comes next may be the same again, and is not announced."""
        return bool(self._seen) and time.monotonic() - next(reversed(self._seen.values())) < _SAME_SHOWING_S

    def _keep(self, reading: Reading) -> None:
        if self._waiting.qsize() >= _MOST_WAITING:
            self._waiting.get_nowait()
            self._waiting.task_done()
        self._waiting.put_nowait(reading)

    async def _give_each(self) -> None:
        while True:
            reading = await self._waiting.get()
            self._giving = True
            await self._give(reading)
            self._giving = False
            self._waiting.task_done()
