"""What a camera can be, what is wrong with one that cannot be had, and which are attached."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest

from gatepass.readers import Attached
from gatepass.readers.camera import find, sources
from gatepass.readers.camera.frames import FrameFault
from gatepass.readers.camera.port import Port
from gatepass.readers.camera.sources import V4lSource, open_source
from gatepass.readers.camera.stage import Shot, jpeg_of, photograph
from gatepass.readers.link import LinkLostError

PICTURES = [jpeg_of(photograph(None, Shot(size=(160, 90)), seed=n)) for n in range(3)]


@contextmanager
def lost(detail: str):
    with pytest.raises(LinkLostError) as caught:
        yield
    assert caught.value.detail == detail


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("0", Port("/dev/video0")),
        ("12", Port("/dev/video12")),
        ("/dev/v4l/by-id/usb-046d_C920-index0", Port("/dev/v4l/by-id/usb-046d_C920-index0")),
        ("push", Port("push")),
        ("film.mjpeg?codes=qr,code128", Port("film.mjpeg", ("qr", "code128"))),
    ],
)
def test_how_a_port_is_written(text, port):
    assert Port.parse(text) == port


@pytest.mark.parametrize("text", ["", "?codes=qr", "0?codes=qr,telepathy", "0?speed=9", "0?codes"])
def test_a_port_that_is_not_written_like_that_is_refused(text):
    with pytest.raises(ValueError):
        Port.parse(text)


def test_what_cannot_be_opened_says_why(tmp_path):
    with lost("port_missing"):
        open_source(str(tmp_path / "nothing"))
    with lost("port_missing"):
        open_source("\0")
    with lost("port_failed"):
        open_source("/dev/null")
    (tmp_path / "text").write_text("no pictures")
    with lost("port_failed"):
        open_source(str(tmp_path / "text"))
    with lost("port_failed"):
        open_source(str(tmp_path))


def test_a_film_and_a_folder_go_on_and_on(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "_FILM_PER_S", 1000)
    monkeypatch.setattr(sources, "_FOLDER_PER_S", 1000)
    (tmp_path / "film.mjpeg").write_bytes(b"".join(PICTURES))
    folder = tmp_path / "folder"
    folder.mkdir()
    for n, picture in enumerate(PICTURES):
        (folder / f"{n}.jpg").write_bytes(picture)
    (folder / "notes.txt").write_text("not a picture")
    for port in (tmp_path / "film.mjpeg", folder):
        source = open_source(str(port))
        taken = [source.read() for _ in range(7)]
        assert all(isinstance(frame, np.ndarray) for frame in taken)
        assert (taken[0] == taken[3]).all()
        assert (taken[0] != taken[1]).any()
        source.close()


def test_a_damaged_picture_in_a_folder_is_a_fault(tmp_path):
    (tmp_path / "0.jpg").write_bytes(PICTURES[0][:500])
    assert open_source(str(tmp_path)).read() is FrameFault.CUT_SHORT


def test_a_stream_that_another_reads_is_busy(tmp_path):
    pipe = tmp_path / "camera.mjpeg"
    os.mkfifo(pipe)
    held = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    fcntl.flock(held, fcntl.LOCK_EX)
    with lost("port_busy"):
        open_source(str(pipe))
    os.close(held)
    open_source(str(pipe)).close()


# A camera of the machine. None is here: the kernel and OpenCV are played.


class Kernel:
    """Answers the question what a device can do (`struct v4l2_capability`)."""

    def __init__(self, *, whole: int = 0x8420_0001, own: int = 0x0420_0001, error: int = 0) -> None:
        self.whole, self.own, self.error = whole, own, error

    def __call__(self, device: int, request: int, answer: bytes) -> bytes:
        assert (request, len(answer)) == (0x80685600, 104)
        if self.error:
            raise OSError(self.error, "no")
        return (
            b"uvcvideo".ljust(16, b"\0")
            + b"C920".ljust(32, b"\0")
            + bytes(32 + 4)
            + (self.whole.to_bytes(4, "little") + self.own.to_bytes(4, "little") + bytes(12))
        )


class Capture:
    """A cv2.VideoCapture with so many frames in it."""

    def __init__(self, frames: int, *, opens: bool = True) -> None:
        self.frames, self.opens, self.asked, self.released = frames, opens, {}, False

    def __call__(self, path: str, api: int, wanted: list[int]) -> Capture:
        assert api == cv2.CAP_V4L2
        self.asked = dict(zip(wanted[::2], wanted[1::2], strict=True))
        return self

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return self.opens

    def set(self, *_: int) -> bool:
        return False

    def read(self) -> tuple[bool, np.ndarray | None]:
        self.frames -= 1
        return (True, np.zeros((90, 160, 3), np.uint8)) if self.frames >= 0 else (False, None)

    def release(self) -> None:
        self.released = True


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """`machine(kernel, capture)`: a path at which a camera is."""

    def make(kernel: Kernel, capture: Capture) -> Path:
        device = tmp_path / "video0"
        device.touch()
        monkeypatch.setattr(fcntl, "ioctl", kernel)
        monkeypatch.setattr(cv2, "VideoCapture", capture)
        return device

    return make


def test_a_camera_is_asked_for_1080p_and_gives_frames_until_it_is_pulled(machine):
    capture = Capture(2)
    camera = V4lSource(machine(Kernel(), capture))
    assert capture.asked[cv2.CAP_PROP_FRAME_WIDTH] == 1920
    assert capture.asked[cv2.CAP_PROP_FRAME_HEIGHT] == 1080
    assert camera.read().shape == (90, 160, 3)
    camera.read()
    with lost("port_lost"):
        camera.read()
    camera.close()
    assert capture.released


def test_a_camera_that_another_program_holds_is_busy(machine):
    with lost("port_busy"):
        V4lSource(machine(Kernel(), Capture(0, opens=False)))


def test_a_camera_that_never_gives_a_frame_has_failed(machine):
    with lost("port_failed"):
        V4lSource(machine(Kernel(), Capture(0))).read()


@pytest.mark.parametrize(
    "kernel",
    [
        pytest.param(Kernel(own=0x04A0_0000), id="the node of a camera's metadata"),
        pytest.param(Kernel(whole=0x0000_0002), id="a video output of an old driver"),
        pytest.param(Kernel(error=errno.ENOTTY), id="no video device at all"),
    ],
)
def test_what_is_no_camera_has_failed(machine, kernel):
    with lost("port_failed"):
        V4lSource(machine(kernel, Capture(9)))


def test_a_camera_that_is_not_ours_to_open_is_forbidden(machine, monkeypatch):
    def forbidden(*_: object) -> int:
        raise PermissionError(errno.EACCES, "no")

    device = machine(Kernel(), Capture(9))
    monkeypatch.setattr(sources.os, "open", forbidden)
    monkeypatch.setattr(sources.stat, "S_ISCHR", lambda _: True)
    with lost("port_forbidden"):
        open_source(str(device))


def known_cameras(root: Path) -> tuple[Path, Path]:
    devices, known = root / "dev", root / "sys"
    (devices / "v4l" / "by-id").mkdir(parents=True)
    for number, index, name in ((0, 0, "HD Pro Webcam C920"), (1, 1, "HD Pro Webcam C920"), (10, 0, "USB Camera")):
        (devices / f"video{number}").touch()
        node = known / f"video{number}"
        node.mkdir(parents=True)
        (node / "index").write_text(f"{index}\n")
        (node / "name").write_text(f"{name}\n")
    (devices / "v4l" / "by-id" / "usb-046d_C920-video-index0").symlink_to(devices / "video0")
    return devices, known


def test_the_attached_cameras_are_found_by_the_name_that_stays(tmp_path):
    devices, known = known_cameras(tmp_path)
    assert find(devices, known) == [
        Attached("camera", str(devices / "v4l" / "by-id" / "usb-046d_C920-video-index0"), "HD Pro Webcam C920"),
        Attached("camera", str(devices / "video10"), "USB Camera"),
    ]


def test_a_machine_without_cameras_has_none(tmp_path):
    assert find(tmp_path / "dev", tmp_path / "sys") == []


def test_opening_a_link_does_not_hold_up_the_loop(tmp_path):
    async def story():
        with lost("port_missing"):
            await sources.open_link(str(tmp_path / "nothing"))

    asyncio.run(story())
