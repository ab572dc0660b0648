"""A SAM reader made of software: it speaks the byte protocol over a real pty, and can be made to misbehave.

    with SamSimulator() as reader:             # its own thread; `reader.device` is what the gate opens
        reader.lay(chip.encode(document))      # a card is laid down ...
        reader.inject(Fault.WRONG_CHECK)       # ... and the next reply to a read is damaged
        reader.lift()

`wire_baud=115200` makes every byte take as long as on the real line; without it replies come at once. The same reader
on a USB plug is `sam.simulated_usb.UsbSimulator` or `sam.simulated_hid.HidSimulator`.
"""

from __future__ import annotations

import os
import select
import shutil
import tempfile
import threading
import time
import tty
from pathlib import Path
from typing import Final

from gatepass.readers.link import Link
from gatepass.readers.sam.frames import SHORTEST_REQUEST, FrameParser
from gatepass.readers.sam.link import open_link
from gatepass.readers.sam.module import WITHOUT_PICTURE, Fault, SimulatedModule, synthetic_block

__all__ = ["WITHOUT_PICTURE", "Fault", "SamSimulator", "synthetic_block"]

_BURST: Final = 64
_BITS_PER_BYTE: Final = 10


class SamSimulator(SimulatedModule):
    """One simulated reader. All methods may be called from any thread.

    `link`: where `device`, a symbolic link to the pty, is kept; it stays the same when the reader vanishes and comes
    back. Without it, a link in a temporary folder.
    """

    def __init__(self, link: Path | None = None, *, wire_baud: int | None = None) -> None:
        super().__init__()
        self._own_folder = Path(tempfile.mkdtemp(prefix="sam-")) if link is None else None
        self._link = link if link is not None else Path(self._own_folder or "") / "reader"
        self._seconds_per_byte = _BITS_PER_BYTE / wire_baud if wire_baud else 0.0
        self._ends: tuple[int, int] | None = None
        self._wake: tuple[int, int] | None = None
        self._thread: threading.Thread | None = None

    @property
    def device(self) -> str:
        """The path that the gate opens."""
        return str(self._link)

    async def open_link(self, port: str) -> Link:
        return await open_link(port)

    def stop(self) -> None:
        super().stop()
        if self._own_folder is not None:
            shutil.rmtree(self._own_folder, ignore_errors=True)

    # the cable

    def vanish(self) -> None:
        """The cable is pulled: the device is gone from the system, and open ports are hung up."""
        thread, self._thread = self._thread, None
        if thread is None or self._wake is None or self._ends is None:
            return
        os.write(self._wake[1], b".")
        thread.join()
        self._link.unlink(missing_ok=True)
        for end in (*self._ends, *self._wake):
            os.close(end)
        self._ends = self._wake = None

    def come_back(self) -> None:
        """The cable is plugged in (again)."""
        if self._thread is not None:
            return
        self._ends = os.openpty()
        self._wake = os.pipe()
        master, slave = self._ends
        tty.setraw(slave)
        os.set_blocking(master, False)
        beside = self._link.with_name(f".{self._link.name}.new")
        beside.unlink(missing_ok=True)
        beside.symlink_to(os.ttyname(slave))
        beside.replace(self._link)
        self._thread = threading.Thread(
            target=self._serve, args=(master, self._wake[0]), name="sam-simulator", daemon=True
        )
        self._thread.start()

    # the reader's own work, in its thread

    def _serve(self, master: int, wake: int) -> None:
        parser = FrameParser(shortest=SHORTEST_REQUEST)
        while True:
            ready, _, _ = select.select([master, wake], [], [])
            if wake in ready:
                return
            for request in parser.feed(os.read(master, 4096)):
                if not self._send(master, wake, self.answer_to(request)[0]):
                    return

    def _send(self, master: int, wake: int, reply: bytes) -> bool:
        """False when the cable was pulled meanwhile."""
        sent_at = time.monotonic()
        for start in range(0, len(reply), _BURST):
            piece = reply[start : start + _BURST]
            sent_at += len(piece) * self._seconds_per_byte
            while piece:
                pause = max(0.0, sent_at - time.monotonic())
                pulled, _, _ = select.select([wake], [], [], pause)
                if pulled:
                    return False
                try:
                    piece = piece[os.write(master, piece) :]
                except BlockingIOError:
                    # Nobody reads: as on a real line, the bytes are lost.
                    return True
        return True
