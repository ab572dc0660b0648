"""Residents, their facts and their codes go in; what the rules decide about each comes out. Nothing is written here.

Who is judged: whoever has a code, and whoever something is known of. Somebody who is registered and has neither has
never applied, and stays as they are. What a person has decided by hand stands until its end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from gatepass.centre.codes.decided import Decided
from gatepass.centre.codes.models import Code
from gatepass.centre.facts.models import Fact, Standing
from gatepass.centre.people.models import Resident
from gatepass.centre.policies.in_force import Rulebook
from gatepass.policy.colours import ColourDecision, Judge
from gatepass.policy.colours.evaluation import Known


@dataclass(frozen=True, slots=True)
class Held:
    """The code that a resident has now."""

    colour: str
    reason: str
    advice: str
    valid_until: datetime | None
    policy: int | None
    by_hand: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class Judgement:
    """What follows for one resident. `decision` is None where a person has decided, and that stands."""

    resident: int
    site: int
    held: Held | None
    decision: ColourDecision | None
    version: int
    facts_since: datetime | None = None

    @property
    def changes(self) -> bool:
        """History is written: colour, reason or advice is another one, or a person's decision has ended."""
        held, decision = self.held, self.decision
        if decision is None:
            return False
        return held is None or held.by_hand or (held.colour, held.reason, held.advice) != (
            decision.colour.value, decision.reason, decision.advice.value,
        )  # fmt: skip

    @property
    def moves(self) -> bool:
        """The row differs at all: at least the moment of the next look, or the version."""
        held, decision = self.held, self.decision
        if decision is None:
            return False
        return self.changes or held is None or (held.valid_until, held.policy) != (decision.valid_until, self.version)

    def decided(self) -> Decided:
        held, decision = self.held, self.decision
        assert decision is not None
        shows = held is None or (held.colour, held.advice) != (decision.colour.value, decision.advice.value)
        return Decided(
            self.resident, decision.colour, decision.reason, decision.advice, decision.valid_until, self.version,
            self.changes, shows, None if held is None else held.since, self.facts_since,
        )  # fmt: skip


class Bench:
    """Judges for every version and time zone that is needed, all for the same moment. Not thread-safe."""

    def __init__(self, rules: Rulebook, at: datetime) -> None:
        self.rules = rules
        self.at = at
        self._judges: dict[tuple[int, str], Judge] = {}
        self._judge_of_site: dict[int, tuple[Judge, int] | None] = {}

    def judge(self, among: Q, *, everybody: bool = False) -> Iterator[Judgement]:
        """The residents whom `among` selects (a filter on residents), in the order of their keys.

        `everybody`: also who has never applied and of whom nothing is known.
        """
        people = Resident.objects.filter(among, merged_into__isnull=True).order_by("pk")
        rows = list(people.values_list("pk", "site_id", "birth"))
        keys = [row[0] for row in rows]
        # Facts last: whatever changes while we read has then changed after the moments that we have read before.
        held, changed, known = _held(keys), _changed(keys), _known(keys)
        for resident, site, birth in rows:
            found = self._for_site(site)
            if found is None or not (everybody or resident in held or resident in known):
                continue
            judge, version = found
            code = held.get(resident)
            decision = None
            if code is None or not code.by_hand or (code.valid_until is not None and code.valid_until <= self.at):
                decision = judge.decide(birth, known.get(resident, ()))
            yield Judgement(resident, site, code, decision, version, changed.get(resident))

    def _for_site(self, site: int) -> tuple[Judge, int] | None:
        if site not in self._judge_of_site:
            version = self.rules.version_for(site)
            self._judge_of_site[site] = None if version is None else (self._judge_for(version, site), version)
        return self._judge_of_site[site]

    def _judge_for(self, version: int, site: int) -> Judge:
        zone = self.rules.zone_for(site)
        key = version, zone.key
        if key not in self._judges:
            self._judges[key] = Judge(self.rules.policy(version), self.at.astimezone(zone))
        return self._judges[key]


def _span(field: str, keys: Sequence[int]) -> Q:
    """A range where the keys have few gaps, which a database reads quicker than a thousand names."""
    if not keys:
        return Q(pk__in=[])
    if keys[-1] - keys[0] < 2 * len(keys):
        return Q(**{f"{field}__gte": keys[0], f"{field}__lte": keys[-1]})
    return Q(**{f"{field}__in": keys})


def _held(keys: Sequence[int]) -> dict[int, Held]:
    held: dict[int, Held] = {}
    for block in _blocks(keys):
        rows = Code.objects.filter(_span("resident", block)).order_by()
        columns = ("colour", "reason", "advice", "valid_until", "policy_id", "by_hand", "since")
        held.update((row[0], Held(*row[1:])) for row in rows.values_list("resident_id", *columns))
    return held


def _changed(keys: Sequence[int]) -> dict[int, datetime]:
    """When the facts about each were last changed."""
    changed: dict[int, datetime] = {}
    for block in _blocks(keys):
        rows = Standing.objects.filter(_span("resident", block)).order_by()
        changed.update(rows.values_list("resident_id", "changed_at"))
    return changed


def _known(keys: Sequence[int]) -> dict[int, list[Known]]:
    """Facts that count, by resident; those of a row that was merged into another one are the other's."""
    known: dict[int, list[Known]] = {}
    for block in _blocks(keys):
        standing = Fact.objects.filter(withdrawn_at__isnull=True).order_by()
        own = standing.filter(_span("resident", block), resident__merged_into__isnull=True)
        merged = standing.filter(_span("resident__merged_into", block))
        columns: tuple[Any, ...] = ("kind", "at", "until", "data")
        for rows in (
            own.values_list("resident_id", *columns),
            merged.values_list("resident__merged_into_id", *columns),
        ):
            for resident, kind, at, until, data in rows:
                fact = kind, _ms(at), None if until is None else _ms(until), data
                known.setdefault(resident, []).append(fact)
    return known


def _blocks(keys: Sequence[int], size: int = 500) -> Iterator[Sequence[int]]:
    """A run of keys without gaps stays whole; others are cut into what a database takes as parameters."""
    if keys and keys[-1] - keys[0] < 2 * len(keys):
        yield keys
        return
    for start in range(0, len(keys), size):
        yield keys[start : start + size]


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
