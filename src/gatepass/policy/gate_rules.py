"""The one rule of a gate: `decide`. The centre, the gate online and the gate offline all run this function."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

from gatepass.identity import Assurance, Document, DocumentKind
from gatepass.policy.decisions import (
    Advice,
    Colour,
    Decision,
    Face,
    FaceRule,
    JudgedCode,
    Knowledge,
    Outcome,
    Presentation,
    SiteRules,
    Status,
)
from gatepass.policy.invitations import ShownInvitation, about_invitation
from gatepass.policy.reasons import CODE_NOT_UNDERSTOOD, REASONS, reason_for_fault

_SEVERITY = {Outcome.PASS: 0, Outcome.HOLD: 1, Outcome.REFUSE: 2}

_YELLOW = {Outcome.PASS: "yellow_allowed", Outcome.HOLD: "yellow", Outcome.REFUSE: "yellow_refused"}
_RED = {Outcome.PASS: "red_allowed", Outcome.HOLD: "red_held", Outcome.REFUSE: "red"}

_MOST = 8
"""Reasons that a record of the wire has room for."""

_WIDEST_OFFSET = timedelta(hours=14)


def decide(presentation: Presentation, status: Status | None, site_rules: SiteRules, at: datetime) -> Decision:
    """May this person come in? Always answers, never raises; `at`, the present moment, is aware, as is `status.as_of`.

    Several things may be true at once: an old card, a yellow code, a directory from last week. All of them become
    reasons, for the desk and the record; the first one alone decides the outcome, is shown and is spoken. The order
    is that in which a patient guard would think:

    1. *Nothing was read*, or the code that was shown proves nothing: nothing else can be known.
    2. *Whoever stands there is not the one in the portrait*: whatever follows may be true of somebody else, so it is
       listed but decides nothing. Nobody is refused for another person's colour.
    3. *A refusal*: it sends the person elsewhere. Whoever is told first to renew a card, and refused after that, has
       been made to walk for nothing. Old knowledge does not soften it, or pulling the cable would open the gate.
    4. *The gate knows nothing* (no directory yet), or *too little* (`stale`): it must not claim anything about
       the person.
    5. *The person is not in the registry*: registering also settles whatever is amiss with the document.
    6. *Registered without a valid code*, then *a colour that is held*: one step of the person settles it.
    7. *The invitation* of a visitor, where one is shown (`invitations`): one that is not for now or not wanted refuses
       after a colour does; what somebody has to ask about holds. A visitor needs a proof of their own beside it, and
       whom this town does not know is measured, asked and written down by the guard instead of being sent to register.
    8. *The document is not valid today*, or *proves too little*, or *no face could be compared* where the site asks for
       it: the person is known and welcome, a human looks.
    9. *A pass*, and after it what the desk should know: that the face fits, that the document proves little, that the
       knowledge is old.

    A document and a code of one person are two proofs, and one is enough. What is amiss with the other is listed last,
    and decides nothing: nobody is held up for having shown more than was needed.

    The advice is the centre's where the first reason is about the code, and the reason's own everywhere else: who
    laid down an expired card is told about the card.
    """
    reasons = _reasons(presentation, status, site_rules, at)
    first = REASONS[reasons[0]]
    advice = first.advice
    if first.subject == "code" and status is not None and status.advice is not Advice.NONE:
        advice = status.advice
    return Decision(outcome=first.outcome, reasons=reasons, advice=advice, prompt=first.prompt)


def _reasons(presentation: Presentation, status: Status | None, rules: SiteRules, at: datetime) -> tuple[str, ...]:
    document, code, invitation = presentation.document, presentation.code, presentation.invitation
    if invitation is not None and presentation.fault is None:
        return _about_visitor(presentation, invitation, status, rules, at)
    if presentation.fault is not None or (document is None and code is None):
        return (reason_for_fault(presentation.fault or "", presentation.method),)
    of_shown = _about_shown(code)
    is_proved = code is not None and code.outcome is Outcome.PASS
    if document is None and not is_proved:
        return of_shown[:_MOST]

    of_knowledge = _about_knowledge(status, rules, at)
    of_code = _about_code(status, rules)
    of_document, of_proof = _about_document(document, rules, at) if document is not None else ([], [])
    beside = [*of_shown]
    if is_proved:
        beside, of_document, of_proof = [*of_shown, *of_document, *of_proof], [], []

    refusing, holding, passing = _by_outcome(of_code)
    _, too_old, old = _by_outcome(of_knowledge)
    _, unproven, noted = _by_outcome(of_proof)
    mismatch, not_compared, seen = _about_face(presentation.face, rules.faces)
    held = (*refusing, *too_old, *holding, *of_document, *unproven, *not_compared)
    found = (*mismatch, *held, *passing, *seen, *noted, *old, *beside)
    return tuple(dict.fromkeys(found))[:_MOST]


def _about_visitor(
    presentation: Presentation, invitation: ShownInvitation, status: Status | None, rules: SiteRules, at: datetime
) -> tuple[str, ...]:
    """What speaks for and against a visitor; with a proof of their own, what speaks of them as of anybody."""
    visit_refuses, visit_holds, visit_passes = _by_outcome(about_invitation(invitation, rules, at))
    _, host_too_old, _ = _by_outcome([] if invitation.leaving else _about_knowledge(invitation.host, rules, at))
    code = presentation.code
    if presentation.document is None and (code is None or code.outcome is not Outcome.PASS):
        beside = _about_shown(code)
        needs_proof = [] if invitation.leaving or visit_holds else ["visit_own_proof"]
        found = (*visit_refuses, *host_too_old, *visit_holds, *needs_proof, *visit_passes, *beside)
        return tuple(dict.fromkeys(found))[:_MOST]
    own = _reasons(replace(presentation, invitation=None), status, rules, at)
    own = tuple("visit_unproven" if reason == "unknown" else reason for reason in own)
    refusing, holding, passing = _by_outcome(list(own))
    found = (*refusing, *visit_refuses, *host_too_old, *holding, *visit_holds, *visit_passes, *passing)
    return tuple(dict.fromkeys(found))[:_MOST]


def _by_outcome(reasons: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Those that refuse, those that hold, those that pass."""
    refusing, holding, passing = (
        [reason for reason in reasons if REASONS[reason].outcome is outcome]
        for outcome in (Outcome.REFUSE, Outcome.HOLD, Outcome.PASS)
    )
    return refusing, holding, passing


