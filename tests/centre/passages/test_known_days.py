"""An answer is remembered for the very question and the very state of a day, and for no other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from gatepass.centre.passages.known_days import KnownDays
from gatepass.centre.passages.postgres_reading import _spans

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def test_only_days_that_changed_are_asked_again() -> None:
    known: KnownDays[str] = KnownDays()
    asked: list[list[date]] = []

    def ask(days: list[date]) -> Iterator[tuple[date, str]]:
        asked.append(days)
        yield from ((day, f"{day:%A} {len(asked)}") for day in days)

    assert known.of("east", {MONDAY: (1,), TUESDAY: (1,)}, ask) == ["Monday 1", "Tuesday 1"]
    assert sorted(known.of("east", {MONDAY: (1,), TUESDAY: (2,)}, ask)) == ["Monday 1", "Tuesday 2"]
    assert known.of("east", {MONDAY: (1,)}, ask) == ["Monday 1"]
    assert asked == [[MONDAY, TUESDAY], [TUESDAY]]
    assert known.of("west", {MONDAY: (1,)}, ask) == ["Monday 3"]


def test_a_day_without_an_answer_is_known_too() -> None:
    known: KnownDays[str] = KnownDays()
    asked: list[list[date]] = []
    for _ in range(2):
        assert known.of("east", {MONDAY: (1,)}, lambda days: asked.append(days) or []) == []
    assert asked == [[MONDAY]]


def test_days_apart_are_asked_apart() -> None:
    november = [date(2026, 11, day) for day in (2, 4, 5, 9)]
    assert sorted(_spans(november)) == [
        [date(2026, 11, 2), date(2026, 11, 2)],
        [date(2026, 11, 4), date(2026, 11, 4)],
        [date(2026, 11, 5), date(2026, 11, 5)],
        [date(2026, 11, 9), date(2026, 11, 9)],
    ]
    assert list(_spans(november[1:3])) == [[date(2026, 11, 4), date(2026, 11, 5)]]
