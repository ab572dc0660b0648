"""A camera made of software: it streams JPEG pictures through a named pipe, as a camera would take them.

    with CameraSimulator() as camera:                  # its own thread; `camera.port` is what the gate opens
        camera.show(stage.page(zone))                  # a page moves into view and is held there ...
        camera.inject(Fault.CUT_SHORT, times=5)        # ... five pictures arrive damaged
        camera.take_away()                             # and it moves out again
        camera.show(stage.code("HC1:…"), Shot(width=0.3, turned=20))

No two pictures are the same: hands shake and sensors are noisy. The pictures are drawn by `camera.stage`.
"""

from __future__ import annotations

import fcntl
import os
import select
import shutil
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np

from gatepass.readers.camera.pictures import Picture
from gatepass.readers.camera.stage import Shot, jpeg_of, photograph

_PIPE_BYTES: Final = 1_048_576
_TAKES: Final = 4
"""Pictures of one scene that are drawn; they come in turn."""
_ARRIVES_S: Final = 0.4
_SHAKE: Final = 0.004
"""Of the frame, by which a hand's position differs from picture to picture."""


class Fault(StrEnum):
    """What can go wrong with a picture on its way."""

    CUT_SHORT = "cut_short"
    """It ends in its middle, and the next one begins."""
    GARBAGE = "garbage"
    """Random bytes in its place."""
    NOISE_BETWEEN = "noise_between"
    """It is whole, with stray bytes before it."""
    BOMB = "bomb"
    """A few bytes that claim 60,000 x 60,000 pixels."""
    NOT_A_PICTURE = "not_a_picture"
    """A web page, as a network camera sends when its password has changed."""
    DAMAGED = "damaged"
    """Its head is whole, its inside is not."""
    MISSING = "missing"
    """No picture at all."""
    BLACK = "black"
    """A cap on the lens."""
    WHITE = "white"
    """A lamp shines into the lens."""
    SHAKEN = "shaken"
    """The page moved while it was taken."""


