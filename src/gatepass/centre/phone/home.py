"""The residents' first page is put together from what each noun contributes. A new noun is a line here."""

from __future__ import annotations

from typing import Final

from gatepass.centre.arrivals.card import arrivals
from gatepass.centre.interpreting.card import interpreter
from gatepass.centre.notices.card import notices
from gatepass.centre.phone.cards import Card, Contribution, Reader
from gatepass.centre.quarantine.card import quarantine
from gatepass.centre.questions.card import questions
from gatepass.centre.surveys.card import surveys
from gatepass.centre.visitors.card import visitors
from gatepass.centre.volunteers.card import helping

CARDS: Final[tuple[Contribution, ...]] = (
    *(quarantine, surveys, questions, interpreter, visitors, notices, arrivals, helping),
)
"""In the order in which they stand; what must be done now comes before all others."""


def cards_for(reader: Reader) -> list[Card]:
    found = [card for contribution in CARDS for card in contribution(reader)]
    return sorted(found, key=lambda card: not card.first)
