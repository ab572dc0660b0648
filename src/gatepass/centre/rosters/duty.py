"""Who is on duty at an instant, and where nobody is: pure functions over a roster.

Layers, each over the ones below:

    1. patterns     what repeats by the week, on the wall clock of its place
    2. instead      from then to then somebody else does this shift; of two, the later row counts
    3. extra        once, beside the patterns
    4. away         whoever is away is on no duty, whatever else was written down

All instants are aware and in UTC. A shift begins and ends when the wall clock says so: on the night when clocks go
forward it is an hour shorter, on the other night an hour longer, and shifts that meet on the wall clock meet in fact.
A time that the clock leaps over is the moment of the leap; one that it shows twice is the first of the two.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

DAY = timedelta(days=1)

Place = tuple[int | None, int | None]
"""Community and site; one of them, or none: the whole town."""
Stretch = tuple[datetime, datetime]
"""From, and until (not included)."""


@dataclass(frozen=True, slots=True)
class Pattern:
    id: int
    member: int
    languages: frozenset[str]
    channels: frozenset[str]
    weekdays: frozenset[int]
    """Monday is 0: the days on which it begins."""
    starts: time
    ends: time
    """At or before `starts`: on the next day. The same: 24 hours on the wall clock."""
    first_day: date
    zone: tzinfo
    last_day: date | None = None
    every_weeks: int = 1
    """2: every other week, counted from the week of `first_day`."""
    place: Place = (None, None)


@dataclass(frozen=True, slots=True)
class Instead:
    pattern: int
    day: date
    """On which the shift begins."""
    member: int
    begins: datetime
    ends: datetime
    languages: frozenset[str]
    """Those of the shift that this member speaks."""


@dataclass(frozen=True, slots=True)
class Extra:
    id: int
    member: int
    begins: datetime
    ends: datetime
    languages: frozenset[str]
    channels: frozenset[str]
    place: Place = (None, None)


@dataclass(frozen=True, slots=True)
class Away:
    member: int
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Roster:
    """`insteads` in the order in which they were written down."""

    patterns: tuple[Pattern, ...] = ()
    insteads: tuple[Instead, ...] = ()
    extras: tuple[Extra, ...] = ()
    aways: tuple[Away, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """One member on duty without a break."""

    member: int
    begins: datetime
    ends: datetime
    languages: frozenset[str]
    channels: frozenset[str]
    place: Place
    pattern: int | None = None
    day: date | None = None
    """Of the shift, where it is one of a pattern."""
    extra: int | None = None
    instead_of: int | None = None

    def covers(self, at: datetime, language: str | None = None, channel: str | None = None) -> bool:
        return self.begins <= at < self.ends and self.serves(language, channel)

    def serves(self, language: str | None, channel: str | None) -> bool:
        return (language is None or language in self.languages) and (channel is None or channel in self.channels)


def instant(day: date, at: time, zone: tzinfo) -> datetime:
    """When the wall clock of `zone` first shows this; where it never does, the moment at which it leaps over it."""
    local = datetime.combine(day, at, tzinfo=zone)
    found = local.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return found
    early, late = local.replace(fold=1).astimezone(UTC), found
    before = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) // 2
        if middle.astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)


def occurrence(pattern: Pattern, day: date) -> Stretch | None:
    """The shift that begins on this day; None where there is none, or the clock leaps over all of it."""
    if day.weekday() not in pattern.weekdays or day < pattern.first_day:
        return None
    if pattern.last_day is not None and day > pattern.last_day:
        return None
    monday = pattern.first_day - timedelta(days=pattern.first_day.weekday())
    if (day - monday).days // 7 % pattern.every_weeks:
        return None
    begins = instant(day, pattern.starts, pattern.zone)
    ends = instant(day if pattern.ends > pattern.starts else day + DAY, pattern.ends, pattern.zone)
    return (begins, ends) if begins < ends else None


def spans(roster: Roster, begin: datetime, end: datetime) -> list[Span]:
    """Everybody's duty between two instants, whole where it reaches beyond them; by beginning, then by member."""
    given: dict[tuple[int, date], list[Instead]] = {}
    for instead in roster.insteads:
        given.setdefault((instead.pattern, instead.day), []).append(instead)
    away: dict[int, list[Stretch]] = {}
    for one in roster.aways:
        away.setdefault(one.member, []).append((one.begins, one.ends))
    found = [
        rest
        for span in (*_shifts(roster.patterns, given, begin, end), *map(_once, roster.extras))
        for rest in _without(span, away.get(span.member, ()))
        if rest.begins < end and rest.ends > begin
    ]
    return sorted(found, key=lambda span: (span.begins, span.member, span.ends))


