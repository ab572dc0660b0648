"""What a typed number is: the document on which it stands, as far as the person who typed it can be believed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from gatepass.identity import Assurance, Document, DocumentError, numbers
from gatepass.readers.keypad.frames import FrameFault, Typed


def read(typed: Typed | FrameFault, *, today: date | None = None) -> Document | DocumentError:
    """The document of the most telling kind that has such numbers; or what is wrong, and which slip would explain it.

    Eight digits are a Taiwan permit's, `M12345678` is a permit of a Macao resident's, unless a state stands in front.
    """
    if isinstance(typed, FrameFault):
        return DocumentError("reader_length_error")
    issuer, _, number = typed.number.rpartition("/")
    try:
        return replace(numbers.parse(number, issuer=issuer, today=today), assurance=Assurance.TYPED)
    except DocumentError as error:
        return error
