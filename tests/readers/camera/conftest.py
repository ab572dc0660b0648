from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from tests.identity.zones import TD3
from tests.readers.gate import open_gate

from gatepass.readers.camera import CameraReader, CameraSimulator
from gatepass.readers.camera.recogniser import Recogniser
from gatepass.readers.camera.zones import ZoneReader

PASSPORT = TD3
"""The specimen of ICAO 9303-4."""
POLL_S = 0.05
"""Zones are looked for more often than at a gate, so that the tests are quick."""


@pytest.fixture
def open_camera():
    """`async with open_camera(port) as gate`: a CameraReader runs, and what it tells is kept."""
    return partial(open_gate, CameraReader, poll_s=POLL_S)


@pytest.fixture
def camera() -> Iterator[CameraSimulator]:
    with CameraSimulator() as simulator:
        yield simulator


@pytest.fixture(scope="session")
def recogniser() -> Recogniser:
    return Recogniser()


@pytest.fixture
def zones(recogniser) -> ZoneReader:
    return ZoneReader(lambda: recogniser)
