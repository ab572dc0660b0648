"""A reader and cards made of software, with everything that can go wrong with them.

    with PcscSimulator() as reader:
        reader.lay(SoftwareChip(files, key=key))                    a travel document: see `specimens`
        reader.lay(SoftwareCard(bytes.fromhex("04A2B3C4D5E680")))   a card with nothing but its number
        reader.inject(Fault.PULLED, at=7)
        PcscReader("", open_link=reader.open_link, …)

The same cards may lie on a reader of the system's card service: `attach_to_service()` plays them to vpcd, the driver of
Debian's vsmartcard-vpcd. `listen(path)` plays them on a socket, to a gate in another process: `pcsc:unix:PATH`.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self

from gatepass.readers.link import LinkLostError
from gatepass.readers.pcsc.cards import CardLink, CardLostError
from gatepass.readers.pcsc.socket_link import Control, receive, send

VPCD_PORT: Final = 0x8C7B
_SERVICE_HOST: Final = "127.0.0.1"

_MEMORY_CARD_ATR: Final = bytes.fromhex("3B8F8001804F0CA000000306030001000000006A")
_RESIDENT_CARD_ATR: Final = bytes.fromhex("3B8880010000000000000000 09".replace(" ", ""))


class Fault(StrEnum):
    """What happens to one answer."""

    PULLED = "pulled"
    """The card is lifted instead."""
    SILENT = "silent"
    """No answer, though the card lies there: the reader gives up."""
    SLOW = "slow"
    """The answer takes `slow_s`."""
    GARBAGE = "garbage"
    TRUNCATED = "truncated"
    EMPTY = "empty"
    FLIPPED = "flipped"
    """One bit is wrong."""
    ERROR = "error"
    """6F00: the chip has lost its thread."""


class SoftwareCardLike(Protocol):
    atr: bytes

    def reset(self) -> None: ...
    def answer(self, octets: bytes) -> bytes: ...


class SoftwareCard:
    """A card that has a number and no travel document. `resident` answers like the chip of a resident card (type B)."""

    def __init__(self, number: bytes, *, resident: bool = False) -> None:
        self.atr = _RESIDENT_CARD_ATR if resident else _MEMORY_CARD_ATR
        self._number = number
        self._resident = resident

    def reset(self) -> None:
        """Nothing is remembered."""

    def answer(self, octets: bytes) -> bytes:
        if octets[:2] == (b"\x00\x36" if self._resident else b"\xff\xca"):
            return self._number + b"\x90\x00"
        return b"\x6a\x82" if self._resident else b"\x6a\x81"


class PcscSimulator:
    """One reader. `answer_s` is the time that every answer takes; a real one takes 10 to 30 ms."""

    def __init__(self, name: str = "Software Reader PICC 00 00", *, answer_s: float = 0.0, slow_s: float = 0.5) -> None:
        self.name = name
        self.commands: list[int] = []
        """The instruction bytes of the latest conversation."""
        self.conversations = 0
        self._answer_s = answer_s
        self._slow_s = slow_s
        self._changed = threading.Condition()
        self._card: SoftwareCardLike | None = None
        self._laid = 0
        self._plugged = True
        self._held = False
        self._service = True
        self._faults: dict[int, Fault] = {}
        self._lasting: dict[int, Fault] = {}
        self._threads: list[threading.Thread] = []
        self._closing: list[Callable[[], None]] = []
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for close in self._closing:
            close()
        for thread in self._threads:
            thread.join(5)

    # what a hand does

    def lay(self, card: SoftwareCardLike) -> None:
        with self._changed:
            self._card = card
            self._laid += 1
            self._changed.notify_all()

    def lift(self) -> None:
        with self._changed:
            self._card = None
            self._changed.notify_all()

    def unplug(self) -> None:
        self._set(plugged=False)

    def plug(self) -> None:
        self._set(plugged=True)

    def stop_service(self) -> None:
        self._set(service=False)

    def start_service(self) -> None:
        self._set(service=True)

    def hold(self, *, by_another: bool) -> None:
        """Another program talks to the card, and lets nobody else do so."""
        self._held = by_another

    def inject(self, fault: Fault, *, at: int, lasting: bool = False) -> None:
        """For the answer to command number `at`, from 0, of the next conversation, or of every one."""
        (self._lasting if lasting else self._faults)[at] = fault

    def until(self, count: int, within: float = 5.0) -> None:
        """Blocks until so many commands of a conversation have come. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.commands) >= count, within):
                raise TimeoutError

    def clear(self) -> None:
        """No more faults."""
        self._faults.clear()
        self._lasting.clear()

    # what a gate sees

    def open_link(self, port: str = "") -> CardLink:
        """In this process. Raises LinkLostError."""
        if not self._service:
            raise LinkLostError("service_missing")
        if not self._plugged or not self.name.startswith(port):
            raise LinkLostError("port_missing")
        return _SoftwareLink(self)

    def attach_to_service(self, port: int = VPCD_PORT) -> None:
        """Plays the cards to vpcd, which listens on `port`; a card that is lifted hangs up."""
        self._start(lambda: self._play_to_service(port))

    def listen(self, path: Path) -> None:
        """Plays the cards on a Unix socket."""
        server = socket.socket(socket.AF_UNIX)
        server.bind(str(path))
        server.listen(4)

        def close() -> None:
            # Closing alone does not wake up who waits in accept.
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            server.close()

        self._closing.append(close)
        self._start(lambda: self._play_on(server))

    # inside

    def _set(self, *, plugged: bool | None = None, service: bool | None = None) -> None:
        with self._changed:
            self._plugged = self._plugged if plugged is None else plugged
            self._service = self._service if service is None else service
            self._changed.notify_all()

    @property
    def serial(self) -> int | None:
        return None if self._card is None else self._laid

    def wait(self, known: int | None, within: float, stopped: Callable[[], bool]) -> int | None:
        """Until the card is another one than `known`."""
        with self._changed:
            self._changed.wait_for(
                lambda: self.serial != known or stopped() or not (self._plugged and self._service), within
            )
            self.check()
            return self.serial

    def check(self) -> None:
        if not self._service:
            raise LinkLostError("service_missing")
        if not self._plugged:
            raise LinkLostError("port_lost")

    def wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def begin(self) -> int:
        """A conversation with the card that lies there. Raises CardLostError, LinkLostError."""
        self.check()
        if self._held:
            raise LinkLostError("port_busy")
        with self._changed:
            if self._card is None:
                raise CardLostError
            self._card.reset()
            self.commands = []
            self.conversations += 1
            return self._laid

    def atr(self) -> bytes:
        card = self._card
        return b"" if card is None else card.atr

    def answer(self, laid: int, command: bytes, stopped: Callable[[], bool] = lambda: False) -> bytes:
        """Raises CardLostError, LinkLostError."""
        self.check()
        at = len(self.commands)
        with self._changed:
            self.commands.append(command[1] if len(command) > 1 else 0)
            self._changed.notify_all()
        fault = self._faults.pop(at, None) or self._lasting.get(at)
        if fault is Fault.PULLED:
            self.lift()
        self._pass(self._answer_s + (self._slow_s if fault is Fault.SLOW else 0), stopped)
        self.check()
        with self._changed:
            if self._card is None or self._laid != laid or fault is Fault.SILENT:
                raise CardLostError
            answer = self._card.answer(command)
        return _DAMAGE[fault](answer) if fault in _DAMAGE else answer

    def _pass(self, seconds: float, stopped: Callable[[], bool]) -> None:
        end = time.monotonic() + seconds
        while seconds and not stopped() and not self._closed and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.02))

    def _start(self, play: Callable[[], None]) -> None:
        thread = threading.Thread(target=play, name="software card", daemon=True)
        thread.start()
        self._threads.append(thread)

    def _play_to_service(self, port: int) -> None:
        while not self._closed:
            with self._changed:
                self._changed.wait_for(lambda: self._card is not None or self._closed)
                laid = self._laid
            if self._closed:
                return
            with contextlib.suppress(OSError), socket.create_connection((_SERVICE_HOST, port)) as line:
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                hang_up = threading.Thread(target=self._hang_up_when_lifted, args=(line, laid), daemon=True)
                hang_up.start()
                self._play(line, laid)
            with self._changed:
                # A line that broke while the card lies there is not taken up again: as if it had no power.
                self._changed.wait_for(lambda laid=laid: self.serial != laid or self._closed)  # type: ignore[misc]

    def _hang_up_when_lifted(self, line: socket.socket, laid: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self.serial != laid or self._closed)
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)

    def _play_on(self, server: socket.socket) -> None:
        while not self._closed:
            try:
                line, _ = server.accept()
            except OSError:
                return
            self._closing.append(line.close)
            with contextlib.suppress(OSError), line:
                self._play(line, None)

    def _play(self, line: socket.socket, laid: int | None) -> None:
        """Answers until the line ends. `laid` None: whichever card lies there."""
        talking = laid or 0
        while (message := receive(line)) is not None:
            try:
                if message == Control.ATR:
                    answer = self.atr()
                elif message == Control.SERIAL:
                    answer = (self.serial or 0).to_bytes(4, "big")
                elif len(message) > 1:
                    answer = self.answer(talking, message)
                else:
                    # Power and reset are not answered.
                    if message != Control.OFF:
                        talking = self.begin()
                    continue
            except (CardLostError, LinkLostError):
                if laid is not None:
                    return
                answer = b""
            send(line, answer)


