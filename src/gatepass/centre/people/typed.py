"""What staff typed becomes a document or a telephone number, or a refusal that says what is wrong with it."""

from __future__ import annotations

import re

from gatepass.centre.errors import RefusedError
from gatepass.centre.people.access import UNRULED_KINDS, plain_phone
from gatepass.identity import Document, DocumentError, DocumentKind
from gatepass.identity.numbers import normalise, parse, parse_citizen

_NUMBER = re.compile(r"[A-Z0-9]{3,20}")
_ISSUER = re.compile(r"[A-Z]{3}")
_CHIP = re.compile(r"[0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{16}|[0-9A-F]{20}")
"""4, 7, 8 or 10 bytes: all that contactless cards have (ISO/IEC 14443-3, and the chips of resident cards)."""
_PHONE = re.compile(r"\+?[0-9]{5,15}")


def read_typed_document(kind: str, issuer: str, number: str) -> Document:
    """What staff typed becomes a Document; RefusedError with `number_…` or `document_…` otherwise.

    Staff have chosen the kind: many a number could stand on several, and any eight digits are a Taiwan permit's.
    """
    of_kind = DocumentKind(kind)
    if of_kind not in UNRULED_KINDS:
        return _read_ruled(of_kind, issuer, number)
    number, issuer = normalise(number), normalise(issuer)
    if of_kind is DocumentKind.CARD_UID:
        # Its maker's number, as a reader gives it; no state has issued it.
        number = number.replace(":", "")
        if not _CHIP.fullmatch(number):
            raise RefusedError("number_form")
        return Document(kind=of_kind, issuer="", number=number)
    if not _NUMBER.fullmatch(number):
        raise RefusedError("document_number")
    if not _ISSUER.fullmatch(issuer):
        raise RefusedError("document_issuer")
    return Document(kind=of_kind, issuer=issuer, number=number)


def _read_ruled(kind: DocumentKind, issuer: str, number: str) -> Document:
    is_citizen = kind.family == "gb11643"
    try:
        # Fifteen digits are the number before 1999, which became the one of eighteen.
        if is_citizen and len(normalise(number)) != 15:
            return parse_citizen(number)
        return parse(number, kind, issuer=issuer)
    except DocumentError as error:
        code = "document_issuer" if error.code == "state_code" else error.code
        if not is_citizen and code in {"number_length", "number_characters"}:
            code = "number_form"
        raise RefusedError(code, **error.fields) from None


def read_typed_phone(number: str) -> str:
    """Five to fifteen digits (ITU-T E.164), a + before them if need be; RefusedError `phone_number` otherwise."""
    plain = plain_phone(number)
    if not _PHONE.fullmatch(plain):
        raise RefusedError("phone_number")
    return plain
