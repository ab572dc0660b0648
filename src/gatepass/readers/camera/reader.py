"""A camera, as codes and documents.

Three things look at the newest frame, each at its own pace; none waits for another, and nobody sees old frames:

1. light and movement, every frame that codes are looked for in: a covered lens is told to the guard, and where
   nothing has moved for ten seconds only QR codes are looked for (a gate is empty most of the day).
2. codes, ten times a second: QR always, the rarer kinds and a sharpened picture in every fourth frame without one.
3. machine-readable zones, every `poll_s`: two frames must say the same (`camera.agreement`). The Document says
   `assurance=printed`: whoever has a chip reader as well uses it as the key to the chip.

Frames live in memory; no frame, text, name or number is written or logged.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Final, TypeVar

from gatepass.identity import Assurance, Document
from gatepass.readers.camera.agreement import CodesInView, Step, ZoneVisit
from gatepass.readers.camera.codes import CodeReader
from gatepass.readers.camera.link import Frame, Link, PushLink
from gatepass.readers.camera.pictures import Picture, cells_of, grey_of
from gatepass.readers.camera.port import PUSHED, Port
from gatepass.readers.camera.recogniser import Recogniser, missing_software
from gatepass.readers.camera.sources import open_link
from gatepass.readers.camera.status import SILENT_AFTER_S, Wellness
from gatepass.readers.camera.zones import Look, ZoneReader
from gatepass.readers.contract import CodeText, Condition, OnRead, OnReading, OnState, Reading
from gatepass.readers.link import LinkLostError
from gatepass.readers.port import PortReader

_logger = logging.getLogger(__name__)

_CODES_EVERY_S: Final = 0.1
_HARD_EVERY: Final = 4
"""Frames without a code, of which one is looked at harder."""
_STILL_AFTER_S: Final = 10.0
_MOVED: Final = 9
"""Grey values by which a cell of 20 x 20 pixels has changed where something moved."""
_SILENCES_UNTIL_REOPENED: Final = 3

T = TypeVar("T")


class CameraReader(PortReader[Link]):
    """One camera; see `readers.contract.Reader`. `port` is as `Port.parse` reads it, which raises ValueError.

    `poll_s`: the shortest time between two looks for a machine-readable zone; codes are looked for ten times a second.
    """

    family = "camera"

    def __init__(
        self,
        port: str,
        *,
        on_read: OnRead,
        on_state: OnState,
        on_reading: OnReading | None = None,
        poll_s: float = 0.3,
        open_link: Callable[[str], Awaitable[Link]] = open_link,
    ) -> None:
        options = Port.parse(port)
        self._pushed = PushLink() if options.path == PUSHED else None
        super().__init__(
            options.path,
            on_read=on_read,
            on_state=on_state,
            on_reading=on_reading,
            open_link=partial(open_link, options.path) if self._pushed is None else self._open_pushed,
        )
        self._poll_s = poll_s
        self._codes = CodeReader(options.codes)
        self._zones = ZoneReader(Recogniser)
        self._link: Link | None = None
        self._well = Wellness()
        self._in_view = CodesInView()
        self._visit = ZoneVisit()
        self._cells: Picture | None = None
        self._moved_at = 0.0
        self._telling = asyncio.Lock()

    @property
    def newest(self) -> Frame | None:
        """The newest frame, for whoever compares faces or shows a preview. Never to be kept."""
        return None if self._link is None else self._link.newest

    async def push(self, jpeg: bytes) -> str:
        """One picture of a camera that a browser owns, where the port is `push`.

        Any bytes at all; never raises. The answer: `taken`, `busy` (the one before it is being decoded), a
        `frames.FrameFault`, or `not_a_pushed_camera`. A page sends its next picture when this one is answered.
        """
        return "not_a_pushed_camera" if self._pushed is None else await self._pushed.push(jpeg)

    async def run(self) -> None:
        missing = missing_software()
        if missing:
            _logger.warning("machine-readable zones are not read: %s is not installed", missing)
        await super().run()

    async def _open_pushed(self) -> Link:
        assert self._pushed is not None
        return self._pushed

    async def _serve(self, link: Link) -> None:
        """Looks until the camera is lost, or has been silent for so long that opening it anew may help."""
        self._link = link
        self._well = Wellness()
        self._in_view = CodesInView()
        self._cells, self._moved_at = None, time.monotonic()
        pools = [ThreadPoolExecutor(1, thread_name_prefix=f"camera-{what}") for what in ("codes", "zones")]
        watching = [asyncio.create_task(self._watch_codes(link, pools[0]))]
        if not missing_software():
            watching.append(asyncio.create_task(self._watch_zones(link, pools[1])))
        try:
            ended, _ = await asyncio.wait(watching, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                task.result()
        except LinkLostError:
            vanished = self._visit.lost()
            if vanished is not None:
                await self._give(vanished)
            raise
        except Exception:
            # A picture that our own code cannot stand must not end the camera for everyone who comes after.
            _logger.exception("looking at a picture failed in an unexpected way")
            self._become(Condition.ILL, "reader_error")
        finally:
            self._link = None
            # Before anything is awaited: a gate that stops at this very moment must not leave threads behind.
            for pool in pools:
                pool.shutdown(wait=False, cancel_futures=True)
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)

    async def _watch_codes(self, link: Link, pool: ThreadPoolExecutor) -> None:
        number = empty = silences = 0
        while silences < _SILENCES_UNTIL_REOPENED:
            began = time.monotonic()
            try:
                frame = await link.frame(number, SILENT_AFTER_S)
            except TimeoutError:
                silences += 1
                self._well.silent()
                self._tell_wellness()
                continue
            number, silences = frame.number, 0
            if frame.picture is None:
                self._well.garbled()
                self._tell_wellness()
                continue
            hard = empty % _HARD_EVERY == _HARD_EVERY - 1 and not self._is_still
            found = await _in(pool, self._look_for_codes, frame.picture, hard)
            self._tell_wellness()
            empty = 0 if found else empty + 1
            now = time.monotonic()
            if self._is_still:
                self._in_view.still(now)
            for code in self._in_view.look(now, found):
                await self._tell(Step(begins=True, result=code), frame)
            await asyncio.sleep(began + _CODES_EVERY_S - time.monotonic())

    def _look_for_codes(self, picture: Picture, hard: bool) -> list[CodeText]:
        grey = grey_of(picture)
        cells = cells_of(grey)
        now = time.monotonic()
        self._well.saw(now, mean=float(cells.mean()), spread=float(cells.std()))
        before, self._cells = self._cells, cells
        if before is None or int(abs(cells.astype("int16") - before).max()) >= _MOVED:
            self._moved_at = now
        return self._codes.look(grey, hard=hard)

    @property
    def _is_still(self) -> bool:
        return time.monotonic() - self._moved_at > _STILL_AFTER_S

    async def _watch_zones(self, link: Link, pool: ThreadPoolExecutor) -> None:
        number = 0
        sharpened = False
        while True:
            began = time.monotonic()
            try:
                frame = await link.frame(number, SILENT_AFTER_S)
            except TimeoutError:
                continue  # the other watch tells of it
            number = frame.number
            if self._is_still:
                self._visit.still(began)
            elif frame.picture is not None:
                # By turns, so that the two frames that must agree are not looked at twice in the same way.
                look = await _in(pool, self._look_for_zone, frame.picture, sharpened)
                sharpened = not sharpened
                document = None if look.zone is None else replace(look.zone.document, assurance=Assurance.PRINTED)
                await self._tell(self._visit.look(time.monotonic(), document, seen=look.seen), frame)
            await asyncio.sleep(began + self._poll_s - time.monotonic())

    def _look_for_zone(self, picture: Picture, sharpened: bool) -> Look:
        return self._zones.look(grey_of(picture), sharpened_first=sharpened)

    async def _tell(self, step: Step, frame: Frame) -> None:
        if step.begins:
            self._announce()
        if step.result is not None:
            if isinstance(step.result, Document | CodeText):
                self.read_ms = (time.perf_counter() - frame.taken) * 1000
            await self._give(step.result)

    async def _give(self, reading: Reading) -> None:
        # A code and a page may be read at the same moment: the gate gets one after the other.
        async with self._telling:
            await super()._give(reading)

    def _tell_wellness(self) -> None:
        self._become(Condition.ILL if self._well.detail else Condition.READY, self._well.detail)


async def _in(pool: ThreadPoolExecutor, work: Callable[[Picture, bool], T], picture: Picture, how: bool) -> T:
    return await asyncio.get_running_loop().run_in_executor(pool, work, picture, how)
