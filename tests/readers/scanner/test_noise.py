"""Broken streams through parser, meaning and reader: listed errors only, nobody else passes, memory stays bounded."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import LI, WANG
from tests.readers.scanner.conftest import PASSPORT

from gatepass.identity import Document, DocumentError
from gatepass.identity.documents import DOCUMENT_ERROR_CODES
from gatepass.readers import READER_DETAILS, CodeText, ReaderState, Reading
from gatepass.readers.keyboard import LAYOUTS
from gatepass.readers.link import LinkLostError
from gatepass.readers.pretence import pack_all, type_text
from gatepass.readers.scanner.frames import LONGEST, Code, CodeParser, KeyCodeParser, split, split_keys
from gatepass.readers.scanner.meaning import Numbers, read
from gatepass.readers.scanner.reader import ScannerReader

SEED = 20241123
STREAMS = 20_000

ZONE = PASSPORT.replace("\n", "\r").encode() + b"\r"
SHOWN = [
    b"]C0" + WANG.number.encode() + b"\r",
    ZONE,
    b"]Q1GP1:NCFOXN%TS3DH\r\n",
    b"\x02" + "王秀英,330102".encode("gb18030") + b"\x03",
    b"]Q2\\000026" + "王".encode() + b"\\\\x\r",
    b"GP1:no-identifier\n",
]
TYPED = [
    pack_all(event for events in type_text(text, alt_codes=alt) for event in events)
    for text in (f"]C0{WANG.number}\r", PASSPORT.replace("\n", "\r") + "\r", "]Q1GP1:{王}\t")
    for alt in (False, True)
]
NUMBERS = {WANG.number, "L898902C3"}


def mutate(stream: bytes, chance: random.Random) -> bytes:
    """One to four of the things that happen to bytes on a line."""
    octets = bytearray(stream)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(octets) + 1)
        match chance.randrange(6):
            case 0 if octets:
                octets[at % len(octets)] ^= 1 << chance.randrange(8)
            case 1 if octets:
                octets[at % len(octets)] = chance.randrange(256)
            case 2:
                octets[at:at] = chance.choice([b"\r", b"\x02", b"\x03", b"]", b"<", b"\\0000", chance.randbytes(5)])
            case 3:
                del octets[at : at + chance.randint(1, 9)]
            case 4:
                octets[at:at] = octets[: chance.randint(0, at)]
            case _:
                octets += chance.choice(SHOWN)
    return bytes(octets)


def check(reading: Reading) -> str:
    """What it was, in a word. A document is one that was shown."""
    if isinstance(reading, DocumentError):
        assert reading.code in DOCUMENT_ERROR_CODES
        return "error"
    if isinstance(reading, Document):
        assert reading.number in NUMBERS, "somebody else passed"
        return "document"
    assert isinstance(reading, CodeText)
    return "code"


@pytest.mark.slow
def test_20_000_broken_streams_are_codes_or_listed_errors_and_nobody_else_ever_passes():
    chance = random.Random(SEED)
    counts = {"document": 0, "code": 0, "error": 0}
    for n in range(STREAMS):
        broken = mutate(chance.choice(SHOWN), chance) if n % 5 else chance.randbytes(chance.choice([5, 60, 300]))
        for found in split(broken):
            counts[check(read(found, believe=Numbers.ANYWHERE))] += 1
    assert min(counts.values()) > 500, f"some mutations heal, some break, else this tests nothing: {counts}"


@pytest.mark.slow
def test_5_000_broken_streams_of_keys_are_codes_or_listed_errors_and_nobody_else_ever_passes():
    chance = random.Random(SEED)
    counts = {"document": 0, "code": 0, "error": 0}
    for _ in range(STREAMS // 4):
        stream = chance.choice(TYPED)
        # Whole events go missing, come twice or change; what comes in pieces is another test's.
        events = [stream[at : at + 24] for at in range(0, len(stream), 24)]
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(events))
            match chance.randrange(4):
                case 0:
                    del events[at : at + chance.randint(1, 8)]
                case 1:
                    events[at:at] = events[at : at + chance.randint(1, 40)]
                case 2:
                    events[at] = mutate(events[at], chance)[:24].ljust(24, b"\0")
                case _:
                    events.insert(at, chance.choice(events))
        for found in split_keys(b"".join(events)):
            counts[check(read(found, believe=Numbers.ANYWHERE))] += 1
    assert min(counts.values()) > 20, counts


@given(st.lists(st.binary(max_size=400), max_size=20), st.data())
def test_no_stream_takes_memory_or_raises(pieces, data):
    for parser in (CodeParser(), KeyCodeParser(LAYOUTS["us"])):
        for piece in pieces:
            for found in [*parser.feed(piece), *(parser.silence() if data.draw(st.booleans()) else [])]:
                check_quietly(read(found))
            assert parser.pending <= LONGEST


def check_quietly(reading: Reading) -> None:
    assert not isinstance(reading, DocumentError) or reading.code in DOCUMENT_ERROR_CODES


def test_noise_without_end_is_forgotten():
    chance = random.Random(SEED)
    parser = CodeParser()
    for _ in range(300):
        parser.feed(chance.randbytes(4096).translate(None, b"\r\n\x02\x03"))
        assert parser.pending <= LONGEST


def test_a_number_is_a_document_only_between_its_own_two_ends():
    """Whatever stands beside it on the line, no part of a longer text is taken for a number."""
    for before, after in ((b"1", b""), (b"", b"7"), (b"x", b"y"), (LI.number.encode(), b"")):
        for found in split(b"]C0" + before + WANG.number.encode() + after + b"\r"):
            assert isinstance(found, Code)
            assert isinstance(read(found, believe=Numbers.ANYWHERE), CodeText)


class Script:
    """A line whose pieces are given out, and which is lost when they are used up."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces

    async def read(self, within: float) -> tuple[bytes, float]:
        await asyncio.sleep(0)
        if not self._pieces:
            raise LinkLostError("port_lost")
        piece = self._pieces.pop(0)
        if not piece:
            raise TimeoutError
        return piece, time.perf_counter()

    def discard(self) -> None:
        self._pieces.clear()

    async def close(self) -> None: ...


@given(st.lists(st.one_of(st.sampled_from(SHOWN), st.binary(max_size=60), st.just(b"")), max_size=15))
def test_the_reader_survives_any_line_and_answers_whatever_it_announced(pieces):
    readings: list[Reading] = []
    states: list[ReaderState] = []
    announced = 0

    def on_reading() -> None:
        nonlocal announced
        announced += 1

    async def on_read(reading: Reading) -> None:
        readings.append(reading)

    async def story() -> None:
        reader = ScannerReader("script", on_read=on_read, on_state=states.append, on_reading=on_reading)
        with suppress(LinkLostError):
            await reader._serve(Script(list(pieces)))
        assert not reader._announced

    asyncio.run(story())
    assert announced <= len(readings)
    for reading in readings:
        check_quietly(reading)
    assert {state.detail for state in states} <= READER_DETAILS | {""}
