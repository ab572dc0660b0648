"""What an application says: the person, the document, the home, the declaration, and the stays of the last days."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from gatepass.identity import Document, DocumentKind, Holder, PartialDate, Sex
from gatepass.policy.colours.facts import Declaration, Stay

MOST_STAYS = 30


class StayTold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One stay elsewhere; moments are aware."""

    at: datetime
    until: datetime | None
    stay: Stay


class ApplicationFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    full_name: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    kind: DocumentKind
    number: str
    issuer: str
    birth: str
    """ISO 8601, possibly without day, or without day and month; empty where it is not known."""
    declaration: Declaration
    latin_name: Annotated[str, msgspec.Meta(max_length=120)] = ""
    sex: Sex = Sex.UNKNOWN
    nationality: str = ""
    language: str = "zh-hans"
    phone: str = ""
    """The person's own number, where the applicant is somebody else."""
    address: Annotated[str, msgspec.Meta(max_length=200)] = ""
    stays: Annotated[list[StayTold], msgspec.Meta(max_length=MOST_STAYS)] = []

    @property
    def document(self) -> Document:
        """The document with its holder, as `people.register_resident` wants it."""
        birth = PartialDate(*map(int, self.birth.split("-"))) if self.birth else None
        holder = Holder(self.full_name, self.latin_name, birth, self.sex, self.nationality)
        return Document(kind=self.kind, issuer=self.issuer, number=self.number, holder=holder)


def packed(facts: ApplicationFacts) -> str:
    return msgspec.json.encode(facts).decode()


def unpacked(text: str) -> ApplicationFacts:
    return msgspec.json.decode(text, type=ApplicationFacts)