def on_duty(roster: Roster, at: datetime, language: str | None = None, channel: str | None = None) -> list[Span]:
    """Whoever is on duty at this instant."""
    return [span for span in spans(roster, at, at + timedelta(seconds=1)) if span.covers(at, language, channel)]


def gaps(duty: Iterable[Span], wanted: Iterable[Stretch], least: int = 1) -> list[Stretch]:
    """Within what is wanted, where fewer than `least` different members are on duty; what touches is one gap."""
    held = list(duty)
    found: list[Stretch] = []
    for begin, end in sorted(wanted):
        edges = {begin, end}
        for span in held:
            edges.update(edge for edge in (span.begins, span.ends) if begin < edge < end)
        marks = sorted(edges)
        for here, after in itertools.pairwise(marks):
            if len({span.member for span in held if span.begins <= here < span.ends}) >= least:
                continue
            if found and found[-1][1] == here:
                found[-1] = (found[-1][0], after)
            else:
                found.append((here, after))
    return found


def fewest(duty: Iterable[Span], begin: datetime, end: datetime) -> tuple[int, int]:
    """The smallest and the largest number of different members on duty between two instants."""
    held = [span for span in duty if span.begins < end and span.ends > begin]
    edges = {begin, *(edge for span in held for edge in (span.begins, span.ends) if begin < edge < end)}
    counts = [len({span.member for span in held if span.begins <= edge < span.ends}) for edge in edges]
    return min(counts), max(counts)


def hours_of(day: date, zone: tzinfo) -> list[Stretch]:
    """The hours of a day on the wall clock: 24; 23 or 25 where the clock is put forward or back."""
    at, end = instant(day, time(0), zone), instant(day + DAY, time(0), zone)
    found: list[Stretch] = []
    while at < end:
        after = min(at + timedelta(hours=1), end)
        found.append((at, after))
        at = after
    return found


def _shifts(
    patterns: Iterable[Pattern], given: dict[tuple[int, date], list[Instead]], begin: datetime, end: datetime
) -> Iterator[Span]:
    for pattern in patterns:
        day, last = begin.astimezone(pattern.zone).date() - DAY, end.astimezone(pattern.zone).date()
        while day <= last:
            stretch = occurrence(pattern, day)
            if stretch is not None:
                whole = Span(
                    pattern.member, *stretch, pattern.languages, pattern.channels, pattern.place, pattern.id, day
                )
                yield from _divided(whole, given.get((pattern.id, day), ()))
            day += DAY


def _divided(shift: Span, insteads: Iterable[Instead]) -> list[Span]:
    parts = [shift]
    for instead in insteads:
        taken: list[Span] = []
        for part in parts:
            begins, ends = max(part.begins, instead.begins), min(part.ends, instead.ends)
            if begins >= ends:
                taken.append(part)
                continue
            taken += [rest for rest in _cut(part, (begins, ends)) if rest.begins < rest.ends]
            giver = shift.member if instead.member != shift.member else None
            languages = shift.languages & instead.languages
            taken.append(
                replace(shift, member=instead.member, begins=begins, ends=ends, languages=languages, instead_of=giver)
            )
        parts = taken
    return parts


def _once(extra: Extra) -> Span:
    return Span(extra.member, extra.begins, extra.ends, extra.languages, extra.channels, extra.place, extra=extra.id)


def _without(span: Span, stretches: Iterable[Stretch]) -> list[Span]:
    parts = [span]
    for stretch in stretches:
        parts = [rest for part in parts for rest in _cut(part, stretch)]
    return [part for part in parts if part.begins < part.ends]


def _cut(span: Span, stretch: Stretch) -> list[Span]:
    """What is left before and after; either may be empty."""
    begins, ends = stretch
    if ends <= span.begins or begins >= span.ends:
        return [span]
    return [replace(span, ends=max(span.begins, begins)), replace(span, begins=min(span.ends, ends))]


def wanted_of(pattern: Pattern, begin: datetime, end: datetime) -> list[Stretch]:
    """When a need (a pattern whose member counts for nothing) wants somebody, within two instants."""
    clip: Callable[[Stretch], Stretch] = lambda one: (max(one[0], begin), min(one[1], end))  # noqa: E731
    found = (clip((span.begins, span.ends)) for span in spans(Roster((pattern,)), begin, end))
    return [stretch for stretch in found if stretch[0] < stretch[1]]
