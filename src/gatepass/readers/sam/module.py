"""A security module and the card that lies on it, made of software: what every simulated reader has inside.

It behaves as readers do: a card that lies on after it was read is answered with "no card" until it is laid down anew.
The simulated readers differ in how they are attached: `SamSimulator` on a pty, `UsbSimulator`, `HidSimulator`.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import TracebackType
from typing import Final, Self

from gatepass.identity import Document, DocumentKind, Validity, chip
from gatepass.identity.calendar import parse_day
from gatepass.readers.link import Link
from gatepass.readers.sam.frames import Frame, FrameFault, build
from gatepass.readers.sam.status import Command, StatusWord

WITHOUT_PICTURE: Final = b"\x57\x4c\x66\x00\x7e\x00" + bytes(1018)
"""A portrait record with the right head and no picture: 1,024 bytes."""

_MODULE_NUMBER: Final = bytes.fromhex("05000100c5e53501b1c32d00e2a10f00")
# Real readers may return the chip's own numbers here, or zeros: whoever compares whole replies finds no card.
_CHIP_MAKER: Final = bytes.fromhex("53414d31")
_CHIP_NUMBER: Final = bytes.fromhex("5000a0c3f1270b11")


class Fault(StrEnum):
    """What can go wrong on the line or with the card. A StatusWord can be injected in the same way."""

    STRAY_BYTES = "stray_bytes"
    """`AA 00 AA AA 96 69`, and noise before it: seen in the field; the frame itself is whole."""
    WRONG_LENGTH = "wrong_length"
    """The length field promises more than comes."""
    TRUNCATED = "truncated"
    WRONG_CHECK = "wrong_check"
    SILENCE = "silence"
    GARBAGE = "garbage"
    VENDOR_TIMEOUT = "vendor_timeout"
    """`AA AA AA 96 69 00 05 05 05 05`: one vendor's mark for a time-out, shorter than it says."""
    PULLED_MID_READ = "pulled_mid_read"
    """The card is gone before its text was out: read failed, then no card."""
    FOUND_AGAIN = "found_again"
    """The reader answers "found" for the card that lies on after it was read, as some do."""
    FINGERPRINTS_0 = "fingerprints_0"
    FINGERPRINTS_512 = "fingerprints_512"
    FINGERPRINTS_1024 = "fingerprints_1024"


class TransportFault(StrEnum):
    """What can go wrong on one kind of line only: each simulated reader has its own."""


Mischief = Fault | StatusWord | TransportFault

_FINGERPRINTS: Final = {Fault.FINGERPRINTS_0: 0, Fault.FINGERPRINTS_512: 512, Fault.FINGERPRINTS_1024: 1024}

_ON: Final[dict[Mischief, Command]] = {
    Fault.FOUND_AGAIN: Command.FIND,
    StatusWord.NO_CARD: Command.FIND,
    StatusWord.SELECT_FAILED: Command.SELECT,
    StatusWord.NO_CONTENT: Command.READ_NEWEST_ADDRESS,
    StatusWord.SELF_TEST_FAILED: Command.STATUS,
}


@dataclass(slots=True)
class _Card:
    block: bytes = field(repr=False)
    portrait: bytes = field(repr=False)
    newest_address: bytes = field(repr=False)
    lifts_at: float | None
    found: bool = False
    selected: bool = False
    given: bool = False


