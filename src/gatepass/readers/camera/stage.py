"""Pictures as a camera would take them, drawn: document pages with a machine-readable zone, shown codes, bad light.

Everything is synthetic. `page` and `code` draw a flat thing; `Shot` says where it lies before the camera and what is
wrong; `photograph` gives the frame, BGR, as OpenCV's cameras do.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import segno

from gatepass.readers.camera.glyphs import BASE_LINE, CELL_WIDTH, line_of
from gatepass.readers.camera.pictures import Picture, decode, grey_of

MM: Final = 12
"""Pixels of a drawn page for each millimetre."""
_PITCH: Final = 2.54
"""Millimetres from one character to the next (ICAO 9303-3, 4.1)."""
_TALLEST_CODE: Final = 720

# Columns: width, height, left edge of the zone, base line of the last row above the lower edge; millimetres, rounded.
_FORMATS: Final = {
    (2, 44): (125.0, 88.0, 6.0, 9.4),
    (2, 36): (105.0, 74.0, 6.0, 9.4),
    (3, 30): (85.6, 54.0, 4.0, 5.4),
    (1, 30): (85.6, 54.0, 4.0, 5.4),
}


@dataclass(frozen=True, slots=True)
class Shot:
    """How the camera sees a thing. Angles in degrees, lengths in parts of the frame, blur in pixels of the frame."""

    size: tuple[int, int] = (1280, 720)
    """Width and height of the frame."""
    width: float = 0.8
    """Of the thing, as a part of the frame's width (of its height for a thing that is taller than wide)."""
    at: tuple[float, float] = (0.5, 0.5)
    """Where its middle is."""
    turned: float = 0.0
    tilted: float = 0.0
    """Perspective: by how much one side is shorter than the other, as a part."""
    tilt_towards: float = 0.0
    """Which side: 0 right, 90 below."""
    blur: float = 0.0
    motion: float = 0.0
    """Length of a smear along the frame's width."""
    light: float = 1.0
    """1 is daylight, 0.1 a dim hall; sensor noise stays the same."""
    noise: float = 2.0
    """Standard deviation in grey values."""
    glare: float = 0.0
    """Strength of a lamp's reflection on the thing, 0 to 1."""
    glare_at: tuple[float, float] = (0.5, 0.8)
    """Where on the thing it is."""
    moire: float = 0.0
    """Strength of the stripes of a photographed screen, 0 to 1."""
    inverted: bool = False
    jpeg: int = 0
    """Quality of JPEG compression, 0 for none."""


