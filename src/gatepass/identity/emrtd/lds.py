"""The files of a travel document's chip (Logical Data Structure, ICAO 9303-10): what they say, not whether it is true.

    EF.COM         which data groups there are                  `groups_listed`
    EF.DG1         the machine-readable zone                    `zone`, and `identity.mrz` makes a Document of it
    EF.DG2         the holder's face, as the issuer encoded it  `face`
    EF.CardAccess  how the chip may be talked to                `security_infos`
    EF.ATR/INFO    how long commands and answers may be         `longest_answer`

They raise DocumentError `chip_read_failed` and nothing else, whatever the bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from gatepass.identity.documents import DocumentError
from gatepass.identity.emrtd import tlv
from gatepass.identity.emrtd.tlv import Tlv

_EF_COM: Final = 0x60
_EF_DG1: Final = 0x61
_EF_DG2: Final = 0x75
_ZONE: Final = 0x5F1F
_TAG_LIST: Final = 0x5C
_BIOMETRIC_GROUP: Final = 0x7F61
_BIOMETRIC: Final = 0x7F60
_FACE_RECORD: Final = 0x5F2E
_LONGEST: Final = 0x7F66

# Tags of the data groups, in the order of their numbers (9303-10, 4.7).
GROUP_OF_TAG: Final = {
    tag: number
    for number, tag in enumerate(
        (0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70), start=1
    )
}

JPEG: Final = b"\xff\xd8\xff"
JPEG_2000: Final = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
JPEG_2000_STREAM: Final = b"\xff\x4f\xff\x51"
_PICTURES: Final = (JPEG, JPEG_2000, JPEG_2000_STREAM)

_RECORD: Final = re.compile(rb"FAC\x00[0-9]{3}\x00", re.DOTALL)
_BEFORE_POINTS: Final = 14 + 20
"""Record header and facial information, 14 and 20 bytes (ISO/IEC 19794-5, 5.4 and 5.5)."""
_POINT: Final = 8
_IMAGE_HEADER: Final = 12
_DEEPEST: Final = 12


@dataclass(frozen=True, slots=True)
class SecurityInfo:
    """A way of talking to the chip that it offers (9303-11, 9.2)."""

    protocol: str
    """Dotted."""
    required: Tlv
    optional: Tlv | None = None


def zone(dg1: bytes) -> str:
    """The machine-readable zone of EF.DG1, its lines joined: 88, 72, 90 or, on Chinese permits, other characters."""
    text = _inside(dg1, _EF_DG1).child(_ZONE)
    if text is None:
        raise _broken("dg1")
    try:
        return text.value.decode("ascii").upper()
    except UnicodeDecodeError:
        raise _broken("dg1") from None


def groups_listed(com: bytes) -> frozenset[int]:
    """The numbers of the data groups that EF.COM lists. It is not signed: only EF.SOD says what must be there."""
    tags = _inside(com, _EF_COM).child(_TAG_LIST)
    if tags is None:
        raise _broken("com")
    return frozenset(GROUP_OF_TAG[tag] for tag in tags.value if tag in GROUP_OF_TAG)


def face(dg2: bytes) -> bytes | None:
    """The first face of EF.DG2 as a JPEG, JPEG 2000 or JPEG 2000 codestream file; None where it holds none.

    Encoded by ISO/IEC 19794-5 (tag 5F2E), or since 2026 by ISO/IEC 39794-5 (tag 7F2E), whose picture is found by how it
    begins: no field of that structure besides it begins so.
    """
    group = _inside(dg2, _EF_DG2).child(_BIOMETRIC_GROUP)
    template = None if group is None else group.child(_BIOMETRIC)
    if template is None:
        raise _broken("dg2")
    record = template.child(_FACE_RECORD)
    return _picture_inside(template, 0) if record is None else _picture_of_record(record.value)


def security_infos(octets: bytes) -> list[SecurityInfo]:
    """SecurityInfos of EF.CardAccess, EF.DG14 (its value) or EF.CardSecurity (what it signs)."""
    found = []
    for item in tlv.first(octets).children:
        parts = item.children
        if len(parts) >= 2 and parts[0].tag == tlv.OBJECT_IDENTIFIER:
            found.append(SecurityInfo(tlv.oid(parts[0].value), parts[1], parts[2] if len(parts) > 2 else None))
    return found


def longest_answer(atr_info: bytes) -> int | None:
    """The longest answer that EF.ATR/INFO allows (ISO/IEC 7816-4, 12.7.1): 7F66 with the longest command, then the
    longest answer; None where it does not say.
    """
    item = tlv.find(tlv.parse(atr_info), _LONGEST)
    sizes = [] if item is None else [int.from_bytes(size.value, "big") for size in item.children]
    return sizes[1] if len(sizes) > 1 else None


def _picture_of_record(record: bytes) -> bytes | None:
    """The first picture of a facial record: the lengths say where; where they lie, how it begins says it."""
    begins = _RECORD.match(record)
    if begins is not None and len(record) >= _BEFORE_POINTS:
        block = int.from_bytes(record[14:18], "big")
        points = int.from_bytes(record[18:20], "big")
        start = _BEFORE_POINTS + points * _POINT + _IMAGE_HEADER
        if record.startswith(_PICTURES, start):
            return record[start : 14 + block] or None
    starts = [at for kind in _PICTURES if (at := record.find(kind)) >= 0]
    return record[min(starts) :] if starts else None


def _picture_inside(item: Tlv, depth: int) -> bytes | None:
    if not item.constructed:
        return item.value if item.value.startswith(_PICTURES) else None
    if depth >= _DEEPEST:
        return None
    for inner in item.children:
        picture = _picture_inside(inner, depth + 1)
        if picture is not None:
            return picture
    return None


def _inside(octets: bytes, tag: int) -> Tlv:
    found = tlv.first(octets)
    if found.tag != tag:
        raise _broken(f"{tag:02x}")
    return found


def _broken(what: str) -> DocumentError:
    return DocumentError("chip_read_failed", what=what)
