"""What a chip wants to be shown before it says anything: something that is printed on its document.

An access key is made of the number, the birth date and the expiry date of the machine-readable zone, or of the six
digits of a card access number. It comes from the camera or the scanner that saw the data page, or from the guard.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from gatepass.identity import Document, DocumentError, PartialDate, checks
from gatepass.identity.mrz_forms import form_of


@dataclass(frozen=True, slots=True)
class AccessKey:
    """Kept out of every repr: it is personal, and it opens the chip."""

    information: str = field(repr=False)
    """MRZ_information (9303-11, 4.3.2): number, birth and expiry, each with its check digit; or the CAN."""
    is_can: bool = False

    @classmethod
    def of(cls, document: Document) -> AccessKey | None:
        """From a document that was read from its zone, or typed; None where it lacks the dates.

        A document remembers dates, not how unknown parts of them are written: they are taken to be fillers, as 9303-3
        says. Where a state writes zeros there, `of_zone` opens the chip and this does not.
        """
        expiry = document.validity.last
        if not document.number or document.holder.birth is None or expiry is None:
            return None
        return cls.made(document.number, _six(document.holder.birth), expiry.strftime("%y%m%d"))

    @classmethod
    def of_zone(cls, zone: str) -> AccessKey:
        """From a zone whose lines are joined, as data group 1 has it. DocumentError `mrz_layout`."""
        form = form_of(zone)
        number = zone[form.number]
        check = form.checks.get("number")
        if form.overflow is not None and check is not None and zone[check.at] == "<":
            number += zone[form.overflow].partition("<")[0][:-1]
        return cls.made(number, zone[form.birth], zone[form.expiry])

    @classmethod
    def made(cls, number: str, birth: str, expiry: str) -> AccessKey:
        """Of the number as printed, and two dates YYMMDD. DocumentError `mrz_characters`."""
        parts = (number.upper().replace(" ", "").ljust(9, "<"), birth, expiry)
        try:
            return cls("".join(part + checks.icao(part) for part in parts))
        except KeyError:
            raise DocumentError("mrz_characters") from None

    @classmethod
    def of_can(cls, number: str) -> AccessKey:
        """Of a card access number: six digits on the front of the card. DocumentError `number_length`."""
        digits = number.strip()
        if len(digits) != 6 or not digits.isascii() or not digits.isdigit():
            raise DocumentError("number_length", found=len(digits))
        return cls(digits, is_can=True)

    @property
    def seed(self) -> bytes:
        """Of Basic Access Control (9303-11, 9.7.2)."""
        return self._digest[:16]

    @property
    def password(self) -> bytes:
        """Of PACE (9303-11, 9.7.3)."""
        return self.information.encode("latin-1") if self.is_can else self._digest

    @property
    def _digest(self) -> bytes:
        return hashlib.sha1(self.information.encode("ascii")).digest()  # noqa: S324 - the standard's


def _six(birth: PartialDate) -> str:
    parts = (birth.year % 100, birth.month, birth.day)
    return "".join("<<" if part is None else f"{part:02d}" for part in parts)
