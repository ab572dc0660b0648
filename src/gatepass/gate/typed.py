"""A number that the guard types for somebody: of which document, by which state, and what is wrong with it.

    M12345678            -> number_ambiguous: a Macao resident's permit, or a passport?   kinds
    M12345678, passport  -> issuer_needed: by which state?                                states
    M12345678, passport, KOR -> the Document

Nothing is guessed: eight digits are on a Taiwan permit and on passports of several states, and the wrong kind would be
another person's key.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Final

from gatepass.gate.problems import DeskError
from gatepass.identity import Assurance, Document, DocumentError, DocumentKind
from gatepass.identity.numbers import document_kinds, parse
from gatepass.identity.states import state

# Whose passports are seen most at Chinese gates; a gate's own experience comes before them.
USUAL_STATES: Final = ("KOR", "JPN", "USA", "GBR", "VNM", "RUS", "DEU", "FRA", "CAN", "AUS", "IND", "SGP")
STATES_OFFERED: Final = 8


class TypedNumbers:
    """Reads typed numbers; remembers which states' passports this gate has seen, and nothing of their holders."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def seen(self, state_code: str) -> None:
        """A passport of a citizen of this state was laid down, shown or typed."""
        if state(state_code):
            self._seen[state_code] += 1

    def states(self) -> list[str]:
        """The issuing states to offer, alpha-3, the likeliest first."""
        ordered = [code for code, _ in self._seen.most_common(STATES_OFFERED)]
        return [*ordered, *(code for code in USUAL_STATES if code not in ordered)][:STATES_OFFERED]

    def read(self, number: str, kind: DocumentKind | None, issuer: str) -> Document:
        """The document that the guard means.

        DeskError `number_invalid` (a slip: with its place), `number_ambiguous` (with `kinds`), `issuer_needed` (with
        `states`).
        """
        kinds = document_kinds(number)
        if kind is None and len(kinds) > 1:
            raise DeskError("number_ambiguous", kinds=" ".join(kinds))
        if kind is None and kinds:
            kind = kinds[0]
        if kind is DocumentKind.PASSPORT and DocumentKind.PASSPORT in kinds and not issuer:
            raise DeskError("issuer_needed", states=" ".join(self.states()))
        try:
            document = parse(number, kind, issuer=issuer)
        except DocumentError as error:
            raise DeskError("number_invalid", **error.fields | {"detail": error.code}) from error
        if document.kind is DocumentKind.PASSPORT:
            self.seen(document.issuer)
        return replace(document, assurance=Assurance.TYPED)
