"""The text block of a Chinese card chip: 256 bytes, UTF-16LE, fields at fixed offsets, padded with spaces.

The character at byte 248 says which layout the block has: a space for the resident card, `J` for the residence permit
of Hong Kong, Macao and Taiwan residents, `I` and `Y` for the permanent residence cards of 2017 and 2023. A `Layout`
is a table of fields and the two functions between its texts and a `Document`; adding a card adds a layout.

Offsets: Johann356/readinfo `PCSCGetData.h` and EPRSampleDemo, which agree; sex codes GB/T 2261.1; ethnicity GB/T 3304.
`decode` raises DocumentError and nothing else, whatever the bytes.

Sex is taken from its own field, not from the number: a person's card may rightly say otherwise than the order digit.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from gatepass.identity import numbers
from gatepass.identity.calendar import format_day, parse_day
from gatepass.identity.documents import Document, DocumentError, DocumentKind, Holder, PartialDate, Sex, Validity

BLOCK_LENGTH: Final = 256
ADDRESS_LENGTH: Final = 70
"""Of the newest-address record, in bytes."""

LONG_TERM: Final = "长期"
"""Stands where the last day of validity would stand, on the cards of people over 45."""

ETHNICITY_CODES: Final = frozenset([f"{code:02d}" for code in range(1, 57)] + ["97", "98"])
"""GB/T 3304, with 97 (other) and 98 (naturalised)."""

_SEX_CODES: Final = {"0": Sex.UNKNOWN, "1": Sex.MALE, "2": Sex.FEMALE, "9": Sex.UNSTATED}
_SEX_CODE_OF: Final = {sex: code for code, sex in _SEX_CODES.items()}

_FLAG_OFFSET: Final = 248

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Field:
    """Where a field lies, in bytes."""

    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of card: its flag, its fields, and how their texts become a Document and back."""

    flag: str
    kind: DocumentKind
    fields: Mapping[str, Field]
    read: Callable[[Texts, date | None], Document]
    write: Callable[[Document], Texts]


def decode(block: bytes, *, today: date | None = None) -> Document:
    """The Document in a text block. `today` bounds the birth date; the portrait is not part of the block."""
    if len(block) != BLOCK_LENGTH:
        raise DocumentError("block_length", expected=BLOCK_LENGTH, found=len(block))
    flag = block[_FLAG_OFFSET : _FLAG_OFFSET + 2].decode("utf-16-le", errors="replace")
    if flag in _ANNOUNCED:
        raise DocumentError("layout_not_supported", flag=flag)
    layout = _LAYOUTS.get(flag)
    if layout is None:
        raise DocumentError("layout_unknown")
    return layout.read({name: _text(block, name, field) for name, field in layout.fields.items()}, today)


def encode(document: Document) -> bytes:
    """The text block of a document: what a synthetic card carries. The inverse of `decode`.

    Raises `text_length` where a text does not fit its field, and the codes of `decode` where a fact is missing.
    """
    layout = next((layout for layout in _LAYOUTS.values() if layout.kind is document.kind), None)
    if layout is None:
        raise DocumentError("layout_not_supported", flag="")
    block = bytearray(" ".encode("utf-16-le") * (BLOCK_LENGTH // 2))
    for name, text in layout.write(document).items():
        field = layout.fields[name]
        written = _to_utf16(text, name)
        if len(written) > field.length:
            raise DocumentError("text_length", field=name, longest=field.length // 2)
        block[field.offset : field.offset + len(written)] = written
    block[_FLAG_OFFSET : _FLAG_OFFSET + 2] = layout.flag.encode("utf-16-le")
    return bytes(block)


def decode_address(record: bytes) -> str:
    """The newest-address record: 70 bytes, UTF-16LE, padded. Empty where nothing is written in it."""
    if len(record) != ADDRESS_LENGTH:
        raise DocumentError("block_length", expected=ADDRESS_LENGTH, found=len(record))
    return _text(record, "address", Field(0, ADDRESS_LENGTH))


def encode_address(address: str) -> bytes:
    """The inverse of `decode_address`."""
    written = _to_utf16(address, "address")
    if len(written) > ADDRESS_LENGTH:
        raise DocumentError("text_length", field="address", longest=ADDRESS_LENGTH // 2)
    return written + " ".encode("utf-16-le") * ((ADDRESS_LENGTH - len(written)) // 2)


def _text(block: bytes, name: str, field: Field) -> str:
    # Field by field, not the whole block at once: a rare character outside the BMP takes two of the field's units.
    try:
        text = block[field.offset : field.offset + field.length].decode("utf-16-le")
    except UnicodeDecodeError:
        raise DocumentError("text_encoding", field=name) from None
    text = text.strip(" \u3000")
    if not all(map(_is_printable, text)):
        raise DocumentError("text_encoding", field=name)
    return text


def _is_printable(character: str) -> bool:
    # Private use is allowed: the police print rare name characters from there. Controls, marks that turn the writing
    # direction, line ends and noncharacters (erased memory reads as U+FFFF) are not.
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} and ord(character) & 0xFFFE != 0xFFFE


def _to_utf16(text: str, name: str) -> bytes:
    try:
        return text.encode("utf-16-le")
    except UnicodeEncodeError:
        raise DocumentError("text_encoding", field=name) from None


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
    birth = _birth(texts["birth"])
    typed = numbers.parse_citizen(texts["number"], today=today)
    if typed.kind is not DocumentKind.RESIDENT_CARD:
        raise DocumentError("number_kind_mismatch")
    if typed.holder.birth != PartialDate.from_date(birth):
        raise DocumentError("number_birth_mismatch")
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

_LAYOUTS: Final = {layout.flag: layout for layout in (_RESIDENT,)}
_ANNOUNCED: Final = frozenset("IYJ")
"""Layouts that exist and are not read here yet: the guard types the number."""
