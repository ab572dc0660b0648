"""The line to a SAM reader that calls itself a human interface device: /dev/hidrawN, reports in, reports out.

Reading never blocks. Writing may, for as long as the kernel waits for a device that does not take its report (five
seconds), so it has a thread of its own, which ends with the link. The report's form is in `sam.reports`.

Sources: linux/hidraw.h and the kernel's Documentation/hid/hidraw.rst: an unnumbered report is written with a zero
before it and read without one.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import logging
import os
import re
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final

from gatepass.readers.contract import Attached
from gatepass.readers.link import LinkLostError, Tray
from gatepass.readers.sam.reports import ReplyJoiner

OpenDevice = Callable[[str], int]
"""A path becomes a file descriptor that reads and writes whole reports; OSError otherwise."""

KNOWN: Final = frozenset({(0x10C4, 0x0007), (0x203B, 0x0101)})
"""Vendor and product of the readers whose driver names them: a keyboard is a human interface device too."""

_LONGEST_REPORT: Final = 4096
_WITHOUT_NUMBER: Final = b"\0"
_CLOSE_WITHIN: Final = 6.0

_logger = logging.getLogger(__name__)


def open_hidraw(path: str) -> int:
    """Opens /dev/hidrawN for this process alone, as far as other programs ask: OSError EBUSY where one of ours has it.

    ENOTTY where the path is no device at all.
    """
    fd = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    if not stat.S_ISCHR(os.fstat(fd).st_mode):
        os.close(fd)
        raise OSError(errno.ENOTTY, "not a device")
    try:
        # Several programs may open a hidraw device, and then each gets a part of the replies.
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        raise OSError(errno.EBUSY, "another program reads here") from None
    return fd


class HidLink:
    """One opened device. It is a `readers.link.Link`."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._tray = Tray()
        self._joiner = ReplyJoiner()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="sam-hid")
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(fd, self._readable)
        self.read = self._tray.read
        self.discard = self._tray.discard

    @classmethod
    async def open(cls, port: str, *, open_device: OpenDevice = open_hidraw, root: Path = Path("/")) -> HidLink:
        """`port` is as for `check_hid`. Raises LinkLostError: `port_missing`, `port_forbidden`, `port_busy`;
        `port_failed` for what is no device.
        """
        try:
            return cls(open_device(_path_of(port, root)))
        except FileNotFoundError:
            raise LinkLostError("port_missing") from None
        except PermissionError:
            raise LinkLostError("port_forbidden") from None
        except OSError as error:
            raise LinkLostError(_DETAIL_OF.get(error.errno or 0, "port_failed")) from error

    def write(self, request: bytes) -> None:
        """One request per report; its reply is waited for before the next is written."""
        if self._tray.lost or self._fd < 0:
            raise LinkLostError("port_lost")
        report = _WITHOUT_NUMBER + self._joiner.next_request(request)
        self._writer.submit(os.write, self._fd, report).add_done_callback(self._written)

    async def close(self) -> None:
        if self._fd < 0:
            return
        self._loop.remove_reader(self._fd)
        fd, self._fd = self._fd, -1
        # The descriptor is closed where it is written to: its number may be somebody else's a moment later.
        closed = asyncio.wrap_future(self._writer.submit(os.close, fd))
        self._writer.shutdown(wait=False)
        try:
            async with asyncio.timeout(_CLOSE_WITHIN):
                await closed
            self._writer.shutdown(wait=True)
        except TimeoutError:
            _logger.warning("the reader did not take its last report within %.0f s", _CLOSE_WITHIN)

    def _readable(self) -> None:
        try:
            report = os.read(self._fd, _LONGEST_REPORT)
        except BlockingIOError:
            return
        except OSError:  # EIO, ENODEV: unplugged
            report = b""
        if not report:
            self._lose()
        elif piece := self._joiner.feed(report):
            self._tray.put(piece)

    def _written(self, done: Future[int]) -> None:
        """In the writer's thread."""
        error = done.exception()
        # A device that did not take the report in time is silent, not gone: the reader's own patience decides.
        if error is not None and not (isinstance(error, OSError) and error.errno == errno.ETIMEDOUT):
            with suppress(RuntimeError):  # the loop is closed already
                self._loop.call_soon_threadsafe(self._lose)

    def _lose(self) -> None:
        if self._fd >= 0:
            self._loop.remove_reader(self._fd)
        self._tray.lose()


def check_hid(port: str) -> None:
    """`/dev/hidrawN`, or vendor and product (`10c4:0007`): the number changes with the socket, those do not.

    ValueError otherwise.
    """
    if not port.startswith("/") and _NUMBERS.fullmatch(port) is None:
        raise ValueError("hid:VID:PID or hid:/dev/hidrawN")


def find_hid(root: Path = Path("/")) -> Iterator[Attached]:
    """The readers among the human interface devices, by vendor and product. Opens none of them."""
    known = [(node, numbers, name) for node, numbers, name in _attached(root) if numbers in KNOWN]
    for node, numbers, name in known:
        alone = [other for _, other, _ in known].count(numbers) == 1
        yield Attached("sam", f"hid:{numbers[0]:04x}:{numbers[1]:04x}" if alone else f"hid:/dev/{node}", name)


def _path_of(port: str, root: Path) -> str:
    if port.startswith("/"):
        return port
    vendor, _, product = port.partition(":")
    wanted = (int(vendor, 16), int(product, 16))
    for node, numbers, _ in _attached(root):
        if numbers == wanted:
            return f"/dev/{node}"
    raise FileNotFoundError(errno.ENOENT, "not attached", port)


def _attached(root: Path) -> Iterator[tuple[str, tuple[int, int], str]]:
    """Name of the node, vendor and product, and what the device calls itself, of every HID."""
    for node in sorted((root / "sys/class/hidraw").glob("hidraw*")):
        try:
            told = dict(line.partition("=")[::2] for line in (node / "device/uevent").read_text().splitlines())
            _, vendor, product = (int(part, 16) for part in told["HID_ID"].split(":"))
        except (OSError, ValueError, KeyError):
            continue
        yield node.name, (vendor, product), told.get("HID_NAME", "").strip()


_NUMBERS: Final = re.compile(r"[0-9A-Fa-f]{4}:[0-9A-Fa-f]{4}")
_DETAIL_OF: Final = {
    errno.EBUSY: "port_busy",
    errno.ENODEV: "port_missing",
    errno.ENXIO: "port_missing",
}
