"""The line to a SAM reader on USB bulk pipes, through pyusb and the system's libusb.

A frame goes each way in two transfers: preamble and length on one pipe, the rest on the other.

    to the reader    0x02  AA AA AA 96 69, length       0x06  command, parameter, data, check
    from the reader  0x81  AA AA AA 96 69, length       0x85  SW1 SW2 SW3, payload, check

`UsbLink` splits and joins them, and the reader above sees the same bytes as on a serial line. What comes damaged is
handed up as it came: the frames' parser judges it. libusb's calls block, so they run in one thread that ends with the
link; it waits in slices of 100 ms, so that a gate that stops need not wait for a reader that is silent.

Source: vector file of the project's research (`usb_bulk`), after the readers' protocol description. No vendor and
product numbers are standard: a reader is known by its four pipes.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import queue
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import usb.backend
import usb.backend.libusb1
import usb.core
import usb.util

from gatepass.readers.contract import Attached
from gatepass.readers.link import LinkLostError, Tray
from gatepass.readers.sam.frames import BROKEN_REPLY, LONGEST, PREAMBLE

HEAD_OUT, BODY_OUT, HEAD_IN, BODY_IN = 0x02, 0x06, 0x81, 0x85
PIPES: Final = frozenset({HEAD_OUT, BODY_OUT, HEAD_IN, BODY_IN})

_PACKET: Final = 64
"""Of bulk pipes at full speed: a transfer is asked for in whole packets, or a last one too long breaks it."""
_HEAD: Final = len(PREAMBLE) + 2
_WHOLE: Final = -(-LONGEST // _PACKET) * _PACKET

_SLICE_S: Final = 0.1
_BODY_WITHIN_S: Final = 0.5
_WRITTEN_WITHIN_S: Final = 1.0
_STALE_S: Final = 0.02
_STALE_READS: Final = 8
_CLOSE_WITHIN: Final = 6.0

_PORT: Final = re.compile(r"([0-9A-Fa-f]{4}):([0-9A-Fa-f]{4})(?::(.+))?")

_logger = logging.getLogger(__name__)
# pyusb can be told to trace every call with what was sent; nobody's card is to be in a log for that.
logging.getLogger("usb").setLevel(logging.INFO)


@dataclass(frozen=True, slots=True)
class UsbPort:
    """Which device: vendor and product, and its serial number where there are two of a kind."""

    vendor: int
    product: int
    serial: str = ""

    @classmethod
    def parse(cls, text: str) -> UsbPort:
        """`VID:PID` or `VID:PID:SERIAL`, vendor and product in four hexadecimal digits. ValueError otherwise."""
        form = _PORT.fullmatch(text)
        if form is None:
            raise ValueError("usb:VID:PID or usb:VID:PID:SERIAL")
        return cls(int(form[1], 16), int(form[2], 16), form[3] or "")


class UsbPipes:
    """The four pipes of one device. Every call blocks, and belongs into one thread."""

    def __init__(self, port: UsbPort, backend: usb.backend.IBackend | None = None) -> None:
        self._port = port
        self._backend = backend
        self._device: Any = None
        self._owed = 0
        """Replies to what was sent that have not come: they may come late, before the one to the next request."""

    def open(self) -> None:
        """LinkLostError: `software_missing` (no libusb), `port_missing`, `port_forbidden`, `port_busy`; `port_failed`
        where it has other pipes.
        """
        try:
            self._device = self._find()
            interface = _interface_of(self._device)
            if interface is None:
                raise LinkLostError("port_failed")
            try:
                self._device.get_active_configuration()
            except usb.core.USBError:
                self._device.set_configuration()
            usb.util.claim_interface(self._device, interface)
        except (usb.core.USBError, NotImplementedError, ValueError) as error:
            raise LinkLostError(_DETAIL_OF.get(getattr(error, "errno", None) or 0, "port_failed")) from error

    def _find(self) -> Any:
        backend = self._backend or library()
        vendor, product = self._port.vendor, self._port.product
        for device in usb.core.find(find_all=True, backend=backend, idVendor=vendor, idProduct=product):
            # Reading the serial number opens the device: not done where nobody asks for it.
            if not self._port.serial or _serial_of(device) == self._port.serial:
                return device
        raise LinkLostError("port_missing")

    def close(self) -> None:
        """Releases the device, whatever state it is in."""
        if self._device is not None:
            with suppress(usb.core.USBError, NotImplementedError):
                usb.util.dispose_resources(self._device)
            self._device = None

    def send(self, frame: bytes) -> None:
        """Both transfers of a request, after whatever is left of earlier replies. TimeoutError, LinkLostError."""
        if self._owed:
            for pipe in (HEAD_IN, BODY_IN):
                self._empty(pipe)
        self._owed += 1
        self._write(HEAD_OUT, frame[:_HEAD])
        self._write(BODY_OUT, frame[_HEAD:])

    def receive(self, within: float) -> bytes:
        """One reply, its two transfers joined. TimeoutError where none has begun within so many seconds."""
        try:
            head = self._read(HEAD_IN, _PACKET, within)
            head += self._rest_of(HEAD_IN, _HEAD - len(head), _STALE_S)
            length = int.from_bytes(head[len(PREAMBLE) : _HEAD], "big")
            whole = head.startswith(PREAMBLE) and len(head) == _HEAD and length <= LONGEST
            body = self._rest_of(BODY_IN, length, _BODY_WITHIN_S) if whole else self._empty(BODY_IN)
        except BrokenPipeError:
            self._owed = 0
            return BROKEN_REPLY
        if not head + body:
            # Transfers without a byte: the device is alive, and says nothing.
            raise TimeoutError
        self._owed = max(0, self._owed - 1)
        return head + body

    def _rest_of(self, pipe: int, length: int, within: float) -> bytes:
        """`length` bytes, in as many transfers as the device makes of them; fewer where it stops."""
        found = b""
        with suppress(TimeoutError):
            while len(found) < length:
                packets = -(-(length - len(found)) // _PACKET)
                piece = self._read(pipe, packets * _PACKET, within)
                if not piece:
                    break
                found += piece
        return found

    def _empty(self, pipe: int) -> bytes:
        """What lies in a pipe; bounded, because a device may babble."""
        found = b""
        with suppress(TimeoutError):
            for _ in range(_STALE_READS):
                found += self._read(pipe, _WHOLE, _STALE_S)
        return found

    def _write(self, pipe: int, octets: bytes) -> None:
        while octets:
            with self._errors(pipe):
                written = self._device.write(pipe, octets, _milliseconds(_WRITTEN_WITHIN_S))
            if written <= 0:
                raise TimeoutError
            octets = octets[written:]

    def _read(self, pipe: int, length: int, within: float) -> bytes:
        with self._errors(pipe):
            return bytes(self._device.read(pipe, length, _milliseconds(within)))

    def _errors(self, pipe: int) -> _Errors:
        return _Errors(self._device, pipe)


class _Errors:
    """Around one transfer: TimeoutError, BrokenPipeError where the pipe was stalled (and is not now), LinkLostError."""

    def __init__(self, device: Any, pipe: int) -> None:
        self._device = device
        self._pipe = pipe

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, usb.core.USBError | NotImplementedError | ValueError):
            return
        number = getattr(error, "errno", None)
        if isinstance(error, usb.core.USBTimeoutError) or number == errno.ETIMEDOUT:
            raise TimeoutError from error
        if number in {errno.EPIPE, errno.EOVERFLOW}:
            try:
                self._device.clear_halt(self._pipe)
            except (usb.core.USBError, NotImplementedError) as lost:
                raise LinkLostError("port_lost") from lost
            raise BrokenPipeError from error
        raise LinkLostError("port_lost") from error


class UsbLink:
    """One opened device. It is a `readers.link.Link`."""

    def __init__(self, pipes: UsbPipes) -> None:
        self._pipes = pipes
        self._tray = Tray()
        self._requests: queue.SimpleQueue[tuple[int, bytes] | None] = queue.SimpleQueue()
        self._turn = 0
        """Counts the requests: what answers an earlier one is not put where the answer to this one is awaited."""
        self._stopping = False
        self._loop = asyncio.get_running_loop()
        self._opened: asyncio.Future[None] = self._loop.create_future()
        # Looked at even where nobody waits any more: the gate stopped while the device was being opened.
        self._opened.add_done_callback(asyncio.Future.exception)
        self._ended = asyncio.Event()
        self._thread = threading.Thread(target=self._work, name="sam-usb", daemon=True)
        self.read = self._tray.read
        self.discard = self._tray.discard

    @classmethod
    async def open(cls, port: str, *, backend: usb.backend.IBackend | None = None) -> UsbLink:
        """`port` is as for `UsbPort.parse`, which raises ValueError. Raises LinkLostError as `UsbPipes.open` does."""
        link = cls(UsbPipes(UsbPort.parse(port), backend))
        link._thread.start()
        try:
            await asyncio.shield(link._opened)
        except BaseException:
            await link.close()
            raise
        return link

    def write(self, request: bytes) -> None:
        if self._tray.lost or self._stopping:
            raise LinkLostError("port_lost")
        self._turn += 1
        self._requests.put((self._turn, request))

    async def close(self) -> None:
        self._stopping = True
        self._requests.put(None)
        try:
            async with asyncio.timeout(_CLOSE_WITHIN):
                await self._ended.wait()
            self._thread.join()
        except TimeoutError:
            _logger.warning("the USB library did not let go of the reader within %.0f s", _CLOSE_WITHIN)

    # in the thread

    def _work(self) -> None:
        try:
            self._pipes.open()
            self._tell(self._opened.set_result, None)
            while (asked := self._requests.get()) is not None:
                turn, request = asked
                try:
                    self._pipes.send(request)
                    self._wait_for_reply(turn)
                except BrokenPipeError:
                    self._tell(self._put, turn, BROKEN_REPLY)
                except TimeoutError:
                    _logger.debug("the reader did not take a request")
        except LinkLostError as lost:
            self._tell(self._lose, lost)
        except Exception:
            # Whatever a library does on a bad day, the gate is told that the reader is gone and opens it again.
            _logger.exception("the USB library failed")
            self._tell(self._lose, LinkLostError("port_failed"))
        finally:
            self._pipes.close()
            self._tell(self._ended.set)

    def _wait_for_reply(self, turn: int) -> None:
        """Until it comes, or something else is asked, or the link is closed."""
        while not self._stopping and self._requests.empty():
            try:
                reply = self._pipes.receive(_SLICE_S)
            except TimeoutError:
                continue
            self._tell(self._put, turn, reply)
            return

    def _tell(self, what: Callable[..., object], *arguments: object) -> None:
        with suppress(RuntimeError):  # the loop is closed already
            self._loop.call_soon_threadsafe(what, *arguments)

    # in the loop

    def _put(self, turn: int, reply: bytes) -> None:
        if turn == self._turn:
            self._tray.put(reply)

    def _lose(self, lost: LinkLostError) -> None:
        if not self._opened.done():
            self._opened.set_exception(lost)
        self._tray.lose()


@cache
def library() -> usb.backend.IBackend:
    """libusb 1.0. LinkLostError `software_missing` where it is not installed (Debian package: libusb-1.0-0).

    Made once: every context of libusb has a thread of its own. That it is missing is not remembered.
    """
    backend = usb.backend.libusb1.get_backend()
    if backend is None:
        raise LinkLostError("software_missing")
    return backend


def find_usb(backend: usb.backend.IBackend | None = None) -> Iterator[Attached]:
    """Every device that has the four pipes; none where there is no libusb, or it may not look."""
    try:
        devices = list(usb.core.find(find_all=True, backend=backend or library()))
    except (LinkLostError, usb.core.USBError, NotImplementedError):
        return
    for device in devices:
        with suppress(usb.core.USBError, NotImplementedError):
            if _interface_of(device) is not None:
                yield Attached("sam", f"usb:{device.idVendor:04x}:{device.idProduct:04x}", _name_of(device))


def _interface_of(device: Any) -> Any:
    """The interface with the four pipes, or None."""
    for configuration in device:
        for interface in configuration:
            if {endpoint.bEndpointAddress for endpoint in interface} >= PIPES:
                return interface
    return None


def _serial_of(device: Any) -> str | None:
    try:
        serial: str | None = device.serial_number
    except ValueError:
        # pyusb cannot tell a device that it may not open from one whose texts are broken; the first is common.
        raise LinkLostError("port_forbidden") from None
    return serial


def _name_of(device: Any) -> str:
    """What it calls itself; empty where it may not be opened."""
    try:
        words = (device.manufacturer, device.product)
    except (usb.core.USBError, NotImplementedError, ValueError):
        return ""
    finally:
        with suppress(usb.core.USBError, NotImplementedError):
            usb.util.dispose_resources(device)
    return " ".join(word.strip() for word in words if word)


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))


_DETAIL_OF: Final = {
    errno.EACCES: "port_forbidden",
    errno.EPERM: "port_forbidden",
    errno.EBUSY: "port_busy",
    errno.ENODEV: "port_missing",
    errno.ENOENT: "port_missing",
    errno.EIO: "port_lost",
}
