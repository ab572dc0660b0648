"""What stands where on the four Chinese card chips: a `Layout` for each, read and written by `identity.chip`.

    flag   card                                                   number
    space  resident card                                          citizen, 18
    J      residence permit of Hong Kong, Macao, Taiwan residents 81/82/83, 18
    I      permanent residence card of 2017                       15
    Y      permanent residence card of 2023                       18, and a link to the 15 of an earlier card

Offsets: Johann356/readinfo `PCSCGetData.h` and EPRSampleDemo, which agree; sex codes GB/T 2261.1; ethnicity GB/T 3304.

Sex is taken from its own field, not from the number: a person's card may rightly say otherwise than the order digit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from gatepass.identity import numbers
from gatepass.identity.calendar import format_day, latest_today, parse_day
from gatepass.identity.documents import Document, DocumentError, DocumentKind, Holder, PartialDate, Sex, Validity

LONG_TERM: Final = "长期"
"""Stands where the last day of validity would stand, on the cards of people over 45."""

ETHNICITY_CODES: Final = frozenset([f"{code:02d}" for code in range(1, 57)] + ["97", "98"])
"""GB/T 3304, with 97 (other) and 98 (naturalised)."""

_SEX_CODES: Final = {"0": Sex.UNKNOWN, "1": Sex.MALE, "2": Sex.FEMALE, "9": Sex.UNSTATED}
_SEX_CODE_OF: Final = {sex: code for code, sex in _SEX_CODES.items()}
_OLDEST: Final = 125  # years: a damaged digit of the year must not make a centenarian
_COUNT: Final = re.compile(r"[0-9]{1,2}")
_STATE: Final = re.compile(r"[A-Z]{3}")

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Field:
    """Where a field lies, in bytes; `rest` where it goes on elsewhere."""

    offset: int
    length: int
    rest: Field | None = None

    def cut(self, block: bytes) -> bytes:
        """The bytes of the field, its pieces joined as they are: a space at the end of a piece is part of the text."""
        return block[self.offset : self.offset + self.length] + (b"" if self.rest is None else self.rest.cut(block))

    def lay(self, block: bytearray, written: bytes) -> bool:
        """Put `written` at the beginning of the field; False where it does not fit."""
        here, there = written[: self.length], written[self.length :]
        block[self.offset : self.offset + len(here)] = here
        return not there or (self.rest is not None and self.rest.lay(block, there))

    @property
    def capacity(self) -> int:
        return self.length + (0 if self.rest is None else self.rest.capacity)


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of card: its flag, its fields, and how their texts become a Document and back."""

    flag: str
    kind: DocumentKind
    fields: Mapping[str, Field]
    read: Callable[[Texts, date | None], Document]
    write: Callable[[Document], Texts]


# --- facts that several layouts share


def _sex(text: str) -> Sex:
    sex = _SEX_CODES.get(text)
    if sex is None:
        raise DocumentError("sex_code")
    return sex


def _birth(text: str) -> date:
    day = parse_day(text)
    if day is None:
        raise DocumentError("birth_date")
    return day


def _validity(first: str, last: str) -> Validity:
    first_day = parse_day(first)
    last_day = None if last == LONG_TERM else parse_day(last)
    if first_day is None or (last_day is None and last != LONG_TERM):
        raise DocumentError("validity_date")
    if last_day is not None and last_day < first_day:
        raise DocumentError("validity_order")
    return Validity(first_day, last_day)


def _validity_texts(validity: Validity) -> dict[str, str]:
    if validity.first is None:
        raise DocumentError("validity_date")
    last = LONG_TERM if validity.last is None else format_day(validity.last)
    return {"valid_from": format_day(validity.first), "valid_to": last}


def _birth_text(birth: PartialDate | None) -> str:
    if birth is None or birth.month is None or birth.day is None:
        raise DocumentError("birth_date")
    return f"{birth.year:04d}{birth.month:02d}{birth.day:02d}"


