"""A SAM reader on USB bulk pipes made of software: a backend for pyusb, in place of libusb.

    with UsbSimulator() as reader:
        SamReader(reader.device, open_link=reader.open_link, ...)

pyusb itself runs as it does on a real bus: descriptors, configuration, claims, transfers in packets of 64 bytes.
"""

# ruff: noqa: ARG002, N803 - the signatures are those of pyusb's IBackend

from __future__ import annotations

import errno
import threading
import time
from array import array
from collections import deque
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Final

import usb.backend
import usb.core
import usb.util

from gatepass.readers.link import Link
from gatepass.readers.sam.frames import PREAMBLE, SHORTEST_REQUEST, FrameParser
from gatepass.readers.sam.link import open_link
from gatepass.readers.sam.module import SimulatedModule, TransportFault
from gatepass.readers.sam.usb import BODY_IN, BODY_OUT, HEAD_IN, HEAD_OUT

VENDOR, PRODUCT, SERIAL = 0x0400, 0xC35A, "SIM-0001"
"""Nobody's: no vendor and product numbers are standard for these readers."""

_HEAD: Final = len(PREAMBLE) + 2
_PIPES: Final = (HEAD_OUT, HEAD_IN, BODY_OUT, BODY_IN)
_STRINGS: Final = {1: "gatepass", 2: "Simulated card reader", 3: SERIAL}
_ENGLISH: Final = 0x0409
_SHORT: Final = 100


class UsbFault(TransportFault):
    """What can go wrong with one reply on USB; with `Command` what it answers."""

    STALLED = "stalled"
    """The pipe of the body answers STALL until the host clears it."""
    STALLED_HEAD = "stalled_head"
    SHORT_TRANSFERS = "short_transfers"
    """The body comes in several transfers, each ended by a short packet."""
    SHORT_HEAD = "short_head"
    """Preamble and length come in two transfers."""
    HALF_A_BODY = "half_a_body"
    BABBLE = "babble"
    """More bytes than were asked for, in one packet."""
    VANISHED = "vanished"
    """Unplugged between the two transfers of the reply."""
    NOT_TAKEN = "not_taken"
    """The reply is sent, and the next request is not taken: the write times out."""


class UsbSimulator(SimulatedModule):
    """One simulated reader. `forbidden` and `held` (by another program) can be set at any time."""

    def __init__(self, *, serial: str = SERIAL, pipes: tuple[int, ...] = _PIPES) -> None:
        super().__init__()
        self.serial = serial
        self.pipes = pipes
        self.plugged = False
        self.forbidden = False
        self.held = False
        self.backend = _Bus(self)
        self.stale: list[bytes] = []
        """Frames that will be sent before the next reply: late answers to earlier requests."""

    @property
    def device(self) -> str:
        return f"usb:{VENDOR:04x}:{PRODUCT:04x}"

    async def open_link(self, port: str) -> Link:
        return await open_link(port, usb_backend=self.backend)

    def come_back(self) -> None:
        self.plugged = True

    def vanish(self) -> None:
        self.plugged = False
        self.backend.hang_up()


