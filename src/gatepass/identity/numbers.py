"""Numbers that people carry, as a guard types them or a card states them.

Citizen number (GB 11643-1999), 18 characters, one space of numbers for citizens and for residents from Hong Kong,
Macao and Taiwan:

    330102 19410312 182 6
    region birth    order check     region: province by GB/T 2260, or exactly 810000 / 820000 / 830000
                                    order:  odd for men, even for women
                                    check:  ISO 7064 MOD 11-2, the digit ten is written X

The county in the region is not looked up: counties are abolished and renamed, the number stays for life.
Everything wrong is a `DocumentError`; nothing else is ever raised.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from gatepass.identity.calendar import latest_today, parse_day
from gatepass.identity.documents import Document, DocumentError, DocumentKind, Holder, PartialDate, Sex

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS: Final = "10X98765432"
_SEVENTEEN: Final = re.compile(r"[0-9]{17}")
_EIGHTEEN: Final = re.compile(r"[0-9]{17}[0-9X]")

# GB/T 2260, the first two digits: every province, municipality and autonomous region, and 71 for Taiwan.
PROVINCES: Final = frozenset(
    map(str, (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71))
)
# Residence permits of 2018: the region is the whole prefix, and says where the holder comes from (ISO 3166-1).
RESIDENCE_PREFIXES: Final = {"810000": "HKG", "820000": "MAC", "830000": "TWN"}

_OLDEST_BIRTH: Final = date(1850, 1, 1)

# Nobody's number is longer, spaces included: what is longer is not looked at.
_MOST_TYPED: Final = 64

# Full-width ASCII (U+FF01 to U+FF5E) as Chinese input methods type it. Deliberately not NFKC, which would also turn
# ² and ① into digits. Separators and the invisible marks that copying from a chat brings are dropped.
_FOLD: Final = {0xFF01 + i: 0x21 + i for i in range(0x5E)} | dict.fromkeys(
    map(ord, "-\u2010\u2011\u2012\u2013\u2014\u2212\uff0d\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")
)


def normalise(text: str) -> str:
    """Full-width characters folded, separators and white space dropped, upper case. May return anything else as is."""
    return "".join(text.translate(_FOLD).split()).upper()


def check_character(seventeen: str) -> str:
    """The eighteenth character for 17 ASCII digits, by ISO 7064 MOD 11-2."""
    if not _SEVENTEEN.fullmatch(seventeen):
        raise DocumentError("number_characters")
    return _CHECK_CHARACTERS[sum(int(digit) * weight for digit, weight in zip(seventeen, _WEIGHTS, strict=True)) % 11]


def parse_citizen(text: str, *, today: date | None = None) -> Document:
    """A typed citizen or residence number becomes a Document with birth, sex and origin, and no name.

    Tolerates full-width characters, spaces, hyphens and a lower-case x. Codes: `number_length`, `number_characters`,
    `number_region`, `number_birth_date`, `number_birth_range`, `number_check`. `today` bounds the birth date.
    """
    if len(text) > _MOST_TYPED:
        raise DocumentError("number_length", expected=18)
    number = normalise(text)
    if len(number) != 18:
        raise DocumentError("number_length", expected=18, found=len(number))
    if not _EIGHTEEN.fullmatch(number):
        raise DocumentError("number_characters")
    kind, origin = _kind_and_origin(number)
    birth = parse_day(number[6:14])
    if birth is None:
        raise DocumentError("number_birth_date")
    if not _OLDEST_BIRTH <= birth <= (today or latest_today()):
        raise DocumentError("number_birth_range")
    if check_character(number[:17]) != number[17]:
        raise DocumentError("number_check")
    return Document(
        kind=kind,
        issuer="CHN",
        number=number,
        holder=Holder(
            birth=PartialDate.from_date(birth),
            sex=Sex.MALE if int(number[16]) % 2 else Sex.FEMALE,
            nationality=origin,
        ),
    )


def _kind_and_origin(number: str) -> tuple[DocumentKind, str]:
    if number[:2] in PROVINCES:
        return DocumentKind.RESIDENT_CARD, "CHN"
    origin = RESIDENCE_PREFIXES.get(number[:6])
    if origin is None:
        raise DocumentError("number_region")
    return DocumentKind.HMT_RESIDENCE, origin
