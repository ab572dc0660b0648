"""QR codes in hard frames: how many each decoder reads, and how many frames a second one core looks at.

    ./gatepass bench qr_frames
    ./gatepass bench qr_frames --frames 24

Frames of 1280 x 720 are drawn (`readers.camera.stage`): three codes as people show them, each under thirteen
disturbances. *ours* is what the gate does with a frame: zxing-cpp for QR alone; *hard look* is what it does with every
fourth frame in which nothing was found: the rarer kinds of code as well, and sharpened pictures. All readers see the
same frames, one after another.

Peers: OpenCV's two decoders are installed. pyzbar is no part of the lock; once:

    ./gatepass run uv pip install pyzbar            and the library that it calls: apt install libzbar0

Without it the script goes on. Milliseconds are processor time of this process, one thread, so that what else the
machine does is not counted.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import string
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from importlib import import_module

import cv2

from gatepass.credentials import base45
from gatepass.readers.camera.codes import CodeReader
from gatepass.readers.camera.pictures import Picture, grey_of
from gatepass.readers.camera.stage import Shot, code, photograph

SIZE = (1280, 720)
Read = Callable[[Picture], list[str]]

CHANCE = random.Random(20241123)


def written(octets: int) -> str:
    return base45.encode(CHANCE.randbytes(octets))


# As wide in the frame as a phone or a sheet is held: name, text, error correction, part of the frame's height.
SHOWN = {
    "a visitor's link": ("HTTPS://EXAMPLE.ORG/G/" + "".join(CHANCE.choices(string.ascii_uppercase, k=18)), "m", 0.35),
    "a paper code": ("GP1:" + written(118), "m", 0.5),
    "a health certificate": ("HC1:" + written(330), "q", 0.62),
}


@dataclass(frozen=True, slots=True)
class Disturbance:
    """A Shot, with blur and motion in modules of the code."""

    shot: Shot = field(default_factory=lambda: Shot(noise=4))
    blur: float = 0.0
    motion: float = 0.0
    any_turn: bool = False


DISTURBANCES = {
    "clean": Disturbance(),
    "out of focus, σ 0.5 module": Disturbance(blur=0.5),
    "further out, σ 0.65 module": Disturbance(blur=0.65),
    "moved, 1.2 modules": Disturbance(motion=1.2),
    "turned, any angle": Disturbance(any_turn=True),
    "tilted": Disturbance(Shot(tilted=0.25, noise=4)),
    "tilted far": Disturbance(Shot(tilted=0.5, noise=4)),
    "noise, σ 30": Disturbance(Shot(noise=30)),
    "dim, ×0.12": Disturbance(Shot(light=0.12, noise=4)),
    "stripes of a screen": Disturbance(Shot(moire=0.9, noise=4)),
    "white on black": Disturbance(Shot(inverted=True, noise=4)),
    "a lamp's reflection": Disturbance(Shot(glare=0.8, glare_at=(0.55, 0.55), noise=4)),
    "tilted, soft, striped, noisy": Disturbance(Shot(tilted=0.25, moire=0.4, noise=8), blur=0.5),
}


@dataclass
class Tally:
    read: dict[str, int] = field(default_factory=dict)
    wrong: int = 0
    ms: list[float] = field(default_factory=list)


def frames(text: str, error: str, height: float, how: Disturbance, count: int) -> Iterator[Picture]:
    drawn = code(text, error=error)
    for seed in range(count):
        chance = random.Random(f"{text} {how} {seed}")
        width = height * chance.uniform(0.9, 1.1)
        module = width * SIZE[1] / modules_of(text, error)
        shot = replace(
            how.shot,
            size=SIZE,
            width=width,
            at=(chance.uniform(0.4, 0.6), chance.uniform(0.45, 0.55)),
            turned=chance.uniform(0, 360) if how.any_turn else chance.uniform(-6, 6),
            tilt_towards=chance.uniform(0, 360),
            blur=how.blur * module,
            motion=how.motion * module,
        )
        yield grey_of(photograph(drawn, shot, seed=seed))


def modules_of(text: str, error: str) -> int:
    import segno

    return int(segno.make_qr(text, error=error, boost_error=False).symbol_size(border=4)[0])


def readers() -> dict[str, Read]:
    ours = CodeReader()
    plain, aruco = cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco()
    found: dict[str, Read] = {
        "ours": lambda grey: [each.text for each in ours.look(grey)],
        "ours, hard look": lambda grey: [each.text for each in ours.look(grey, hard=True)],
        "OpenCV": lambda grey: by_opencv(plain, grey),
        "OpenCV Aruco": lambda grey: by_opencv(aruco, grey),
    }
    try:
        pyzbar = import_module("pyzbar.pyzbar")
    except ImportError as error:
        print(f"without pyzbar ({error}): ./gatepass run uv pip install pyzbar; apt install libzbar0\n")
    else:
        kinds = [pyzbar.ZBarSymbol.QRCODE]
        found["pyzbar"] = lambda grey: [each.data.decode(errors="replace") for each in pyzbar.decode(grey, kinds)]
    return found


def by_opencv(detector: cv2.QRCodeDetector | cv2.QRCodeDetectorAruco, grey: Picture) -> list[str]:
    try:
        text, _, _ = detector.detectAndDecode(grey)
    except cv2.error:
        return []
    return [text] if text else []


def measure(count: int) -> tuple[dict[str, Tally], int]:
    looking = readers()
    tallies = {name: Tally() for name in looking}
    for disturbance, how in DISTURBANCES.items():
        for text, error, height in SHOWN.values():
            for frame in frames(text, error, height, how, count):
                for name, read in looking.items():
                    began = time.process_time()
                    texts = read(frame)
                    tallies[name].ms.append((time.process_time() - began) * 1000)
                    tallies[name].read[disturbance] = tallies[name].read.get(disturbance, 0) + (text in texts)
                    tallies[name].wrong += any(each != text for each in texts)
    return tallies, count * len(SHOWN)


def empty_room(count: int) -> dict[str, float]:
    """Milliseconds a frame where nobody shows anything: what a gate looks at most of the day."""
    rooms = [grey_of(photograph(None, Shot(size=SIZE, noise=4), seed=seed)) for seed in range(count)]
    spent = {}
    for name, read in readers_quietly().items():
        began = time.process_time()
        for room in rooms:
            read(room)
        spent[name] = (time.process_time() - began) * 1000 / count
    return spent


def readers_quietly() -> dict[str, Read]:
    from contextlib import redirect_stdout
    from io import StringIO

    with redirect_stdout(StringIO()):
        return readers()


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--frames", type=int, default=12, help="of each code under each disturbance")
    count = words.parse_args().frames
    cv2.setNumThreads(1)
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    print(f"{machine}, OpenCV {cv2.__version__}\n")
    tallies, each = measure(count)
    names = list(tallies)
    print("Share decoded, %:\n")
    print(f"| disturbance ({each} frames each) | {' | '.join(names)} |")
    print("|---|" + "---:|" * len(names))
    for disturbance in DISTURBANCES:
        shares = [f"{tallies[name].read[disturbance] / each:.0%}".rstrip("%") for name in names]
        print(f"| {disturbance} | {' | '.join(shares)} |")
    whole = each * len(DISTURBANCES)
    rows = {
        "**all**": [f"**{sum(tallies[name].read.values()) / whole * 100:.1f}**" for name in names],
        "wrong texts": [str(tallies[name].wrong) for name in names],
        "ms a frame, mean": [f"{sum(tallies[name].ms) / whole:.1f}" for name in names],
        "ms a frame, 95 of 100 below": [f"{sorted(tallies[name].ms)[int(whole * 0.95)]:.1f}" for name in names],
        "frames/s on one core": [f"{whole * 1000 / sum(tallies[name].ms):.0f}" for name in names],
    }
    spent = empty_room(max(10, count))
    rows["ms a frame in an empty room"] = [f"{spent[name]:.1f}" for name in names]
    for title, cells in rows.items():
        print(f"| {title} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
