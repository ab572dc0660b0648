from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Protocol

import pytest

from gatepass.identity import Document, DocumentError
from gatepass.readers import ReaderState
from gatepass.readers.sam import SamReader, SamSimulator
from gatepass.readers.sam.module import SimulatedModule
from gatepass.readers.sam.simulated_hid import HidSimulator
from gatepass.readers.sam.simulated_usb import UsbSimulator

POLL_S = 0.05
"""Quicker than hardware stands, so that the tests are quick."""


class Gate:
    """What a gate would see of a reader."""

    def __init__(self) -> None:
        self.reader: SamReader
        self.results: asyncio.Queue[Document | DocumentError] = asyncio.Queue()
        self.states: list[ReaderState] = []
        self.readings = 0
        self._changed = asyncio.Event()

    async def on_read(self, result: Document | DocumentError) -> None:
        await self.results.put(result)

    def on_state(self, state: ReaderState) -> None:
        self.states.append(state)
        self._changed.set()

    def on_reading(self) -> None:
        self.readings += 1

    async def next(self, within: float = 30.0) -> Document | DocumentError:
        return await asyncio.wait_for(self.results.get(), within)

    async def code(self, within: float = 30.0) -> str:
        result = await self.next(within)
        assert isinstance(result, DocumentError), "a document came where an error was due"
        return result.code

    async def nothing(self, during: float = 0.3) -> None:
        with suppress(TimeoutError):
            result = await asyncio.wait_for(self.results.get(), during)
            raise AssertionError(f"nothing was due, and there came {result!r}")

    async def state(self, condition: str, detail: str = "", within: float = 30.0) -> None:
        async with asyncio.timeout(within):
            while (self.reader.state.condition, self.reader.state.detail) != (condition, detail):
                self._changed.clear()
                await self._changed.wait()


class Open(Protocol):
    def __call__(self, sam: SimulatedModule | str, **options: object) -> AbstractAsyncContextManager[Gate]: ...


@asynccontextmanager
async def _open_gate(sam: SimulatedModule | str, **options: object) -> AsyncIterator[Gate]:
    if not isinstance(sam, str):
        options["open_link"] = sam.open_link
    gate = Gate()
    gate.reader = SamReader(
        sam if isinstance(sam, str) else sam.device,
        on_read=gate.on_read,
        on_state=gate.on_state,
        on_reading=gate.on_reading,
        **({"poll_s": POLL_S} | options),
    )
    running = asyncio.create_task(gate.reader.run())
    try:
        yield gate
        assert not running.done(), running.exception()
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


@pytest.fixture
def open_gate() -> Open:
    """`async with open_gate(sam) as gate`: a SamReader runs on a simulator or a port, and what it tells is kept."""
    return _open_gate


@pytest.fixture
def sam() -> Iterator[SamSimulator]:
    with SamSimulator() as simulator:
        yield simulator


TRANSPORTS = {"serial": SamSimulator, "usb": UsbSimulator, "hid": HidSimulator}


@pytest.fixture(
    # The fast part walks the cycle once; what USB and HID add to it is in their own tests.
    params=["serial", pytest.param("usb", marks=pytest.mark.slow), pytest.param("hid", marks=pytest.mark.slow)]
)
def any_sam(request: pytest.FixtureRequest) -> Iterator[SimulatedModule]:
    """The same reader on each kind of line: the cycle above must not know which."""
    with TRANSPORTS[request.param]() as simulator:
        yield simulator
