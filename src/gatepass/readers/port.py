"""Keeping a device open for as long as the gate runs, and telling the gate how it is: once when it goes, once when it
is back. A family that listens to one line inherits from `PortReader` and writes `_serve`.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar
from urllib.parse import parse_qsl

from gatepass.readers.contract import Condition, OnRead, OnReading, OnState, ReaderState, Reading
from gatepass.readers.link import Closable, LinkLostError

_logger = logging.getLogger(__name__)

_REOPEN_FIRST_S: Final = 0.25
_REOPEN_LONGEST_S: Final = 2.0

LinkT = TypeVar("LinkT", bound=Closable)


def split_options(port: str) -> tuple[str, dict[str, str]]:
    """`/dev/ttyS0?baud=9600` is a path and its options. ValueError where it is not written like that."""
    path, _, query = port.partition("?")
    if not path:
        raise ValueError("no path")
    return path, dict(parse_qsl(query, strict_parsing=True)) if query else {}


class PortReader(ABC, Generic[LinkT]):
    """One device on one port; see `readers.contract.Reader`."""

    family: str

    def __init__(
        self,
        port: str,
        *,
        on_read: OnRead,
        on_state: OnState,
        on_reading: OnReading | None = None,
        open_link: Callable[[], Awaitable[LinkT]],
    ) -> None:
        self.port = port
        self.state = ReaderState(self.family, Condition.ABSENT)
        self.read_ms: float | None = None
        self._on_read = on_read
        self._on_state = on_state
        self._on_reading = on_reading
        self._open_link = open_link
        self._state_told = False
        self._announced = False

    async def run(self) -> None:
        """Until cancelled: opens the port, reads, and opens it again whenever it has gone."""
        wait = _REOPEN_FIRST_S
        while True:
            try:
                link = await self._open_link()
            except LinkLostError as lost:
                self._become(Condition.ABSENT, lost.detail)
            else:
                try:
                    await self._serve(link)
                except LinkLostError as lost:
                    self._become(Condition.ABSENT, lost.detail)
                    wait = _REOPEN_FIRST_S
                finally:
                    await link.close()
            await asyncio.sleep(wait)
            wait = min(wait * 2, _REOPEN_LONGEST_S)

    @abstractmethod
    async def _serve(self, link: LinkT) -> None:
        """Reads until the line is lost (LinkLostError goes to `run`). Returns where opening it anew may help."""

    def _announce(self) -> None:
        """Something is being read: exactly one `_give` follows."""
        if not self._announced:
            self._announced = True
            if self._on_reading is not None:
                self._on_reading()

    async def _give(self, reading: Reading) -> None:
        self._announced = False
        try:
            await self._on_read(reading)
        except Exception:
            # A fault in the gate's code must not stop the reader for everyone who comes after.
            _logger.exception("the gate failed on what the reader gave it")

    def _become(self, condition: Condition, detail: str = "") -> None:
        state = ReaderState(self.family, condition, detail)
        if self._state_told and state == self.state:
            return
        # Once when it goes and once when it is back; a change of detail alone is for the screen, not for the log.
        if condition is not self.state.condition or not self._state_told:
            if condition is not Condition.READY:
                _logger.warning("reader on %s is %s: %s", self.port, condition.value, detail)
            elif self._state_told:
                _logger.info("reader on %s is back", self.port)
        self.state = state
        self._state_told = True
        self._on_state(state)
