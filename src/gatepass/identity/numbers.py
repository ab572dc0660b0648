"""Numbers that people carry, as a guard types them, a scanner sends them or a card states them.

    kind                     example             what it says
    citizen_18               11010519491231002X  region 6, birth 8, order 3 (odd: man), check (GB 11643-1999)
    citizen_15               610104620927690     the same before 1999: birth 6, no check; becomes its 18-character form
    residence_18             810000199408230021  as citizen_18, region 810000 Hong Kong, 820000 Macao, 830000 Taiwan
    foreigner_pr_18          932682198501010017  9, province 2, country 3 (ISO numeric), birth 8, order 3, check (2023)
    foreigner_pr_15          PAK310080010103     country 3, province and city 4, birth 6, order 1, check 7-3-1 (2017)
    hkm_permit               H12345678           H Hong Kong, M Macao (2013)
    hkm_permit_1999          H1234567802         the same with the count of issues
    hkm_permit_non_chinese   HA1234567           HA, MA: permanent residents who are not Chinese (2024)
    taiwan_permit            12345678            (2015)
    taiwan_permit_counted    0270225603          the same with the count of issues, printed as 02702256-03
    passport                 E12345678           up to nine letters and digits: all that the field of ICAO TD3 holds

Check characters: `identity.checks`. The county in a region is not looked up: counties are abolished and renamed, the
number stays for life. Sources: GB 11643, GB/T 2260, the adaptation guide of the National Immigration Administration
(2023) and the notices on the permits. Everything wrong is a `DocumentError`; nothing else is ever raised.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from gatepass.identity import checks
from gatepass.identity.calendar import latest_today, parse_birth, parse_day
from gatepass.identity.documents import Document, DocumentError, DocumentKind, Holder, PartialDate, Sex
from gatepass.identity.states import ALPHA_3_OF, state

_SEVENTEEN: Final = re.compile(r"[0-9]{17}")
_EIGHTEEN: Final = re.compile(r"[0-9]{17}[0-9X]")

# GB/T 2260, the first two digits: every province, municipality and autonomous region, and 71 for Taiwan.
PROVINCES: Final = frozenset(
    map(str, (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71))
)
# Residence permits of 2018: the region is the whole prefix, and says where the holder comes from (ISO 3166-1).
RESIDENCE_PREFIXES: Final = {"810000": "HKG", "820000": "MAC", "830000": "TWN"}

_OLDEST_BIRTH: Final = date(1850, 1, 1)

# Order codes of the 15-digit number that were set aside for people born before 1900.
_CENTENARIANS: Final = frozenset({"996", "997", "998", "999"})

_PERMIT_ORIGIN: Final = {"H": "HKG", "M": "MAC"}

# Nobody's number is longer, spaces included: what is longer is not looked at.
_MOST_TYPED: Final = 64

# Full-width ASCII (U+FF01 to U+FF5E) as Chinese input methods type it. Deliberately not NFKC, which would also turn
# ² and ① into digits. Separators and the invisible marks that copying from a chat brings are dropped.
_FOLD: Final = {0xFF01 + i: 0x21 + i for i in range(0x5E)} | dict.fromkeys(
    map(ord, "-\u2010\u2011\u2012\u2013\u2014\u2212\uff0d\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")
)


class NumberKind(StrEnum):
    """What a number is, by its form. Most telling first: that is the order in which `identify` names them."""

    CITIZEN_18 = "citizen_18"
    RESIDENCE_18 = "residence_18"
    FOREIGNER_PR_18 = "foreigner_pr_18"
    FOREIGNER_PR_15 = "foreigner_pr_15"
    CITIZEN_15 = "citizen_15"
    HKM_PERMIT = "hkm_permit"
    HKM_PERMIT_1999 = "hkm_permit_1999"
    HKM_PERMIT_NON_CHINESE = "hkm_permit_non_chinese"
    TAIWAN_PERMIT = "taiwan_permit"
    TAIWAN_PERMIT_COUNTED = "taiwan_permit_counted"
    PASSPORT = "passport"


def normalise(text: str) -> str:
    """Full-width characters folded, separators and white space dropped, upper case. May return anything else as is."""
    return "".join(text.translate(_FOLD).split()).upper()


def check_character(seventeen: str) -> str:
    """The eighteenth character for 17 ASCII digits, by ISO 7064 MOD 11-2."""
    if not _SEVENTEEN.fullmatch(seventeen):
        raise DocumentError("number_characters")
    return checks.mod_11_2(seventeen)


def identify(text: str, *, today: date | None = None) -> tuple[NumberKind, ...]:
    """Every kind of number that `text` can be, most telling first; empty where it is none, or has a slip in it.

    `12345678` is a Taiwan permit's number and may be a passport's. Whatever has a check character must fit it.
    """
    if len(text) > _MOST_TYPED:
        return ()
    number = normalise(text)
    found = []
    for kind, rule in _RULES.items():
        if rule.form.fullmatch(number):
            try:
                rule.read(number, "XXX", today)
            except DocumentError:
                continue
            found.append(kind)
    return tuple(found)


def document_kinds(text: str, *, today: date | None = None) -> tuple[DocumentKind, ...]:
    """Every kind of document that a number can stand on, most telling first. More than one: a human chooses."""
    return tuple(dict.fromkeys(_RULES[kind].kind for kind in identify(text, today=today)))


def parse(text: str, kind: DocumentKind | None = None, *, issuer: str = "", today: date | None = None) -> Document:
    """A number becomes a Document with what the number says of its holder, and no name.

    `kind` narrows the choice to the numbers of its family (a citizen's and a residence number are one); `issuer` (ISO
    3166-1 alpha-3) is needed for a passport, and where it is another state than China the number is a passport's.
    Without either, the most telling kind is taken. `today` bounds birth dates.

    Codes: `number_length`, `number_characters`, `number_region`, `number_birth_date`, `number_birth_range`,
    `number_check`, `state_code`. Where there is a check character, the fields say which slip of the finger would
    explain the error: `slip`, `swapped`, `mistyped` of `checks.slips`.
    """
    number = _bounded(text)
    issuer = normalise(issuer)
    if kind is None and issuer not in {"", "CHN"}:
        kind = DocumentKind.PASSPORT
    rules = [rule for rule in _RULES.values() if kind is None or kind.family == rule.kind.family]
    refusal = None
    for rule in rules:
        if not rule.form.fullmatch(number):
            continue
        try:
            return rule.read(number, issuer, today)
        except DocumentError as error:
            refusal = refusal or error
    if refusal is not None:
        raise refusal
    if any(len(number) in rule.lengths for rule in rules):
        raise DocumentError("number_characters")
    raise DocumentError("number_length", found=len(number))


def lifelong(kind: DocumentKind, number: str) -> str:
    """The part of a normalised number that stays when the document is issued again: permits once printed a count."""
    counted = _COUNTED.get(kind)
    return number[:-2] if counted is not None and counted.fullmatch(number) else number


def former_number(number: str, nationality: str, link: str) -> str:
    """The 2017 number of a holder of the 2023 card: its 18-character number, nationality (alpha-3), old-number link.

    Nationality, province, two digits of the link, birth, the third digit, check. As CEPRSampleDemo and two vendors'
    descriptions derive it. Empty where the link is blank: there was no earlier card.
    """
    if not (_LINK.fullmatch(link) and _EIGHTEEN.fullmatch(number) and _STATE.fullmatch(nationality)):
        return ""
    fourteen = f"{nationality}{number[1:3]}{link[:2]}{number[8:14]}{link[2]}"
    return fourteen + checks.icao(fourteen)


def old_number_link(former: str) -> str:
    """The three digits with which the 2023 card points at a 2017 number: the inverse of `former_number`."""
    return former[5:7] + former[13] if _PR_15.fullmatch(former) else ""


def parse_citizen(text: str, *, today: date | None = None) -> Document:
    """A typed citizen or residence number becomes a Document with birth, sex and origin, and no name.

    Tolerates full-width characters, spaces, hyphens and a lower-case x. Codes: `number_length`, `number_characters`,
    `number_region`, `number_birth_date`, `number_birth_range`, `number_check`. `today` bounds the birth date.
    """
    number = _bounded(text)
    if len(number) != 18:
        raise DocumentError("number_length", expected=18, found=len(number))
    if not _EIGHTEEN.fullmatch(number):
        raise DocumentError("number_characters")
    return _read_citizen(number, "CHN", today)


def _bounded(text: str) -> str:
    if len(text) > _MOST_TYPED:
        raise DocumentError("number_length", expected=18)
    return normalise(text)


# --- one function per form; the caller has matched the form


def _read_citizen(number: str, _issuer: str, today: date | None) -> Document:
    birth = _birth_of_18(number, _is_citizen, today)
    origin = RESIDENCE_PREFIXES.get(number[:6])
    return Document(
        kind=DocumentKind.HMT_RESIDENCE if origin else DocumentKind.RESIDENT_CARD,
        issuer="CHN",
        number=number,
        holder=Holder(birth=PartialDate.from_date(birth), sex=_sex(number[16]), nationality=origin or "CHN"),
    )


def _read_citizen_15(number: str, _issuer: str, today: date | None) -> Document:
    # Nothing in 15 digits can be checked but province and date. People were given the 18 characters by this same
    # rule, so that a card and an old household register meet in one number.
    century = "18" if number[12:] in _CENTENARIANS else "19"
    seventeen = f"{number[:6]}{century}{number[6:]}"
    if number[:2] not in PROVINCES:
        raise DocumentError("number_region")
    fault = _fault_of_birth(seventeen[6:14], today or latest_today())
    if fault is not None:
        raise fault
    birth = date(int(seventeen[6:10]), int(seventeen[10:12]), int(seventeen[12:14]))
    return Document(
        kind=DocumentKind.RESIDENT_CARD,
        issuer="CHN",
        number=seventeen + checks.mod_11_2(seventeen),
        holder=Holder(birth=PartialDate.from_date(birth), sex=_sex(number[14]), nationality="CHN"),
        former_number=number,
    )


def _read_foreigner_pr_18(number: str, _issuer: str, today: date | None) -> Document:
    birth = _birth_of_18(number, _is_foreigner_pr, today)
    return Document(
        kind=DocumentKind.FOREIGNER_PR,
        issuer="CHN",
        number=number,
        # A country code that ISO has given up since stays in the number for life: it is not refused.
        holder=Holder(
            birth=PartialDate.from_date(birth), sex=_sex(number[16]), nationality=ALPHA_3_OF.get(number[3:6], "")
        ),
    )


def _read_foreigner_pr_15(number: str, _issuer: str, today: date | None) -> Document:
    latest = today or latest_today()
    _require(number, _PR_15, lambda candidate: _fault_of_pr_15(candidate, latest))
    birth = parse_birth(number[7:13], latest)
    assert birth is not None, "it has just been required"
    return Document(
        kind=DocumentKind.FOREIGNER_PR,
        issuer="CHN",
        number=number,
        holder=Holder(birth=PartialDate.from_date(birth), nationality=number[:3]),
    )


def _read_hkm_permit(number: str, _issuer: str, _today: date | None) -> Document:
    count = int(number[9:]) if len(number) == 11 else None
    # Who carries HA or MA is a permanent resident there and a citizen of a state that the number does not say.
    origin = "" if number[1] == "A" else _PERMIT_ORIGIN[number[0]]
    return Document(
        kind=DocumentKind.HKM_PERMIT,
        issuer="CHN",
        number=lifelong(DocumentKind.HKM_PERMIT, number),
        holder=Holder(nationality=origin),
        issue_count=count,
    )


def _read_taiwan_permit(number: str, _issuer: str, _today: date | None) -> Document:
    return Document(
        kind=DocumentKind.TAIWAN_PERMIT,
        issuer="CHN",
        number=lifelong(DocumentKind.TAIWAN_PERMIT, number),
        holder=Holder(nationality="TWN"),
        issue_count=int(number[8:]) if len(number) == 10 else None,
    )


def _read_passport(number: str, issuer: str, _today: date | None) -> Document:
    stated = state(issuer)
    if stated is None:
        raise DocumentError("state_code", field="issuer")
    return Document(kind=DocumentKind.PASSPORT, issuer=stated, number=number)


# --- facts that several forms share


def _require(number: str, form: re.Pattern[str], fault_of: Callable[[str], DocumentError | None]) -> None:
    """Raise the fault of `number`, if it has one, with the slips that would explain it."""
    fault = fault_of(number)
    if fault is not None:

        def fits(other: str) -> bool:
            return form.fullmatch(other) is not None and fault_of(other) is None

        raise DocumentError(fault.code, **checks.slips(number, fits))


def _birth_of_18(number: str, is_region: Callable[[str], bool], today: date | None) -> date:
    """The birth date in 18 characters of which region, date and check character are right; DocumentError otherwise."""
    latest = today or latest_today()
    _require(number, _EIGHTEEN, lambda candidate: _fault_of_18(candidate, is_region, latest))
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def _fault_of_18(number: str, is_region: Callable[[str], bool], today: date) -> DocumentError | None:
    if not is_region(number):
        return DocumentError("number_region")
    return _fault_of_birth(number[6:14], today) or (
        None if checks.mod_11_2(number[:17]) == number[17] else DocumentError("number_check")
    )


def _fault_of_pr_15(number: str, today: date) -> DocumentError | None:
    if number[3:5] not in PROVINCES:
        return DocumentError("number_region")
    if parse_birth(number[7:13], today) is None:
        return DocumentError("number_birth_date")
    return None if checks.icao(number[:14]) == number[14] else DocumentError("number_check")


def _fault_of_birth(eight: str, today: date) -> DocumentError | None:
    birth = parse_day(eight)
    if birth is None:
        return DocumentError("number_birth_date")
    return None if _OLDEST_BIRTH <= birth <= today else DocumentError("number_birth_range")


def _sex(order: str) -> Sex:
    return Sex.MALE if int(order) % 2 else Sex.FEMALE


def _is_citizen(number: str) -> bool:
    return number[:2] in PROVINCES or number[:6] in RESIDENCE_PREFIXES


def _is_foreigner_pr(number: str) -> bool:
    return number[0] == "9" and number[1:3] in PROVINCES


@dataclass(frozen=True, slots=True)
class _Rule:
    """The kind of document that a number is on, its form and lengths, and what it says (number, issuer, today)."""

    kind: DocumentKind
    form: re.Pattern[str]
    lengths: range
    read: Callable[[str, str, date | None], Document]


_LINK: Final = re.compile(r"[0-9]{3}")
_STATE: Final = re.compile(r"[A-Z]{3}")
_PR_15: Final = re.compile(r"[A-Z]{3}[0-9]{12}")
_HKM_COUNTED: Final = re.compile(r"[HM][0-9]{10}")
_TAIWAN_COUNTED: Final = re.compile(r"[0-9]{10}")
_COUNTED: Final = {DocumentKind.HKM_PERMIT: _HKM_COUNTED, DocumentKind.TAIWAN_PERMIT: _TAIWAN_COUNTED}


_RULES: Final = {
    NumberKind.CITIZEN_18: _Rule(
        DocumentKind.RESIDENT_CARD, re.compile(r"[0-7][0-9]{16}[0-9X]"), range(18, 19), _read_citizen
    ),
    NumberKind.RESIDENCE_18: _Rule(
        DocumentKind.HMT_RESIDENCE, re.compile(r"8[0-9]{16}[0-9X]"), range(18, 19), _read_citizen
    ),
    NumberKind.FOREIGNER_PR_18: _Rule(
        DocumentKind.FOREIGNER_PR, re.compile(r"9[0-9]{16}[0-9X]"), range(18, 19), _read_foreigner_pr_18
    ),
    NumberKind.FOREIGNER_PR_15: _Rule(DocumentKind.FOREIGNER_PR, _PR_15, range(15, 16), _read_foreigner_pr_15),
    NumberKind.CITIZEN_15: _Rule(
        DocumentKind.RESIDENT_CARD, re.compile(r"[1-9][0-9]{14}"), range(15, 16), _read_citizen_15
    ),
    NumberKind.HKM_PERMIT: _Rule(DocumentKind.HKM_PERMIT, re.compile(r"[HM][0-9]{8}"), range(9, 10), _read_hkm_permit),
    NumberKind.HKM_PERMIT_1999: _Rule(DocumentKind.HKM_PERMIT, _HKM_COUNTED, range(11, 12), _read_hkm_permit),
    NumberKind.HKM_PERMIT_NON_CHINESE: _Rule(
        DocumentKind.HKM_PERMIT, re.compile(r"[HM]A[0-9]{7}"), range(9, 10), _read_hkm_permit
    ),
    NumberKind.TAIWAN_PERMIT: _Rule(
        DocumentKind.TAIWAN_PERMIT, re.compile(r"[0-9]{8}"), range(8, 9), _read_taiwan_permit
    ),
    NumberKind.TAIWAN_PERMIT_COUNTED: _Rule(
        DocumentKind.TAIWAN_PERMIT, _TAIWAN_COUNTED, range(10, 11), _read_taiwan_permit
    ),
    # Three digits at least: a word is no number.
    NumberKind.PASSPORT: _Rule(
        DocumentKind.PASSPORT, re.compile(r"(?=(?:[A-Z]*[0-9]){3})[A-Z0-9]{5,9}"), range(5, 10), _read_passport
    ),
}
