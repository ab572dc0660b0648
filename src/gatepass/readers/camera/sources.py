"""What a camera can be: a V4L2 device, a stream or film of JPEG pictures, a folder of them. Blocking, for a thread."""

from __future__ import annotations

import asyncio
import fcntl
import os
import select
import stat
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import cv2

from gatepass.readers.camera.frames import FrameFault, JpegStream, Measured, measure
from gatepass.readers.camera.link import Link, Source, ThreadLink
from gatepass.readers.camera.pictures import Picture, decode
from gatepass.readers.camera.status import detail_of
from gatepass.readers.contract import Attached
from gatepass.readers.link import LinkLostError

WANTED: Final = (1920, 1080)
"""What a camera is asked for; it gives what it can."""
_FRAMES_PER_S: Final = 30
_FILM_PER_S: Final = 15
_FOLDER_PER_S: Final = 2
_MOMENT: Final = 0.2
_PIECE: Final = 262_144

# VIDIOC_QUERYCAP and what it says (linux/videodev2.h).
_QUERYCAP: Final = 0x80685600
_CAPABILITY: Final = struct.Struct("16s32s32sII I 3I")
_CAPTURE: Final = 0x0000_0001
_CAPTURE_MPLANE: Final = 0x0000_1000
_STREAMING: Final = 0x0400_0000
_DEVICE_CAPS: Final = 0x8000_0000


async def open_link(port: str) -> Link:
    """Raises LinkLostError with what is wrong: `port_missing`, `port_forbidden`, `port_busy` or `port_failed`."""
    link = ThreadLink(await asyncio.to_thread(open_source, port))
    link.start()
    return link


def open_source(port: str) -> Source:
    """Raises LinkLostError with what is wrong: `port_missing`, `port_forbidden`, `port_busy` or `port_failed`."""
    path = Path(port)
    try:
        mode = path.stat().st_mode
        if stat.S_ISCHR(mode):
            return V4lSource(path)
        if stat.S_ISFIFO(mode):
            return StreamSource(path)
        if stat.S_ISDIR(mode):
            return FilmSource(_folder(path), _FOLDER_PER_S)
        return FilmSource(_film(path), _FILM_PER_S)
    except OSError as error:
        raise LinkLostError(detail_of(error.errno)) from error
    except ValueError as error:  # a path with a null character
        raise LinkLostError("port_missing") from error


def find(devices: Path = Path("/dev"), known: Path = Path("/sys/class/video4linux")) -> list[Attached]:
    """The cameras of this machine, by the name that stays the same whichever socket the plug is in."""
    found = []
    try:
        nodes = sorted(known.glob("video*"), key=lambda node: (len(node.name), node.name))
        links = {link.resolve(): link for link in sorted((devices / "v4l" / "by-id").glob("*"))}
        for node in nodes:
            # A camera has further nodes, for what it says about its pictures: those have another index.
            if _line(node / "index") in {"", "0"}:
                device = devices / node.name
                found.append(Attached("camera", str(links.get(device.resolve(), device)), _line(node / "name")))
    except OSError:
        return found
    return found


def _line(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return ""


class V4lSource:
    """A camera of the machine, through OpenCV, at 1920 x 1080 in Motion JPEG where it can."""

    def __init__(self, path: Path) -> None:
        self._began = False
        _ask(path)
        self._capture = cv2.VideoCapture(
            str(path.resolve()),
            cv2.CAP_V4L2,
            [
                *(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")),
                *(cv2.CAP_PROP_FRAME_WIDTH, WANTED[0]),
                *(cv2.CAP_PROP_FRAME_HEIGHT, WANTED[1]),
                *(cv2.CAP_PROP_FPS, _FRAMES_PER_S),
            ],
        )
        if not self._capture.isOpened():
            # It is there, ours to open, and a camera: what is left is another program that holds it.
            raise LinkLostError("port_busy")
        # Two old pictures fewer between the hand and the decoder; a driver that cannot, says no and goes on.
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)

    def read(self) -> Picture | FrameFault | None:
        came, picture = self._capture.read()
        if not came or picture is None:
            raise LinkLostError("port_lost" if self._began else "port_failed")
        self._began = True
        return picture

    def close(self) -> None:
        self._capture.release()


def _ask(path: Path) -> None:
    """Whether this is a camera, and ours to open. Raises OSError, LinkLostError `port_failed`."""
    device = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    try:
        answer = fcntl.ioctl(device, _QUERYCAP, bytes(_CAPABILITY.size))
    except OSError as error:
        raise LinkLostError("port_failed") from error
    finally:
        os.close(device)
    _, _, _, _, whole, own, *_ = _CAPABILITY.unpack(answer)
    can = own if whole & _DEVICE_CAPS else whole
    if not (can & (_CAPTURE | _CAPTURE_MPLANE) and can & _STREAMING):
        raise LinkLostError("port_failed")


class StreamSource:
    """JPEG pictures one after another from a named pipe, as they come."""

    def __init__(self, path: Path) -> None:
        self._pipe = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        try:
            # Two who read one pipe would each get half of every picture.
            fcntl.flock(self._pipe, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._pipe)
            raise
        self._stream = JpegStream()

    def read(self) -> Picture | FrameFault | None:
        ready, _, _ = select.select([self._pipe], [], [], _MOMENT)
        if not ready:
            return None
        try:
            piece = os.read(self._pipe, _PIECE)
        except BlockingIOError:
            return None
        except OSError as error:
            raise LinkLostError("port_lost") from error
        if not piece:
            raise LinkLostError("port_lost")
        found = self._stream.feed(piece)
        # The newest only: what came before it is over.
        return _decoded(found[-1]) if found else None

    def close(self) -> None:
        os.close(self._pipe)


class FilmSource:
    """Pictures that lie in files, at their pace, over and over."""

    def __init__(self, pictures: list[bytes], per_s: float) -> None:
        self._pictures = pictures
        self._pause = 1 / per_s
        self._shown = 0
        self._due = time.monotonic()

    def read(self) -> Picture | FrameFault | None:
        wait = self._due - time.monotonic()
        if wait > 0:
            time.sleep(min(wait, _MOMENT))
            if wait > _MOMENT:
                return None
        self._due = max(self._due, time.monotonic() - self._pause) + self._pause
        picture = self._pictures[self._shown % len(self._pictures)]
        self._shown += 1
        return _decoded(measure(picture))

    def close(self) -> None:
        self._pictures = []


def _film(path: Path) -> list[bytes]:
    stream = JpegStream()
    with path.open("rb") as film:
        pictures = [
            found.jpeg
            for piece in iter(lambda: film.read(_PIECE), b"")
            for found in stream.feed(piece)
            if isinstance(found, Measured)
        ]
    return _some(pictures)


def _folder(path: Path) -> list[bytes]:
    return _some([picture.read_bytes() for picture in _pictures_in(path)])


def _pictures_in(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.iterdir()) if path.suffix.lower() in {".jpg", ".jpeg"} and path.is_file())


def _some(pictures: list[bytes]) -> list[bytes]:
    if not pictures:
        raise LinkLostError("port_failed")
    return pictures


def _decoded(found: Measured | FrameFault) -> Picture | FrameFault:
    if isinstance(found, FrameFault):
        return found
    picture = decode(found.jpeg)
    return FrameFault.NOT_A_PICTURE if picture is None else picture
