"""What is answered beforehand is what the gate decides: over the one table of cases."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from tests.policy.decision_cases import CASES, Case

from gatepass.identity import Assurance, DocumentKind
from gatepass.policy import Face, FaceRule, Knowledge, Outcome, SiteRules
from gatepass.policy.asking import BRING, BRINGS, OUTCOMES, RULES, STANDINGS, Asked, Brings, Standing, answers
from gatepass.policy.reasons import REASONS


def as_asked(case: Case) -> Asked | None:
    """The row as somebody would ask it beforehand; None where nobody can: a fault, old knowledge, another's face, and
    an invitation, which says itself whom it lets in and when.
    """
    shown, known = case.presentation, case.status
    if shown.fault or shown.invitation or known is None or known.knowledge is Knowledge.UNAVAILABLE:
        return None
    if abs(case.at - known.as_of).total_seconds() > case.rules.notice_after_hours * 3600:
        return None
    brings = _brings(case)
    if brings is None:
        return None
    if case.rules.faces is not FaceRule.OFF:
        has_portrait = brings in {Brings.CARD, Brings.CARD_AND_CODE, Brings.PASSPORT}
        if shown.face is not (Face.SAME if has_portrait else Face.NO_PORTRAIT):
            return None
    if known.knowledge is Knowledge.UNKNOWN:
        standing = Standing.UNKNOWN
    else:
        standing = Standing(known.colour.value) if known.colour is not None else Standing.NO_CODE
    document = shown.document
    if document is not None and not document.validity.has_begun(case.at.date()):
        return None
    return Asked(brings, standing, case.at, document.validity.last if document is not None else None)


def _brings(case: Case) -> Brings | None:
    document, code = case.presentation.document, case.presentation.code
    if code is not None:
        proved = Brings.CODE if document is None else Brings.CARD_AND_CODE
        return proved if code.outcome is Outcome.PASS else None
    if document is None:
        return None
    if document.kind is DocumentKind.CARD_UID:
        return Brings.ENROLLED
    by_assurance = {
        Assurance.PRINTED: Brings.PASSPORT,
        Assurance.CHIP: Brings.PASSPORT,
        Assurance.TYPED: Brings.NOTHING,
    }
    return by_assurance.get(document.assurance, Brings.CARD)


ASKED = [(case, asked) for case in CASES if (asked := as_asked(case)) is not None]


INVITED = [
    (case, asked)
    for case in CASES
    if case.presentation.invitation is not None
    and (asked := as_asked(replace(case, presentation=replace(case.presentation, invitation=None)))) is not None
]


LATER = {"visit_inside", "visit_ended", "visit_leaving"}
"""What has become of an invitation when somebody stands there: nobody asks it beforehand."""


def test_most_of_the_table_can_be_asked_beforehand() -> None:
    assert len(ASKED) >= 60
    assert {asked.brings for _case, asked in ASKED} >= set(Brings) - {Brings.NOTHING}
    assert {asked.standing for _case, asked in ASKED} == set(Standing) - {Standing.NOT_SAID}


@pytest.mark.parametrize(("case", "asked"), [pytest.param(case, asked, id=str(case)) for case, asked in ASKED])
def test_the_answer_beforehand_is_what_the_gate_decides(case: Case, asked: Asked) -> None:
    [found] = answers(asked, case.rules)
    assert found.decision.outcome is case.outcome
    assert found.decision.reasons == case.reasons
    assert found.decision.prompt == case.prompt
    assert found.rules[0] == case.reasons[0], "the rule that decides is shown first"


@pytest.mark.parametrize(("case", "asked"), [pytest.param(case, asked, id=str(case)) for case, asked in INVITED])
def test_with_an_invitation_too(case: Case, asked: Asked) -> None:
    [found] = answers(msgspec.structs.replace(asked, invited=True), case.rules, case.presentation.invitation)
    assert found.decision.reasons == case.reasons
    assert found.bring[0] == "invitation"


def test_one_that_is_supposed_lets_in_whoever_is_well_and_spares_a_stranger_the_question_for_whom() -> None:
    asked = Asked(Brings.CARD, Standing.NOT_SAID, ASKED[0][1].at, invited=True)
    rules = {one.standing: one.rules[0] for one in answers(asked, SiteRules())}
    assert rules[Standing.GREEN] == "visit_expected"
    assert rules[Standing.UNKNOWN] == "visit_unproven"
    assert rules[Standing.RED] == "red"


def test_where_no_colour_is_said_each_one_is_answered() -> None:
    asked = msgspec.structs.replace(ASKED[0][1], standing=Standing.NOT_SAID)
    found = answers(asked, SiteRules())
    assert [one.standing for one in found] == [one for one in Standing if one is not Standing.NOT_SAID]
    assert [one.decision.outcome.value for one in found] == ["pass", "hold", "refuse", "hold", "hold"]


def test_every_choice_has_its_words() -> None:
    assert set(STANDINGS) == {one.value for one in Standing}
    assert set(BRINGS) == {one.value for one in Brings}
    assert set(OUTCOMES) == {one.value for one in Outcome}


def test_every_rule_in_words_is_one_of_the_gate() -> None:
    assert set(RULES) <= set(REASONS)
    told = [one for case, asked in ASKED for one in answers(asked, case.rules)]
    for case, asked in INVITED:
        told += answers(msgspec.structs.replace(asked, invited=True), case.rules, case.presentation.invitation)
    reached = {code for one in told for code in one.decision.reasons} - LATER
    assert reached <= set(RULES), "a reason that may be foretold has its rule in words"
    assert {key for one in told for key in one.bring} == set(BRING)
