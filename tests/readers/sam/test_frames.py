from __future__ import annotations

import hashlib
import json
from functools import reduce
from operator import xor as xor_two
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.identity.blocks import resident_block

from gatepass.identity import DocumentError
from gatepass.readers.sam.frames import (
    LONGEST,
    SHORTEST_REQUEST,
    Frame,
    FrameFault,
    FrameParser,
    build,
    split_card_reply,
    xor,
)
from gatepass.readers.sam.status import Command

VECTORS = Path(__file__).parents[4] / "shared" / "vectors" / "readers" / "reader_vectors.json"

FIND_OK = bytes.fromhex("AAAAAA9669000800009F0000000097")
FIND_NONE = bytes.fromhex("AAAAAA9669000400008084")


def bodies(stream: bytes, **options: int) -> list[bytes]:
    return [found.body for found in FrameParser(**options).feed(stream) if isinstance(found, Frame)]


@pytest.mark.parametrize(
    ("command", "wire"),
    [
        (Command.RESET, "AAAAAA9669000310FFEC"),
        (Command.STATUS, "AAAAAA9669000311FFED"),
        (Command.MODULE_NUMBER, "AAAAAA9669000312FFEE"),
        (Command.FIND, "AAAAAA96690003200122"),
        (Command.SELECT, "AAAAAA96690003200221"),
        (Command.READ, "AAAAAA96690003300132"),
        (Command.READ_WITH_FINGERPRINTS, "AAAAAA96690003301023"),
        (Command.READ_NEWEST_ADDRESS, "AAAAAA96690003300330"),
    ],
)
def test_each_request_has_the_bytes_of_the_protocol(command, wire):
    assert command.request == bytes.fromhex(wire)


def test_a_reply_is_told_by_its_third_status_byte_alone():
    (found,) = FrameParser().feed(build(b"\x12\x34\x9f\x01\x02\x03\x04"))
    assert found.status == 0x9F
    assert found.payload == b"\x01\x02\x03\x04"


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"\x00",
        b"\xaa",
        b"\xaa\xaa\xaa\xaa",
        b"\xaa\xaa\x96\x96\x69\x00",
        b"noise",
        FIND_OK[:9],
        bytes.fromhex("AAAAAA96690005050505"),
        bytes.fromhex("AAAAAA9669FFFF"),
    ],
)
def test_noise_before_a_frame_loses_no_frame(before):
    assert FIND_NONE[7:-1] in bodies(before + FIND_NONE + FIND_NONE)


@pytest.mark.parametrize("damaged", ["AA00AAAA9669", "AAAA00AA9669", "00AAAA9669", "AA9669", "AAAAAAAA9669"])
def test_a_stray_or_lost_byte_in_the_preamble_is_survived(damaged):
    assert bodies(bytes.fromhex(damaged) + FIND_NONE[5:]) == [b"\x00\x00\x80"]


def test_a_frame_in_single_bytes_is_the_same_frame():
    parser = FrameParser()
    found = [frame for octet in FIND_OK + FIND_NONE for frame in parser.feed(bytes([octet]))]
    assert [frame.status for frame in found] == [0x9F, 0x80]
    assert not parser.pending


def test_a_wrong_check_is_a_fault_and_the_next_frame_is_found():
    wrong = FIND_OK[:-1] + b"\x00"
    first, second = FrameParser().feed(wrong + FIND_NONE)
    assert first is FrameFault.CHECK
    assert second.status == 0x80


@pytest.mark.parametrize("length", [0, 1, 2, 3, LONGEST + 1, 0xFFFF])
def test_an_impossible_length_is_a_fault_at_once_and_never_waited_for(length):
    parser = FrameParser()
    assert parser.feed(FIND_OK[:5] + length.to_bytes(2, "big")) == [FrameFault.LENGTH]
    assert not parser.pending
    assert [found.status for found in parser.feed(FIND_NONE)] == [0x80]


def test_a_length_that_promises_too_much_swallows_nothing_that_follows():
    wrong = FIND_OK[:6] + bytes([FIND_OK[6] + 4]) + FIND_OK[7:]
    assert bodies(wrong + FIND_NONE) == [b"\x00\x00\x80"]


def test_our_own_request_echoed_by_the_line_is_not_a_reply():
    assert bodies(Command.FIND.request + FIND_NONE) == [b"\x00\x00\x80"]
    assert bodies(Command.FIND.request, shortest=SHORTEST_REQUEST) == [b"\x20\x01"]