def _number(texts: Texts, kind: DocumentKind, today: date | None) -> Document:
    """What the number says; it must be one of `kind`'s, and of a person born on the day that the card says."""
    birth = _birth(texts["birth"])
    typed = _typed(texts["number"], kind, today)
    if typed.kind is not kind:
        raise DocumentError("number_kind_mismatch")
    stated = typed.holder.birth
    assert stated is not None, "every number on a chip contains a birth date"
    # The number of 2017 has two digits of the year: somebody of 100 years is not to be refused over the century.
    same_year = stated.year == birth.year
    if not same_year and len(typed.number) == 15:
        oldest = (today or latest_today()).year - _OLDEST
        same_year = oldest <= birth.year == stated.year - 100
    if not same_year or (stated.month, stated.day) != (birth.month, birth.day):
        raise DocumentError("number_birth_mismatch")
    return typed


def _typed(number: str, kind: DocumentKind, today: date | None) -> Document:
    if kind is DocumentKind.FOREIGNER_PR:
        return numbers.parse(number, kind, today=today)
    return numbers.parse_citizen(number, today=today)


def _count(text: str) -> int | None:
    # What is no number is not stated: nobody is turned away over how often a card was issued.
    return int(text) if _COUNT.fullmatch(text) else None


def _count_text(count: int | None) -> str:
    if count is not None and not 0 <= count <= 99:
        raise DocumentError("text_length", field="count", longest=2)
    return "" if count is None else f"{count:02d}"


def _ethnicity(text: str) -> str:
    # Two digits that the standard does not list are kept as "not stated": nobody is turned away over an ethnicity.
    if text in ETHNICITY_CODES:
        return text
    if text == "" or (len(text) == 2 and text.isascii() and text.isdigit()):
        return ""
    raise DocumentError("ethnicity_code")


# --- the resident card


def _read_resident(texts: Texts, today: date | None) -> Document:
    if not texts["name"]:
        raise DocumentError("name_missing")
    sex = _sex(texts["sex"])
    typed = _number(texts, DocumentKind.RESIDENT_CARD, today)
    return Document(
        kind=DocumentKind.RESIDENT_CARD,
        issuer=typed.issuer,
        number=typed.number,
        holder=Holder(
            native_name=texts["name"], birth=typed.holder.birth, sex=sex, nationality=typed.holder.nationality
        ),
        validity=_validity(texts["valid_from"], texts["valid_to"]),
        address=texts["address"],
        authority=texts["authority"],
        ethnicity=_ethnicity(texts["ethnicity"]),
    )


def _write_resident(document: Document) -> Texts:
    return {
        "name": document.holder.native_name,
        "sex": _SEX_CODE_OF[document.holder.sex],
        "ethnicity": document.ethnicity,
        "birth": _birth_text(document.holder.birth),
        "address": document.address,
        "number": document.number,
        "authority": document.authority,
        **_validity_texts(document.validity),
    }


_RESIDENT: Final = Layout(
    flag=" ",
    kind=DocumentKind.RESIDENT_CARD,
    fields={
        "name": Field(0, 30),
        "sex": Field(30, 2),
        "ethnicity": Field(32, 4),
        "birth": Field(36, 16),
        "address": Field(52, 70),
        "number": Field(122, 36),
        "authority": Field(158, 30),
        "valid_from": Field(188, 16),
        "valid_to": Field(204, 16),
    },
    read=_read_resident,
    write=_write_resident,
)


# --- the residence permit of Hong Kong, Macao and Taiwan residents


def _read_residence(texts: Texts, today: date | None) -> Document:
    typed = _number(texts, DocumentKind.HMT_RESIDENCE, today)
    if not texts["name"]:
        raise DocumentError("name_missing")
    return Document(
        kind=DocumentKind.HMT_RESIDENCE,
        issuer=typed.issuer,
        number=typed.number,
        holder=Holder(
            native_name=texts["name"],
            birth=typed.holder.birth,
            sex=_sex(texts["sex"]),
            nationality=typed.holder.nationality,
        ),
        validity=_validity(texts["valid_from"], texts["valid_to"]),
        address=texts["address"],
        authority=texts["authority"],
        permit_number=texts["permit"],
        issue_count=_count(texts["issues"]),
    )


def _write_residence(document: Document) -> Texts:
    texts = dict(_write_resident(document))
    del texts["ethnicity"]
    return texts | {"permit": document.permit_number, "issues": _count_text(document.issue_count)}


