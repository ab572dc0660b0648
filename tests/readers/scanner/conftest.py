from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from tests.readers.gate import open_gate

from gatepass.readers.scanner import ScannerReader, ScannerSimulator, Settings

PASSPORT = """P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<
L898902C36UTO7408122F1204159ZE184226B<<<<<10"""
"""The specimen of ICAO 9303-4."""

KINDS = {"serial": Settings(), "keyboard": Settings(keyboard=True)}


@pytest.fixture
def open_scanner():
    """`async with open_scanner(port) as gate`: a ScannerReader runs, and what it tells is kept."""
    return partial(open_gate, ScannerReader)


@pytest.fixture(params=list(KINDS))
def scanner(request) -> Iterator[ScannerSimulator]:
    """On a pty, and as a keyboard: what a person sees must be the same."""
    with ScannerSimulator(KINDS[request.param]) as simulator:
        yield simulator


@pytest.fixture
def serial_scanner() -> Iterator[ScannerSimulator]:
    with ScannerSimulator() as simulator:
        yield simulator


@pytest.fixture
def keyboard_scanner() -> Iterator[ScannerSimulator]:
    with ScannerSimulator(Settings(keyboard=True)) as simulator:
        yield simulator


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence means something sooner, so that the tests are quick."""
    monkeypatch.setattr("gatepass.readers.scanner.frames.BETWEEN_BYTES_S", 0.1)
    monkeypatch.setattr("gatepass.readers.scanner.frames.BETWEEN_LINES_S", 0.15)
