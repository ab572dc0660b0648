"""What a day came to, for as long as it has not changed since it was asked.

A community's four weeks are some hundred thousand counters of its gates, scattered over the hours of the town: most of
a second in PostgreSQL. Days that are over hardly ever change. An answer is kept under all that the question names, its
gates among them, so that nobody is answered out of what others asked; and with the day's state, so that a record that
comes late, or any other, makes it be asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date
from typing import Final, Generic, TypeVar

Answer = TypeVar("Answer")
What = TypeVar("What")
State = tuple[Hashable, ...]
"""Another one as soon as anything of the day has changed."""

MOST_KEPT: Final = 4_000
"""Days of questions; some fifty small rows each."""


class Memory(Generic[What]):
    """Safe to use from several threads: at worst something is asked twice. When it holds `most`, it begins anew."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: dict[Hashable, tuple[State, What]] = {}

    def known(self, day: Hashable, state: State) -> What | None:
        """What is remembered of it, if it is in this state still."""
        found = self._known.get(day)
        return found[1] if found is not None and found[0] == state else None

    def keep(self, day: Hashable, state: State, what: What) -> None:
        """`state` was asked before `what`: what is written between the two makes another state."""
        if len(self._known) >= self._most:
            self._known.clear()
        self._known[day] = state, what


class KnownDays(Generic[Answer]):
    """The answers to questions, of which some days may be known."""

    def __init__(self) -> None:
        self._known: Memory[list[Answer]] = Memory(MOST_KEPT)

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
            known = self._known.known((question, day), state)
            if known is None:
                unknown[day] = []
            else:
                found += known
        if unknown:
            for day, answer in ask(list(unknown)):
                unknown[day].append(answer)
            for day, answers in unknown.items():
                self._known.keep((question, day), states[day], answers)
                found += answers
        return found