_RESIDENCE: Final = Layout(
    flag="J",
    kind=DocumentKind.HMT_RESIDENCE,
    fields={name: field for name, field in _RESIDENT.fields.items() if name != "ethnicity"}
    | {"permit": Field(220, 18), "issues": Field(238, 4)},
    read=_read_residence,
    write=_write_residence,
)


# --- permanent residence cards: 2017 and 2023


def _read_2017(texts: Texts, today: date | None) -> Document:
    return _read_permanent_residence(texts, 15, today)


def _read_2023(texts: Texts, today: date | None) -> Document:
    return _read_permanent_residence(texts, 18, today)


def _read_permanent_residence(texts: Texts, length: int, today: date | None) -> Document:
    typed = _number(texts, DocumentKind.FOREIGNER_PR, today)
    if len(typed.number) != length:
        raise DocumentError("number_kind_mismatch")
    if not texts["name"] and not texts["latin_name"]:
        raise DocumentError("name_missing")
    nationality = texts["nationality"]
    if not _STATE.fullmatch(nationality):
        raise DocumentError("state_code", field="nationality")
    return Document(
        kind=DocumentKind.FOREIGNER_PR,
        issuer=typed.issuer,
        number=typed.number,
        holder=Holder(
            native_name=texts["name"],
            latin_name=" ".join(texts["latin_name"].split()),
            birth=PartialDate.from_date(_birth(texts["birth"])),
            sex=_sex(texts["sex"]),
            nationality=nationality,
        ),
        validity=_validity(texts["valid_from"], texts["valid_to"]),
        authority=texts.get("authority", ""),
        former_number=numbers.former_number(typed.number, nationality, texts.get("link", "")),
        renewals=_count(texts.get("renewals", "")),
    )


def _write_permanent_residence(document: Document) -> dict[str, str]:
    return {
        "name": document.holder.native_name,
        "latin_name": document.holder.latin_name,
        "sex": _SEX_CODE_OF[document.holder.sex],
        "birth": _birth_text(document.holder.birth),
        "number": document.number,
        "nationality": document.holder.nationality,
        **_validity_texts(document.validity),
    }


def _write_2017(document: Document) -> Texts:
    return _write_permanent_residence(document) | {"version": "01", "authority": document.authority}


def _write_2023(document: Document) -> Texts:
    former = document.former_number
    link = numbers.old_number_link(former)
    if numbers.former_number(document.number, document.holder.nationality, link) != former:
        raise DocumentError("number_kind_mismatch")
    return _write_permanent_residence(document) | {"renewals": _count_text(document.renewals), "link": link}


_PERMANENT_2017: Final = Layout(
    flag="I",
    kind=DocumentKind.FOREIGNER_PR,
    fields={
        "latin_name": Field(0, 120),
        "sex": Field(120, 2),
        "number": Field(122, 30),
        "nationality": Field(152, 6),
        "name": Field(158, 30),
        "valid_from": Field(188, 16),
        "valid_to": Field(204, 16),
        "birth": Field(220, 16),
        "version": Field(236, 4),
        "authority": Field(240, 8),
    },
    read=_read_2017,
    write=_write_2017,
)

_PERMANENT_2023: Final = Layout(
    flag="Y",
    kind=DocumentKind.FOREIGNER_PR,
    fields={
        "name": Field(0, 30),
        "sex": Field(30, 2),
        "renewals": Field(32, 4),
        "birth": Field(36, 16),
        "latin_name": Field(52, 70, rest=Field(220, 22)),
        "number": Field(122, 36),
        "valid_from": Field(188, 16),
        "valid_to": Field(204, 16),
        "nationality": Field(242, 6),
        "link": Field(250, 6),
    },
    read=_read_2023,
    write=_write_2023,
)

LAYOUTS: Final = {layout.flag: layout for layout in (_RESIDENT, _RESIDENCE, _PERMANENT_2017, _PERMANENT_2023)}


def layout_for(document: Document) -> Layout:
    """The layout of the card that a document is on; DocumentError `layout_not_supported` where no chip carries it."""
    if document.kind is DocumentKind.FOREIGNER_PR:
        return _PERMANENT_2017 if len(document.number) == 15 else _PERMANENT_2023
    for layout in LAYOUTS.values():
        if layout.kind is document.kind:
            return layout
    raise DocumentError("layout_not_supported")
