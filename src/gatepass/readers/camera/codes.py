"""Codes in a picture: QR in every frame, the rarer kinds and hard frames now and then, by zxing-cpp.

zxing-cpp alone: beside pyzbar and OpenCV's two decoders it reads more and is several times quicker (benchmarks), and
none of them ever gave a wrong text. What it misses is mostly blur of half a module; sharpening brings most of it back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import cv2
import zxingcpp

from gatepass.readers.camera.pictures import Picture
from gatepass.readers.contract import CodeText

_FORMATS: Final = {
    "qr": zxingcpp.BarcodeFormat.QRCode,
    "aztec": zxingcpp.BarcodeFormat.Aztec,
    "datamatrix": zxingcpp.BarcodeFormat.DataMatrix,
    "pdf417": zxingcpp.BarcodeFormat.PDF417,
    "code128": zxingcpp.BarcodeFormat.Code128,
    "code39": zxingcpp.BarcodeFormat.Code39,
    "ean13": zxingcpp.BarcodeFormat.EAN13,
}
KNOWN: Final = frozenset(_FORMATS)
USUAL: Final = ("qr", "aztec", "datamatrix", "pdf417")
"""What health certificates and the seals of documents are written in. Bars cost as much again: for those who ask."""

_MOST_CODES: Final = 4
"""In one frame: two people's phones, and a poster."""
_WIDEST_ENLARGED: Final = 1_280
"""A wider picture has its small codes large enough, and enlarging it would take 100 ms."""


class CodeReader:
    """Looks at one frame at a time. 1280 x 720: 3 ms, a hard look 60 ms more."""

    def __init__(self, symbologies: tuple[str, ...] = USUAL) -> None:
        """`symbologies` of KNOWN."""
        self._symbology_of = {_FORMATS[name]: name for name in symbologies}
        # QR in every frame, the rest now and then; where no QR is wanted, all of them in every frame.
        usual = ("qr",) if "qr" in symbologies else symbologies
        self._usual = zxingcpp.BarcodeFormats([_FORMATS[name] for name in usual])
        rare = [_FORMATS[name] for name in symbologies if name not in usual]
        self._rare = zxingcpp.BarcodeFormats(rare) if rare else None

    def look(self, grey: Picture, *, hard: bool = False) -> list[CodeText]:
        """The codes of a frame, the largest first. `hard`: what else could be there, where QR was not to be seen."""
        found = self._read(grey, self._usual)
        if found or not hard:
            return found
        if self._rare is not None:
            found = self._read(grey, self._rare)
        for picture in _sharpened(grey):
            if found:
                break
            found = self._read(picture, self._usual)
        return found

    def _read(self, picture: Picture, formats: zxingcpp.BarcodeFormats) -> list[CodeText]:
        found = zxingcpp.read_barcodes(picture, formats=formats, text_mode=zxingcpp.TextMode.Plain)
        # QRCode finds its small relatives too, and takes the corner of a blurred code for a Micro QR of five digits.
        wanted = [code for code in found if code.valid and code.text and code.format in self._symbology_of]
        largest = sorted(wanted, key=_size, reverse=True)
        return [CodeText(code.text, self._symbology_of[code.format]) for code in largest[:_MOST_CODES]]


def _size(code: zxingcpp.Barcode) -> int:
    one, other = code.position.top_left, code.position.bottom_right
    return abs(one.x - other.x) + abs(one.y - other.y)


def _sharpened(grey: Picture) -> Iterator[Picture]:
    """The tries that each brought back most of what was still lost, in their order (half a module of blur)."""
    yield _unsharp(grey, 3.0, 2.0)
    yield _unsharp(grey, 1.5, 1.5)
    if grey.shape[1] <= _WIDEST_ENLARGED:
        larger = cv2.resize(grey, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        yield _unsharp(larger, 4.0, 3.0)


def _unsharp(grey: Picture, strength: float, sigma: float) -> Picture:
    return cv2.addWeighted(grey, 1 + strength, cv2.GaussianBlur(grey, (0, 0), sigma), -strength, 0)
