"""Whatever comes out of a camera, nothing but what is promised, and nobody is somebody else."""

from __future__ import annotations

import random

import cv2
import numpy as np
import pytest
from tests.readers.camera.conftest import PASSPORT

from gatepass.identity import mrz
from gatepass.readers import CodeText
from gatepass.readers.camera.codes import CodeReader
from gatepass.readers.camera.frames import FrameFault, JpegStream, Measured
from gatepass.readers.camera.pictures import Picture, decode, grey_of
from gatepass.readers.camera.stage import Shot, code, jpeg_of, page, photograph
from gatepass.readers.camera.zones import Look

SEED = 20241123
STREAMS = 3_000
TEXT = "HC1:NOBODY-ELSE"


def mutate(stream: bytes, chance: random.Random) -> bytes:
    """One to four of the things that happen to bytes on a cable."""
    octets = bytearray(stream)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(octets) + 1)
        match chance.randrange(6):
            case 0 if octets:
                octets[at % len(octets)] ^= 1 << chance.randrange(8)
            case 1:
                octets[at : at + 40] = chance.randbytes(40)
            case 2:
                octets[at:at] = chance.randbytes(chance.randint(1, 9))
            case 3:
                del octets[at : at + chance.randint(1, 200)]
            case 4:
                del octets[at:]
            case _:
                octets += chance.choice([octets[:at], chance.randbytes(200), stream])
    return bytes(octets)


@pytest.mark.slow
def test_3_000_damaged_streams_are_pictures_or_faults_and_no_code_is_another_code():
    chance = random.Random(SEED)
    whole = jpeg_of(photograph(code(TEXT), Shot(size=(240, 180), width=0.9)), 80)
    codes, read, faults = CodeReader(), 0, 0
    for n in range(STREAMS):
        octets = chance.randbytes(2000) if n % 10 == 0 else mutate(whole, chance)
        for found in JpegStream().feed(octets):
            if isinstance(found, FrameFault):
                faults += 1
                continue
            assert isinstance(found, Measured)
            picture = decode(found.jpeg)
            if picture is None:
                faults += 1
                continue
            for shown in codes.look(grey_of(picture)):
                assert shown == CodeText(TEXT, "qr")
                read += 1
    assert read > STREAMS / 10, "some damage heals, else this tests nothing"
    assert faults > STREAMS / 10


def spoil(frame: Picture, chance: np.random.Generator) -> Picture:
    """A hand, a hologram, a shadow or a fold over the page."""
    spoiled = frame.copy()
    height, width = frame.shape
    for _ in range(int(chance.integers(1, 4))):
        x, y = int(chance.integers(width)), int(chance.integers(height * 2 // 3, height))
        grey = int(chance.integers(256))
        match int(chance.integers(4)):
            case 0:
                cv2.circle(spoiled, (x, y), int(chance.integers(3, 30)), grey, -1)
            case 1:
                cv2.line(spoiled, (x, y), (int(chance.integers(width)), y + 20), grey, int(chance.integers(1, 8)))
            case 2:
                spoiled[y:, :] = spoiled[y:, :] // 2 + grey // 2
            case _:
                spoiled[:, x:] = np.roll(spoiled[:, x:], int(chance.integers(1, 9)), axis=0)
    return spoiled


@pytest.mark.slow
def test_a_spoiled_page_is_the_same_person_or_nobody(zones):
    chance = np.random.default_rng(SEED)
    frame = grey_of(photograph(page(PASSPORT), Shot(size=(960, 540), width=0.9)))
    outcomes = {True: 0, False: 0}
    for _ in range(60):
        look = zones.look(spoil(frame, chance))
        outcomes[look.zone is not None] += 1
        assert look.zone is None or look.zone.document == mrz.parse(PASSPORT)
    assert min(outcomes.values()) > 5, "some are read and some are not, else this tests nothing"


def _noise(chance: np.random.Generator, size: tuple[int, int]) -> Picture:
    grain = float(chance.uniform(0.1, 6))
    noise = cv2.GaussianBlur(chance.normal(size=size).astype(np.float32), (0, 0), grain)
    noise = (noise - noise.min()) / max(float(np.ptp(noise)), 1e-6)
    noise = noise if chance.random() < 0.5 else (noise > chance.uniform(0.3, 0.7)).astype(np.float32)
    return (noise * float(chance.integers(1, 256))).astype(np.uint8)


@pytest.mark.slow
def test_200_random_pictures_are_nobody_and_no_code(zones):
    chance = np.random.default_rng(SEED)
    codes = CodeReader()
    for _ in range(200):
        size = (int(chance.integers(64, 400)), int(chance.integers(64, 600)))
        picture = _noise(chance, size)
        assert zones.look(picture) == Look()
        assert codes.look(picture, hard=True) == []
        shown = codes.look(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), hard=True)
        assert shown == []
