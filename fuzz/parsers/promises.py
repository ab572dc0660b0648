"""What a parser is, and how a promise that it breaks is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from gatepass.identity import Document, DocumentError
from gatepass.identity.documents import DOCUMENT_ERROR_CODES

TODAY: Final = date(2024, 11, 23)
"""Fixed, so that a finding is the same finding tomorrow."""

ACCEPTED: Final = "accepted"


class NotPromisedError(AssertionError):
    """The parser did something that it does not promise. The message never holds the input."""


@dataclass(frozen=True, slots=True)
class Parser:
    """`seeds` are inputs that an honest device sends; `parse` gives `accepted` or the code of the refusal."""

    name: str
    seeds: Callable[[], list[bytes]]
    parse: Callable[[bytes], str]
    longest: int
    """Of an input, in bytes: longer ones say nothing new."""


def require(fact: bool, otherwise: str) -> None:
    if not fact:
        raise NotPromisedError(otherwise)


def refusal(error: DocumentError) -> str:
    """The code of a refusal, if code and fields are as promised."""
    require(error.code in DOCUMENT_ERROR_CODES, f"unlisted code {error.code}")
    require(all(type(fact) in {str, int} for fact in error.fields.values()), "a field that is neither text nor int")
    return error.code


def outcome(parse: Callable[[], Document]) -> Document | str:
    """The document, or the code of its refusal."""
    try:
        document = parse()
    except DocumentError as error:
        return refusal(error)
    require(bool(document.number), "a document without a number")
    require(document.number == document.number.strip().upper(), "a number that is not normalised")
    require(len(document.number) < 6 or document.number not in repr(document), "a number in a repr")
    return document


def as_text(octets: bytes) -> str:
    """Any bytes as text, so that every character, lone surrogates too, can come about."""
    return octets.decode("utf-8", errors="surrogateescape")


def as_octets(text: str) -> bytes:
    return text.encode("utf-8", errors="surrogateescape")
