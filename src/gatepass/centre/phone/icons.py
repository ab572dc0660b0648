"""The mark as PNG files for home screens, drawn from the same strokes as `static/centre/mark.svg`.

    python -m gatepass.centre.phone.icons      writes static/phone/icons/{192,512,maskable-512}.png anew

A maskable icon may be cut to a circle of four fifths of its width (W3C App Manifest, "safe zone"): the mark is inside.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

FOLDER: Final = Path(__file__).parent / "static" / "phone" / "icons"
ICONS: Final = {"192": (192, 0.74), "512": (512, 0.74), "maskable-512": (512, 0.52)}
"""Name -> pixels, and which part of the width the mark's square of 32 units takes."""
STROKES: Final = (
    ((4.5, 28.5), (4.5, 4.5), (27.5, 4.5), (27.5, 28.5), (22.5, 28.5)),
    ((10.5, 17.5), (15.1, 22.5), (22.5, 12.0)),
)
WIDTH: Final = 3.4
JADE: Final = "#0B6B3A"
PAPER: Final = "#F6F4EE"
_FINER: Final = 4


def drawn(size: int, part: float) -> Image.Image:
    big = size * _FINER
    unit = big * part / 32
    margin = big * (1 - part) / 2
    image = Image.new("RGB", (big, big), PAPER)
    draw = ImageDraw.Draw(image)
    for stroke in STROKES:
        points = [(margin + x * unit, margin + y * unit) for x, y in stroke]
        draw.line(points, fill=JADE, width=round(WIDTH * unit), joint="curve")
        for x, y in (points[0], points[-1], *points[1:-1]):
            radius = WIDTH * unit / 2
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=JADE)
    return image.resize((size, size), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, (size, part) in ICONS.items():
        drawn(size, part).quantize(32).save(FOLDER / f"{name}.png", optimize=True)
