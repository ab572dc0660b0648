"""Values that change by themselves as time passes, and a watch that notes when a rule would answer otherwise.

A rule reads "days since the last stay: 13" as the integer 13. In truth it is an integer that will be 14 after midnight.
While the rule compares it with 14, the watch notes that midnight. After the evaluation the watch holds the earliest
moment at which any comparison that was made would turn out differently: until then every evaluation over the same facts
takes the same way through the rules and ends the same. Comparisons that were not made need no watching, for they can
only be made after one that was made has turned.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Protocol

from gatepass.policy.certlogic.values import HOUR_MS, DateTime, plus

Compare = Callable[[Any, Any], bool]


class Watch:
    """The earliest moment (milliseconds since 1970 UTC) at which something turns; None while nothing does."""

    __slots__ = ("earliest",)

    def __init__(self) -> None:
        self.earliest: int | None = None

    def note(self, ms: int | None) -> None:
        if ms is not None and (self.earliest is None or ms < self.earliest):
            self.earliest = ms


class Scale(Protocol):
    """A way of counting since an origin: civil days, full hours, years of age."""

    watch: Watch
    in_step: bool
    """Whether all counts on this scale grow at the same moment, so that their differences stay as they are."""

    def reaches(self, origin: int, count: int) -> int | None:
        """When the count since `origin` becomes `count` (milliseconds since 1970 UTC); None: never that we care."""


class Ticking(int):
    """An integer that grows by one each time its scale ticks. Everywhere else it is a plain integer."""

    scale: Scale
    origin: int
    shift: int
    """What a rule has added to the count."""

    def __new__(cls, value: int, scale: Scale, origin: int, shift: int = 0) -> Ticking:
        self = super().__new__(cls, value)
        self.scale = scale
        self.origin = origin
        self.shift = shift
        return self

    def note(self, value: int) -> None:
        """Whoever evaluates again when this has become `value` may get another answer."""
        self.scale.watch.note(self.scale.reaches(self.origin, value - self.shift))

    def is_truthy(self) -> bool:
        return compare(operator.ne, self, 0)


class Present(str):
    """The moment of the evaluation, as an ISO 8601 text; `plusTime` makes a `PresentTime` of it."""

    __slots__ = ("ms", "watch")

    ms: int
    watch: Watch

    def __new__(cls, ms: int, watch: Watch) -> Present:
        self = super().__new__(cls, DateTime(ms).iso())
        self.ms = ms
        self.watch = watch
        return self

    def plus(self, amount: int, unit: str) -> DateTime:
        """Months and years from now are of uneven length: what depends on them is looked at again within the hour."""
        ms = plus(self.ms, amount, unit)
        if amount and unit in {"month", "year"}:
            self.watch.note(self.ms + HOUR_MS)
            return DateTime(ms)
        return PresentTime(ms, self)


class PresentTime(DateTime):
    """The present moment, or so many hours or days from it."""

    __slots__ = ("present",)

    def __init__(self, ms: int, present: Present) -> None:
        super().__init__(ms)
        self.present = present

    def note(self, ms: int) -> None:
        self.present.watch.note(self.present.ms + ms - self.ms)


def compare(op: Compare, left: int | float, right: int | float) -> bool:
    """`op(left, right)`, and when it turns. Against a constant it can only turn at the constant or right after it."""
    now = op(left, right)
    if isinstance(left, Ticking) and isinstance(right, Ticking):
        if left.scale is not right.scale or not left.scale.in_step:
            left.note(left + 1)
            right.note(right + 1)
    elif isinstance(left, Ticking) and isinstance(right, int):
        _first(left, right, lambda value: op(value, right) is not now)
    elif isinstance(right, Ticking) and isinstance(left, int):
        _first(right, left, lambda value: op(left, value) is not now)
    return now


def _first(ticking: Ticking, constant: int, turned: Callable[[int], bool]) -> None:
    for value in (constant, constant + 1):
        if value > ticking and turned(value):
            ticking.note(value)
            return


def add(left: int, right: int) -> int:
    """A sum ticks where one of the two does. Where both do, it is looked at again at the next tick of either."""
    if isinstance(left, Ticking) and isinstance(right, Ticking):
        left.note(left + 1)
        right.note(right + 1)
        return int(left) + int(right)
    if isinstance(right, Ticking):
        left, right = right, left
    if isinstance(left, Ticking):
        return Ticking(int(left) + right, left.scale, left.origin, left.shift + right)
    return left + right


def compare_times(op: Compare, left: DateTime, right: DateTime) -> bool:
    """`op` on two date-times, and when it turns."""
    now = op(left.ms, right.ms)
    moving, fixed = (left, right) if isinstance(left, PresentTime) else (right, left)
    if not isinstance(moving, PresentTime) or isinstance(fixed, PresentTime):
        return now
    for ms in (fixed.ms, fixed.ms + 1):
        if ms > moving.ms and (op(ms, right.ms) if moving is left else op(left.ms, ms)) is not now:
            moving.note(ms)
            break
    return now


def same_text(left: str, right: str) -> bool:
    """A rule that compares the present moment as a text is looked at again within the hour."""
    for text in (left, right):
        if isinstance(text, Present):
            text.watch.note(text.ms + HOUR_MS)
    return str.__eq__(left, right)