class _Bus(usb.backend.IBackend):
    """What pyusb asks of libusb, with at most one device on the bus."""

    def __init__(self, simulator: UsbSimulator) -> None:
        super().__init__()
        self._simulator = simulator
        self._changed = threading.Condition()
        self._owner: object | None = None
        self._configured = 0
        self._forget()

    def _forget(self) -> None:
        self._parser = FrameParser(shortest=SHORTEST_REQUEST)
        self._waiting: dict[int, deque[bytes]] = {HEAD_IN: deque(), BODY_IN: deque()}
        self._halted: set[int] = set()
        self._babbling: set[int] = set()
        self._deaf = False

    def hang_up(self) -> None:
        with self._changed:
            self._owner = None
            self._configured = 0
            self._forget()
            self._changed.notify_all()

    # descriptors

    def enumerate_devices(self) -> Iterator[UsbSimulator]:
        if self._simulator.plugged:
            yield self._simulator

    def get_parent(self, dev: object) -> None:
        return

    def get_device_descriptor(self, dev: object) -> SimpleNamespace:
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x0110, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
            bMaxPacketSize0=64, idVendor=VENDOR, idProduct=PRODUCT, bcdDevice=0x0100, iManufacturer=1, iProduct=2,
            iSerialNumber=3, bNumConfigurations=1, address=5, bus=1, port_number=1, port_numbers=(1,), speed=2,
        )  # fmt: skip

    def get_configuration_descriptor(self, dev: object, config: int) -> SimpleNamespace:
        if config:
            raise IndexError("one configuration")
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=46, bNumInterfaces=1, bConfigurationValue=1, iConfiguration=0,
            bmAttributes=0x80, bMaxPower=100, extra_descriptors=b"",
        )  # fmt: skip

    def get_interface_descriptor(self, dev: object, intf: int, alt: int, config: int) -> SimpleNamespace:
        if intf or alt:
            raise IndexError("one interface")
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0,
            bNumEndpoints=len(self._simulator.pipes), bInterfaceClass=0xFF, bInterfaceSubClass=0, bInterfaceProtocol=0,
            iInterface=0, extra_descriptors=b"",
        )  # fmt: skip

    def get_endpoint_descriptor(self, dev: object, ep: int, intf: int, alt: int, config: int) -> SimpleNamespace:
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=self._simulator.pipes[ep], bmAttributes=2,
            wMaxPacketSize=64, bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=b"",
        )  # fmt: skip

    # opening

    def open_device(self, dev: object) -> object:
        self._require(None)
        if self._simulator.forbidden:
            raise _error(errno.EACCES)
        return object()

    def close_device(self, dev_handle: object) -> None:
        with self._changed:
            if self._owner is dev_handle:
                self._owner = None

    def get_configuration(self, dev_handle: object) -> int:
        return self._configured

    def set_configuration(self, dev_handle: object, config_value: int) -> None:
        self._configured = config_value

    def claim_interface(self, dev_handle: object, intf: int) -> None:
        with self._changed:
            self._require(None)
            if self._simulator.held or self._owner not in {None, dev_handle}:
                raise _error(errno.EBUSY)
            self._owner = dev_handle
            self._forget()

    def release_interface(self, dev_handle: object, intf: int) -> None:
        self.close_device(dev_handle)

    def clear_halt(self, dev_handle: object, ep: int) -> None:
        with self._changed:
            self._require(dev_handle)
            self._halted.discard(ep)
            self._waiting[ep].clear()

    def ctrl_transfer(
        self,
        dev_handle: object,
        bmRequestType: int,
        bRequest: int,
        wValue: int,
        wIndex: int,
        data: array[int],
        timeout: int,
    ) -> int:
        """GET_DESCRIPTOR of a string."""
        if self._simulator.forbidden:
            raise _error(errno.EACCES)
        kind, index = wValue >> 8, wValue & 0xFF
        text = self._simulator.serial if index == 3 else _STRINGS.get(index, "")
        payload = text.encode("utf-16-le") if index else _ENGLISH.to_bytes(2, "little")
        if bRequest != 6 or kind != usb.util.DESC_TYPE_STRING:
            raise _error(errno.EPIPE)
        descriptor = bytes((len(payload) + 2, kind)) + payload
        data[: len(descriptor)] = array("B", descriptor)
        return len(descriptor)

    # transfers

    def bulk_write(self, dev_handle: object, ep: int, intf: int, data: array[int], timeout: int) -> int:
        with self._changed:
            self._require(dev_handle)
            if self._deaf:
                self._deaf = False
                raise usb.core.USBTimeoutError("not taken", -7, errno.ETIMEDOUT)
            for request in self._parser.feed(data.tobytes()):
                reply, fault = self._simulator.answer_to(request)
                for late in self._simulator.stale:
                    self._send([late[:_HEAD]], [late[_HEAD:]])
                self._simulator.stale.clear()
                if reply:
                    self._reply(reply, fault)
            self._changed.notify_all()
        return len(data)

    def bulk_read(self, dev_handle: object, ep: int, intf: int, buff: array[int], timeout: int) -> int:
        end = time.monotonic() + timeout / 1000
        with self._changed:
            while True:
                self._require(dev_handle)
                if ep in self._halted:
                    raise _error(errno.EPIPE)
                if self._waiting[ep]:
                    break
                if not self._changed.wait(end - time.monotonic()):
                    raise usb.core.USBTimeoutError("nothing came", -7, errno.ETIMEDOUT)
            transfer = self._waiting[ep].popleft()
            if ep in self._babbling:
                self._babbling.discard(ep)
                raise _error(errno.EOVERFLOW)
            if len(transfer) > len(buff):
                self._waiting[ep].appendleft(transfer[len(buff) :])
            piece = transfer[: len(buff)]
            buff[: len(piece)] = array("B", piece)
            return len(piece)

    def _reply(self, reply: bytes, fault: TransportFault | None) -> None:
        heads, bodies = [reply[:_HEAD]], [reply[_HEAD:]]
        match fault:
            case UsbFault.STALLED:
                bodies = []
                self._halted.add(BODY_IN)
            case UsbFault.STALLED_HEAD:
                heads = bodies = []
                self._halted.add(HEAD_IN)
            case UsbFault.SHORT_TRANSFERS:
                bodies = [reply[start : start + _SHORT] for start in range(_HEAD, len(reply), _SHORT)]
            case UsbFault.SHORT_HEAD:
                heads = [reply[:3], reply[3:_HEAD]]
            case UsbFault.HALF_A_BODY:
                bodies = [reply[_HEAD : _HEAD + len(reply) // 2]]
            case UsbFault.BABBLE:
                self._babbling.add(BODY_IN)
            case UsbFault.NOT_TAKEN:
                self._deaf = True
            case UsbFault.VANISHED:
                bodies = []
                # Not at once: the head must have been fetched.
                threading.Timer(0.02, self._simulator.vanish).start()
        self._send(heads, bodies)

    def _send(self, heads: list[bytes], bodies: list[bytes]) -> None:
        self._waiting[HEAD_IN].extend(heads)
        self._waiting[BODY_IN].extend(filter(None, bodies))

    def _require(self, handle: object | None) -> None:
        if not self._simulator.plugged or (handle is not None and self._owner is not handle):
            raise _error(errno.ENODEV)


def _error(number: int) -> usb.core.USBError:
    return usb.core.USBError(errno.errorcode[number], None, number)
