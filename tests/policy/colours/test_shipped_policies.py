"""The policies that come with gatepass: each case of their tables, and what must hold for anybody at any place."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.policy.colours.people import POLICIES, SPAN, ZONES, bad_facts, births, facts, moments, zones

from gatepass.languages import LANGUAGES
from gatepass.policy.colours import SEVERITY, ColourDecision, Fact, FactKind, Facts, colour_of, evaluate
from gatepass.policy.colours.layout import laid_out
from gatepass.policy.colours.policy import CaseOfPolicy, Policy, PolicyError, made_ready
from gatepass.policy.colours.reading import outcome, read_policy
from gatepass.policy.colours.shelf import shipped
from gatepass.policy.decisions import Advice

every_policy = pytest.mark.parametrize("name", POLICIES)
CASES = [(name, case) for name, policy in POLICIES.items() for case in policy.file.cases]


def test_three_policies_come_with_gatepass() -> None:
    assert set(POLICIES) == {"community-2020", "care-home-winter", "port-of-entry"}
    assert {policy.file.policy for policy in POLICIES.values()} == set(POLICIES)


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{name}: {case.name}" for name, case in CASES])
def test_each_case_comes_out(name: str, case: CaseOfPolicy) -> None:
    decision = outcome(POLICIES[name], case)
    assert (decision.reason, decision.colour) == (case.reason, colour_of(case.reason))
    assert decision.faults == ()
    assert case.rule in {None, decision.rule}
    if case.valid_until is not msgspec.UNSET:
        assert decision.valid_until == case.valid_until


@every_policy
def test_every_rule_and_every_reason_has_a_case(name: str) -> None:
    policy = POLICIES[name]
    decided = {outcome(policy, case).rule for case in policy.file.cases}
    assert decided == {rule.id for rule in policy.rules} | {""}
    assert {case.reason for case in policy.file.cases} >= set(policy.file.reasons) - {policy.file.unjudged}


@every_policy
def test_every_sentence_is_there_in_five_languages_and_each_in_its_own_words(name: str) -> None:
    for code in POLICIES[name].file.reasons:
        said = [POLICIES[name].texts(code, language) for language in LANGUAGES]
        for part in ("why", "next", "objection"):
            # Both Chinese scripts may write a short sentence alike.
            assert len({each[part] for each in said}) >= len(LANGUAGES) - 1
            assert all(each[part][-1] in "。.！!" for each in said)


@every_policy
def test_who_is_not_green_is_told_a_next_step(name: str) -> None:
    for code, reason in POLICIES[name].file.reasons.items():
        if code == "C":
            assert reason.advice is Advice.NONE
        elif code.startswith("A"):
            assert reason.advice is Advice.STAY_HOME


def test_the_files_are_laid_out_as_the_tool_lays_them_out() -> None:
    for name, text in shipped().items():
        assert text == laid_out(msgspec.json.decode(text)), name


# ---------------------------------------------------------------- for anybody


def _severity(decision: ColourDecision) -> int:
    return SEVERITY[decision.colour]


@pytest.mark.slow
@every_policy
@settings(max_examples=60)
@given(chosen=st.data())
def test_everybody_gets_exactly_one_colour(name: str, chosen: Any) -> None:
    policy, around = POLICIES[name], SPAN[name]
    known = tuple(chosen.draw(st.lists(facts(around), max_size=6)))
    at = chosen.draw(moments(around)).astimezone(chosen.draw(zones))
    decision = evaluate(policy, Facts(chosen.draw(births), known), at)
    assert decision.reason in policy.file.reasons
    assert decision.colour is colour_of(decision.reason)
    assert decision.advice is policy.file.reasons[decision.reason].advice
    assert decision.faults == ()
    assert decision.valid_until is None or decision.valid_until > at


@pytest.mark.slow
@every_policy
@settings(max_examples=60)
@given(chosen=st.data())
def test_a_further_bad_fact_never_improves_the_colour(name: str, chosen: Any) -> None:
    policy, around = POLICIES[name], SPAN[name]
    known = tuple(chosen.draw(st.lists(facts(around), max_size=5)))
    bad = chosen.draw(bad_facts(around))
    birth = chosen.draw(births)
    at = chosen.draw(moments(around)).astimezone(chosen.draw(zones))
    before, after = evaluate(policy, Facts(birth, known), at), evaluate(policy, Facts(birth, (*known, bad)), at)
    assert _severity(after) >= _severity(before), (before, after)


@pytest.mark.slow
@every_policy
@settings(max_examples=60)
@given(chosen=st.data())
def test_to_declare_symptoms_is_never_better_than_to_declare_none(name: str, chosen: Any) -> None:
    policy, around = POLICIES[name], SPAN[name]
    known = tuple(chosen.draw(st.lists(facts(around), max_size=4)))
    when = chosen.draw(moments(around))
    at = chosen.draw(moments(around)).astimezone(chosen.draw(zones))
    well: dict[str, Any] = {"symptoms": [], "temperature": None, "contact": False, "travelled": False}
    declared = [
        Facts("", (*known, Fact(FactKind.DECLARATION, when, None, data)))
        for data in (well, {**well, "symptoms": ["fever"]}, {**well, "symptoms": ["fever"], "contact": True})
    ]
    severities = [_severity(evaluate(policy, each, at)) for each in declared]
    assert severities == sorted(severities)


@pytest.mark.slow
@every_policy
@settings(max_examples=60)
@given(chosen=st.data())
def test_until_the_day_that_it_names_a_decision_stands_by_itself(name: str, chosen: Any) -> None:
    """What makes the nightly re-evaluation small: before that moment, nobody need look at this person again."""
    policy, around = POLICIES[name], SPAN[name]
    zone = chosen.draw(zones)
    known = Facts(chosen.draw(births), tuple(chosen.draw(st.lists(facts(around), max_size=5))))
    at = chosen.draw(moments(around)).astimezone(zone)
    decision = evaluate(policy, known, at)
    horizon = decision.valid_until or at + timedelta(days=400)
    span = horizon - at
    for part in (*chosen.draw(st.lists(st.floats(0, 1, exclude_max=True), max_size=4)), 0.5):
        later = min(at + span * part, horizon - timedelta(milliseconds=1))
        assume(later >= at)
        again = evaluate(policy, known, later.astimezone(zone))
        assert (again.reason, again.rule) == (decision.reason, decision.rule)


def _day(zone: ZoneInfo, day: date, minutes: int) -> datetime:
    """So many minutes after the day began at this place, on the clock of Greenwich and back."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    return (datetime.fromtimestamp(midnight.timestamp(), tz=zone) + timedelta(minutes=minutes)).astimezone(zone)


