"""What people call the machines of a gate."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_READERS: Final[dict[str, Promise]] = {
    "sam": _("the reader for resident cards"),
    "pcsc": _("the contactless reader"),
    "scanner": _("the scanner"),
    "camera": _("the camera"),
    "keypad": _("the keypad"),
    "faces": _("the comparison of faces"),
}


def reader_word(family: str) -> str:
    """A reader of this family; the family's own name where we have no word."""
    return str(_READERS.get(family, family))
