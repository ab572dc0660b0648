"""Machine-readable zones in pictures: read right, read wrong, or not read; beside tesseract and PassportEye.

    ./gatepass bench mrz_images
    ./gatepass bench mrz_images --pages 8 --tessdata FOLDER     a folder with ocrb_int.traineddata or the like

Frames of 1280 x 720 with a passport's page of real size are drawn (`readers.camera.stage`) under twelve conditions.
*Right*: all 88 characters. *Wrong*: every check digit fits, and a character is wrong all the same: what a gate would
believe. The rest was not read, and the next frame may be.

    ours, one frame          `camera.zones`: rows found, RapidOCR's recogniser slot by slot, spelling by check digits
    ours, two must agree     what the gate does: frames of the same hand until two say the same, five at most
    tesseract, given rows    our own finder cuts the rows out straight, tesseract reads them, look-alikes are put right
                             by what their field may hold
    tesseract, whole frame   tesseract finds the rows itself; the same repair
    PassportEye              finder, tesseract and repair of its own

Peers: `apt install tesseract-ocr`; `./gatepass run uv pip install passporteye` (it needs tesseract). Without one, the
script says so and goes on. There is one free OCR-B, and it is the font of these pages and of our glyphs: the rows
*thin ink* and *heavy ink* are printed in another weight. Milliseconds are processor time, child processes included.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from gatepass.demo import zones as demo_zones
from gatepass.identity import DocumentError, mrz
from gatepass.readers.camera.agreement import ZoneVisit
from gatepass.readers.camera.pictures import Picture, grey_of
from gatepass.readers.camera.recogniser import Recogniser
from gatepass.readers.camera.rows import find_rows
from gatepass.readers.camera.stage import Shot, page, photograph
from gatepass.readers.camera.zones import ZoneReader, _candidates, _sharpened

SIZE: Final = (1280, 720)
MOST_FRAMES: Final = 5
WIDTH: Final = 44
SLOT, HEIGHT, FILL = 26, 60, 0.62
"""Of a row for tesseract: what it read best."""

PLAIN = Shot(size=SIZE, noise=3)
CONDITIONS: Final = {
    "held flat": PLAIN,
    "out of focus, σ 1.5 px": replace(PLAIN, blur=1.5),
    "out of focus, σ 2.5 px": replace(PLAIN, blur=2.5),
    "turned ±3°": replace(PLAIN, turned=3),
    "turned ±10°": replace(PLAIN, turned=10, width=0.75),
    "upside down": replace(PLAIN, turned=180),
    "tilted": replace(PLAIN, tilted=0.08, tilt_towards=50),
    "dim hall": replace(PLAIN, light=0.15),
    "under a lamp": replace(PLAIN, glare=0.8, glare_at=(0.4, 0.86)),
    "far away": replace(PLAIN, width=0.4),
    "thin ink": PLAIN,
    "heavy ink": PLAIN,
}
INK: Final = {"thin ink": 1, "heavy ink": -1}

FAMILIES: Final = (
    "OKONKWO", "SCHMIDT", "NGUYEN", "LI", "KIM", "IWASZKIEWICZ", "MUELLER", "BOBROWSKI", "TAKAHASHI", "ZHU",
)  # fmt: skip
GIVEN: Final = (
    "ANNA<MARIA", "JI<WOO", "OTTO", "BEATRIX<ZOE", "XIU", "KENJI", "OLGA<IVANOVNA", "MINH<TU", "WEI", "BO",
)  # fmt: skip
STATES: Final = (
    "NLD", "POL", "VNM", "KOR", "JPN", "NOR", "CHN", "GBR", "UTO", "NGA", "BRA", "ZAF",
)  # fmt: skip

FIGURES = str.maketrans("OQDIZSBG", "00012586")
LETTERS = str.maketrans("0125868", "OIZSBGB")
DIGITS_OF_LINE_2: Final = (9, *range(13, 20), *range(21, 28), 42, 43)
LETTERS_OF_LINE_2: Final = (10, 11, 12, 20)

Read = Callable[[list[Picture]], str]
"""From the frames of one hand to the zone as read, or an empty text."""


def passports(count: int) -> list[str]:
    chance = random.Random(20241123)
    made = []
    for n in range(count):
        number = "".join(chance.choices("ABCDEFGHJKLMNPRSTUVWXYZ", k=n % 3)) + "".join(
            chance.choices("0123456789", k=9)
        )
        born = f"{chance.randint(40, 99):02d}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"
        expires = f"{chance.randint(30, 39)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"
        names = f"{chance.choice(FAMILIES)}<<{chance.choice(GIVEN)}"
        made.append(demo_zones.passport(number[:9], chance.choice(STATES), names, born, chance.choice("MF"), expires))
    return made


def frames_of(zone: str, condition: str, seed: int) -> list[Picture]:
    """Of one hand: each a little elsewhere."""
    sheet = page(zone, seed=seed)
    if condition in INK:
        # Every stroke thinner or thicker by a tenth of a millimetre.
        kernel = np.ones((2, 2), np.uint8)
        sheet = cv2.dilate(sheet, kernel) if INK[condition] > 0 else cv2.erode(sheet, kernel)
    shot = CONDITIONS[condition]
    if "±" in condition and seed % 2:
        shot = replace(shot, turned=-shot.turned)
    chance = random.Random(f"{zone} {condition}")
    moved = [(0.5 + chance.gauss(0, 0.004), 0.5 + chance.gauss(0, 0.004)) for _ in range(MOST_FRAMES)]
    return [grey_of(photograph(sheet, replace(shot, at=at), seed=seed * MOST_FRAMES + n)) for n, at in enumerate(moved)]


def ours_once(zones: ZoneReader) -> Read:
    def read(frames: list[Picture]) -> str:
        zone = zones.look(frames[0]).zone
        return "" if zone is None else zone.text

    return read


def ours_agreed(zones: ZoneReader) -> Read:
    def read(frames: list[Picture]) -> str:
        visit = ZoneVisit()
        for n, frame in enumerate(frames):
            zone = zones.look(frame, sharpened_first=bool(n % 2)).zone
            step = visit.look(n * 0.3, None if zone is None else zone.document, seen=True)
            if zone is not None and step.result == zone.document:
                return zone.text
        return ""

    return read


class Tesseract:
    def __init__(self, tessdata: Path | None) -> None:
        self.program = shutil.which("tesseract")
        models = sorted(tessdata.glob("*.traineddata")) if tessdata else []
        self.words = ["-l", "eng"] if not models else ["--tessdata-dir", str(tessdata), "-l", models[0].stem]
        self.model = self.words[-1]

    def text(self, picture: Picture, layout: int) -> str:
        allowed = "tessedit_char_whitelist=ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<"
        with tempfile.NamedTemporaryFile(suffix=".png") as file:
            file.write(cv2.imencode(".png", picture)[1].tobytes())
            file.flush()
            done = subprocess.run(
                [str(self.program), file.name, "stdout", *self.words, "--psm", str(layout), "-c", allowed],
                capture_output=True,
                text=True,
                env={**os.environ, "OMP_THREAD_LIMIT": "1"},
                check=False,
            )
        return done.stdout

    def whole(self, frames: list[Picture]) -> str:
        lines = ["".join(line.split()) for line in self.text(frames[0], 6).splitlines()]
        long = [line for line in lines if 36 < len(line) <= 48]
        return repaired(long[-2:])

    def rows(self, frames: list[Picture]) -> str:
        """The first candidate of our finder, upright or upside down, whichever gives a zone."""
        for picture in (frames[0], _sharpened(frames[0])):
            for candidate in _candidates(find_rows(picture)):
                if candidate.length != WIDTH:
                    continue
                for upside_down in (False, True):
                    strips = candidate._cut(picture, SLOT, HEIGHT, FILL, upside_down=upside_down)
                    zone = repaired(["".join(self.text(strip, 7).split()) for strip in strips])
                    if zone:
                        return zone
        return ""


def repaired(lines: list[str]) -> str:
    """Lines of the right length whose look-alikes are what their field may hold; empty unless all checks fit."""
    if len(lines) != 2:
        return ""
    first, second = lines
    # Fillers at the end are dropped or doubled: only their number is unsure.
    first = (first.rstrip("<KCLE") if len(first) != WIDTH else first).ljust(WIDTH, "<")[:WIDTH].translate(LETTERS)
    if len(second) != WIDTH:
        return ""
    characters = list(second)
    for place in DIGITS_OF_LINE_2:
        characters[place] = characters[place].translate(FIGURES)
    for place in LETTERS_OF_LINE_2:
        characters[place] = characters[place].translate(LETTERS)
    zone = f"{first}\n{''.join(characters)}"
    try:
        mrz.parse(zone)
    except DocumentError:
        return ""
    return zone


def passport_eye() -> Read | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            read_mrz = import_module("passporteye").read_mrz
        except ImportError as error:
            print(f"without PassportEye ({error}): ./gatepass run uv pip install passporteye\n")
            return None

    def read(frames: list[Picture]) -> str:
        with tempfile.NamedTemporaryFile(suffix=".png") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            file.write(cv2.imencode(".png", frames[0])[1].tobytes())
            file.flush()
            found = read_mrz(file.name)
        return "" if found is None or not found.valid else as_zone(found.to_dict())

    return read


def as_zone(fields: dict[str, str]) -> str:
    """PassportEye gives fields as it repaired them: written as a zone again."""
    names = f"{fields['surname']}<<{fields['names'].strip()}".replace(" ", "<")
    first = f"{fields['type']}{fields['country']}{names}".ljust(WIDTH, "<")[:WIDTH]
    parts = (
        "number", "check_number", "nationality", "date_of_birth", "check_date_of_birth", "sex", "expiration_date",
        "check_expiration_date", "personal_number", "check_personal_number", "check_composite",
    )  # fmt: skip
    return f"{first}\n{''.join(fields[part] for part in parts)}"


@dataclass
class Tally:
    right: int = 0
    wrong: int = 0
    seconds: float = 0.0


def spent() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def readers(tessdata: Path | None) -> dict[str, Read]:
    zones = ZoneReader(lambda: recogniser)
    recogniser = Recogniser()
    found: dict[str, Read] = {"ours, one frame": ours_once(zones), "ours, two must agree": ours_agreed(zones)}
    tesseract = Tesseract(tessdata)
    if tesseract.program is None:
        print("without tesseract and PassportEye: apt install tesseract-ocr\n")
        return found
    found[f"tesseract ({tesseract.model}), given rows"] = tesseract.rows
    found[f"tesseract ({tesseract.model}), whole frame"] = tesseract.whole
    other = passport_eye()
    if other is not None:
        found["PassportEye"] = other
    return found


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--pages", type=int, default=8, help="under each condition")
    words.add_argument("--tessdata", type=Path, help="a model for tesseract that knows OCR-B")
    asked = words.parse_args()
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}\n")
    looking = readers(asked.tessdata)
    by_condition: dict[str, dict[str, Tally]] = {}
    for condition in CONDITIONS:
        tallies = by_condition[condition] = {name: Tally() for name in looking}
        for seed, zone in enumerate(passports(asked.pages)):
            frames = frames_of(zone, condition, seed)
            for name, read in looking.items():
                began = spent()
                text = read(frames)
                tallies[name].seconds += spent() - began
                tallies[name].right += text == zone
                tallies[name].wrong += text not in {zone, ""}
    print(f"Right / wrong of {asked.pages} pages each:\n")
    print(f"| condition | {' | '.join(looking)} |")
    print("|---|" + "---:|" * len(looking))
    for condition, tallies in by_condition.items():
        cells = [f"{each.right} / {each.wrong}" if each.wrong else str(each.right) for each in tallies.values()]
        print(f"| {condition} | {' | '.join(cells)} |")
    every = {name: [tallies[name] for tallies in by_condition.values()] for name in looking}
    whole = asked.pages * len(CONDITIONS)
    rows = {
        f"**right, of {whole}**": [f"**{sum(each.right for each in all_)}**" for all_ in every.values()],
        "**wrong**": [f"**{sum(each.wrong for each in all_)}**" for all_ in every.values()],
        "ms a page": [f"{sum(each.seconds for each in all_) / whole * 1000:.0f}" for all_ in every.values()],
    }
    for title, cells in rows.items():
        print(f"| {title} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