class CameraSimulator:
    """One simulated camera. All methods may be called from any thread.

    `link`: where `port`, a named pipe, is made; it is made anew when the camera vanishes and comes back. Without it, in
    a temporary folder. `size` of the frame and `per_s`: small and slow, so that tests are quick.
    """

    def __init__(self, link: Path | None = None, *, size: tuple[int, int] = (960, 540), per_s: float = 12.0) -> None:
        self._own_folder = Path(tempfile.mkdtemp(prefix="camera-")) if link is None else None
        self._link = link if link is not None else Path(self._own_folder or "") / "camera.mjpeg"
        self._size = size
        self._pause = 1 / per_s
        self._lock = threading.RLock()
        self._thing: Picture | None = None
        self._shot = Shot(size=size)
        self._moves: deque[bytes] = deque()
        self._takes: list[bytes] = []
        self._injected: deque[Fault] = deque()
        self._pipe: int | None = None
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._sent = 0
        self._chance = np.random.default_rng(20)

    @property
    def port(self) -> str:
        """What the gate opens: camera:PORT."""
        return str(self._link)

    @property
    def sent(self) -> int:
        """Pictures sent so far, faults included."""
        return self._sent

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> Self:
        self.come_back()
        return self

    def stop(self) -> None:
        self.vanish()
        if self._own_folder is not None:
            shutil.rmtree(self._own_folder, ignore_errors=True)

    # what is before the lens

    def show(self, thing: Picture, shot: Shot | None = None, *, arrives: bool = True) -> None:
        """`thing` (`stage.page`, `stage.code`) is held before the camera; at once, or it `arrives` first."""
        shot = replace(shot or Shot(), size=self._size)
        takes = [self._take(thing, shot) for _ in range(_TAKES)]
        moves = self._move(thing, shot, arriving=True) if arrives else []
        with self._lock:
            self._thing, self._shot, self._takes = thing, shot, takes
            self._moves = deque(moves)

    def take_away(self, *, leaves: bool = True) -> None:
        with self._lock:
            thing, shot = self._thing, self._shot
        moves = self._move(thing, shot, arriving=False) if leaves and thing is not None else []
        takes = [self._take(None, shot) for _ in range(_TAKES)]
        with self._lock:
            self._thing, self._takes = None, takes
            self._moves = deque(moves)

    def _take(self, thing: Picture | None, shot: Shot) -> bytes:
        x, y = self._chance.normal(0, _SHAKE, 2)
        shaken = replace(shot, at=(shot.at[0] + float(x), shot.at[1] + float(y)))
        return jpeg_of(photograph(thing, shaken, seed=int(self._chance.integers(1 << 30))))

    def _move(self, thing: Picture, shot: Shot, *, arriving: bool) -> list[bytes]:
        """From the right edge to its place, or back: smeared, as nothing can be read while it moves."""
        count = max(2, round(_ARRIVES_S / self._pause))
        parts = [(n + 0.5) / count for n in range(count)]
        smear = 0.5 * self._size[0] / count
        away = [1 - part for part in parts] if arriving else parts
        return [
            self._take(thing, replace(shot, at=(shot.at[0] + part * 0.9, shot.at[1]), motion=smear)) for part in away
        ]

    # mischief

    def inject(self, fault: Fault, times: int = 1) -> None:
        """The next `times` pictures go wrong."""
        with self._lock:
            self._injected.extend([fault] * times)

    def forgive(self) -> None:
        """Forgets the faults that have not happened yet."""
        with self._lock:
            self._injected.clear()

    def vanish(self) -> None:
        """The cable is pulled."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._stopped.set()
        thread.join()
        self._link.unlink(missing_ok=True)

    def come_back(self) -> None:
        """The cable is plugged in (again)."""
        if self._thread is not None:
            return
        if not self._takes:
            self.take_away()
        self._link.unlink(missing_ok=True)
        os.mkfifo(self._link, 0o600)
        # Open for both, so that it can be opened before anybody listens.
        pipe = os.open(self._link, os.O_RDWR | os.O_NONBLOCK)
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._stopped.clear()
        self._thread = threading.Thread(target=self._serve, args=(pipe,), name="camera-simulator", daemon=True)
        self._thread.start()

    # the camera's own work, in its thread

    def _serve(self, pipe: int) -> None:
        due = time.monotonic()
        try:
            while not self._stopped.wait(max(0.0, due - time.monotonic())):
                due = max(due + self._pause, time.monotonic())
                self._send(pipe, self._next())
        finally:
            os.close(pipe)

    def _next(self) -> bytes:
        with self._lock:
            self._sent += 1
            picture = self._moves.popleft() if self._moves else self._takes[self._sent % len(self._takes)]
            fault = self._injected.popleft() if self._injected else None
            if fault is None:
                return picture
            if fault is Fault.SHAKEN:
                return self._take(self._thing, replace(self._shot, motion=self._size[0] / 20))
            return spoilt(fault, picture)

    def _send(self, pipe: int, octets: bytes) -> None:
        """A picture for which there is no room is left out whole, as a camera leaves it out."""
        rest = memoryview(octets)
        while rest and not self._stopped.is_set():
            _, ready, _ = select.select([], [pipe], [], 0.05)
            if not ready:
                if len(rest) == len(octets):
                    return
                continue
            try:
                rest = rest[os.write(pipe, rest) :]
            except BlockingIOError:
                continue


def spoilt(fault: Fault, picture: bytes) -> bytes:
    """What arrives instead of a JPEG when this goes wrong. SHAKEN is a picture of its own: not here."""
    return _DAMAGE[fault](picture)


def _claiming(picture: bytes, width: int, height: int) -> bytes:
    """The picture's first bytes with another size in its frame header."""
    at = picture.index(b"\xff\xc0")
    size = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    return picture[: at + 5] + size + picture[at + 9 : at + 400] + b"\xff\xd9"


def _plain(grey: int) -> Callable[[bytes], bytes]:
    return lambda _: jpeg_of(np.full((540, 960, 3), grey, np.uint8))


_DAMAGE: Final[dict[Fault, Callable[[bytes], bytes]]] = {
    Fault.CUT_SHORT: lambda picture: picture[: len(picture) * 2 // 5],
    Fault.GARBAGE: lambda picture: np.random.default_rng(len(picture)).bytes(len(picture)),
    Fault.NOISE_BETWEEN: lambda picture: b"\x00\xff\xd8\x00--boundary\r\n" + picture,
    Fault.BOMB: lambda picture: _claiming(picture, 60_000, 60_000),
    Fault.NOT_A_PICTURE: lambda _: b"<html><body>401 Unauthorized</body></html>",
    Fault.DAMAGED: lambda picture: picture[:700] + bytes(0x5A for _ in picture[700:-2]) + picture[-2:],
    Fault.MISSING: lambda _: b"",
    Fault.BLACK: _plain(8),
    Fault.WHITE: _plain(255),
}
