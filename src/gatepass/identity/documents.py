"""What every reader, scanner and keypad yields: one `Document`, whatever the person carries.

DocumentError(code, **fields)      the only exception that this room raises
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final


class DocumentKind(StrEnum):
    """What was laid down. The value travels on the wire and into the passage log: never rename one."""

    RESIDENT_CARD = "resident_card"
    HMT_RESIDENCE = "hmt_residence"
    FOREIGNER_PR = "foreigner_pr"
    HKM_PERMIT = "hkm_permit"
    TAIWAN_PERMIT = "taiwan_permit"
    PASSPORT = "passport"
    CARD_UID = "card_uid"
    """A card enrolled beforehand and known by the number of its chip alone, which anybody can copy."""
    OTHER = "other"

    @property
    def family(self) -> str:
        """The number space that the number is drawn from: two kinds that print the same number share a family.

        A citizen's 18 digits and the 81/82/83 residence numbers are one space (GB 11643), whether read or typed.
        """
        return "gb11643" if self in {DocumentKind.RESIDENT_CARD, DocumentKind.HMT_RESIDENCE} else self.value


class Sex(StrEnum):
    """GB/T 2261.1 codes 0, 1, 2 and 9, in words."""

    UNKNOWN = "unknown"
    MALE = "male"
    FEMALE = "female"
    UNSTATED = "unstated"


class Assurance(StrEnum):
    """How a document was read, and so how far the reading proves that it is genuine."""

    VERIFIED = "verified"
    """From the chip, and its issuer's signature (or the security module of the reader) vouches for it."""
    CHIP = "chip"
    """From the chip; nothing that this gate holds can verify the issuer's signature."""
    PRINTED = "printed"
    """From what is printed: check digits found it read rightly, nothing says that it is genuine."""
    TYPED = "typed"
    """A person said so."""
    COPYABLE = "copyable"
    """A number that the card gives to everybody: it finds a person and proves nothing."""
    UNSTATED = "unstated"


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A birth date of which the day, or day and month, may be unknown (passports of several states)."""

    year: int
    month: int | None = None
    day: int | None = None

    def isoformat(self) -> str:
        parts = [f"{self.year:04d}"]
        if self.month is not None:
            parts.append(f"{self.month:02d}")
            if self.day is not None:
                parts.append(f"{self.day:02d}")
        return "-".join(parts)

    @classmethod
    def from_date(cls, day: date) -> PartialDate:
        return cls(day.year, day.month, day.day)


@dataclass(frozen=True, slots=True)
class Validity:
    """From and to, both inclusive. `last` is None where the document says 长期 (long-term) or states no end."""

    first: date | None = None
    last: date | None = None

    def has_begun(self, on: date) -> bool:
        return self.first is None or self.first <= on

    def has_ended(self, on: date) -> bool:
        return self.last is not None and on > self.last


@dataclass(frozen=True, slots=True)
class Holder:
    """The person as the document prints them. Kept out of every repr: names never reach a log line."""

    native_name: str = field(default="", repr=False)
    latin_name: str = field(default="", repr=False)
    birth: PartialDate | None = field(default=None, repr=False)
    sex: Sex = Sex.UNKNOWN
    nationality: str = ""
    """ISO 3166-1 alpha-3; empty where the document does not say."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document as read. `number` is normalised: no spaces, upper case, ASCII digits."""

    kind: DocumentKind
    issuer: str
    """ISO 3166-1 alpha-3 of the issuing state or region."""
    number: str = field(repr=False)
    holder: Holder = field(default_factory=Holder)
    validity: Validity = Validity()
    address: str = field(default="", repr=False)
    authority: str = field(default="", repr=False)
    ethnicity: str = field(default="", repr=False)
    """Code of GB/T 3304, two digits; only the resident card carries it."""
    portrait: bytes | None = field(default=None, repr=False)
    former_number: str = field(default="", repr=False)
    """The number of an earlier document that this one itself names: a person may still be registered under it."""
    permit_number: str = field(default="", repr=False)
    """The travel permit that a Hong Kong, Macao or Taiwan resident's residence permit goes with."""
    issue_count: int | None = None
    """How often a travel permit has been issued, 0 to 99; None where the document does not say."""
    assurance: Assurance = field(default=Assurance.UNSTATED, compare=False)
    """How it was read. The same document, read in two ways, is the same document."""
    doubt: str = field(default="", compare=False)
    """Why a chip's data are believed no further than `assurance` says: empty, or a code with its sentences in
    `identity.emrtd`.
    """
    renewals: int | None = None
    """How often a permanent residence card has been renewed, 0 to 99; None where the document does not say."""


class DocumentError(Exception):
    """A document that cannot be read or is not what it claims. `code` is stable; `fields` never name a person."""

    def __init__(self, code: str, **fields: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields


# Every code that a DocumentError may carry. `policy.reasons` has a sentence for each; a test compares the two.
DOCUMENT_ERROR_CODES: Final[frozenset[str]] = frozenset(
    {
        # numbers, read or typed
        "number_length",
        "number_characters",
        "number_region",
        "number_birth_date",
        "number_birth_range",
        "number_check",
        # the issuing state or the nationality
        "state_code",
        # machine-readable zones
        "mrz_layout",
        "mrz_characters",
        "mrz_check",
        # the text block of a card
        "block_length",
        "text_encoding",
        "text_length",
        "layout_unknown",
        "layout_not_supported",
        "name_missing",
        "sex_code",
        "ethnicity_code",
        "birth_date",
        "validity_date",
        "validity_order",
        "number_birth_mismatch",
        "number_kind_mismatch",
        # the card on the reader
        "card_removed_early",
        "card_read_failed",
        "card_wrong_kind",
        "card_rejected",
        # the chip of a travel document
        "mrz_needed",
        "chip_access_denied",
        "chip_read_failed",
        "chip_not_supported",
        "chip_altered",
        # the reader itself, while somebody's card lay on it
        "reader_silent",
        "reader_check_error",
        "reader_length_error",
        "reader_error",
        "reader_self_test_failed",
        "reader_not_authorised",
        "reader_vanished",
    }
)
