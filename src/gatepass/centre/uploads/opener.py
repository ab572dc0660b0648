"""The process that opens a photo or a PDF from a stranger: `python -m gatepass.centre.uploads.opener zone|plain`.

The file comes on standard input. On standard output goes one JSON object: `{"type": "image/jpeg", "jpeg": base64,
"codes": [...], "zone": "...", "sure": true, "seen": true}`, `{"type": "application/pdf"}`, or `{"fault": code}`. It
knows neither Django nor the centre's keys, may use three gigabytes of address space and twenty seconds of a processor,
and can write no file.
"""

from __future__ import annotations

import base64
import io
import json
import re
import resource
import sys
import warnings
import zlib
from typing import Any, Final

MOST_PIXELS: Final = 60_000_000
"""A phone's 48 megapixels, and a little. JPEG is decoded at a fraction of its size at once."""
LONGEST: Final = 2_000
"""Pixels of what is kept: a certificate of A4 is legible at 170 dots an inch."""
QUALITY: Final = 80
FORMATS: Final = ("JPEG", "PNG", "WEBP")
MEMORY: Final = 3_000_000_000
PROCESSOR_SECONDS: Final = 20
MOST_UNPACKED: Final = 50_000_000
"""Of all streams of a PDF together that are looked through."""

# What makes a PDF do something by itself, or carry another file. `#xx` is undone before.
_ACTIVE: Final = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData|GoToR|GoToE|XFA)(?![A-Za-z])"
)
_STREAM: Final = re.compile(rb"stream\r?\n")
_HEX_NAME: Final = re.compile(rb"#([0-9A-Fa-f]{2})")


def main(content: bytes, *, zone: bool) -> dict[str, Any]:
    try:
        if b"%PDF-" in content[:1024]:
            return _pdf(content)
        return _picture(content, zone=zone)
    except MemoryError:
        return {"fault": "upload_too_large"}
    except Exception:  # noqa: BLE001 - a damaged file leads its decoders to whatever they raise
        return {"fault": "upload_unreadable"}


def _pdf(content: bytes) -> dict[str, Any]:
    if b"%%EOF" not in content[-4096:]:
        return {"fault": "upload_unreadable"}
    if re.search(rb"/Encrypt(?![A-Za-z])", content):
        return {"fault": "upload_locked"}
    left = MOST_UNPACKED
    parts = [content]
    for match in _STREAM.finditer(content):
        try:
            unpacked = zlib.decompressobj().decompress(content[match.end() :], left)
        except zlib.error:
            continue
        left -= len(unpacked)
        if left <= 0:
            return {"fault": "upload_too_large"}
        # Objects lie in streams too; the pixels and fonts in others hold no names.
        if b"<<" in unpacked and b"/" in unpacked:
            parts.append(unpacked)
    for part in parts:
        if _ACTIVE.search(_HEX_NAME.sub(lambda found: bytes([int(found[1], 16)]), part)):
            return {"fault": "upload_active"}
    return {"type": "application/pdf"}


def _picture(content: bytes, *, zone: bool) -> dict[str, Any]:
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # measured here
    try:
        opened = Image.open(io.BytesIO(content), formats=FORMATS)
    except UnidentifiedImageError:
        return {"fault": "upload_kind"}
    with opened as picture:
        if picture.width * picture.height > MOST_PIXELS:
            return {"fault": "upload_too_large"}
        if min(picture.size) < 48:
            return {"fault": "upload_unreadable"}
        picture.draft("RGB", (LONGEST, LONGEST))
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
        upright.thumbnail((LONGEST, LONGEST))
        flat = Image.new("RGB", upright.size, "white")
        flat.paste(upright, mask=upright.getchannel("A"))
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=QUALITY, optimize=True)
    told = {"type": "image/jpeg", "jpeg": base64.b64encode(out.getvalue()).decode(), "codes": _codes(flat)}
    return told | (_zone(flat) if zone else {})


def _codes(picture: Any) -> list[str]:
    import zxingcpp

    return [found.text for found in zxingcpp.read_barcodes(picture.convert("L"))]


def _zone(picture: Any) -> dict[str, Any]:
    import numpy as np

    from gatepass.readers.camera.recogniser import missing_software
    from gatepass.readers.camera.zones import ZoneReader

    if missing_software():
        return {"seen": False}
    grey = np.asarray(picture.convert("L"))
    look = ZoneReader().look(grey)
    if look.zone is not None:
        return {"zone": look.zone.text, "sure": True, "seen": True}
    return {"zone": look.guess, "sure": False, "seen": look.seen}


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    warnings.simplefilter("ignore")
    json.dump(main(sys.stdin.buffer.read(), zone=sys.argv[1] == "zone"), sys.stdout)