def page(zone: str, *, seed: int = 0, row_pitch: float | None = None) -> Picture:
    """A document page of its real size with the rows of `zone` at its foot, MM pixels a millimetre, grey.

    `seed` chooses background, portrait and printed words; `row_pitch` in millimetres, by default what is usual.
    """
    rows = zone.splitlines()
    width_mm, height_mm, left, foot = _FORMATS.get((len(rows), len(rows[0])), (125.0, 88.0, 6.0, 9.4))
    row_pitch = row_pitch or (6.35 if len(rows) == 2 else 5.4)
    chance = np.random.default_rng(seed)
    width, height = round(width_mm * MM), round(height_mm * MM)
    sheet = _background(width, height, chance)
    _print_upper_part(sheet, round((foot + row_pitch * len(rows)) * MM), chance)
    scale = _PITCH * MM / CELL_WIDTH
    for n, row in enumerate(rows):
        ink = cv2.resize(line_of(row), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        base = height - round((foot + row_pitch * (len(rows) - 1 - n)) * MM)
        top, start = base - round(BASE_LINE * scale), round(left * MM)
        under = sheet[top : top + ink.shape[0], start : start + ink.shape[1]]
        ink = ink[: under.shape[0], : under.shape[1]]
        under[:] = (under.astype(np.uint16) * (40 + ink.astype(np.uint16) * 215 // 255) // 255).astype(np.uint8)
    return sheet


def _background(width: int, height: int, chance: np.random.Generator) -> Picture:
    """Paper with fine wavy lines, as security printing has."""
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    waves = np.zeros((height, width), np.float32)
    for _ in range(2):
        length, period = chance.uniform(60, 200), chance.uniform(9, 16)
        waves += np.sin(y * (2 * np.pi / period) + 3 * np.sin(x * (2 * np.pi / length) + chance.uniform(0, 6)))
    paper: Picture = np.clip(chance.uniform(212, 240) + waves * chance.uniform(2, 7), 0, 255).astype(np.uint8)
    return paper


def _print_upper_part(sheet: Picture, foot: int, chance: np.random.Generator) -> None:
    """A portrait that is nobody, labels and words, above the zone."""
    free = sheet.shape[0] - foot - 2 * MM
    box_height, box_width = round(free * 0.7), round(free * 0.55)
    top, left = round(free * 0.2), 5 * MM
    cv2.rectangle(sheet, (left, top), (left + box_width, top + box_height), int(chance.integers(150, 200)), -1)
    middle = (left + box_width // 2, top + box_height // 2)
    cv2.ellipse(sheet, middle, (box_width // 4, box_height // 3), 0, 0, 360, int(chance.integers(90, 140)), -1)
    letters = "ABCDEFGHIJKLMNOPRSTUVWYZ"
    for n in range(7):
        word = "".join(letters[at] for at in chance.integers(0, len(letters), int(chance.integers(4, 14))))
        spot = (left + box_width + 5 * MM, round(free * (0.15 + n * 0.12)))
        size = free / 620
        cv2.putText(sheet, word, spot, cv2.FONT_HERSHEY_SIMPLEX, size * (0.8 if n % 2 else 1.2), 60, 2, cv2.LINE_AA)


def code(text: str, *, symbology: str = "qr", error: str = "m") -> Picture:
    """A shown code, grey, with its quiet zone; about 720 pixels high. `symbology` as in CodeText; `error`: of a QR."""
    if symbology == "qr":
        drawn = io.BytesIO()
        made = segno.make_qr(text, error=error, boost_error=False)
        modules = made.symbol_size(border=4)[0]
        made.save(drawn, kind="png", scale=max(1, _TALLEST_CODE // modules), border=4)
        return grey_of(decoded(drawn.getvalue()))
    import zxingcpp

    formats = {
        "aztec": zxingcpp.BarcodeFormat.Aztec,
        "datamatrix": zxingcpp.BarcodeFormat.DataMatrix,
        "pdf417": zxingcpp.BarcodeFormat.PDF417,
    }
    image = zxingcpp.create_barcode(text, formats[symbology]).to_image(scale=8, add_quiet_zones=True)
    return np.array(image)


def photograph(thing: Picture | None, shot: Shot = Shot(), *, seed: int = 0) -> Picture:
    """The frame (height, width, 3) that a camera takes of `thing`, or of the empty room."""
    chance = np.random.default_rng(seed)
    width, height = shot.size
    frame = _room(width, height, chance)
    if thing is not None:
        place = _placed(thing, shot)
        thing = _shone_on(255 - thing if shot.inverted else thing, shot)
        # Where many pixels of the page fall on one of the frame, they are averaged first, as a lens does.
        shrink = shot.width * width / thing.shape[1]
        if shrink < 0.6:
            thing = cv2.GaussianBlur(thing, (0, 0), 0.35 / shrink)
        seen = cv2.warpPerspective(thing, place, (width, height), flags=cv2.INTER_LINEAR)
        covered = cv2.warpPerspective(np.full(thing.shape, 255, np.uint8), place, (width, height))
        frame = np.where(covered > 127, seen, frame).astype(np.uint8)
    if shot.motion:
        length = max(1, round(shot.motion))
        frame = cv2.blur(frame, (length, 1))
    if shot.blur:
        frame = cv2.GaussianBlur(frame, (0, 0), shot.blur)
    lit = frame.astype(np.float32) * shot.light + chance.normal(0.0, shot.noise, frame.shape).astype(np.float32)
    taken = cv2.cvtColor(np.clip(lit, 0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR)
    return decode_again(taken, shot.jpeg) if shot.jpeg else taken


def jpeg_of(frame: Picture, quality: int = 90) -> bytes:
    return cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def decode_again(frame: Picture, quality: int) -> Picture:
    return decoded(jpeg_of(frame, quality))


def decoded(octets: bytes) -> Picture:
    """A picture that we wrote ourselves."""
    picture = decode(octets)
    assert picture is not None
    return picture


def _room(width: int, height: int, chance: np.random.Generator) -> Picture:
    coarse = chance.uniform(70, 150, (5, 8)).astype(np.float32)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC).clip(0, 255).astype(np.uint8)


def _placed(thing: Picture, shot: Shot) -> Picture:
    """The homography from the thing's pixels to the frame's."""
    width, height = shot.size
    high, wide = thing.shape[:2]
    scale = shot.width * (width / wide if wide >= high * 1.2 else height / high)
    corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    around = (corners - (wide / 2, high / 2)) * scale
    if shot.tilted:
        towards = np.deg2rad(shot.tilt_towards)
        depth = around @ np.array([np.cos(towards), np.sin(towards)])
        around = around * (1 - shot.tilted * depth / np.abs(depth).max() / 2)[:, None]
    turn = np.deg2rad(shot.turned)
    around = around @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    target = around + np.array([shot.at[0] * width, shot.at[1] * height])
    return cv2.getPerspectiveTransform(corners, target.astype(np.float32))


def _shone_on(thing: Picture, shot: Shot) -> Picture:
    if not (shot.glare or shot.moire):
        return thing
    high, wide = thing.shape
    x, y = np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(high, dtype=np.float32))
    lit: Picture = thing.astype(np.float32)
    if shot.moire:
        lit = lit * (1 - shot.moire * 0.25 * (1 + np.sin((x + 0.37 * y) * (2 * np.pi / 17.0))))
    if shot.glare:
        distance = ((x - shot.glare_at[0] * wide) / (0.16 * wide)) ** 2 + (
            (y - shot.glare_at[1] * high) / (0.2 * high)
        ) ** 2
        lit = lit + shot.glare * 230 * np.exp(-distance / 2) * (1 - lit / 400)
    return lit.clip(0, 255).astype(np.uint8)