def test_noise_without_end_is_forgotten():
    parser = FrameParser()
    for piece in (b"\xaa\x96\x69\x09\x00" + b"\xaa" * 700, bytes(4096), b"\xaa\x96\x69" * 2000):
        for _ in range(20):
            parser.feed(piece)
            assert len(parser._kept) <= LONGEST + 5


@pytest.mark.parametrize(("fingerprints", "total"), [(None, 1295), (0, 1297), (512, 1809), (1024, 2321)])
def test_a_read_with_and_without_fingerprints_gives_the_same_text_and_portrait(fingerprints, total):
    text, portrait = resident_block(), b"W" * 1024
    lengths = (
        (256).to_bytes(2, "big")
        + (1024).to_bytes(2, "big")
        + (b"" if fingerprints is None else fingerprints.to_bytes(2, "big"))
    )
    wire = build(b"\x00\x00\x90" + lengths + text + portrait + b"F" * (fingerprints or 0))
    assert len(wire) == total
    (found,) = FrameParser().feed(wire)
    reply = split_card_reply(found.payload)
    assert (reply.text, reply.portrait) == (text, portrait)
    assert len(reply.fingerprints) == (fingerprints or 0)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\x01\x00\x04",
        b"\x01\x00\x04\x00",
        b"\x01\x00\x04\x00" + bytes(1279),
        b"\x01\x00\x04\x00" + bytes(1281),
        b"\x04\x00\x01\x00" + bytes(1280),
        b"\x00\x00\x00\x00",
        b"\x01\x00\x04\x00\x04\x00" + bytes(1280),
    ],
)
def test_lengths_that_do_not_add_up_are_refused(payload):
    with pytest.raises(DocumentError, match="reader_length_error"):
        split_card_reply(payload)


def test_no_card_text_is_in_the_repr_of_a_frame():
    body = b"\x00\x00\x90\x01\x00\x04\x00" + resident_block() + bytes(1024)
    shown = repr(FrameParser().feed(build(body))) + repr(split_card_reply(body[3:]))
    assert shown == "[Frame()]CardReply()"


@given(st.binary(max_size=3000))
def test_xor_is_the_xor_of_all_bytes(octets):
    assert xor(octets) == reduce(xor_two, octets, 0)


@given(st.binary(max_size=200), st.binary(min_size=3, max_size=LONGEST - 1), st.lists(st.integers(1, 700), max_size=20))
def test_any_frame_after_any_noise_in_any_pieces_is_found(noise, body, pieces):
    # Twice, because noise may end in half a frame that claims the first.
    stream = noise + build(body) + bytes(LONGEST) + build(body)
    parser, found = FrameParser(), []
    for length in pieces:
        found += parser.feed(stream[:length])
        stream = stream[length:]
    found += parser.feed(stream)
    assert body in [frame.body for frame in found if isinstance(frame, Frame)]


def test_the_published_frames_are_accepted_and_refused_as_they_say():
    if not VECTORS.exists():
        pytest.skip("the shared reader vectors are not on this machine")
    vectors = json.loads(VECTORS.read_text())
    for frame in vectors["frames"]:
        wire = bytes.fromhex(frame["hex"])
        shortest = SHORTEST_REQUEST if frame["direction"] == "host->reader" else 4
        found = bodies(wire, shortest=shortest)
        assert found == ([wire[7:-1]] if frame["frame_valid"] else []), frame["name"]
    for card in vectors["synthetic_cards"]:
        block = bytes.fromhex(card["text_hex"])
        portrait = bytes.fromhex("574C66007E00") + bytes(1018)
        wire = build(b"\x00\x00\x90\x01\x00\x04\x00" + block + portrait)
        assert hashlib.sha256(wire).hexdigest() == card["frame_sha256"]
        assert wire[-1] == int(card["frame_checksum"], 16)
        (found,) = FrameParser().feed(wire)
        assert split_card_reply(found.payload).text == block
    for head in vectors["read_reply_heads"]:
        # The body of each published head, filled up: the parser takes the length as stated.
        start = bytes.fromhex(head["hex"])
        body = (start[7:] + bytes(head["total"]))[: head["total"] - 8]
        assert build(body)[: len(start)] == start
        assert bodies(build(body)) == [body]
