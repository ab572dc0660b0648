"""Where a traveller was: missing days and contradictions as questions, areas of risk with their reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gatepass.centre.arrivals.models import Journey, Stay, Traveller
from gatepass.centre.arrivals.places import days_in_words, own_country
from gatepass.centre.arrivals.rules import entry_rules
from gatepass.centre.people.nationality import nationality_word
from gatepass.policy.journeys import Coverage, EntryRules, covered
from gatepass.policy.journeys.coverage import DAY


@dataclass(frozen=True, slots=True)
class Risk:
    """A stay in an area of risk, in words."""

    where: str
    days: str
    since: str
    reason: str


@dataclass(frozen=True, slots=True)
class Itinerary:
    traveller: Traveller
    coverage: Coverage | None
    """None until the arrival is known."""
    questions: list[str] = field(repr=False)
    risks: list[Risk] = field(repr=False)
    quarantine: bool = False
    """A quarantine follows the arrival, by the rules in force."""

    @property
    def is_whole(self) -> bool:
        return self.coverage is not None and self.coverage.is_whole

    @property
    def days(self) -> str:
        return "" if self.coverage is None else days_in_words(self.coverage.first, self.coverage.arrival - DAY)


def itineraries(journey: Journey, now: datetime | None = None) -> list[Itinerary]:
    """One for each traveller who comes, in their order."""
    rules = entry_rules()
    stays: dict[int, list[Stay]] = {}
    for stay in journey.stays.prefetch_related("travellers"):
        for traveller in stay.travellers.all():
            stays.setdefault(traveller.pk, []).append(stay)
    coming = journey.travellers.exclude(state=Traveller.State.CANCELLED)
    return [_itinerary(journey, one, stays.get(one.pk, []), rules, now or timezone.now()) for one in coming]


def _itinerary(
    journey: Journey, traveller: Traveller, stays: list[Stay], rules: EntryRules, now: datetime
) -> Itinerary:
    if journey.arrives_at is None:
        return Itinerary(traveller, None, [], [])
    term = rules.at(now)
    told = {stay.told: stay for stay in stays}
    found = covered(told, journey.arrives_at, journey.zone, term.days_before_arrival, term.travel)
    questions = [
        _("%(days)s: nothing is told of these days. Where were you?") % {"days": days_in_words(gap.first, gap.last)}
        if gap.days > 1
        else _("%(days)s: nothing is told of this day. Where were you?") % {"days": days_in_words(gap.first, gap.last)}
        for gap in found.gaps
    ]
    questions += [
        _("%(days)s: both %(one)s and %(other)s. Which is right?")
        % {
            "days": days_in_words(each.first, each.last),
            "one": place_word(told[each.one]),
            "other": place_word(told[each.other]),
        }
        for each in found.overlaps
    ]
    questions += [
        _("%(place)s begins after the arrival. Correct one of the two.") % {"place": place_word(told[each])}
        for each in found.late
    ]
    risks = [
        Risk(
            place_word(stay),
            days_in_words(max(stay.first, found.first), stay.last),
            days_in_words(area.since, area.since, year=True),
            area.why(get_language() or ""),
        )
        for stay in stays
        for area in rules.risks(stay.told, stay.area, (stay.city, stay.region), found.first)
    ]
    abroad = any(stay.country != own_country() and stay.last >= found.first for stay in stays)
    follows = {"abroad": abroad, "risk": bool(risks), "none": False}[term.quarantine_for]
    return Itinerary(traveller, found, questions, risks, follows)


def place_word(stay: Stay) -> str:
    """`Amsterdam, Netherlands`"""
    country = nationality_word(stay.country)
    parts = dict.fromkeys(part for part in (stay.city, stay.region, country) if part)
    return ", ".join(parts)
