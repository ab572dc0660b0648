"""A SAM reader in the reports of a USB HID made of software: whole reports over a pair of sockets, as from hidraw.

with HidSimulator() as reader:
    SamReader(reader.device, open_link=reader.open_link, ...)
"""

from __future__ import annotations

import errno
import os
import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from typing import Final

from gatepass.readers.link import Link
from gatepass.readers.sam.frames import SHORTEST_REQUEST, FrameParser
from gatepass.readers.sam.link import open_link
from gatepass.readers.sam.module import SimulatedModule, TransportFault
from gatepass.readers.sam.reports import REPORT, frame_report, reply_reports, request_in

_LONGEST: Final = 4096


class HidFault(TransportFault):
    """What can go wrong with one reply on HID; each spoils a report in the middle of it, or the only one."""

    REPORT_LOST = "report_lost"
    REPORTS_SWAPPED = "reports_swapped"
    REPORT_TWICE = "report_twice"
    WRONG_SUM = "wrong_sum"
    WRONG_START = "wrong_start"
    WRONG_LENGTH = "wrong_length"
    """The report promises more than a report holds."""
    SHORT_REPORT = "short_report"
    OTHER_NUMBER = "other_number"
    """The reports answer another request."""
    REFUSED = "refused"
    """One report with a result and nothing else."""
    VANISHED = "vanished"
    """Unplugged in the middle of a reply."""


class Counting(Enum):
    """How a model counts the reports of a reply."""

    LITTLE_ENDIAN = "little-endian"
    BIG_ENDIAN = "big-endian"
    NOT_AT_ALL = "not at all"
    NO_PART = "no part"
    """The later model: no field for it, and one large report."""


class HidSimulator(SimulatedModule):
    """One simulated reader. `forbidden` can be set at any time; a second opening is told that it is busy.

    `echoes`: whether it gives the request's number back, or zero.
    """

    def __init__(self, *, counting: Counting = Counting.LITTLE_ENDIAN, echoes: bool = True) -> None:
        super().__init__()
        self.counting = counting
        self.echoes = echoes
        self.forbidden = False
        self.stale: list[bytes] = []
        """Reports that will be sent before the next reply."""
        self._plugged = False
        self._end: socket.socket | None = None
        self._thread: threading.Thread | None = None

    @property
    def device(self) -> str:
        return "hid:/dev/hidraw-simulated"

    async def open_link(self, port: str) -> Link:
        return await open_link(port, open_device=self.open_device)

    def open_device(self, path: str) -> int:
        """In place of `sam.hid.open_hidraw`."""
        with self._lock:
            if not self._plugged:
                raise FileNotFoundError(errno.ENOENT, "unplugged", path)
            if self.forbidden:
                raise PermissionError(errno.EACCES, "not yours", path)
            if self._thread is not None and self._thread.is_alive():
                raise OSError(errno.EBUSY, "held", path)
            self._end, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            os.set_blocking(theirs.fileno(), False)
            self._thread = threading.Thread(target=self._serve, args=(self._end,), name="sam-hid-sim", daemon=True)
            self._thread.start()
            return theirs.detach()

    def come_back(self) -> None:
        self._plugged = True

    def vanish(self) -> None:
        with self._lock:
            self._plugged = False
            thread, self._thread = self._thread, None
            if self._end is not None:
                with suppress(OSError):  # the gate has closed its end, and the thread ours
                    self._end.shutdown(socket.SHUT_RDWR)
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    # the reader's own work, in its thread

    def _serve(self, end: socket.socket) -> None:
        with end:
            while written := _received(end):
                # The zero in front of a report without a number of its own, which the kernel takes off.
                asked = request_in(written[1:]) if len(written) == REPORT + 1 and written[0] == 0 else None
                if asked is None:
                    continue
                number, carried = asked
                for request in FrameParser(shortest=SHORTEST_REQUEST).feed(carried):
                    reply, fault = self.answer_to(request)
                    self._send(end, reply, number if self.echoes else 0, fault)

    def _send(self, end: socket.socket, reply: bytes, number: int, fault: TransportFault | None) -> None:
        reports = [*self.stale, *_spoiled(self._reports(reply, number), fault)]
        self.stale.clear()
        for count, report in enumerate(reports):
            if fault is HidFault.VANISHED and count >= len(reports) // 2:
                threading.Thread(target=self.vanish).start()
                return
            if not select.select([], [end], [], 0.5)[1]:
                return
            try:
                end.send(report)
            except OSError:
                return

    def _reports(self, reply: bytes, number: int) -> list[bytes]:
        match self.counting:
            case _ if not reply:
                return []
            case Counting.NO_PART:
                return [frame_report(reply, number)]
            case counting:
                return reply_reports(reply, number, counting.value)


def _received(end: socket.socket) -> bytes:
    try:
        return end.recv(_LONGEST)
    except OSError:
        return b""


def _spoiled(reports: list[bytes], fault: TransportFault | None) -> list[bytes]:
    if not reports or fault not in _SPOIL:
        return reports
    at = len(reports) // 2
    return _SPOIL[fault](reports[:at], reports[at], reports[at + 1 :])


_SPOIL: Final[dict[TransportFault, Callable[[list[bytes], bytes, list[bytes]], list[bytes]]]] = {
    HidFault.REPORT_LOST: lambda before, _, after: before + after,
    HidFault.REPORTS_SWAPPED: lambda before, one, after: [*before[:-1], one, *before[-1:], *after],
    HidFault.REPORT_TWICE: lambda before, one, after: [*before, one, one, *after],
    HidFault.WRONG_SUM: lambda before, one, after: [*before, one[:8] + bytes((one[8] ^ 0x55,)) + one[9:], *after],
    HidFault.WRONG_START: lambda before, one, after: [*before, b"\x00" + one[1:], *after],
    HidFault.WRONG_LENGTH: lambda before, one, after: [*before, one[:3] + b"\xff\x00" + one[5:], *after],
    HidFault.SHORT_REPORT: lambda before, one, after: [*before, one[:9], *after],
    HidFault.OTHER_NUMBER: lambda before, one, after: [
        report[:1] + b"\x01\x00" + report[3:] for report in (*before, one, *after)
    ],
    HidFault.REFUSED: lambda _, one, __: [b"\xaa" + one[1:3] + b"\x01\x00\x05\x06\x00"],
}
