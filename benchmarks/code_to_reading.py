"""From a scanner's bytes, or a keyboard's key events, to a reading: our share, beside the time they take on the wire.

    python benchmarks/code_to_reading.py

Prints one table of milliseconds. "at 9600" and "at 115200" are computed for 10 bits a byte; "by keys" for two USB
reports of 8 ms a character, which is how keyboard scanners are sold. The last rows are measured through the simulator,
on a real pty and on a pipe of key events: `read_ms`, the last byte received to the reading made, as the reader itself
reports it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

from gatepass.identity import numbers
from gatepass.readers.keyboard import LAYOUTS
from gatepass.readers.pretence import pack_all, type_text
from gatepass.readers.scanner import ScannerReader, ScannerSimulator, Settings
from gatepass.readers.scanner.frames import Code, CodeParser, KeyCodeParser
from gatepass.readers.scanner.meaning import read

REPEATS = 1000
SHOWN = 60
KEY_MS = 16.0

SEVENTEEN = "33010219410312182"
NUMBER = SEVENTEEN + numbers.check_character(SEVENTEEN)
ZONE = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\rL898902C36UTO7408122F1204159ZE184226B<<<<<10"
CODES = {
    "a number in bars, 21 bytes": f"]C0{NUMBER}\r",
    "a passport's zone, 90 bytes": f"{ZONE}\r",
    "a signed code, 300 bytes": "]Q1GP1:" + "NCFOXN%TS3DH3ZSUZK+.V0ETD%65NL-AH-R6IOOK.IR9B" * 6 + "0123456789012345\r",
    "a certificate, 700 bytes": "]Q1HC1:" + "6BFOXN%TSMAHN-HSUOUN6HYDHOQK+QF10H.I5P9R2/P" * 16 + "1234\r",
    "a name in Chinese, 40 bytes": "]Q1姓名：王秀英，住址：杭州市上城区\r",
}


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


def row(name: str, samples: list[float], sent: str = "") -> None:
    half, most, nearly_all = percentiles(samples)
    octets = len(sent.encode())
    wire = f"{octets * 10 / 9.6:10.1f}{octets * 10 / 115.2:11.1f}{len(sent) * KEY_MS:10.0f}" if sent else ""
    print(f"{name:<46}{half:9.3f}{most:9.3f}{nearly_all:9.3f}{wire}")


def from_bytes(octets: bytes) -> None:
    for found in CodeParser().feed(octets):
        assert isinstance(found, Code)
        read(found)


def from_keys(events: bytes) -> None:
    for found in KeyCodeParser(LAYOUTS["us"]).feed(events):
        assert isinstance(found, Code)
        read(found)


async def shown(settings: Settings) -> tuple[list[float], list[float]]:
    """Milliseconds of each code: the reader's own `read_ms`, and from the code shown to the reading given."""
    given = asyncio.Event()

    async def on_read(_: object) -> None:
        given.set()

    ours, whole = [], []
    with ScannerSimulator(settings) as simulator:
        reader = ScannerReader(simulator.device, on_read=on_read, on_state=lambda _: None)
        running = asyncio.create_task(reader.run())
        await asyncio.sleep(0.5)
        for number in range(SHOWN):
            given.clear()
            began = time.perf_counter()
            simulator.show(f"GP1:{number:04d}" + "NCFOXN%TS3DH" * 4)
            await given.wait()
            whole.append((time.perf_counter() - began) * 1000)
            ours.append(reader.read_ms or 0.0)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    return ours, whole


def main() -> None:
    print(f"{'':<46}{'p50':>9}{'p95':>9}{'p99':>9}{'at 9600':>10}{'at 115200':>11}{'by keys':>10}")
    for name, sent in CODES.items():
        octets = sent.encode()
        events = pack_all(event for stroke in type_text(sent) for event in stroke)
        row(f"{name}: bytes to reading", timed(lambda octets=octets: from_bytes(octets)), sent)
        row(f"{'':<{len(name)}}  keys to reading", timed(lambda events=events: from_keys(events)), sent)
    for name, settings in (("pty", Settings()), ("pipe of key events", Settings(keyboard=True))):
        ours, whole = asyncio.run(shown(settings))
        row(f"through the simulator, {name}: read_ms", ours)
        row("  shown to given, a line without its own time", whole)


if __name__ == "__main__":
    main()
