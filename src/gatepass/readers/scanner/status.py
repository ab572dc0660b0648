"""What a scanner says about a code in front of its text: AIM symbology identifiers, `]` code character modifier.

    ]Q1...    QR code                     ]C0...  Code 128          ]A0...  Code 39
    ]d2...    Data Matrix with GS1 data   ]C1...  GS1-128           ]o...   OCR: a line of a machine-readable zone

Most scanners send them only when they are told to ("transmit AIM ID"). Some modifiers announce the ECI protocol: the
text then names its character sets as `\\` and six digits, and writes a backslash twice.

Source: ISO/IEC 15424 as quoted in the manuals of Zebra, Opticon, Datalogic and Honeywell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

GS1_128: Final = "gs1_128"

_NAMES: Final = {
    "A": "code39",
    "B": "telepen",
    "C": "code128",
    "E": "ean",
    "F": "codabar",
    "G": "code93",
    "H": "code11",
    "I": "itf",
    "L": "pdf417",
    "M": "msi",
    "O": "codablock",
    "Q": "qr",
    "R": "code25",
    "S": "code25",
    "U": "maxicode",
    "d": "datamatrix",
    "e": "databar",
    "h": "hanxin",
    "o": "ocr",
    "z": "aztec",
}

LINEAR: Final = frozenset({"code39", "code93", "code128", "codabar", "itf"})
"""Codes of bars in which a card or wristband carries a number alone. GS1-128 and EAN number goods, not people."""

# Code character -> the modifiers under which the ECI protocol is spoken.
_ECI: Final = {"Q": "246", "d": "456", "z": "3459AB", "L": "1", "U": "23", "h": "1"}

CHARACTER_SETS: Final = {
    3: "latin-1",
    4: "iso8859-2",
    7: "iso8859-5",
    20: "shift_jis",
    26: "utf-8",
    27: "ascii",
    28: "big5",
    29: "gb18030",
    30: "euc-kr",
    32: "gb18030",
}
"""ECI assignment number -> Python's name (AIM ITS/04-023). GB 2312 is part of GB 18030."""


@dataclass(frozen=True, slots=True)
class Symbology:
    name: str
    """As `readers.contract.CodeText.symbology`."""
    eci: bool = False


def symbology_of(code: str, modifier: str) -> Symbology | None:
    """The symbology of the two characters after `]`; None where they are not an identifier."""
    name = _NAMES.get(code)
    if name is None or not (modifier.isascii() and modifier.isalnum()):
        return None
    if code == "C" and modifier == "1":
        name = GS1_128
    return Symbology(name, modifier in _ECI.get(code, ""))
