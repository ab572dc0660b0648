"""How long a text may be where it is shown: as a text message, and on a kiosk's screen. A poster is measured by Typst.

A text message holds 160 letters of GSM 03.38, or 70 of any other script; of several in a row, 153 or 67 each.
"""

from __future__ import annotations

import unicodedata
from typing import Final

SCREEN_MOST: Final = 160
"""Columns of a kiosk's notice, a Chinese character counting two: four or five lines; what is shipped fits."""
_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE: Final = frozenset("^{}\\[~]|€\f")
"""Letters that need an escape before them."""


def sms_segments(text: str) -> int:
    """How many messages the text is charged as; 0 for none."""
    if not text:
        return 0
    if all(c in _GSM or c in _GSM_TWICE for c in text):
        length, alone, each = sum(2 if c in _GSM_TWICE else 1 for c in text), 160, 153
    else:
        # UTF-16 units: a rare character (𬭎) takes two.
        length, alone, each = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= alone else -(-length // each)


def columns(text: str) -> int:
    """How wide a line is, a full-width character counting two and a combining one nothing."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
