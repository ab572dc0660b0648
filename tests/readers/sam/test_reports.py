"""Frames in HID reports, and back; no device."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.identity.blocks import resident_block

from gatepass.readers.sam import Command
from gatepass.readers.sam.frames import BROKEN_REPLY, Frame, FrameFault, FrameParser, build
from gatepass.readers.sam.reports import (
    LONGEST_REQUEST,
    PIECE,
    REPORT,
    ReplyJoiner,
    frame_report,
    reply_reports,
    request_in,
    request_report,
)

CARD_REPLY = build(b"\x00\x00\x90\x01\x00\x04\x00" + resident_block() + b"WLf\x00~\x00" + bytes(1018))
FOUND = build(b"\x00\x00\x9f" + bytes(4))
COUNTINGS = ("little-endian", "big-endian", "not at all")


def asked(joiner: ReplyJoiner) -> int:
    """A request is sent; gives its number."""
    number, _ = request_in(joiner.next_request(Command.READ.request))
    return number


def joined(joiner: ReplyJoiner, reports: list[bytes]) -> bytes:
    return b"".join(joiner.feed(report) for report in reports)


def test_a_request_has_the_bytes_of_the_driver():
    report = request_report(Command.FIND.request, 0)
    head, frame, end = report[:6], report[6:16], report[16:]
    assert head == bytes.fromhex("88 0000 0B00 B1")
    assert frame == bytes.fromhex("AAAAAA96690003200122")
    assert end[:2] == (0x0B + 0xB1 + sum(frame)).to_bytes(2, "little")
    assert not any(end[2:])
    assert len(report) == REPORT


def test_a_request_that_does_not_fit_is_not_cut():
    assert request_report(bytes(LONGEST_REQUEST), 1)
    with pytest.raises(ValueError, match="57 bytes"):
        request_report(bytes(LONGEST_REQUEST + 1), 1)


def test_a_card_comes_in_24_reports_of_64_bytes():
    reports = reply_reports(CARD_REPLY, 7)
    assert len(reports) == 24 == -(-len(CARD_REPLY) // PIECE)
    assert {len(report) for report in reports} == {REPORT}
    assert reports[0][:5] == bytes.fromhex("AA 0700 3900")


@pytest.mark.parametrize("counting", COUNTINGS)
@pytest.mark.parametrize("echoes", [True, False])
def test_a_reply_is_joined_however_the_device_counts_and_whether_it_gives_our_number_back(counting, echoes):
    joiner = ReplyJoiner()
    for reply in (FOUND, CARD_REPLY, CARD_REPLY, FOUND):
        number = asked(joiner)
        assert joined(joiner, reply_reports(reply, number if echoes else 0, counting)) == reply


def test_the_later_models_one_large_report_is_read_as_well():
    joiner = ReplyJoiner()
    assert joined(joiner, [frame_report(CARD_REPLY, asked(joiner))]) == CARD_REPLY


@pytest.mark.parametrize("counting", COUNTINGS[:2])
def test_reports_in_any_other_order_are_no_reply(counting):
    """XOR does not care about the order: without the count, two swapped reports would be a card with another text."""
    reply = CARD_REPLY[:7] + CARD_REPLY[7 : 4 * PIECE]
    for order in permutations(range(4)):
        joiner = ReplyJoiner()
        reports = reply_reports(reply, asked(joiner), counting)
        found = joined(joiner, [reports[at] for at in order])
        assert (found == reply) == (order == (0, 1, 2, 3)), order


@pytest.mark.parametrize("counting", COUNTINGS[:2])
@pytest.mark.parametrize("at", [1, 12, 23])
def test_a_report_that_is_lost_or_comes_twice_breaks_the_reply(counting, at):
    joiner = ReplyJoiner()
    reports = reply_reports(CARD_REPLY, asked(joiner), counting)
    found = joined(joiner, reports[:at] + reports[at + 1 :])
    assert BROKEN_REPLY in found or len(found) < len(CARD_REPLY)
    joiner = ReplyJoiner()
    reports = reply_reports(CARD_REPLY, asked(joiner), counting)
    assert BROKEN_REPLY in joined(joiner, reports[: at + 1] + reports[at:])


def test_a_broken_reply_is_told_once_and_the_next_request_has_a_fresh_start():
    joiner = ReplyJoiner()
    reports = reply_reports(CARD_REPLY, asked(joiner))
    reports[3] = reports[3][:20] + b"?" + reports[3][21:]
    found = joined(joiner, reports)
    assert found == CARD_REPLY[: 3 * PIECE] + BROKEN_REPLY
    assert joined(joiner, reply_reports(FOUND, asked(joiner))) == FOUND


def test_the_mark_of_a_broken_reply_is_a_frame_with_a_wrong_check():
    assert FrameParser().feed(BROKEN_REPLY) == [FrameFault.CHECK]
    (fault, frame) = FrameParser().feed(BROKEN_REPLY + FOUND)
    assert fault is FrameFault.CHECK
    assert isinstance(frame, Frame)


def test_the_late_answer_to_an_earlier_request_is_not_the_answer_to_this_one():
    joiner = ReplyJoiner()
    first = asked(joiner)
    assert joined(joiner, reply_reports(FOUND, first)) == FOUND
    second = asked(joiner)
    late = reply_reports(CARD_REPLY, first)
    assert joined(joiner, late + reply_reports(FOUND, second)) == FOUND


def test_a_result_and_nothing_else_is_a_broken_reply_and_not_silence():
    joiner = ReplyJoiner()
    asked(joiner)
    assert joiner.feed(bytes.fromhex("AA 0000 0100 05 0600").ljust(REPORT, b"\0")) == BROKEN_REPLY


def test_noise_before_a_frame_is_handed_up_because_the_frames_parser_knows_what_to_do_with_it():
    joiner = ReplyJoiner()
    noisy = b"\x00\xaa\xff\xaa\x00\xaa\xaa" + FOUND[3:]
    found = joined(joiner, reply_reports(noisy, asked(joiner)))
    assert [frame.status for frame in FrameParser().feed(found)] == [0x9F]


@pytest.mark.parametrize("report", [b"", b"\xaa", b"\x88" * REPORT, bytes(REPORT), b"\xaa" * REPORT, b"\xaa" * 5])
def test_what_is_no_reply_is_broken_and_what_is_no_request_is_not_answered(report):
    joiner = ReplyJoiner()
    asked(joiner)
    assert joiner.feed(report) == BROKEN_REPLY
    assert request_in(report) is None


def test_numbers_go_round():
    joiner = ReplyJoiner()
    joiner._number = 0xFFFE
    assert [asked(joiner) for _ in range(3)] == [0xFFFF, 0, 1]


@given(st.binary(min_size=3, max_size=2390), st.sampled_from(COUNTINGS), st.booleans())
def test_any_frame_goes_through_and_comes_out(body, counting, echoes):
    joiner, frame = ReplyJoiner(), build(body)
    number = asked(joiner)
    found = FrameParser().feed(joined(joiner, reply_reports(frame, number if echoes else 0, counting)))
    assert body in [one.body for one in found if isinstance(one, Frame)]


@given(st.lists(st.binary(max_size=80), max_size=40))
def test_any_reports_are_survived(reports):
    joiner = ReplyJoiner()
    asked(joiner)
    found = joined(joiner, reports)
    assert len(found) <= sum(map(len, reports)) + len(BROKEN_REPLY)


@given(st.data())
def test_one_damaged_byte_in_a_report_never_gives_another_frame(data):
    joiner = ReplyJoiner()
    asked(joiner)
    reports = reply_reports(CARD_REPLY, 0)
    at = data.draw(st.integers(0, len(reports) - 1))
    place = data.draw(st.integers(0, REPORT - 1))
    damaged = bytearray(reports[at])
    damaged[place] ^= data.draw(st.integers(1, 255))
    reports[at] = bytes(damaged)
    found = FrameParser().feed(joined(joiner, reports))
    assert [one for one in found if isinstance(one, Frame) and one.body != CARD_REPLY[7:-1]] == []