class _SoftwareLink:
    def __init__(self, reader: PcscSimulator) -> None:
        self.name = reader.name
        self._reader = reader
        self._known: int | None = None
        self._stopped = False

    def presence(self, within: float) -> int | None:
        self._look()
        self._known = self._reader.wait(self._known, within, lambda: self._stopped)
        self._look()
        return self._known

    def connect(self) -> _LaidCard:
        self._look()
        return _LaidCard(self._reader, lambda: self._stopped)

    def stop(self) -> None:
        self._stopped = True
        self._reader.wake()

    def close(self) -> None:
        """Nothing is held."""

    def _look(self) -> None:
        if self._stopped:
            raise LinkLostError("port_lost")


class _LaidCard:
    def __init__(self, reader: PcscSimulator, stopped: Callable[[], bool]) -> None:
        self._reader = reader
        self._stopped = stopped
        self._laid = reader.begin()
        self.atr = reader.atr()

    def transmit(self, command: bytes) -> bytes:
        if self._stopped():
            raise LinkLostError("port_lost")
        return self._reader.answer(self._laid, command, self._stopped)

    def close(self) -> None:
        """Nothing is held."""


def _flipped(answer: bytes) -> bytes:
    return answer[: len(answer) // 2] + bytes((answer[len(answer) // 2] ^ 0x10,)) + answer[len(answer) // 2 + 1 :]


_DAMAGE: Final[defaultdict[Fault | None, Callable[[bytes], bytes]]] = defaultdict(
    lambda: lambda answer: answer,
    {
        Fault.GARBAGE: lambda answer: bytes((37 * n + 11) & 0xFF for n in range(len(answer) + 3)),
        Fault.TRUNCATED: lambda answer: answer[: len(answer) // 2],
        Fault.EMPTY: lambda _: b"",
        Fault.FLIPPED: _flipped,
        Fault.ERROR: lambda _: b"\x6f\x00",
    },
)
