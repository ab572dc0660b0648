"""Machine-readable zones: ICAO Doc 9303 and the Chinese permits. The forms are in `identity.mrz_forms`.

**Years** have two digits. A birth lies in the latest such year that is not in the future, so that an infant is not 100
(the Chinese permits of residents of Hong Kong, Macao and Taiwan say the century themselves); an expiry within 50 years
of today. **Unknown** parts of a date are `<<`, or `00` as some states write. **Check digits** of empty fields may be
`0` or `<`: both are legal (9303-4, 4.2.2).

**Names** are `PRIMARY, SECONDARY` as 9303-3, 4.6 splits them; single fillers are spaces. Of its transliterations
(9303-3, 6.A) only `NXX` (Ñ) and `UXX` (Ü) are turned back: `AE`, `OE`, `UE`, `SS`, `AA` may be what they seem.

`parse` raises DocumentError and nothing else, whatever the text.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import Final

from gatepass.identity import checks, numbers
from gatepass.identity.calendar import latest_today, year_of_birth, year_of_expiry
from gatepass.identity.documents import Document, DocumentError, DocumentKind, Holder, PartialDate, Sex, Validity
from gatepass.identity.mrz_forms import Form, form_of
from gatepass.identity.states import state

_MOST_SCANNED: Final = 400
_FOREIGN: Final = re.compile(r"[^A-Z0-9<]")
_SEX: Final = {"M": Sex.MALE, "F": Sex.FEMALE, "<": Sex.UNSTATED, "X": Sex.UNSTATED}

# The century that a permit writes: a letter on the cards, a digit on the booklet of 1999. Anything else: 2000.
_CENTURY: Final = {"A": 1800, "B": 1900, "0": 1800, "1": 1900}


def parse(text: str, *, today: date | None = None) -> Document:
    """A machine-readable zone becomes a Document. Line ends, spaces, case and full-width forms do not matter.

    A passport is DocumentKind.PASSPORT, a permit HKM_PERMIT or TAIWAN_PERMIT with the number that a guard would type;
    every other document, visas among them, is OTHER. A long document number is joined. `today` decides the centuries.

    Codes: `mrz_layout` (lengths and first letters fit no form), `mrz_characters` (`position`, or `field`),
    `mrz_check` (`wrong`: the fields whose check digits do not fit, separated by commas), `state_code` (`field`),
    `birth_date`, `validity_date`, `sex_code`, `name_missing`, and for empty or impossible numbers those of
    `numbers.parse`.
    """
    if len(text) > _MOST_SCANNED:
        raise DocumentError("mrz_layout")
    zone = numbers.normalise(text)
    foreign = _FOREIGN.search(zone)
    if foreign is not None:
        raise DocumentError("mrz_characters", position=foreign.start() + 1)
    form = form_of(zone)
    number, number_fits = _number(zone, form)
    wrong = [name for name, check in form.checks.items() if not (number_fits if name == "number" else check.fits(zone))]
    if wrong:
        raise DocumentError("mrz_check", wrong=",".join(wrong))
    today = today or latest_today()
    permit = None
    if form.kind in {DocumentKind.HKM_PERMIT, DocumentKind.TAIWAN_PERMIT}:
        permit = numbers.parse(number, form.kind)
    elif not number:
        raise DocumentError("number_length", found=0)
    return Document(
        kind=form.kind,
        issuer=_state(zone, form.issuer, "issuer"),
        number=number if permit is None else permit.number,
        holder=Holder(
            latin_name=_name(zone, form),
            birth=_birth(zone, form, today),
            sex=_sex(zone, form),
            nationality=_state(zone, form.nationality, "nationality") if permit is None else permit.holder.nationality,
        ),
        validity=Validity(None, _expiry(zone, form, today)),
        issue_count=_count(zone, form, permit),
    )


def _number(zone: str, form: Form) -> tuple[str, bool]:
    """The document number without fillers, and whether its check digit fits, wherever that is."""
    number = zone[form.number]
    check = form.checks.get("number")
    if form.overflow is not None and check is not None and zone[check.at] == "<":
        rest = zone[form.overflow].partition("<")[0]
        if rest:
            number += rest[:-1]
            return number.replace("<", ""), checks.icao(number) == rest[-1]
    return number.replace("<", ""), check is None or check.fits(zone)


def _count(zone: str, form: Form, permit: Document | None) -> int | None:
    if form.count is None:
        return None if permit is None else permit.issue_count
    count = zone[form.count]
    return int(count) if count.isdigit() else None


def _state(zone: str, field: slice | None, name: str) -> str:
    if field is None:
        return "CHN"
    stated = state(zone[field])
    if stated is None:
        raise DocumentError("state_code", field=name)
    return stated


def _name(zone: str, form: Form) -> str:
    if form.names is None:
        return ""
    written = zone[form.names].strip("<")
    if any(character.isdigit() for character in written):
        raise DocumentError("mrz_characters", field="names")
    if not written:
        raise DocumentError("name_missing")
    written = written.replace("NXX", "Ñ").replace("UXX", "Ü")
    parts = [" ".join(part.replace("<", " ").split()) for part in written.split("<<", 1)]
    return ", ".join(part for part in parts if part)


def _sex(zone: str, form: Form) -> Sex:
    if form.sex is None:
        return Sex.UNKNOWN
    sex = _SEX.get(zone[form.sex])
    if sex is None:
        raise DocumentError("sex_code")
    return sex


def _birth(zone: str, form: Form, today: date) -> PartialDate | None:
    year, month, day = _parts(zone[form.birth], "birth_date")
    if year is None:
        return None
    century = _century(zone, form.birth_century)
    full = year_of_birth(year, today) if century is None else century + year
    if (full, month or 1, day or 1) > (today.year, today.month, today.day):
        if century is not None:
            raise DocumentError("birth_date")
        full -= 100
    _check_day(full, month, day, "birth_date")
    return PartialDate(full, month, day if month is not None else None)


def _expiry(zone: str, form: Form, today: date) -> date | None:
    year, month, day = _parts(zone[form.expiry], "validity_date")
    if year is None:
        return None
    century = _century(zone, form.expiry_century)
    full = year_of_expiry(year, today) if century is None else century + year
    _check_day(full, month, day, "validity_date")
    # A document that states its month only is valid to the end of it; a day of no month says nothing.
    if month is None:
        return date(full, 12, 31)
    return date(full, month, day or monthrange(full, month)[1])


def _parts(text: str, code: str) -> tuple[int | None, int | None, int | None]:
    """Year of the century, month, day; None where unknown."""
    parts: list[int | None] = []
    for at in (0, 2, 4):
        part = text[at : at + 2]
        if part.isdigit():
            parts.append(int(part))
        elif part == "<<":
            parts.append(None)
        else:
            raise DocumentError(code)
    if text == "000000":
        return None, None, None
    year, month, day = parts
    return year, month or None, day or None


def _check_day(year: int, month: int | None, day: int | None, code: str) -> None:
    if (month or 1) > 12 or (day or 1) > monthrange(year, month or 1)[1]:
        raise DocumentError(code)


def _century(zone: str, at: int | None) -> int | None:
    return None if at is None or zone[at] == "<" else _CENTURY.get(zone[at], 2000)
