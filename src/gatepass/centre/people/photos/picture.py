"""A photo from a phone or a scanner becomes a small JPEG that says nothing but what is seen on it."""

from __future__ import annotations

import io
import warnings
from typing import Final

from PIL import Image, ImageOps

MOST_BYTES: Final = 8_000_000
MOST_PIXELS: Final = 50_000_000
"""A phone's 48 megapixels. Decoded that is 150 MB for a moment; JPEG is decoded at a fraction of its size at once."""
SIZE: Final = (480, 640)
"""Enough to know somebody again at arm's length, and no more."""
FORMATS: Final = ("JPEG", "PNG", "WEBP")
QUALITY: Final = 85


class PictureError(Exception):
    """`code`: `photo_too_large` or `photo_unreadable`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def small_jpeg(content: bytes) -> bytes:
    """A JPEG of at most 480 x 640 pixels, upright, without EXIF, comments or profiles. Raises PictureError only."""
    if len(content) > MOST_BYTES:
        raise PictureError("photo_too_large")
    try:
        with warnings.catch_warnings():
            # Pillow warns of what we measure ourselves.
            warnings.simplefilter("ignore")
            return _small_jpeg(content)
    except PictureError:
        raise
    except Exception as error:
        # Decoders of three formats raise whatever a damaged file leads them to.
        raise PictureError("photo_unreadable") from error


def _small_jpeg(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise PictureError("photo_too_large")
        if picture.width < 48 or picture.height < 48:
            raise PictureError("photo_unreadable")
        picture.draft("RGB", (SIZE[1], SIZE[1]))
        upright = ImageOps.exif_transpose(picture)
        flat = Image.new("RGB", upright.size, "white")
        flat.paste(upright.convert("RGBA"), mask=upright.convert("RGBA").getchannel("A"))
        flat.thumbnail(SIZE)
        out = io.BytesIO()
        flat.save(out, "JPEG", quality=QUALITY, optimize=True)
        return out.getvalue()
