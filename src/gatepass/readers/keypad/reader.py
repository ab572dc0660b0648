"""A keypad, as documents: somebody types the number of a document and presses Enter.

What is typed is shown to nobody. `on_progress` is told how many characters stand there, so that a screen can show as
many dots; the number itself goes nowhere but into the document.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from gatepass.readers.contract import Condition, OnRead, OnReading, OnState
from gatepass.readers.evdev import EvdevLink
from gatepass.readers.keyboard import LAYOUTS
from gatepass.readers.keypad import meaning
from gatepass.readers.keypad.frames import KeypadParser
from gatepass.readers.keypad.link import Port, open_link
from gatepass.readers.port import PortReader

OnProgress = Callable[[int], None]
"""Called whenever the number of typed characters has changed; 0: nothing stands there any more."""

_NO_HURRY_S: Final = 3600.0


class KeypadReader(PortReader[EvdevLink]):
    """One keypad; see `readers.contract.Reader`. `port` is as `Port.parse` reads it, which raises ValueError."""

    family = "keypad"

    def __init__(
        self,
        port: str,
        *,
        on_read: OnRead,
        on_state: OnState,
        on_reading: OnReading | None = None,
        on_progress: OnProgress | None = None,
        poll_s: float = 0.3,  # noqa: ARG002 - every family has it; a keypad is not asked
        open_link: Callable[[Port], Awaitable[EvdevLink]] = open_link,
    ) -> None:
        self._options = Port.parse(port)
        super().__init__(
            self._options.path,
            on_read=on_read,
            on_state=on_state,
            on_reading=on_reading,
            open_link=partial(open_link, self._options),
        )
        self._on_progress = on_progress
        self._shown = 0

    async def _serve(self, link: EvdevLink) -> None:
        parser = KeypadParser(LAYOUTS[self._options.layout], caps_lock=link.caps_lock)
        self._become(Condition.READY)
        try:
            while True:
                await self._listen(link, parser)
        finally:
            self._progress(0)

    async def _listen(self, link: EvdevLink, parser: KeypadParser) -> None:
        try:
            chunk, last_byte = await link.read(parser.patience or _NO_HURRY_S)
        except TimeoutError:
            parser.silence()
            self._progress(parser.count)
            return
        finished = parser.feed(chunk, last_byte)
        self._progress(parser.count)
        for typed in finished:
            self._announce()
            reading = meaning.read(typed)
            self.read_ms = (time.perf_counter() - last_byte) * 1000
            await self._give(reading)

    def _progress(self, count: int) -> None:
        if count != self._shown:
            self._shown = count
            if self._on_progress is not None:
                self._on_progress(count)
