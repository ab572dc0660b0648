"""The simulator sends what scanners send, and a recording what one scanner sent."""

from __future__ import annotations

import asyncio

import pytest
from tests.cast import WANG

from gatepass.readers import recordings
from gatepass.readers.keyboard import type_out
from gatepass.readers.link import Source
from gatepass.readers.recordings import Piece, Recording
from gatepass.readers.scanner import Port, ScannerSimulator, Settings
from gatepass.readers.scanner.link import open_link


async def heard(source: Source, quiet: float = 0.12) -> list[bytes]:
    pieces = []
    while True:
        try:
            pieces.append((await source.read(quiet))[0])
        except TimeoutError:
            return pieces


def said_by(scanner: ScannerSimulator, text: str, **how: object) -> bytes:
    async def story() -> bytes:
        link = await open_link(Port(scanner.device))
        try:
            scanner.show(text, **how)
            return b"".join(await heard(link))
        finally:
            await link.close()

    with scanner:
        return asyncio.run(story())


def test_the_bytes_are_those_of_the_set_up_sheet():
    assert said_by(ScannerSimulator(), "GP1:one") == b"GP1:one\r"
    assert said_by(ScannerSimulator(Settings(end="\r\n", identifiers=True)), "one", symbology="C0") == b"]C0one\r\n"
    assert said_by(ScannerSimulator(Settings(framed=True, encoding="gb18030")), WANG.name) == (
        b"\x02" + WANG.name.encode("gb18030") + b"\x03"
    )


def test_the_keys_are_those_of_the_layout():
    for layout in ("us", "de", "fr"):
        simulator = ScannerSimulator(Settings(keyboard=True, layout=layout))
        assert type_out(said_by(simulator, "Az{1}"), layout) == b"Az{1}\r"


def test_a_recording_is_played_again_as_it_was(tmp_path):
    recording = Recording("serial", (Piece(0.0, b"]Q1GP1:"), Piece(0.05, b"one\r"), Piece(0.02, b"]Q1GP1:two\r")))
    path = tmp_path / "scanner.jsonl"
    path.write_text(recordings.write(recording))

    async def story():
        with ScannerSimulator() as scanner:
            link = await open_link(Port(scanner.device))
            scanner.replay(recordings.read(path.read_text()))
            pieces = await heard(link)
            await link.close()
            return pieces

    pieces = asyncio.run(story())
    assert b"".join(pieces) == b"]Q1GP1:one\r]Q1GP1:two\r"
    assert len(pieces) >= 2, "the pause between was kept"


@pytest.mark.slow
def test_at_9600_baud_a_code_takes_the_time_of_the_line():
    async def story():
        with ScannerSimulator(Settings(per_byte_s=10 / 9600)) as scanner:
            link = await open_link(Port(scanner.device))
            began = asyncio.get_running_loop().time()
            scanner.show("7" * 300)
            _, _ = await link.read(1.0)
            while True:
                try:
                    await link.read(0.2)
                    ended = asyncio.get_running_loop().time()
                except TimeoutError:
                    break
            await link.close()
            return ended - began

    assert asyncio.run(story()) > 0.312, "301 bytes cannot arrive sooner"
