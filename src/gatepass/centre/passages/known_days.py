"""What a question to the counters came to on days that have not changed since it was asked.

A community's four weeks are some hundred thousand counters of its gates, scattered over the hours of the town: most of
a second in PostgreSQL. Days that are over hardly ever change. An answer is kept under all that the question names, its
gates among them, so that nobody is answered out of what others asked; and with the day's state, so that a record that
comes late, or any other, makes it be asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date
from typing import Final, Generic, TypeVar

from gatepass.centre.passages.town_totals import State

Answer = TypeVar("Answer")

MOST_KEPT: Final = 4_000
"""Days of questions; some fifty small rows each."""


class KnownDays(Generic[Answer]):
    """Safe to use from several threads: at worst a day is asked twice."""

    def __init__(self) -> None:
        self._known: dict[tuple[Hashable, date], tuple[State, list[Answer]]] = {}

    def of(
        self,
        question: Hashable,
        states: Mapping[date, State],
        ask: Callable[[list[date]], Iterable[tuple[date, Answer]]],
    ) -> list[Answer]:
        """The answers of all days of `states`, which were looked up before; `ask` is for those that are not known."""
        found: list[Answer] = []
        unknown: dict[date, list[Answer]] = {}
        for day, state in states.items():
            known = self._known.get((question, day))
            if known is not None and known[0] == state:
                found += known[1]
            else:
                unknown[day] = []
        if unknown:
            for day, answer in ask(list(unknown)):
                unknown[day].append(answer)
            if len(self._known) + len(unknown) > MOST_KEPT:
                self._known.clear()
            for day, answers in unknown.items():
                self._known[question, day] = states[day], answers
                found += answers
        return found