class SimulatedModule(ABC):
    """Takes requests and gives replies; a simulated reader says how it is attached, and is used in a `with`.

    All methods may be called from any thread.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._card: _Card | None = None
        self._given_block = b""
        self._injected: dict[Command, deque[Mischief]] = {command: deque() for command in Command}

    # the cable

    @property
    @abstractmethod
    def device(self) -> str:
        """What the gate opens: the part of its name after `sam:`."""

    @abstractmethod
    async def open_link(self, port: str) -> Link:
        """How a `SamReader` opens it, in place of `sam.link.open_link`: a device made of software is on no bus."""

    @abstractmethod
    def come_back(self) -> None:
        """The cable is plugged in (again)."""

    @abstractmethod
    def vanish(self) -> None:
        """The cable is pulled, whatever is on the line at that moment."""

    def start(self) -> Self:
        self.come_back()
        return self

    def stop(self) -> None:
        self.vanish()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    # the card

    def lay(self, block: bytes, portrait: bytes = b"", new_address: bytes = b"", hold: float | None = None) -> None:
        """Lays a card down, in place of one that lay there. `hold`: lifted by itself after so many seconds.

        `block`: 256 bytes (`identity.chip.encode`); `portrait`: 1,024 bytes, by default one without a picture;
        `new_address`: 70 bytes (`identity.chip.encode_address`) or nothing.
        """
        lifts_at = None if hold is None else time.monotonic() + hold
        with self._lock:
            self._card = _Card(block, portrait or WITHOUT_PICTURE, new_address, lifts_at)

    def lift(self) -> None:
        with self._lock:
            self._card = None

    @property
    def is_read(self) -> bool:
        """The card that lies there has been read: what a person would hear as the beep."""
        with self._lock:
            return self._card is not None and self._card.given

    # mischief

    def inject(self, fault: Mischief, times: int = 1, *, on: Command | None = None) -> None:
        """The next `times` replies to `on` go wrong; without it, the command where the fault is natural, else read."""
        with self._lock:
            self._injected[on or _ON.get(fault, Command.READ)].extend([fault] * times)

    def forgive(self) -> None:
        """Forgets the faults that have not happened yet."""
        with self._lock:
            for waiting in self._injected.values():
                waiting.clear()

    # what it says

    def answer_to(self, request: Frame | FrameFault) -> tuple[bytes, TransportFault | None]:
        """The bytes of the reply, and what is to go wrong with them on the line."""
        if isinstance(request, FrameFault):
            return _status(StatusWord.CHECK_ERROR if request is FrameFault.CHECK else StatusWord.LENGTH_ERROR), None
        try:
            command = Command(request.body)
        except ValueError:
            return _status(StatusWord.COMMAND_ERROR), None
        with self._lock:
            fault = self._injected[command].popleft() if self._injected[command] else None
            if self._card is not None and self._card.lifts_at is not None and time.monotonic() >= self._card.lifts_at:
                self._card = None
            if isinstance(fault, StatusWord):
                return _status(fault), None
            if fault is Fault.PULLED_MID_READ:
                self._card = None
            if fault is Fault.FOUND_AGAIN and self._card is not None:
                self._card = replace(self._card, found=False, selected=False, given=False)
                self._given_block = b""
            if isinstance(fault, TransportFault):
                return self._answer(command, None), fault
            reply = self._answer(command, _FINGERPRINTS.get(fault) if fault else None)
            return _DAMAGE[fault](reply) if fault in _DAMAGE else reply, None

    def _answer(self, command: Command, fingerprints: int | None) -> bytes:
        match command:
            case Command.MODULE_NUMBER:
                return _status(StatusWord.DONE, _MODULE_NUMBER)
            case Command.FIND:
                return self._find()
            case Command.SELECT:
                return self._select()
            case Command.READ | Command.READ_WITH_FINGERPRINTS | Command.READ_NEWEST_ADDRESS:
                return self._read(command, fingerprints)
            case _:
                return _status(StatusWord.DONE)

    def _find(self) -> bytes:
        # A hand cannot lift a card and lay the same one down between two polls: the reader sees it gone once.
        if self._card is None or self._card.given or self._card.block == self._given_block:
            self._given_block = b""
            return _status(StatusWord.NO_CARD)
        self._card.found = True
        return _status(StatusWord.FOUND, _CHIP_MAKER)

    def _select(self) -> bytes:
        if self._card is None or not self._card.found:
            return _status(StatusWord.SELECT_FAILED)
        self._card.selected = True
        return _status(StatusWord.DONE, _CHIP_NUMBER)

    def _read(self, command: Command, fingerprints: int | None) -> bytes:
        card = self._card
        if card is None or not card.selected:
            return _status(StatusWord.READ_FAILED)
        if command is Command.READ_NEWEST_ADDRESS:
            return _status(StatusWord.DONE if card.newest_address else StatusWord.NO_CONTENT, card.newest_address)
        card.given = True
        self._given_block = card.block
        if fingerprints is None and command is Command.READ_WITH_FINGERPRINTS:
            fingerprints = 0
        return _status(StatusWord.DONE, _card_payload(card, fingerprints))


def synthetic_block(document: Document) -> bytes:
    """A card's text block for a document that states less than a card does (a typed number, a resident of the demo).

    Made up where the document is silent: valid from 2020-01-01 without end, ethnicity 01, a specimen authority.
    """
    validity = document.validity if document.validity.first else Validity(parse_day("20200101"), document.validity.last)
    return chip.encode(
        replace(
            document,
            validity=validity,
            ethnicity=document.ethnicity or "01",
            # A permanent residence card of 2017 has four characters for a code, that of 2023 names no authority.
            authority=document.authority or ("1500" if document.kind is DocumentKind.FOREIGNER_PR else "样本市公安局"),
        )
    )


def _status(word: StatusWord, payload: bytes = b"") -> bytes:
    return build(bytes((0, 0, word)) + payload)


def _card_payload(card: _Card, fingerprints: int | None) -> bytes:
    lengths = [len(card.block), len(card.portrait)] + ([] if fingerprints is None else [fingerprints])
    head = b"".join(length.to_bytes(2, "big") for length in lengths)
    return head + card.block + card.portrait + b"C" * (fingerprints or 0)


_DAMAGE: Final[dict[Fault, Callable[[bytes], bytes]]] = {
    Fault.STRAY_BYTES: lambda reply: b"\x00\xaa\xff\xaa\x00\xaa\xaa" + reply[3:],
    Fault.WRONG_LENGTH: lambda reply: (
        reply[:5] + (int.from_bytes(reply[5:7], "big") + 3).to_bytes(2, "big") + reply[7:]
    ),
    Fault.TRUNCATED: lambda reply: reply[: len(reply) * 2 // 3],
    Fault.WRONG_CHECK: lambda reply: reply[:-1] + bytes((reply[-1] ^ 0x55,)),
    Fault.SILENCE: lambda _: b"",
    Fault.GARBAGE: lambda reply: bytes((37 * n + 11) & 0xFF for n in range(len(reply))),
    Fault.VENDOR_TIMEOUT: lambda _: bytes.fromhex("AAAAAA96690005050505"),
}
