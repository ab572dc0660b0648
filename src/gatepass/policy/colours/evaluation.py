"""From facts to a colour: `evaluate`, and the `Judge` who does it for many people at one moment.

1. What has begun by the moment becomes items: the data of the fact, and how long ago it was, in ticking integers.
2. Each selection of the policy is a list of items, newest first.
3. The rules are tried from the strictest to the mildest; the first that holds gives the reason, and the reason colour
   and advice. A rule that cannot be evaluated counts as `unjudged`.
4. The watch knows by then when any comparison that was made turns: until that moment the answer stands, whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from gatepass.policy.certlogic import CertLogicError
from gatepass.policy.certlogic.ticking import Present, Ticking, Watch
from gatepass.policy.certlogic.values import DAY_MS, HOUR_MS, DateTime, NoSuchDateError, ms_of_text
from gatepass.policy.colours.calendar import Days, Hours, Years, calendar_of
from gatepass.policy.colours.facts import Fact, FactKind, Facts
from gatepass.policy.colours.policy import PERIODS, Chosen, Policy, colour_of
from gatepass.policy.decisions import Advice, Colour

SEVERITY: Final = {Colour.GREEN: 0, Colour.YELLOW: 1, Colour.RED: 2}

Known = tuple[str, int, int | None, dict[str, Any]]
"""A fact as the judge takes it: kind, beginning and end (milliseconds since 1970 UTC), data as checked."""

_EPOCH_DAY = datetime(1970, 1, 1, tzinfo=UTC).toordinal()
_Entry = tuple[int, int, dict[str, Any]]
"""Last moment and first moment of a fact, and what rules see of it."""
_PERIODS: Final = frozenset(kind.value for kind in PERIODS)
_REGION_OF: Final = {FactKind.STAY.value: "region", FactKind.ARRIVAL.value: "origin"}
_COUNTED: Final = ("at", "until", "days_ago", "hours_ago", "ended_days_ago", "age", "age_known", "area")
_LATEST: Final = 253_370_764_800_000


@dataclass(frozen=True, slots=True)
class ColourDecision:
    """Exactly one colour, with its reason from the policy's table."""

    colour: Colour
    reason: str
    advice: Advice
    rule: str
    """The id of the rule that held; empty for `otherwise`."""
    valid_until: datetime | None
    """When the answer may change though no fact does (UTC): look again then, and not before. None: never."""
    faults: tuple[str, ...] = ()
    """Rules and selections that could not be evaluated for this person."""


def evaluate(policy: Policy, facts: Facts, at: datetime) -> ColourDecision:
    """What follows from the facts at this moment. Total: one colour for everybody, and no exception.

    `at` is aware, and its own time zone is the civil time of the place: there, days are counted from midnight.
    """
    return Judge(policy, at).decide(facts.birth, [known(each) for each in facts.facts])


def known(fact: Fact) -> Known:
    return fact.kind.value, _ms(fact.at), None if fact.until is None else _ms(fact.until), fact.data


