"""The line to a camera: its newest frame, or LinkLostError.

A camera gives thirty frames a second whether anybody looks or not. One thread takes them as they come and keeps the
newest only; whoever is slow misses frames and never sees old ones. Frames are in memory, and nowhere else.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from dataclasses import dataclass, field
from typing import Final, Protocol

from gatepass.readers.camera.frames import FrameFault, measure
from gatepass.readers.camera.pictures import Picture, decode
from gatepass.readers.link import LinkLostError

_CLOSE_WITHIN: Final = 2.0

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Frame:
    number: int
    """Counts up from 1 for each link."""
    taken: float
    """`time.perf_counter()` when its last byte had come."""
    picture: Picture | None = field(repr=False)
    """None where what came could not be decoded."""


class Source(Protocol):
    """What the thread of a link reads. All methods are called in that thread, `close` last."""

    def read(self) -> Picture | FrameFault | None:
        """The next frame, a fault where it is none, None where none came for a moment. Raises LinkLostError."""

    def close(self) -> None: ...


class Link:
    """The newest frame, for any number of lookers in one event loop."""

    def __init__(self) -> None:
        self._newest: Frame | None = None
        self._lost = ""
        self._changed = asyncio.Event()

    async def frame(self, after: int, within: float) -> Frame:
        """The newest frame with a number above `after`.

        Raises TimeoutError when `within` seconds have passed, LinkLostError.
        """
        async with asyncio.timeout(within):
            while True:
                if self._lost:
                    raise LinkLostError(self._lost)
                if self._newest is not None and self._newest.number > after:
                    return self._newest
                await self._changed.wait()

    @property
    def newest(self) -> Frame | None:
        return self._newest

    async def close(self) -> None:
        self._newest = None

    def _put(self, picture: Picture | None) -> None:
        number = 1 if self._newest is None else self._newest.number + 1
        self._newest = Frame(number, time.perf_counter(), picture)
        self._wake()

    def _lose(self, detail: str) -> None:
        self._lost = detail
        self._newest = None
        self._wake()

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


class ThreadLink(Link):
    """A camera that is read by a thread of its own."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._loop = asyncio.get_running_loop()
        self._source = source
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._take, name="camera", daemon=True)

    def start(self) -> None:
        self._thread.start()

    async def close(self) -> None:
        self._stopped.set()
        if self._thread.is_alive():
            # In a thread of its own: the camera's may hang in a driver, and the loop must not.
            await asyncio.to_thread(self._thread.join, _CLOSE_WITHIN)
            if self._thread.is_alive():
                _logger.warning("the camera did not stop within %.0f s", _CLOSE_WITHIN)
        await super().close()

    def _take(self) -> None:
        lost = ""
        try:
            while not self._stopped.is_set():
                taken = self._source.read()
                if taken is not None:
                    self._loop.call_soon_threadsafe(self._put, None if isinstance(taken, FrameFault) else taken)
        except LinkLostError as error:
            lost = error.detail
        except RuntimeError:
            return  # The loop has closed: nobody is left to tell.
        except Exception:
            # A driver's own surprise ends this link and not the gate.
            _logger.exception("the camera failed in an unexpected way")
            lost = "port_failed"
        finally:
            self._source.close()
        if lost and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._lose, lost)


class PushLink(Link):
    """A camera that somebody else owns, who pushes pictures: a tablet's browser, a demo."""

    def __init__(self) -> None:
        super().__init__()
        self._busy = False

    async def push(self, jpeg: bytes) -> str:
        """Takes one JPEG. What became of it: `taken`, `busy` (the one before it is not decoded yet), or a FrameFault.

        Hostile bytes cost no more than their own length: the size is read before anything is decoded.
        """
        if self._busy:
            return "busy"
        self._busy = True
        try:
            measured = measure(jpeg)
            if isinstance(measured, FrameFault):
                return measured.value
            picture = await asyncio.to_thread(decode, measured.jpeg)
            self._put(picture)
        finally:
            self._busy = False
        return "taken" if picture is not None else FrameFault.NOT_A_PICTURE.value

    async def frame(self, after: int, within: float) -> Frame:
        """As every link; a page that has pushed nothing for `within` seconds is closed: LinkLostError `port_lost`."""
        try:
            return await super().frame(after, within)
        except TimeoutError:
            raise LinkLostError("port_missing" if self._newest is None else "port_lost") from None
