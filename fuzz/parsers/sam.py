"""Frames of the SAM readers, and the HID reports in which some of them travel.

sam   the same frames whatever pieces the bytes come in; memory bounded; no frame with a wrong check
hid   never more bytes than came; one broken reply is told once; what came whole and in order comes out whole
"""

from __future__ import annotations

from typing import Final

from tests.identity.blocks import resident_block
from tests.identity.cards import CARD_2023, block

from fuzz.parsers.promises import ACCEPTED, TODAY, Parser, outcome, refusal, require
from gatepass.identity import DocumentError, chip
from gatepass.identity.documents import DOCUMENT_ERROR_CODES
from gatepass.readers.sam.frames import (
    BROKEN_REPLY,
    LONGEST,
    Frame,
    FrameFault,
    FrameParser,
    build,
    split_card_reply,
    xor,
)
from gatepass.readers.sam.reports import REPORT, ReplyJoiner, frame_report, reply_reports, request_in
from gatepass.readers.sam.status import Command, fault_of

_MOST_PIECES: Final = 64


def parse_frames(octets: bytes) -> str:
    """Byte 0: pieces of so many bytes; bit 7 puts the check of a last frame right. The rest came over the line."""
    how, stream = octets[0] if octets else 0, octets[1:]
    if how & 0x80 and (start := stream.rfind(b"\xaa\x96\x69")) >= 0 and len(stream) > start + 6:
        body = stream[start + 5 : -1]
        stream = stream[:start] + build(body)[2:]
    whole = FrameParser()
    found = whole.feed(stream)
    require(len(whole._kept) <= LONGEST + 5, "more is kept than one frame")
    pieces, size = FrameParser(), max(how & 0x7F, 1, len(stream) // _MOST_PIECES)
    in_pieces = [one for start in range(0, len(stream), size) for one in pieces.feed(stream[start : start + size])]
    require(in_pieces == found, "other frames when the bytes come in pieces")
    require(pieces.pending == whole.pending, "pending or not, by the pieces that the bytes came in")
    last = "nothing"
    for one in found:
        last = _reply(one) if isinstance(one, Frame) else f"frame_{one}"
    return last


def _reply(frame: Frame) -> str:
    wire = build(frame.body)
    require(xor(wire[5:]) == 0, "a frame with a wrong check")
    require("'" not in repr(frame), "a body in a repr")
    if frame.status != 0x90:
        fault = fault_of(frame.status)
        require(fault.code in DOCUMENT_ERROR_CODES, f"unlisted code {fault.code}")
        return ACCEPTED
    try:
        reply = split_card_reply(frame.payload)
    except DocumentError as error:
        return ACCEPTED if len(frame.payload) < 20 else refusal(error)
    parts = len(reply.text) + len(reply.portrait) + len(reply.fingerprints)
    require(len(frame.payload) - parts in {4, 6}, "bytes of a reply were lost")
    found = outcome(lambda: chip.decode(reply.text, today=TODAY))
    return found if isinstance(found, str) else ACCEPTED


def frame_seeds() -> list[bytes]:
    text = resident_block()
    replies = [
        b"\x00\x00\x80",
        b"\x00\x00\x9f\x00\x00\x00\x00",
        b"\x00\x00\x90" + bytes(8),
        b"\x00\x00\x90\x01\x00\x04\x00" + text + b"WLf\x00~\x00" + bytes(1018),
        b"\x00\x00\x90\x01\x00\x00\x10\x00\x08" + text + bytes(24),
        b"\x00\x00\x90\x01\x00\x00\x00" + block(CARD_2023),
    ]
    streams = [build(body) for body in replies] + [command.request for command in Command]
    streams += [b"\xaa\x00" + streams[1], streams[0] + streams[2], bytes.fromhex("AAAAAA96690005050505") + streams[0]]
    return [bytes((how,)) + stream for stream in streams for how in (0x7F, 0x81)]


def parse_reports(octets: bytes) -> str:
    """Byte 0: bit 0 numbers the reports as an answer to ours, bit 1 puts their sums right. Reports of 64 bytes, the
    last one shorter.
    """
    how, stream = octets[0] if octets else 0, octets[1:]
    joiner = ReplyJoiner()
    number, asked = request_in(joiner.next_request(Command.READ.request)) or (0, b"")
    require(asked == Command.READ.request, "a request that is not what was asked")
    found, came = b"", 0
    for start in range(0, len(stream), REPORT):
        report = stream[start : start + REPORT]
        if how & 1 and len(report) > 3:
            report = report[:1] + number.to_bytes(2, "little") + report[3:]
        if how & 2:
            report = _with_right_sum(report)
        came += len(report)
        found += joiner.feed(report)
    require(len(found) <= came + len(BROKEN_REPLY), "more bytes than came")
    frames = FrameParser().feed(found)
    whole = [frame for frame in frames if isinstance(frame, Frame)]
    if not whole:
        return "broken" if FrameFault.CHECK in frames or BROKEN_REPLY in found else "nothing"
    return _reply(whole[-1])


def _with_right_sum(report: bytes) -> bytes:
    end = 5 + int.from_bytes(report[3:5], "little")
    if not 5 < end <= len(report) - 2:
        return report
    return report[:end] + (sum(report[3:end]) % 0x10000).to_bytes(2, "little") + report[end + 2 :]


def report_seeds() -> list[bytes]:
    replies = [
        build(b"\x00\x00\x80"),
        build(b"\x00\x00\x90" + bytes(16)),
        build(b"\x00\x00\x90\x01\x00\x00\x00" + resident_block()),
    ]
    streams = [
        b"".join(reply_reports(reply, 0, counting))
        for reply in replies
        for counting in ("little-endian", "big-endian", "not at all")
    ]
    streams.append(frame_report(build(b"\x00\x00\x90" + bytes(10)), 0))
    return [bytes((how,)) + stream for stream in streams for how in (0, 3)]


PARSERS: Final = (
    Parser("sam", frame_seeds, parse_frames, 2600),
    Parser("hid", report_seeds, parse_reports, 1000),
)
