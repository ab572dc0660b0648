"""What a scanned code is: a document, a code that `credentials.judge` knows about, or something that can be said to
the person. Pure; this is the only place that decides it.

    machine-readable zone        Document, printed; or what is wrong with it
    number of a document         Document, printed, if it can be one kind of number only and has a right check
                                 character, and stands in bars (or anywhere, if the installer said so)
    anything else                CodeText: unjudged

A number in a QR code is left to the judge: on the phones of a town, that is what codes of other systems look like.
Eight digits may be a Taiwan permit, and a bill: without a check character a number is never taken for a document.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Final

from gatepass.identity import Assurance, Document, DocumentError, mrz, numbers
from gatepass.identity.numbers import NumberKind
from gatepass.readers.contract import CodeText, Reading
from gatepass.readers.scanner.frames import Code, FrameFault
from gatepass.readers.scanner.status import GS1_128, LINEAR

# A check character of its own: 18 characters by ISO 7064, the permanent residence number of 2017 by 7-3-1.
_CHECKED: Final = frozenset(
    {NumberKind.CITIZEN_18, NumberKind.RESIDENCE_18, NumberKind.FOREIGNER_PR_18, NumberKind.FOREIGNER_PR_15}
)

_ZONE_LENGTHS: Final = frozenset({72, 88, 90})
# Lines of 30, 36 or 44, however many came; or all lines in one.
_ZONE: Final = re.compile(r"[ACIPV][A-Z0-9<]+(?:\n[A-Z0-9<]+)*")

_CODE_OF: Final = {FrameFault.LENGTH: "reader_length_error", FrameFault.CHARACTERS: "reader_check_error"}


class Numbers(StrEnum):
    """Where a plain document number is believed to be one."""

    BARS = "bars"
    """In a linear code, on a card or a wristband. The scanner must send AIM identifiers, or nobody knows."""
    ANYWHERE = "any"
    """In any code: where the community itself prints numbers as QR codes."""
    NOWHERE = "none"


def read(found: Code | FrameFault, *, believe: Numbers = Numbers.BARS, today: date | None = None) -> Reading:
    """What one code, or a fault in its place, is. Never raises."""
    if isinstance(found, FrameFault):
        return DocumentError(_CODE_OF[found])
    try:
        if looks_like_a_zone(found.text) or found.symbology == "ocr":
            return replace(mrz.parse(found.text, today=today), assurance=Assurance.PRINTED)
        if _may_be_a_number(found, believe):
            document = _document(found.text, today)
            if document is not None:
                return document
    except DocumentError as error:
        return error
    return CodeText(found.text, found.symbology)


def looks_like_a_zone(text: str) -> bool:
    """Whether `text` is meant to be a machine-readable zone, right or wrong: its alphabet, and lines of its lengths.

    A short or damaged zone is one too: the person should hear that it was not read, and not that it is unknown.
    """
    lines = text.split()
    joined = "\n".join(lines)
    if "<" not in joined or not _ZONE.fullmatch(joined):
        return False
    lengths = {len(line) for line in lines}
    return lengths <= {30, 36, 44} or sum(map(len, lines)) in _ZONE_LENGTHS or "<<<" in joined


def _may_be_a_number(code: Code, believe: Numbers) -> bool:
    if believe is Numbers.ANYWHERE:
        return code.symbology != GS1_128
    return believe is Numbers.BARS and code.symbology in LINEAR


def _document(text: str, today: date | None) -> Document | None:
    kinds = numbers.identify(text, today=today)
    if len(kinds) != 1 or kinds[0] not in _CHECKED:
        return None
    return replace(numbers.parse(text, today=today), assurance=Assurance.PRINTED)
