"""Invented people for the tests of policies: any facts at all, at places with any clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import strategies as st

from gatepass.policy.colours import Fact, FactKind, Policy, read_policy, shipped

POLICIES: dict[str, Policy] = {name: read_policy(text) for name, text in shipped().items()}

# The town's own, then places whose clocks are hard: half and quarter hours, both sides of the date line, clocks that
# are put forward or back, at midnight too, and a day that was left out (Apia, 30 December 2011).
ZONES = [
    ZoneInfo(name)
    for name in (
        "Asia/Shanghai", "Asia/Urumqi", "Asia/Seoul", "Asia/Tokyo", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Kathmandu",
        "Asia/Kolkata", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "America/St_Johns", "Asia/Beirut",
        "Africa/Cairo", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC",
    )
]  # fmt: skip
zones = st.sampled_from(ZONES)

SPAN = {"community-2020": datetime(2020, 2, 20, tzinfo=UTC), "care-home-winter": datetime(2025, 12, 10, tzinfo=UTC),
        "port-of-entry": datetime(2020, 3, 20, tzinfo=UTC)}  # fmt: skip
REGIONS = ["42", "420100", "330302", "330100", "4115", "411500", "KOR", "ITA", "FRA", "110105"]


def _data(kind: FactKind) -> st.SearchStrategy[dict[str, Any]]:
    def of(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
        return st.fixed_dictionaries(fields)

    pick, yes = st.sampled_from, st.booleans()
    pathogens = pick(["sars_cov_2", "influenza", "rsv"])
    shapes = {
        FactKind.DECLARATION: of(
            symptoms=st.lists(pick(["fever", "cough", "fatigue"]), max_size=2, unique=True),
            temperature=st.none() | st.integers(355, 400), contact=yes, travelled=yes,
        ),
        FactKind.TEMPERATURE: of(tenths=st.integers(355, 400)),
        FactKind.STAY: of(region=pick(REGIONS), transit=yes),
        FactKind.ARRIVAL: of(origin=pick(REGIONS), port=st.just("")),
        FactKind.CONTACT: of(degree=pick(["household", "close", "cohort", "venue", "secondary"])),
        FactKind.TEST: of(
            method=pick(["pcr", "antigen", "antibody"]), result=pick(["positive", "negative", "invalid", "pending"]),
            pathogen=pathogens,
        ),
        FactKind.VACCINATION: of(against=pick(["sars_cov_2", "influenza"]), dose=st.integers(1, 4), complete=yes),
        FactKind.CASE: of(status=pick(["confirmed", "asymptomatic", "suspected"]), pathogen=pathogens),
        FactKind.QUARANTINE: of(form=pick(["hospital", "central", "home", "monitoring"])),
        FactKind.ROLE: of(role=pick(["resident", "staff", "visitor"])),
        FactKind.EXEMPTION: of(of=pick(["test", "vaccination", "declaration"])),
    }  # fmt: skip
    return shapes[kind]


def moments(around: datetime, days: int = 30) -> st.SearchStrategy[datetime]:
    """To the minute; some of them on a full hour, where days begin."""
    minutes = st.integers(-days * 1440, days * 1440) | st.integers(-days * 24, days * 24).map(lambda hour: hour * 60)
    return minutes.map(lambda minute: around + timedelta(minutes=minute))


def facts(around: datetime, kinds: list[FactKind] | None = None) -> st.SearchStrategy[Fact]:
    def of(kind: FactKind) -> st.SearchStrategy[Fact]:
        lasting = st.none() | st.integers(0, 40 * 1440).map(lambda minutes: timedelta(minutes=minutes))
        return st.builds(
            lambda at, length, data: Fact(kind, at, None if length is None else at + length, data),
            moments(around), lasting, _data(kind),
        )  # fmt: skip

    return st.sampled_from(kinds or list(FactKind)).flatmap(of)


births = st.sampled_from(["", "1941-03-12", "1990", "2023-03", "2024-02-29", "2022-12-10", "2022-12-11", "not a date"])


BAD = [FactKind.TEMPERATURE, FactKind.STAY, FactKind.ARRIVAL, FactKind.CONTACT, FactKind.TEST, FactKind.CASE,
       FactKind.QUARANTINE]  # fmt: skip


def bad_facts(around: datetime) -> st.SearchStrategy[Fact]:
    """What nobody would call good news, whatever else is known."""

    def worse(fact: Fact) -> Fact:
        positive = {**fact.data, "result": "positive"} if fact.kind is FactKind.TEST else fact.data
        return msgspec.structs.replace(fact, data=positive)

    return facts(around, BAD).map(worse)
