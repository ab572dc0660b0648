from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from tests.readers.gate import open_gate

from gatepass.readers.keypad import KeypadReader, KeypadSimulator


@pytest.fixture
def open_keypad():
    """`async with open_keypad(port) as gate`: a KeypadReader runs, and what it tells is kept."""
    return partial(open_gate, KeypadReader)


@pytest.fixture
def keypad() -> Iterator[KeypadSimulator]:
    with KeypadSimulator() as simulator:
        yield simulator
