"""The rule of the gate: the shared table, and what must hold for anything that could ever be presented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.decision_cases import CASES, NOON, Case, ShownCode

from gatepass.credentials import REASON_CODES
from gatepass.identity import Assurance, Document, DocumentKind, Validity
from gatepass.identity.documents import DOCUMENT_ERROR_CODES
from gatepass.policy import (
    Advice,
    Colour,
    Decision,
    Face,
    FaceRule,
    Knowledge,
    Method,
    Outcome,
    Presentation,
    SiteRules,
    Status,
    decide,
)
from gatepass.policy.reasons import REASONS
from gatepass.speech.prompts import PROMPTS

SEVERITY = [Outcome.PASS, Outcome.HOLD, Outcome.REFUSE]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_table_of_decisions_holds(case: Case) -> None:
    decision = decide(case.presentation, case.status, case.rules, case.at)
    assert decision == Decision(case.outcome, case.reasons, case.advice, case.prompt)
    assert PROMPTS[decision.prompt].texts["zh-Hans"] == case.spoken


def test_the_table_names_every_reason_and_no_case_twice() -> None:
    decided = {reason for case in CASES for reason in case.reasons}
    # What `credentials.judge` says of a shown code has its own table: tests/credentials/test_judge.py.
    assert decided | REASON_CODES == set(REASONS)
    assert len({case.name for case in CASES}) == len(CASES) >= 40


dates = st.none() | st.dates(date(1900, 1, 1), date(9998, 1, 1))
documents = st.builds(
    Document,
    kind=st.sampled_from(DocumentKind),
    issuer=st.sampled_from(["CHN", "KOR", ""]),
    number=st.text(max_size=18),
    validity=st.builds(Validity, dates, dates),
    assurance=st.sampled_from(Assurance),
)
codes = st.builds(
    ShownCode,
    st.sampled_from(Outcome),
    st.lists(st.sampled_from(sorted(REASONS)) | st.text(max_size=20), max_size=10).map(tuple),
)
zones = st.just(UTC) | st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(timezones=zones) | st.just(NOON)
presentations = st.builds(
    Presentation,
    method=st.sampled_from(Method),
    document=st.none() | documents,
    fault=st.none() | st.text(max_size=20) | st.sampled_from(sorted(DOCUMENT_ERROR_CODES)),
    code=st.none() | codes,
    face=st.sampled_from(Face),
)
read_presentations = st.builds(
    Presentation, st.sampled_from(Method), documents, code=st.none() | codes, face=st.sampled_from(Face)
)
statuses = st.builds(
    Status,
    knowledge=st.sampled_from(Knowledge),
    as_of=moments,
    colour=st.none() | st.sampled_from(Colour),
    advice=st.sampled_from(Advice),
)
rules = st.builds(
    SiteRules,
    yellow=st.sampled_from(Outcome),
    red=st.sampled_from(Outcome),
    unknown=st.sampled_from(Outcome),
    unproven=st.sampled_from(Outcome),
    uid_cards=st.sampled_from(Outcome),
    faces=st.sampled_from(FaceRule),
    notice_after_hours=st.floats(),
    hold_after_hours=st.floats() | st.just(72.0),
    utc_offset_minutes=st.integers(),
)


@given(presentations, st.none() | statuses, rules, moments)
def test_whatever_is_presented_there_is_exactly_one_answer(
    presentation: Presentation, status: Status | None, site_rules: SiteRules, at: datetime
) -> None:
    decision = decide(presentation, status, site_rules, at)
    first = REASONS[decision.reasons[0]]
    assert decision.outcome is first.outcome
    assert decision.prompt == first.prompt
    assert decision.prompt in PROMPTS
    assert 1 <= len(decision.reasons) == len(set(decision.reasons)) <= 8
    assert set(decision.reasons) <= set(REASONS)
    assert decide(presentation, status, site_rules, at) == decision


@given(presentations, st.none() | statuses, rules, moments)
def test_only_a_colour_or_a_code_that_proves_nothing_is_ever_refused(
    presentation: Presentation, status: Status | None, site_rules: SiteRules, at: datetime
) -> None:
    decision = decide(presentation, status, site_rules, at)
    # `judge` says REASON_CODES only; a pretended code here may bring any word, and is then what refuses.
    of_the_code = REASON_CODES.union(presentation.code.reasons if presentation.code else ())
    if decision.outcome is Outcome.REFUSE and decision.reasons[0] not in of_the_code:
        assert status is not None
        assert status.knowledge is Knowledge.REGISTERED
        assert status.colour in {Colour.YELLOW, Colour.RED}
        assert presentation.face is not Face.MISMATCH
        assert presentation.fault is None


@given(presentations, st.none() | statuses, rules, moments)
def test_nobody_passes_whose_document_could_not_be_read_or_does_not_fit(
    presentation: Presentation, status: Status | None, site_rules: SiteRules, at: datetime
) -> None:
    decision = decide(presentation, status, site_rules, at)
    is_proved = presentation.code is not None and presentation.code.outcome is Outcome.PASS
    if presentation.fault is not None or presentation.face is Face.MISMATCH:
        assert decision.outcome is not Outcome.PASS
    if presentation.document is None and not is_proved:
        assert decision.outcome is not Outcome.PASS
    if status is None or status.knowledge is Knowledge.UNAVAILABLE:
        assert decision.outcome is not Outcome.PASS


@given(documents, codes, statuses, rules, moments)
def test_a_second_proof_of_one_person_never_makes_the_answer_worse(
    document: Document, code: ShownCode, status: Status, site_rules: SiteRules, at: datetime
) -> None:
    def answer(presentation: Presentation) -> int:
        return SEVERITY.index(decide(presentation, status, site_rules, at).outcome)

    both = answer(Presentation(Method.CARD, document, code=code))
    assert both <= answer(Presentation(Method.CARD, document))
    assert both <= answer(Presentation(Method.CODE, code=code)) or code.outcome is not Outcome.PASS


@given(read_presentations, moments, st.sampled_from(Advice), rules, moments)
def test_a_worse_colour_never_gives_a_better_outcome(
    presentation: Presentation, as_of: datetime, advice: Advice, site_rules: SiteRules, at: datetime
) -> None:
    outcomes = [
        SEVERITY.index(
            decide(presentation, Status(Knowledge.REGISTERED, as_of, colour, advice), site_rules, at).outcome
        )
        for colour in (Colour.GREEN, Colour.YELLOW, Colour.RED)
    ]
    assert outcomes == sorted(outcomes)


@given(
    read_presentations,
    st.sampled_from(Knowledge),
    st.none() | st.sampled_from(Colour),
    rules,
    st.lists(st.timedeltas(timedelta(0), timedelta(days=3000)), min_size=2, max_size=2).map(sorted),
)
def test_older_knowledge_never_gives_a_better_outcome(
    presentation: Presentation,
    knowledge: Knowledge,
    colour: Colour | None,
    site_rules: SiteRules,
    ages: list[timedelta],
) -> None:
    newer, older = (
        SEVERITY.index(decide(presentation, Status(knowledge, NOON - age, colour), site_rules, NOON).outcome)
        for age in ages
    )
    assert newer <= older


@given(presentations, statuses, moments)
def test_a_stricter_rule_never_gives_a_better_outcome(presentation: Presentation, status: Status, at: datetime) -> None:
    for stricter in ("yellow", "red", "unknown", "unproven", "uid_cards"):
        outcomes = [
            SEVERITY.index(decide(presentation, status, SiteRules(**{stricter: outcome}), at).outcome)
            for outcome in SEVERITY
        ]
        assert outcomes == sorted(outcomes)
    outcomes = [SEVERITY.index(decide(presentation, status, SiteRules(faces=rule), at).outcome) for rule in FaceRule]
    assert outcomes == sorted(outcomes)


@given(presentations, st.none() | statuses, rules, moments)
def test_no_face_makes_an_answer_kinder_and_only_another_persons_is_not_refused_for_a_colour(
    presentation: Presentation, status: Status | None, site_rules: SiteRules, at: datetime
) -> None:
    without = decide(replace(presentation, face=Face.SAME), status, site_rules, at)
    with_it = decide(presentation, status, site_rules, at)
    if presentation.face is Face.MISMATCH:
        assert with_it.outcome is not Outcome.PASS
    else:
        assert SEVERITY.index(with_it.outcome) >= SEVERITY.index(without.outcome)
        if without.outcome is not Outcome.PASS:
            assert with_it.outcome is without.outcome
    if site_rules.faces is FaceRule.OFF and presentation.face is not Face.MISMATCH:
        # A pretended code may bring any word at all; what the face added is meant.
        brought = presentation.code.reasons if presentation.code else ()
        assert not any(reason.startswith("face_") for reason in with_it.reasons if reason not in brought)


@given(read_presentations, statuses, rules, moments)
def test_a_second_thing_amiss_never_helps(
    presentation: Presentation, status: Status, site_rules: SiteRules, at: datetime
) -> None:
    """A document out of date can make a pass a hold; it can never make a hold or a refusal anything better."""
    assert presentation.document is not None
    plain = Presentation(presentation.method, Document(presentation.document.kind, "CHN", "1"))
    amiss = Presentation(presentation.method, presentation.document)
    better, worse = (SEVERITY.index(decide(each, status, site_rules, at).outcome) for each in (plain, amiss))
    assert better <= worse
