"""`judge`: one door for whatever text a scanner or camera gives. By its first characters it goes to its format.

A further format is a module with `judge(text, trust, at, revocations) -> Verdict` and a row in `_DOORS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gatepass.credentials import health_code, visitor_pass
from gatepass.credentials.trust import TrustList
from gatepass.credentials.verdicts import Format, Revocations, Verdict
from gatepass.policy import Outcome

MAX_CHARACTERS: Final = 65_536
"""Of any text: a QR code holds 4,296 characters at most, a certificate in a file some more."""

Judge = Callable[[str, TrustList, datetime, Revocations | None], Verdict]


@dataclass(frozen=True, slots=True)
class _Door:
    format: Format
    prefixes: tuple[str, ...]
    judge: Judge | None = None
    """None: known by sight, not yet read."""


_DOORS: Final = (
    _Door(Format.GATEPASS, (health_code.PREFIX,), health_code.judge),
    _Door(Format.VISITOR, (visitor_pass.PREFIX,), visitor_pass.judge),
    _Door(Format.HCERT, ("HC1:",)),
    _Door(Format.SHC, ("shc:/",)),
    _Door(Format.SHLINK, ("shlink:/",)),
    _Door(Format.VDS_NC, ('{"data":{"hdr":',)),
    _Door(Format.DIVOC, ("B64:", "PK\x03\x04")),
)
_BY_PREFIX: Final = tuple((prefix, door) for door in _DOORS for prefix in door.prefixes)
_VIEWER: Final = "#shlink:/"
"""A SMART Health Link may stand behind the address of a page that shows it."""


def judge(text: str, *, trust: TrustList, at: datetime, revocations: Revocations | None = None) -> Verdict:
    """What a text that somebody shows proves at the moment `at` (aware).

    Never raises, whatever the string, and takes no more than some milliseconds and a small multiple of the text's
    length in memory. `trust` names the signers who are believed. Without `revocations` none is looked up. A text is
    taken as it is: what reads it from a picture or a keyboard removes the line end.
    """
    if len(text) > MAX_CHARACTERS:
        return Verdict(Outcome.HOLD, ("code_not_understood",), Format.UNKNOWN)
    for prefix, door in _BY_PREFIX:
        if text.startswith(prefix):
            if door.judge is None:
                return Verdict(Outcome.HOLD, ("code_foreign_not_supported",), door.format)
            return door.judge(text, trust, at, revocations)
    if text.startswith("https://") and _VIEWER in text:
        return Verdict(Outcome.HOLD, ("code_foreign_not_supported",), Format.SHLINK)
    return Verdict(Outcome.HOLD, ("code_not_understood",), Format.UNKNOWN)