class Judge:
    """One policy at one moment, for many people. Not thread-safe."""

    def __init__(self, policy: Policy, at: datetime) -> None:
        if at.utcoffset() is None or at.tzinfo is None:
            raise ValueError("the moment needs a time zone: it says which day it is")
        self.policy = policy
        self.now = _ms(at)
        self._calendar = calendar_of(at.tzinfo)
        self._today = self._calendar.day_of(self.now)
        self._watch = Watch()
        self._days = Days(self._watch, self._calendar)
        self._hours = Hours(self._watch)
        self._years = Years(self._watch, self._calendar)
        self._kinds: dict[str, list[Chosen]] = {}
        for chosen in policy.selections:
            self._kinds.setdefault(chosen.kind.value, []).append(chosen)
        self._areas = _areas(policy)
        self._reads = {name: bool({name, ""} & policy.fields) for name in _COUNTED}
        self._present = Present(self.now, self._watch)

    def decide(self, birth: str, known: Iterable[Known]) -> ColourDecision:
        """The decision about one person; `known` in any order, kinds that the policy does not ask for included."""
        watch = self._watch
        watch.earliest = None
        faults: list[str] = []
        view: dict[str, Any] = {chosen.name: [] for chosen in self.policy.selections}
        there = self._select(known, view, faults)
        age = self._age(birth)
        view["person"] = {"age": age, "age_known": age is not None}
        view["now"] = self._present
        reason, rule = self._first(view, there, faults)
        until = watch.earliest
        return ColourDecision(
            colour_of(reason),
            reason,
            self.policy.file.reasons[reason].advice,
            rule,
            None if until is None or until >= _LATEST else datetime.fromtimestamp(until / 1000, UTC),
            tuple(faults),
        )

    def _first(self, view: dict[str, Any], there: set[str], faults: list[str]) -> tuple[str, str]:
        """Reason and rule. `unjudged` steps in before the first milder rule once something could not be evaluated."""
        unjudged = self.policy.file.unjudged
        severity = SEVERITY[colour_of(unjudged)]
        for rule in self.policy.rules:
            if faults and SEVERITY[rule.colour] <= severity:
                break
            try:
                holds = rule.of_nobody
                if holds is None or not there.isdisjoint(rule.reads):
                    holds = rule.when.holds(view)
                if holds:
                    return rule.reason, rule.id
            except CertLogicError:
                faults.append(rule.id)
        return (unjudged if faults else self.policy.file.otherwise), ""

    def _select(self, known: Iterable[Known], view: dict[str, Any], faults: list[str]) -> set[str]:
        """Fills the selections of the view; the names of those that have something in them."""
        found: dict[str, list[_Entry]] = {}
        several = False
        for kind, begin, end, data in known:
            wanted = self._kinds.get(kind)
            if wanted is None:
                continue
            if begin > self.now:
                self._watch.note(begin)
                continue
            entry = self._entry(kind, begin, end, data)
            for chosen in wanted:
                if self._fits(chosen, entry[2], faults):
                    several = several or chosen.name in found
                    found.setdefault(chosen.name, []).append(entry)
        if several:
            for entries in found.values():
                entries.sort(key=_recency, reverse=True)
        for name, entries in found.items():
            view[name] = [item for _end, _begin, item in entries]
        return set(found)

    def _fits(self, chosen: Chosen, item: dict[str, Any], faults: list[str]) -> bool:
        if chosen.where is None:
            return True
        try:
            return chosen.where.holds(item)
        except CertLogicError:
            if chosen.name not in faults:
                faults.append(chosen.name)
            return False

    def _entry(self, kind: str, begin: int, end: int | None, data: dict[str, Any]) -> _Entry:
        """The fact as rules see it, behind what it is sorted by: what goes on comes before what has ended."""
        item = dict(data)
        reads = self._reads
        if reads["days_ago"]:
            day = self._calendar.day_of(begin)
            item["days_ago"] = Ticking(self._today - day, self._days, day)
        if reads["hours_ago"]:
            item["hours_ago"] = Ticking((self.now - begin) // HOUR_MS, self._hours, begin)
        if reads["at"]:
            item["at"] = DateTime(begin).iso()
        last = begin
        if kind in _PERIODS:
            last = _LATEST if end is None or end > self.now else max(begin, end - 1)
            self._period(item, last, end)
        if reads["area"] and kind in _REGION_OF:
            item["area"] = self._area(item[_REGION_OF[kind]], begin, last)
        return last, begin, item

    def _period(self, item: dict[str, Any], last: int, end: int | None) -> None:
        """A period ends with its last moment: who left at midnight was not there on the day that began."""
        item["open"] = last == _LATEST
        if last == _LATEST:
            self._watch.note(end)
        if self._reads["ended_days_ago"]:
            day = self._calendar.day_of(last)
            item["ended_days_ago"] = 0 if last == _LATEST else Ticking(self._today - day, self._days, day)
        if self._reads["until"]:
            item["until"] = None if end is None else DateTime(end).iso()

    def _area(self, region: str, begin: int, last: int) -> str:
        """The first area of the policy to which the region belonged at any time of the stay so far; "" for none."""
        for name, spans in self._areas:
            for prefix, since, until in spans:
                if region.startswith(prefix) and begin < until and last >= since:
                    if self.now >= since:
                        return name
                    self._watch.note(since)
        return ""

    def _age(self, birth: str) -> int | None:
        """Completed years; a birth date without its day counts as the last possible day. None where it is unknown."""
        if not birth or not (self._reads["age"] or self._reads["age_known"]):
            return None
        try:
            born = ms_of_text(birth, date_only=True) // DAY_MS + _EPOCH_DAY
        except NoSuchDateError:
            return None
        if not 0 < born < self._today + 1:
            return None
        return Ticking(self._years.age(born, self._today), self._years, born)


def _recency(entry: _Entry) -> tuple[int, int]:
    return entry[0], entry[1]


def _areas(policy: Policy) -> tuple[tuple[str, tuple[tuple[str, int, int], ...]], ...]:
    """Per area, in the order of the file: region, and from when to when it belongs to it."""
    areas = []
    for name, entries in policy.file.regions.items():
        spans = []
        for entry in entries:
            if isinstance(entry, str):
                spans.append((entry, -_LATEST, _LATEST))
            else:
                since = -_LATEST if entry.since is None else _ms(entry.since)
                spans.append((entry.region, since, _LATEST if entry.until is None else _ms(entry.until)))
        areas.append((name, tuple(spans)))
    return tuple(areas)


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
