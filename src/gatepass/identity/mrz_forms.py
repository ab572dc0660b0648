"""Where the fields of each machine-readable zone are: a `Form` for each, read by `identity.mrz`.

    form      lines    on
    TD1       3 x 30   cards                        9303-5
    TD2       2 x 36   larger cards                 9303-6
    TD3       2 x 44   passports                    9303-4
    MRV-A     2 x 44   visas                        9303-7, no composite check digit
    MRV-B     2 x 36   visas                        9303-7, no composite check digit
    permit    3 x 30   travel permits of Hong Kong, Macao (`CR`) and Taiwan residents (`CT`), cards since 2013 and 2015
    C<CHN     3 x 30   travel permit for Hong Kong and Macao residents of 1999
    CS        1 x 30   a mainland resident's permit for Hong Kong and Macao; 3 x 30 in its chip

The Chinese forms are not TD1, though three of them have its lines. The tables of GA/T 704 are not public; these are
from QinLin PassportReader (utils_zhangdi.cpp) and EepMrzParser, and have not been compared with a real permit yet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from gatepass.identity import checks
from gatepass.identity.documents import DocumentError, DocumentKind

_HKM_NUMBER_1999: Final = re.compile(r"[HM][0-9]{10}")


@dataclass(frozen=True, slots=True)
class Check:
    """A check digit: where it is, and the places that it is computed over, in the lines joined."""

    at: int
    over: tuple[slice, ...]

    def fits(self, zone: str) -> bool:
        covered = "".join(zone[part] for part in self.over)
        return zone[self.at] == checks.icao(covered) or (zone[self.at] == "<" and not covered.strip("<"))


@dataclass(frozen=True, slots=True)
class Form:
    """Where the fields of a form are, counted from 0 over all its lines joined. None: the form has no such field."""

    kind: DocumentKind
    number: slice
    birth: slice
    expiry: slice
    checks: Mapping[str, Check]
    sex: int | None = None
    names: slice | None = None
    issuer: slice | None = None
    nationality: slice | None = None
    overflow: slice | None = None
    """The optional field in which a long document number goes on, with its check digit (9303-5, 4.2.2.2)."""
    count: slice | None = None
    birth_century: int | None = None
    expiry_century: int | None = None


def _icao(
    kind: DocumentKind, names: slice, at: int, *, overflow: slice | None = None, further: Mapping[str, Check]
) -> Form:
    """The line that TD2, TD3 and both visas share, beginning at `at`."""
    return Form(
        kind=kind,
        issuer=slice(2, 5),
        names=names,
        number=slice(at, at + 9),
        nationality=slice(at + 10, at + 13),
        birth=slice(at + 13, at + 19),
        sex=at + 20,
        expiry=slice(at + 21, at + 27),
        overflow=overflow,
        checks={
            "number": Check(at + 9, (slice(at, at + 9),)),
            "birth": Check(at + 19, (slice(at + 13, at + 19),)),
            "expiry": Check(at + 27, (slice(at + 21, at + 27),)),
            **further,
        },
    )


_TD1: Final = Form(
    kind=DocumentKind.OTHER,
    issuer=slice(2, 5),
    number=slice(5, 14),
    overflow=slice(15, 30),
    birth=slice(30, 36),
    sex=37,
    expiry=slice(38, 44),
    nationality=slice(45, 48),
    names=slice(60, 90),
    checks={
        "number": Check(14, (slice(5, 14),)),
        "birth": Check(36, (slice(30, 36),)),
        "expiry": Check(44, (slice(38, 44),)),
        "composite": Check(59, (slice(5, 30), slice(30, 37), slice(38, 45), slice(48, 59))),
    },
)
_TD2: Final = _icao(
    DocumentKind.OTHER,
    slice(5, 36),
    36,
    overflow=slice(64, 71),
    further={"composite": Check(71, (slice(36, 46), slice(49, 56), slice(57, 71)))},
)
_TD3: Final = _icao(
    DocumentKind.PASSPORT,
    slice(5, 44),
    44,
    further={
        "personal_number": Check(86, (slice(72, 86),)),
        "composite": Check(87, (slice(44, 54), slice(57, 64), slice(65, 87))),
    },
)
_MRV_A: Final = _icao(DocumentKind.OTHER, slice(5, 44), 44, further={})
_MRV_B: Final = _icao(DocumentKind.OTHER, slice(5, 36), 36, further={})

_PERMIT_CHECKS: Final = {
    "number": Check(11, (slice(2, 11),)),
    "count": Check(14, (slice(12, 14),)),
    "expiry": Check(21, (slice(15, 21),)),
    "birth": Check(29, (slice(23, 29),)),
    "composite": Check(59, (slice(2, 22), slice(23, 30), slice(49, 59))),
}
_HKM_PERMIT: Final = Form(
    kind=DocumentKind.HKM_PERMIT,
    number=slice(2, 11),
    count=slice(12, 14),
    expiry=slice(15, 21),
    sex=22,
    birth=slice(23, 29),
    birth_century=48,
    names=slice(60, 90),
    # QinLin looks for this check digit in the first line, where the birth's is: a permit would pass by chance only.
    checks=_PERMIT_CHECKS | {"home_number": Check(58, (slice(49, 58),))},
)
_TAIWAN_PERMIT: Final = Form(
    kind=DocumentKind.TAIWAN_PERMIT,
    number=slice(2, 11),
    count=slice(12, 14),
    expiry=slice(15, 21),
    sex=22,
    birth=slice(23, 29),
    birth_century=48,
    names=slice(60, 86),  # then the place of issue
    checks=_PERMIT_CHECKS,
)
# No check digit of the booklet is described anywhere: it is believed as read, and a guard looks at it.
_HKM_PERMIT_1999: Final = Form(
    kind=DocumentKind.HKM_PERMIT,
    birth=slice(30, 36),
    sex=37,
    expiry=slice(38, 44),
    number=slice(45, 56),
    birth_century=57,
    expiry_century=58,
    names=slice(60, 90),
    checks={},
)
_CS: Final = Form(
    kind=DocumentKind.OTHER,
    number=slice(2, 11),
    expiry=slice(13, 19),
    birth=slice(21, 27),
    checks={
        "number": Check(11, (slice(2, 11),)),
        "expiry": Check(19, (slice(13, 19),)),
        "birth": Check(27, (slice(21, 27),)),
        "composite": Check(29, (slice(2, 12), slice(13, 20), slice(21, 28))),
    },
)
# In the chip, the line is followed by the Chinese name in a code of its own (12 characters), the name, and the sex.
# How the sex is coded there is not described: it stays unknown.
_CS_CHIP: Final = replace(_CS, names=slice(42, 60))


def form_of(zone: str) -> Form:
    """The form of a zone, its lines joined; DocumentError `mrz_layout` where length and first letters fit none."""
    form = None
    if len(zone) == 90:
        form = _form_of_three_lines(zone)
    elif len(zone) == 88:
        form = {"P": _TD3, "V": _MRV_A}.get(zone[0])
    elif len(zone) == 72:
        form = _MRV_B if zone[0] == "V" else _TD2 if zone[0] in "ACIP" else None
    elif len(zone) == 30 and zone.startswith("CS"):
        form = _CS
    if form is None:
        raise DocumentError("mrz_layout")
    return form


def _form_of_three_lines(zone: str) -> Form | None:
    if zone.startswith("C"):
        if zone[2:5] == "CHN" and _HKM_NUMBER_1999.fullmatch(zone[_HKM_PERMIT_1999.number]):
            return _HKM_PERMIT_1999
        # No state has a digit in its code: where TD1 has its issuer, a permit has its number.
        if any(character.isdigit() for character in zone[2:5]):
            if zone[1] == "S":
                return _CS_CHIP
            return _HKM_PERMIT if zone[2] in "HM" else _TAIWAN_PERMIT if zone[2].isdigit() else None
    return _TD1 if zone[0] in "ACI" else None
