"""What a gate would see of a reader, of whatever family."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from gatepass.identity import Document, DocumentError
from gatepass.readers import CodeText, Reader, ReaderState, Reading


class Gate:
    def __init__(self) -> None:
        self.reader: Reader
        self.results: asyncio.Queue[Reading] = asyncio.Queue()
        self.states: list[ReaderState] = []
        self.readings = 0
        self._changed = asyncio.Event()

    async def on_read(self, reading: Reading) -> None:
        await self.results.put(reading)

    def on_state(self, state: ReaderState) -> None:
        self.states.append(state)
        self._changed.set()

    def on_reading(self) -> None:
        self.readings += 1

    async def next(self, within: float = 30.0) -> Reading:
        return await asyncio.wait_for(self.results.get(), within)

    async def document(self) -> Document:
        reading = await self.next()
        assert isinstance(reading, Document), f"a document was due, and there came {reading!r}"
        return reading

    async def text(self) -> str:
        reading = await self.next()
        assert isinstance(reading, CodeText), f"a code was due, and there came {reading!r}"
        return reading.text

    async def code(self) -> str:
        reading = await self.next()
        assert isinstance(reading, DocumentError), "a document or a code came where an error was due"
        return reading.code

    async def nothing(self, during: float = 0.3) -> None:
        with suppress(TimeoutError):
            reading = await asyncio.wait_for(self.results.get(), during)
            raise AssertionError(f"nothing was due, and there came {reading!r}")

    async def state(self, condition: str, detail: str = "", within: float = 30.0) -> None:
        async with asyncio.timeout(within):
            while (self.reader.state.condition, self.reader.state.detail) != (condition, detail):
                self._changed.clear()
                await self._changed.wait()


@asynccontextmanager
async def open_gate(make: Callable[..., Reader], port: str, **options: Any) -> AsyncIterator[Gate]:
    """A reader runs, and what it tells is kept: `async with open_gate(ScannerReader, port) as gate`."""
    gate = Gate()
    gate.reader = make(port, on_read=gate.on_read, on_state=gate.on_state, on_reading=gate.on_reading, **options)
    running = asyncio.create_task(gate.reader.run())
    try:
        yield gate
        assert not running.done(), running.exception()
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