def _about_knowledge(status: Status | None, rules: SiteRules, at: datetime) -> list[str]:
    if status is None or status.knowledge is Knowledge.UNAVAILABLE:
        return ["no_directory"]
    # Knowledge "from the future" means that this clock was stepped back. How old it is cannot be told then, so the
    # distance counts: a clock put back by a year must not make a stolen gate's directory fresh for ever.
    distance = abs((at - status.as_of).total_seconds()) / 3600
    # Written as "not within", so that a limit that is not a number (NaN) holds instead of passing everybody.
    if not distance <= rules.hold_after_hours:
        return ["stale"]
    return [] if distance <= rules.notice_after_hours else ["knowledge_old"]


def _about_code(status: Status | None, rules: SiteRules) -> list[str]:
    if status is None or status.knowledge is Knowledge.UNAVAILABLE:
        return []
    if status.knowledge is Knowledge.UNKNOWN:
        return ["unknown_allowed" if rules.unknown is Outcome.PASS else "unknown"]
    if status.colour is None:
        return ["code_expired"]
    if status.colour is Colour.GREEN:
        return ["green"]
    if status.colour is Colour.YELLOW:
        return [_YELLOW[rules.yellow]]
    return [_RED[max(rules.red, rules.yellow, key=_SEVERITY.__getitem__)]]


def _about_shown(code: JudgedCode | None) -> tuple[str, ...]:
    """What `credentials` found. Only reasons that agree with its outcome count: a slip there opens no gate."""
    if code is None:
        return ()
    known = [reason for reason in code.reasons if reason in REASONS]
    if code.outcome is Outcome.PASS:
        return tuple(dict.fromkeys(reason for reason in known if REASONS[reason].outcome is Outcome.PASS))
    amiss = dict.fromkeys(reason for reason in known if REASONS[reason].outcome is not Outcome.PASS)
    return tuple(amiss) or (CODE_NOT_UNDERSTOOD,)


def _about_document(document: Document, rules: SiteRules, at: datetime) -> tuple[list[str], list[str]]:
    """What is wrong with its dates, and how little it proves."""
    today = _civil_date(at, rules.utc_offset_minutes)
    dates = []
    if not document.validity.has_begun(today):
        dates = ["document_not_yet_valid"]
    elif document.validity.has_ended(today):
        dates = ["document_expired"]
    return dates, _about_proof(document, rules)


def _about_proof(document: Document, rules: SiteRules) -> list[str]:
    if document.kind is DocumentKind.CARD_UID or document.assurance is Assurance.COPYABLE:
        return ["uid_card_allowed" if rules.uid_cards is Outcome.PASS else "uid_card"]
    if document.assurance in {Assurance.CHIP, Assurance.PRINTED}:
        return ["unproven_allowed" if rules.unproven is Outcome.PASS else "unproven"]
    return []


def _about_face(face: Face, rule: FaceRule) -> tuple[list[str], list[str], list[str]]:
    """What goes before everything, what holds, and what is only noted.

    Who could have been compared and was not (looked away, covered the camera, asked for the other way) is held under
    either rule, or looking away would be a way around it.
    """
    if face is Face.MISMATCH:
        return ["face_mismatch"], [], []
    if rule is FaceRule.OFF:
        return [], [], []
    if face is Face.SAME:
        return [], [], ["face_same"]
    if rule is FaceRule.WHERE_POSSIBLE and face in {Face.OFF, Face.NO_PORTRAIT}:
        return [], [], ["face_not_compared"]
    return [], [f"face_{face.value}"], []


def _civil_date(at: datetime, offset_minutes: int) -> date:
    """The date at the site. No place on earth is further than 14 hours from Greenwich; a rule that says so is cut."""
    offset = min(max(timedelta(minutes=max(min(offset_minutes, 10**6), -(10**6))), -_WIDEST_OFFSET), _WIDEST_OFFSET)
    try:
        return at.astimezone(timezone(offset)).date()
    except OverflowError:  # the first or last day that a datetime can hold
        return at.date()
