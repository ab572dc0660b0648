"""What a town asks of people who arrive, as data: a TOML file of terms with dates, and of areas with dates.

    format = 1
    [[terms]]
    effective_from = 2026-11-01T00:00:00+08:00
    days_before_arrival = 14         calendar days that must be accounted for
    travel_hours = 18                of real time between two stays that are the journey itself
    unknown_days = 0                 days that somebody may leave open with a word of explanation
    test_within_days = 5             calendar days at the place of boarding: sample on day B-5 or later; boarding on B
    acknowledge_within_hours = 4     the community's answer to a hand-over
    overdue_after_hours = 12         after the hour of arrival, until somebody who is not there counts as not reported
    quarantine_kind = "home"         as the rules of quarantine name it; how long it lasts stands there
    quarantine_for = "risk"          "risk": after a stay in an area of risk; "abroad": everybody; "none"

    [[areas]]
    region = "KOR"                   ISO 3166-1 alpha-3, or the first 2, 4 or 6 digits of a division of China
    names = ["Daegu", "대구"]         the part of it that is meant, as people write it; left out: all of it
    since = 2026-11-10               first day; `until` the last one, left out while it goes on
    reason = { zh-Hans = "…", zh-Hant = "…", en = "…", ko = "…", ja = "…" }

The term in force is the last one that has begun. Nothing here names a person.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from importlib import resources
from typing import Annotated, Final, Literal

import msgspec

from gatepass.policy.journeys.coverage import TRAVEL, StayTold

LANGUAGES: Final = ("zh-Hans", "zh-Hant", "en", "ko", "ja")
Region = Annotated[str, msgspec.Meta(pattern=r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[A-Z]{3})$")]
Count = Annotated[int, msgspec.Meta(ge=0, le=60)]
Hours = Annotated[int, msgspec.Meta(ge=1, le=240)]


class EntryRulesError(ValueError):
    """Not such a file; the message says where."""


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    effective_from: datetime
    days_before_arrival: Count = 14
    travel_hours: Annotated[int, msgspec.Meta(ge=1, le=22)] = int(TRAVEL.total_seconds() // 3600)
    unknown_days: Count = 0
    test_within_days: Count = 5
    acknowledge_within_hours: Hours = 4
    overdue_after_hours: Hours = 12
    quarantine_kind: str = "home"
    quarantine_for: Literal["risk", "abroad", "none"] = "risk"

    @property
    def travel(self) -> timedelta:
        return timedelta(hours=self.travel_hours)


class Area(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    region: Region
    since: date
    reason: dict[str, str]
    until: date | None = None
    names: list[str] = []

    def why(self, language: str) -> str:
        """In the language, whatever the case of its code."""
        return next((said for code, said in self.reason.items() if code.lower() == language.lower()), self.reason["en"])

    def holds(self, region: str, places: Iterable[str]) -> bool:
        """Is a place of this region meant? A division lies in those whose digits it begins with."""
        within = region == self.region or (self.region.isdecimal() and region.startswith(self.region))
        if not within or not self.names:
            return within
        said = {_plain(place) for place in places if place}
        return any(_plain(name) in said for name in self.names)

    def meets(self, first: date, last: date) -> bool:
        """Was it an area of risk on one of these days? Both included, as is the last day of the area."""
        return last >= self.since and (self.until is None or first <= self.until)


class EntryRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: Literal[1]
    terms: Annotated[list[Term], msgspec.Meta(min_length=1)]
    areas: list[Area] = []

    def at(self, moment: datetime) -> Term:
        """In force at this moment. Before the first term: the first."""
        begun = [term for term in self.terms if term.effective_from <= moment]
        return max(begun, key=lambda term: term.effective_from) if begun else self.terms[0]

    def risks(self, stay: StayTold, region: str, places: Iterable[str], since: date) -> Iterator[Area]:
        """The areas of risk that a stay touches on a day from `since` on."""
        said = list(places)
        for area in self.areas:
            if stay.last >= since and area.holds(region, said) and area.meets(max(stay.first, since), stay.last):
                yield area


def read_entry_rules(text: str) -> EntryRules:
    """EntryRulesError where the file is not one: wrong types, a moment without its zone, a language without words."""
    try:
        rules = msgspec.convert(tomllib.loads(text), EntryRules)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise EntryRulesError(str(error)) from None
    for term in rules.terms:
        if term.effective_from.utcoffset() is None:
            raise EntryRulesError("effective_from needs its offset, as 2026-11-01T00:00:00+08:00")
    for area in rules.areas:
        lacking = [language for language in LANGUAGES if not area.reason.get(language, "").strip()]
        if lacking:
            raise EntryRulesError(f"{area.region} since {area.since}: no reason in {', '.join(lacking)}")
        if area.until is not None and area.until < area.since:
            raise EntryRulesError(f"{area.region} since {area.since}: ends before it begins")
    return rules


def shipped_entry_rules() -> str:
    """The text of the file that comes with gatepass: the areas of spring 2020 in China, and no area of today."""
    return resources.files("gatepass").joinpath("policies", "entry.toml").read_text("utf-8")


def _plain(name: str) -> str:
    return "".join(name.casefold().split())
