"""100,000 random and mutated byte streams through parser, exchange, cycle and chip decoder; no hardware, no waiting.

The line is a script: when its bytes are used up, the reader's wait ends in a time-out at once.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import deque
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import WANG
from tests.identity.blocks import resident_block

from gatepass.identity import Document, DocumentError, chip
from gatepass.identity.documents import DOCUMENT_ERROR_CODES
from gatepass.readers import READER_DETAILS, ReaderState
from gatepass.readers.sam import Command, SamReader, StatusWord
from gatepass.readers.sam.frames import FrameParser, build
from gatepass.readers.sam.link import LinkLostError

SEED = 20241123
STREAMS = 100_000

CARD_BODY = b"\x00\x00\x90\x01\x00\x04\x00" + resident_block() + b"WLf\x00~\x00" + bytes(1018)
WHOLE = {
    Command.STATUS: build(bytes((0, 0, StatusWord.DONE))),
    Command.FIND: build(bytes((0, 0, StatusWord.FOUND)) + bytes(4)),
    Command.SELECT: build(bytes((0, 0, StatusWord.DONE)) + bytes(8)),
    Command.READ: build(CARD_BODY),
    Command.READ_NEWEST_ADDRESS: build(bytes((0, 0, StatusWord.NO_CONTENT))),
}
BY_REQUEST = {command.request: command for command in Command}


class ScriptedLink:
    """Answers each command with the given stream, in pieces; hangs up after some commands."""

    def __init__(self, replies: dict[Command, bytes], *, pieces: int = 1, commands: int = 12) -> None:
        self._replies = replies
        self._pieces = pieces
        self._left = commands
        self._waiting: deque[bytes] = deque()
        self.closed = False

    def write(self, request: bytes) -> None:
        self._left -= 1
        if self._left < 0:
            raise LinkLostError("port_lost")
        reply = self._replies[BY_REQUEST[request]]
        step = max(1, -(-len(reply) // self._pieces))
        self._waiting.extend(reply[start : start + step] for start in range(0, len(reply), step))

    async def read(self, within: float) -> tuple[bytes, float]:
        if not self._waiting:
            raise TimeoutError
        return self._waiting.popleft(), time.perf_counter()

    def discard(self) -> None:
        self._waiting.clear()

    async def close(self) -> None:
        self.closed = True


class Told:
    def __init__(self) -> None:
        self.results: list[Document | DocumentError] = []
        self.states: list[ReaderState] = []
        self.reader = SamReader("script", on_read=self.on_read, on_state=self.states.append, poll_s=0.0)

    async def on_read(self, result: Document | DocumentError) -> None:
        self.results.append(result)

    async def listen_to(self, link: ScriptedLink) -> list[Document | DocumentError]:
        """All that one connection gave. Every word of it is checked here."""
        self.results.clear()
        self.states.clear()
        with suppress(LinkLostError):
            await self.reader._serve(link)
        self.reader._visit = type(self.reader._visit)()
        for result in self.results:
            assert isinstance(result, Document) or result.code in DOCUMENT_ERROR_CODES
        for state in self.states:
            assert state.detail == "" or state.detail in READER_DETAILS
        return self.results


def mutate(stream: bytes, chance: random.Random) -> bytes:
    """One to four of the things that happen to bytes on a line."""
    octets = bytearray(stream)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(octets) + 1)
        match chance.randrange(7):
            case 0 if octets:
                octets[at % len(octets)] ^= 1 << chance.randrange(8)
            case 1 if octets:
                octets[at % len(octets)] = chance.randrange(256)
            case 2:
                octets[at:at] = chance.randbytes(chance.randint(1, 9))
            case 3:
                del octets[at : at + chance.randint(1, 9)]
            case 4:
                del octets[at:]
            case 5:
                octets[:0] = chance.choice([b"\xaa\x00", b"\xaa\xaa\xaa\x96\x69", bytes(octets[:at])])
            case _:
                octets += chance.choice([bytes(octets), chance.randbytes(20), WHOLE[Command.FIND]])
    return bytes(octets)


def random_stream(chance: random.Random) -> bytes:
    """Noise; noise that begins like a frame; a whole frame with noise in it."""
    noise = chance.randbytes(chance.choice([0, 1, 5, 12, 60, 300, 1500]))
    match chance.randrange(3):
        case 0:
            return noise
        case 1:
            return b"\xaa\xaa\xaa\x96\x69" + noise
        case _:
            return build(bytes((0, 0, chance.randrange(256))) + noise)


@pytest.mark.slow
@pytest.mark.timeout(400)  # half a minute of a processor that others may want as well
def test_100_000_broken_streams_are_listed_errors_and_nobody_else_ever_passes(caplog):
    # A line for each broken stream would be kept until the end, and cost as much as all the rest.
    caplog.set_level(logging.ERROR, "gatepass.readers")
    chance = random.Random(SEED)
    told = Told()
    counts = {"documents": 0, "errors": 0}
    steps = [Command.FIND, Command.SELECT, Command.READ, Command.READ, Command.READ_NEWEST_ADDRESS]

    async def story():
        for _ in range(STREAMS // 2):
            command = chance.choice(steps)
            mutated = {command: mutate(WHOLE[command], chance)}
            link = ScriptedLink(WHOLE | mutated, pieces=chance.choice([1, 1, 7]), commands=6)
            # What comes through must be the very card that lies there.
            for result in await told.listen_to(link):
                counts["errors" if isinstance(result, DocumentError) else "documents"] += 1
                assert isinstance(result, DocumentError) or result.number == WANG.number
        for _ in range(STREAMS // 2):
            command = chance.choice([Command.STATUS, Command.FIND, Command.SELECT, Command.READ])
            link = ScriptedLink(WHOLE | {command: random_stream(chance)}, commands=6)
            for result in await told.listen_to(link):
                counts["errors" if isinstance(result, DocumentError) else "documents"] += 1
                assert isinstance(result, DocumentError) or command is not Command.READ, "noise passed for a card"
                assert isinstance(result, DocumentError) or result.number == WANG.number

    began = time.monotonic()
    asyncio.run(story())
    took = time.monotonic() - began
    assert counts["documents"] > 1000, "some mutations heal, else this tests nothing"
    assert counts["errors"] > 1000
    print(f"{STREAMS:,} streams in {took:.1f} s: {counts}")


@pytest.mark.slow
def test_100_000_broken_blocks_are_listed_errors_and_never_another_number():
    chance = random.Random(SEED)
    whole, passed = resident_block(), 0
    for n in range(STREAMS):
        block = chance.randbytes(256) if n % 4 == 0 else mutate(whole, chance)[:256].ljust(256, b" ")
        try:
            document = chip.decode(block)
        except DocumentError as error:
            assert error.code in DOCUMENT_ERROR_CODES  # noqa: PT017 - both outcomes are right
        else:
            passed += 1
            assert document.number == WANG.number
    assert passed > 1000, "damage in the address leaves the person who they are"


@given(st.binary(max_size=2500), st.sampled_from([Command.STATUS, Command.FIND, Command.SELECT, Command.READ]))
def test_any_reply_to_any_command_is_survived(stream, command):
    results = asyncio.run(Told().listen_to(ScriptedLink(WHOLE | {command: stream})))
    assert not [result for result in results if isinstance(result, Document) and result.number != WANG.number]


@given(st.lists(st.binary(max_size=400), max_size=20))
def test_the_parser_takes_any_bytes_in_any_pieces(pieces):
    parser = FrameParser()
    for piece in pieces:
        parser.feed(piece)


@pytest.mark.parametrize("zeros", [True, False])
def test_a_found_card_with_and_without_the_chips_own_number_is_read(zeros):
    number = bytes(8) if zeros else b"\x50\x00\xa0\xc3\xf1\x27\x0b\x11"
    replies = WHOLE | {
        Command.FIND: build(b"\x12\x34\x9f" + number[:4]),
        Command.SELECT: build(b"\x56\x78\x90" + number),
    }
    assert [result.number for result in asyncio.run(Told().listen_to(ScriptedLink(replies)))] == [WANG.number]


def test_a_late_reply_to_somebody_elses_reading_is_not_the_answer_to_a_find():
    replies = WHOLE | {Command.FIND: WHOLE[Command.READ]}
    told = Told()
    assert asyncio.run(told.listen_to(ScriptedLink(replies))) == []
    replies = WHOLE | {Command.SELECT: WHOLE[Command.FIND]}
    assert [result.code for result in asyncio.run(told.listen_to(ScriptedLink(replies)))] == ["reader_error"]


def test_the_published_garbled_select_is_a_line_fault_and_no_card():
    replies = WHOLE | {Command.SELECT: bytes.fromhex("AA00AAAA9669000C0000900000000000009C")}
    results = asyncio.run(Told().listen_to(ScriptedLink(replies, commands=20)))
    assert [result.code for result in results] == ["reader_length_error"]


@pytest.mark.slow
def test_a_reader_is_asked_no_faster_than_every_300_ms():
    asked: list[float] = []

    class Watched(ScriptedLink):
        def write(self, request: bytes) -> None:
            if request == Command.FIND.request:
                asked.append(time.monotonic())
            super().write(request)

    async def story():
        link = Watched(WHOLE | {Command.FIND: build(b"\x00\x00\x80")}, commands=4)
        reader = SamReader("script", on_read=Told().on_read, on_state=lambda _: None)
        with suppress(LinkLostError):
            await reader._serve(link)

    asyncio.run(story())
    assert len(asked) == 4
    assert min(later - earlier for earlier, later in pairwise(asked)) >= 0.29
