from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import Protocol

import pytest
from tests.readers import gate
from tests.readers.pcsc.passports import TODAY, list_of_states, state

from gatepass.readers.pcsc import PcscReader, PcscSimulator

POLL_S = 0.05


class Open(Protocol):
    def __call__(self, port: str = ..., **options: object) -> AbstractAsyncContextManager[gate.Gate]: ...


@pytest.fixture
def reader() -> Iterator[PcscSimulator]:
    with PcscSimulator() as simulator:
        yield simulator


@pytest.fixture
def open_gate(reader: PcscSimulator, tmp_path: Path) -> Open:
    """`async with open_gate() as gate`: a PcscReader with Utopia's key runs on the simulator; what it tells is kept."""
    folder = tmp_path / "issuers"
    folder.mkdir()
    return partial(_open_gate, reader, list_of_states(folder, state()))


def _open_gate(
    reader: PcscSimulator, known: str, port: str = "", **options: object
) -> AbstractAsyncContextManager[gate.Gate]:
    options = {"poll_s": POLL_S, "open_link": reader.open_link, "today": lambda: TODAY} | options
    return gate.open_gate(PcscReader, f"{port}{'' if '?' in port else known}", **options)