@pytest.mark.parametrize("zone", ZONES, ids=str)
@pytest.mark.parametrize("day", [date(2020, 2, 3), date(2017, 10, 8), date(2020, 3, 22), date(2011, 12, 24)], ids=str)
def test_fourteen_days_are_fourteen_midnights_at_every_place(zone: ZoneInfo, day: date) -> None:
    policy: Policy = POLICIES["community-2020"]
    declared = Fact(FactKind.DECLARATION, _day(zone, day + timedelta(days=10), 1), None, {"symptoms": []})
    for minute in (0, 1, 719, 1380):
        contact = Fact(FactKind.CONTACT, _day(zone, day, minute), None, {"degree": "close"})
        known = Facts("", (contact, declared))
        release = _day(zone, day + timedelta(days=14), 0)
        last = release - timedelta(milliseconds=1)
        assert evaluate(policy, known, last.astimezone(zone)).reason == "A4"
        assert evaluate(policy, known, release).reason == "C"
        during = evaluate(policy, known, _day(zone, day + timedelta(days=11), 300))
        assert during.valid_until == release


def test_the_same_moment_is_another_day_elsewhere() -> None:
    policy = POLICIES["community-2020"]
    here = ZoneInfo("Asia/Shanghai")
    now = datetime(2020, 2, 20, 10, 0, tzinfo=here)
    known = Facts("", (Fact(FactKind.DECLARATION, datetime(2020, 2, 6, 23, 30, tzinfo=here), None, {"symptoms": []}),))
    assert evaluate(policy, known, now).reason == "B5"
    assert evaluate(policy, known, now.astimezone(ZoneInfo("America/New_York"))).reason == "C"


def _at_home(policy: Policy, zone: ZoneInfo) -> Policy:
    """The same policy, with the days from which its regions count by the clocks of another place."""
    regions = {
        name: [each if isinstance(each, str) else _moved(each, zone) for each in entries]
        for name, entries in policy.file.regions.items()
    }
    return made_ready(msgspec.structs.replace(policy.file, regions=regions))


def _moved(part: Any, zone: ZoneInfo) -> Any:
    """A case, a fact or a region: every moment of it with the same clock and date, at another place."""
    changed: dict[str, Any] = {}
    for name in ("at", "since", "until", "valid_until"):
        moment = getattr(part, name, None)
        if isinstance(moment, datetime):
            local = moment.astimezone(ZoneInfo("Asia/Shanghai")).replace(tzinfo=zone)
            changed[name] = datetime.fromtimestamp(local.timestamp(), tz=zone)
    if isinstance(part, CaseOfPolicy):
        changed["facts"] = tuple(_moved(fact, zone) for fact in part.facts)
    return msgspec.structs.replace(part, **changed)


@pytest.mark.parametrize("zone", ZONES, ids=str)
@every_policy
def test_every_case_comes_out_the_same_by_the_clock_of_every_place(name: str, zone: ZoneInfo) -> None:
    """The boundary days of the tables, midnights and all: what holds in Hangzhou holds wherever a site is."""
    policy = _at_home(POLICIES[name], zone)
    for case in POLICIES[name].file.cases:
        there = _moved(case, zone)
        decision = outcome(policy, there)
        assert (decision.reason, decision.faults) == (case.reason, ()), case.name
        if isinstance(there.valid_until, datetime):
            assert decision.valid_until == there.valid_until, case.name
            before = msgspec.structs.replace(there, at=there.valid_until - timedelta(milliseconds=1))
            assert outcome(policy, before).rule == decision.rule, case.name


def test_every_note_of_a_shipped_rule_is_there_in_five_languages_and_a_gap_in_one_is_refused() -> None:
    notes = [rule for text in shipped().values() for rule in read_policy(text).file.rules if rule.note]
    assert len(notes) >= 12
    assert not [rule.id for rule in notes if isinstance(rule.note, str)]
    assert all(rule.note_in("ja") != rule.note_in("en") for rule in notes)
    text = shipped()["community-2020"].replace("Observed for 14 days from the last contact.", " ", 1)
    with pytest.raises(PolicyError) as caught:
        read_policy(text)
    assert [(one.code, one.fields) for one in caught.value.findings] == [("language_missing", {"languages": "en"})]
