"""From the card's bytes to a Document: our share of a reading, beside the time the bytes take on the wire.

    python benchmarks/card_to_document.py

Prints one table. "wire" is what the bytes need at least: 10 bits a byte at 115200 baud, 64-byte packets of USB at full
speed (19 a millisecond), one HID report a millisecond. The last rows are measured through the simulators (a real pty, a
bus in place of libusb, a report socket), cards laid down at random moments: `read_ms` is the last byte received to the
Document made, as the reader itself reports it.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import suppress

from gatepass.identity import Document, Holder, chip, numbers
from gatepass.readers.sam import SamReader, SamSimulator
from gatepass.readers.sam.frames import FrameParser, build, split_card_reply, xor
from gatepass.readers.sam.module import SimulatedModule
from gatepass.readers.sam.reports import ReplyJoiner, reply_reports
from gatepass.readers.sam.simulated_hid import HidSimulator
from gatepass.readers.sam.simulated_usb import UsbSimulator
from gatepass.readers.sam.simulator import WITHOUT_PICTURE, synthetic_block

BAUD = 115_200
REPEATS = 3000
TAPS = 40


def card(serial: int) -> bytes:
    seventeen = f"33010219410312{serial:03d}"
    typed = numbers.parse_citizen(seventeen + numbers.check_character(seventeen))
    holder = Holder("王秀英", "", typed.holder.birth, typed.holder.sex, typed.holder.nationality)
    return synthetic_block(Document(typed.kind, typed.issuer, typed.number, holder, address="杭州市上城区定安路9号"))


def percentiles(samples: list[float]) -> tuple[float, float, float]:
    ordered = sorted(samples)
    return ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)], ordered[int(len(ordered) * 0.99)]


def timed(what: Callable[[], object]) -> list[float]:
    samples = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        what()
        samples.append((time.perf_counter() - began) * 1000)
    return samples


def serial_ms(octets: int) -> float:
    return octets * 10 / BAUD * 1000


def row(name: str, samples: list[float], wire_ms: float | None) -> None:
    half, most, nearly_all = percentiles(samples)
    wire = "" if wire_ms is None else f"{wire_ms:10.1f}"
    print(f"{name:<56}{half:10.3f}{most:10.3f}{nearly_all:10.3f}{wire:>10}")


async def taps(simulated: SimulatedModule) -> tuple[list[float], list[float]]:
    """Milliseconds of each tap: the reader's own `read_ms`, and from the card laid down to the Document given."""
    given = asyncio.Event()

    async def on_read(_: object) -> None:
        given.set()

    chance = random.Random(1)
    ours, whole = [], []
    with simulated as simulator:
        reader = SamReader(simulator.device, on_read=on_read, on_state=lambda _: None, open_link=simulator.open_link)
        running = asyncio.create_task(reader.run())
        for serial in range(100, 100 + TAPS):
            given.clear()
            await asyncio.sleep(chance.uniform(0.0, 0.3))
            laid = time.perf_counter()
            simulator.lay(card(serial))
            await given.wait()
            whole.append((time.perf_counter() - laid) * 1000)
            ours.append(reader.read_ms or 0.0)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    return ours, whole


def main() -> None:
    block = card(182)
    lengths = len(block).to_bytes(2, "big") + len(WITHOUT_PICTURE).to_bytes(2, "big")
    reply = build(b"\x00\x00\x90" + lengths + block + WITHOUT_PICTURE)
    prints = build(b"\x00\x00\x90" + lengths + b"\x04\x00" + block + WITHOUT_PICTURE + bytes(1024))

    def whole(wire: bytes) -> Document:
        return chip.decode(split_card_reply(FrameParser().feed(wire)[0].payload).text)

    print(f"{'milliseconds':<56}{'p50':>10}{'p95':>10}{'p99':>10}{'wire':>10}")
    row("check byte of a reply (1,295 bytes)", timed(lambda: xor(reply)), None)
    row("frame parsed (1,295 bytes)", timed(lambda: FrameParser().feed(reply)), serial_ms(len(reply)))
    row("text block decoded and checked (256 bytes)", timed(lambda: chip.decode(block)), None)
    row("reply to Document (1,295 bytes)", timed(lambda: whole(reply)), serial_ms(len(reply)))
    row("reply with fingerprints to Document (2,321 bytes)", timed(lambda: whole(prints)), serial_ms(len(prints)))
    reports = reply_reports(reply, 1)

    def joined() -> Document:
        joiner = ReplyJoiner()
        joiner.next_request(b"")
        return whole(b"".join(map(joiner.feed, reports)))

    row("24 HID reports to Document", timed(joined), float(len(reports)))
    lines: list[tuple[str, SimulatedModule, float | None]] = [
        ("pty, at once", SamSimulator(), None),
        ("pty, at 115200 baud", SamSimulator(wire_baud=BAUD), serial_ms(len(reply))),
        ("USB pipes", UsbSimulator(), -(-len(reply) // 64) / 19),
        ("HID reports", HidSimulator(), float(len(reports))),
    ]
    for name, simulator, wire_ms in lines:
        ours, laid = asyncio.run(taps(simulator))
        row(f"{name}: last byte to Document (read_ms)", ours, None)
        row(f"{name}: card laid to Document (300 ms polls)", laid, wire_ms)


if __name__ == "__main__":
    main()
