"""Which dates, times, telephone numbers and amounts a text states, in any of the five languages; do two texts agree?

    figures("隔离14天，每天上午9点前量体温", "zh-Hans")   -> 14 days, 9:00
    differences(source, "zh-Hans", target, "ko")          -> what one of them states and the other does not

Pure. A figure is *firm* where a reader would stumble over its absence: digits, and words before a unit (十四天, twice).
A soft one (1日 in 「1日2回」, 하루) may answer a firm one, and is not missed. Texts are compared as sets: a translation
may say a figure once more, or once less.

What it cannot know: whether the right figure stands in the right sentence. A person reviews that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal

from gatepass.centre.notices.figure_words import (
    AMOUNTS,
    CODE,
    EAST_DATE,
    EAST_DAY,
    EN_DATE,
    EN_MONTHS,
    FAMILY,
    FIXED,
    FRACTION,
    IN_A_RANGE,
    ISO_DATE,
    LIST_MARKER,
    MARKERS,
    NATIVE,
    PHONE,
    SOFT_ONE,
    TIMES,
    UNITS,
    WEEKDAYS,
    YEAR_MONTH,
)
from gatepass.centre.notices.numerals import number_of
from gatepass.languages import Language

Kind = Literal["date", "time", "weekday", "phone", "amount"]

DAY_MINUTES: Final = 24 * 60
FEWEST_PHONE_DIGITS: Final = 7


@dataclass(frozen=True, slots=True)
class Figure:
    kind: Kind
    value: tuple[Decimal | int | str, ...]
    unit: str = ""
    said: str = field(default="", compare=False)
    """As it stands in the text."""
    firm: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True)
class Difference:
    """`source` and `target` are as they stand in the texts; one of them is empty where nothing like it was found."""

    kind: Kind
    source: str
    target: str


# --- reading ---


class _Reader:
    """A text whose parts are taken out as they are understood, so that no digit counts twice."""

    def __init__(self, text: str, family: str) -> None:
        # Full-width digits and signs become plain ones; ℃ becomes °C. The wave dash is not folded by Unicode.
        self.rest = unicodedata.normalize("NFKC", text).replace("〜", "~").replace("−", "-")
        self.family = family
        self.found: list[Figure] = []

    def take(self, pattern: re.Pattern[str], read: Callable[[re.Match[str]], Iterator[Figure]]) -> None:
        kept = list(self.rest)
        for match in pattern.finditer(self.rest):
            got = list(read(match))
            if got:
                self.found += got
                # The same length: places of what is found later stay right. U+FFFC is no letter, digit or space.
                kept[match.start() : match.end()] = "\ufffc" * (match.end() - match.start())
        self.rest = "".join(kept)


def figures(text: str, language: Language) -> frozenset[Figure]:
    """Everything that the text states. Never raises."""
    family = FAMILY[language]
    reader = _Reader(text, family)
    reader.rest = LIST_MARKER.sub(lambda match: " " * len(match[0]), CODE.sub(" ", reader.rest))
    reader.take(ISO_DATE, lambda match: _date(match[0], match["y"], match["m"], match["d"]))
    reader.take(EN_DATE if family == "en" else EAST_DATE, _en_dates if family == "en" else _east_dates)
    weekdays, place = WEEKDAYS[family]
    reader.take(
        weekdays, lambda match: iter([Figure("weekday", (place(next(filter(None, match.groups()))),), said=match[0])])
    )
    _take_times(reader)
    reader.take(PHONE, _phones)
    reader.take(FRACTION, _fractions)
    if family != "en":
        reader.take(YEAR_MONTH, _months)
    for words, value, unit in FIXED[family]:
        reader.take(re.compile(words, re.IGNORECASE), _fixed(Decimal(value), unit))
    reader.take(AMOUNTS[family], lambda match: _amount_of(match, family))
    # Of one that is said twice, the firm one.
    return frozenset({one: one for one in sorted(reader.found, key=lambda one: one.firm)}.values())


def _date(said: str, year: str | None, month: str, *days: str | None) -> Iterator[Figure]:
    read = [int(found) for part in (month, *days) if part and (found := number_of(part)) is not None]
    if not read or not 1 <= read[0] <= 12 or any(not 1 <= day <= 31 for day in read[1:]):
        return
    for day in read[1:]:
        yield Figure("date", (read[0], day), said=said.strip())
    if year and (number := number_of(year)) is not None:
        yield Figure("amount", (number,), "year", said.strip())


def _east_dates(match: re.Match[str]) -> Iterator[Figure]:
    more = EAST_DAY.search(match["more"]) if match["more"] else None
    return _date(match[0], match["y"], match["m"], match["d"], more[1] if more else None)


def _en_dates(match: re.Match[str]) -> Iterator[Figure]:
    name = (match["m"] or match["n"]).rstrip(".").lower()
    return _date(match[0], match["y"], str(EN_MONTHS[name]), match["d"] or match["e"], match["d2"] or match["e2"])


def _months(match: re.Match[str]) -> Iterator[Figure]:
    month = number_of(match["m"])
    if month is not None and 1 <= month <= 12:
        yield Figure("date", (int(month), 0), said=match[0].strip(), firm=False)
        if match["y"]:
            yield Figure("amount", (Decimal(match["y"]),), "year", match[0].strip())


def _take_times(reader: _Reader) -> None:
    """A time without a mark takes that of the one before it in a range: 下午2点至5点 ends at 17:00."""
    before: tuple[int, str] = (0, "")
    text = reader.rest

    def read(match: re.Match[str]) -> Iterator[Figure]:
        nonlocal before
        mark = _mark_of(match)
        if not mark and before[1] and IN_A_RANGE.fullmatch(text[before[0] : match.start()]):
            mark = before[1]
        found = [Figure("time", (minute,), said=match[0].strip()) for minute in _times(match, mark, reader.family)]
        if found:
            before = (match.end(), mark)
        return iter(found)

    reader.take(TIMES[reader.family], read)


def _mark_of(match: re.Match[str]) -> str:
    groups = match.groupdict()
    if groups.get("ap"):
        return "am" if groups["ap"].lower() == "a" else "pm"
    return MARKERS.get(groups.get("mark") or "", "")


def _times(match: re.Match[str], mark: str, family: str) -> list[int]:
    """Minutes of the day: one, or both ends of a range that has one mark (9–11 am). Empty: it is no time after all."""
    groups = match.groupdict()
    if groups["noon"]:
        return [12 * 60]
    if groups["midnight"]:
        return [0]
    said = groups.get("h") or groups.get("h2") or ""
    hour = number_of(said)
    minute = 30 if groups.get("half") else int(number_of(groups.get("min") or groups.get("min2") or "0") or 0)
    if hour is None or hour > 24 or minute > 59:
        return []
    if not said[0].isdigit() and not mark and (family != "ko" or hour == 1):
        return []  # 一点 is "a bit"
    first = _minutes(int(hour), minute, mark)
    if not groups.get("h3"):
        return [first]
    last = _minutes(int(groups["h3"]), int(groups.get("min3") or 0), mark)
    # 11–1 pm begins in the morning.
    return [first if first <= last else first - DAY_MINUTES // 2, last]


def _minutes(hour: int, minute: int, mark: str) -> int:
    if mark == "am" and hour == 12:
        hour = 0
    elif (mark == "pm" and hour < 12) or (mark == "noon" and hour < 10):
        hour += 12
    elif mark == "evening":
        hour = 0 if hour == 12 else hour + 12 if 4 < hour < 12 else hour
    elif mark == "night" and hour == 12:
        hour = 0
    return (hour * 60 + minute) % DAY_MINUTES


def _phones(match: re.Match[str]) -> Iterator[Figure]:
    digits = re.sub(r"\D", "", match[0])
    if len(digits) < FEWEST_PHONE_DIGITS:
        return
    if match[0].startswith("+86") or digits.startswith("0086"):
        digits = digits.removeprefix("00").removeprefix("86")
    yield Figure("phone", (digits.lstrip("0"),), said=match[0].strip())


def _fixed(value: Decimal, unit: str) -> Callable[[re.Match[str]], Iterator[Figure]]:
    return lambda match: _amount(value, unit, match[0], words=True)


def _fractions(match: re.Match[str]) -> Iterator[Figure]:
    """Three quarters may be said in many ways: noted, and not asked for elsewhere."""
    yield Figure("amount", (match[2], match[1]), "fraction", match[0], firm=False)


def _amount_of(match: re.Match[str], family: str) -> Iterator[Figure]:
    groups = match.groupdict()
    unit = next(
        (
            UNITS[family][int(name[1:])][0]
            for name, value in groups.items()
            if name[0] in "ux" and name[1:].isdigit() and value
        ),
        None,
    )
    words = not groups["n"]
    value = number_of(groups["n"] or groups["w"] or "")
    if value is None or (words and unit is None):
        return
    if family == "ko" and words and unit == "minute" and groups["w"] in NATIVE:
        unit = "person"  # 두 분: two people, politely
    if family == "zh" and unit == "hour" and "半" in match[0]:
        value += Decimal("0.5")
    yield from _amount(value, unit or "", match[0].strip(), words=words)


def _amount(value: Decimal, unit: str, said: str, *, words: bool) -> Iterator[Figure]:
    # One of anything is often only an article; a counted thing in words (两个, 三つ) need not be counted elsewhere.
    soft = (value == 1 and unit in SOFT_ONE) if not words else (value <= 1 or unit == "")
    if unit == "week":
        value, unit = value * 7, "day"
    yield Figure("amount", (value.normalize(),), unit, said, not soft)


# --- comparing ---


def differences(source: str, source_language: Language, target: str, target_language: Language) -> list[Difference]:
    """What one text states and the other does not; in a stable order. Empty: dates, numbers and figures agree."""
    ours, theirs = figures(source, source_language), figures(target, target_language)
    missing = sorted((one for one in ours if one.firm and not _answered(one, theirs)), key=_order)
    extra = sorted((one for one in theirs if one.firm and not _answered(one, ours)), key=_order)
    found: list[Difference] = []
    for one in missing:
        other = next((each for each in extra if each.kind == one.kind and each.unit == one.unit), None)
        if other is not None:
            extra.remove(other)
        found.append(Difference(one.kind, one.said, other.said if other else ""))
    found += [Difference(one.kind, "", one.said) for one in extra]
    return found


def _answered(one: Figure, others: frozenset[Figure]) -> bool:
    return any(
        one.kind == other.kind
        and one.value == other.value
        and (one.unit == other.unit or (one.kind == "amount" and "" in {one.unit, other.unit}))
        for other in others
    )


def _order(one: Figure) -> tuple[str, str, str]:
    return one.kind, one.unit, one.said
