"""A recording shows how a device speaks, and nothing of what it said."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import WANG

from gatepass.readers import recordings
from gatepass.readers.keyboard import EV_MSC, EVENT, Event, EventParser, pack, type_out
from gatepass.readers.pretence import pack_all, type_text
from gatepass.readers.recordings import Piece, Recording, RecordingError, mask, mask_bytes

TWO_CODES = Recording("serial", (Piece(0.0, b"]Q1GP1:abc"), Piece(0.012, b"XYZ-7\r"), Piece(1.5, b"]C0H12345678\r\n")))


def keystrokes(text: str, **how: bool) -> Recording:
    scancode = Event(EV_MSC, 4, 0x7001E)
    return Recording(
        "keyboard",
        tuple(Piece(0.004, pack(scancode) + pack_all(events)) for events in type_text(text, **how)),
    )


def test_what_was_written_is_read_again():
    for recording in (TWO_CODES, keystrokes("Ab1\r")):
        assert recordings.read(recordings.write(recording)) == recording


@given(st.lists(st.tuples(st.floats(0, 3600), st.binary(max_size=40)), max_size=8))
def test_any_pieces_are_read_again(pieces):
    recording = Recording("serial", tuple(Piece(round(dt, 6), octets) for dt, octets in pieces))
    assert recordings.read(recordings.write(recording)) == recording


def test_a_masked_recording_keeps_lengths_times_marks_and_identifiers():
    masked = mask(TWO_CODES)
    assert [piece.dt for piece in masked.pieces] == [0.0, 0.012, 1.5]
    assert [piece.octets for piece in masked.pieces] == [b"]Q1AA0:aaa", b"AAA-0\r", b"]C0A00000000\r\n"]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_of_a_chinese_text_only_the_length_is_left(encoding):
    octets = f"{WANG.name} {WANG.number}\r".encode(encoding)
    assert mask_bytes(octets) == f"一一一 {'0' * 18}\r".encode(encoding)


@given(st.binary(max_size=200))
def test_a_mask_is_as_long_as_what_it_hides_and_shows_no_letter_or_digit(octets):
    hidden = octets.replace(b"]", b"")
    masked = mask_bytes(hidden)
    assert len(masked) == len(hidden)
    assert not set(masked) & set(b"123456789bcdefghijklmnopqrstuvwxyzBCDEFGHIJKLMNOPQRSTUVWXYZ")


def test_masked_key_strokes_type_a_masked_text_and_lose_their_scan_codes():
    masked = mask(keystrokes(f"]Q1{WANG.number} Zz<\r"))
    stream = b"".join(piece.octets for piece in masked.pieces)
    assert type_out(stream).decode() == f"]Q1{'0' * 18} Aa<\r"
    assert EV_MSC not in {event.kind for event in EventParser().feed(stream)}
    assert len(masked.pieces) == len(f"]Q1{WANG.number} Zz<\r")


def test_masked_alt_codes_are_alt_codes_of_nothing():
    stream = b"".join(piece.octets for piece in mask(keystrokes("王7\r", alt_codes=True)).pieces)
    assert type_out(stream).decode("gb18030") == "一A\r"


HEAD = '{"recording": 1, "device": "%s"}\n'


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("[]", 1),
        ("{}", 1),
        ('{"recording": 2, "device": "serial"}', 1),
        ('{"recording": 1, "device": "tape"}', 1),
        (HEAD % "serial" + "{", 2),
        (HEAD % "serial" + '{"dt": 0, "bytes": "zz"}', 2),
        (HEAD % "serial" + '{"dt": -1, "bytes": "00"}', 2),
        (HEAD % "serial" + '{"dt": NaN, "bytes": "00"}', 2),
        (HEAD % "serial" + '{"dt": 0, "bytes": "00"}\n{"dt": 0}', 3),
        (HEAD % "keyboard" + '{"dt": 0, "events": [[1, 2]]}', 2),
        (HEAD % "keyboard" + '{"dt": 0, "events": [[1, 70000, 1]]}', 2),
        (HEAD % "keyboard" + '{"dt": 0, "events": [[1, 2, 1.5]]}', 2),
        (HEAD % "keyboard" + '{"dt": 0, "events": 7}', 2),
        (HEAD % "serial" + "[" * 100_000, 2),
    ],
)
def test_what_is_no_recording_is_refused_with_its_line(text, line):
    with pytest.raises(RecordingError) as refused:
        recordings.read(text)
    assert refused.value.line == line


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=4)
    ),
    st.sampled_from(["serial", "keyboard"]),
)
def test_any_json_is_a_recording_or_refused(value, device):
    for line in (
        value,
        {"dt": value},
        {"dt": 0, "bytes": value},
        {"dt": 0, "events": value},
        {"dt": 0, "events": [value]},
    ):
        try:
            recordings.read(HEAD % device + json.dumps(line))
        except RecordingError:
            continue


def test_a_piece_shows_nothing_of_itself_in_a_log():
    assert "GP1" not in repr(TWO_CODES)
    assert EVENT.size == len(pack(Event(1, 2, 1)))
