"""The text block of a Chinese card chip: 256 bytes, UTF-16LE, fields at fixed offsets, padded with spaces.

The character at byte 248 says which layout the block has; the layouts are in `identity.layouts`.
`decode` raises DocumentError and nothing else, whatever the bytes.
"""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Final

from gatepass.identity.documents import Document, DocumentError
from gatepass.identity.layouts import ETHNICITY_CODES, LAYOUTS, LONG_TERM, Field, layout_for

__all__ = [
    "ADDRESS_LENGTH",
    "BLOCK_LENGTH",
    "ETHNICITY_CODES",
    "LONG_TERM",
    "decode",
    "decode_address",
    "encode",
    "encode_address",
]

BLOCK_LENGTH: Final = 256
ADDRESS_LENGTH: Final = 70
"""Of the newest-address record, in bytes."""
_FLAG_OFFSET: Final = 248


def decode(block: bytes, *, today: date | None = None) -> Document:
    """The Document in a text block. `today` bounds the birth date; the portrait is not part of the block."""
    if len(block) != BLOCK_LENGTH:
        raise DocumentError("block_length", expected=BLOCK_LENGTH, found=len(block))
    flag = block[_FLAG_OFFSET : _FLAG_OFFSET + 2].decode("utf-16-le", errors="replace")
    layout = LAYOUTS.get(flag)
    if layout is None:
        raise DocumentError("layout_unknown")
    return layout.read({name: _text(block, name, field) for name, field in layout.fields.items()}, today)


def encode(document: Document) -> bytes:
    """The text block of a document: what a synthetic card carries. The inverse of `decode`.

    A permanent residence number of 18 characters is on the card of 2023, one of 15 on that of 2017. Raises
    `layout_not_supported` for a kind that no chip card carries, `text_length` where a text does not fit its field, and
    the codes of `decode` where a fact is missing or wrong.
    """
    layout = layout_for(document)
    block = bytearray(" ".encode("utf-16-le") * (BLOCK_LENGTH // 2))
    for name, text in layout.write(document).items():
        field = layout.fields[name]
        if not field.lay(block, _to_utf16(text, name)):
            raise DocumentError("text_length", field=name, longest=field.capacity // 2)
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
        text = field.cut(block).decode("utf-16-le")
    except UnicodeDecodeError:
        raise DocumentError("text_encoding", field=name) from None
    text = text.strip(" \u3000")
    # Python's own word comes first: it forbids more, and has looked at the whole text before we see one character.
    if not text.isprintable() and not all(map(_is_printable, text)):
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
