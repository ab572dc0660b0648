"""May X come in to Y at Z? The gate's own rule answers (`policy.asking`), in words of the asker's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec
from django.db.models import Case, Value, When

from gatepass.centre.notices.access import language_of
from gatepass.centre.people.models import Resident
from gatepass.centre.sites.actions import rules_of
from gatepass.centre.sites.models import Gate
from gatepass.centre.visitors.actions import invited_of
from gatepass.centre.visitors.models import Invitation
from gatepass.policy import Colour, Knowledge, Status
from gatepass.policy.asking import BRING, OUTCOMES, RULES, STANDINGS, WHO, Asked, Foretold, answers, supposed
from gatepass.policy.invitations import ShownInvitation
from gatepass.policy.invitations import Standing as VisitStanding
from gatepass.policy.reasons import REASONS

HELPS: Final = {"visit_expected", "visit_unproven"}
"""Rules with which an invitation is worth having: the guard knows that somebody waits for them."""
_MARKS: Final = {"pass": "✓", "hold": "△", "refuse": "✕"}


@dataclass(frozen=True, slots=True)
class Line:
    """One answer in words."""

    standing: str
    outcome: str
    mark: str
    said: str
    on_screen: str
    """What the screen at the gate says in large letters."""
    rule: str
    """The one that decides."""
    others: list[str]
    bring: list[str]


class Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was answered, kept with the question: the desk sees what the person has read, though rules may change."""

    who: str
    gate: str
    asked: Asked
    told: list[tuple[str, str, tuple[str, ...]]]
    """Standing, outcome, rules."""

    def text(self) -> str:
        return msgspec.json.encode(self).decode()


def gates_of(sites: Iterable[int]) -> list[Gate]:
    """Of these sites; ways in before ways out."""
    first = Case(When(direction=Gate.Direction.IN, then=Value(0)), default=Value(1))
    return list(Gate.objects.filter(site__in=sites).select_related("site").order_by("site", first, "name"))


def foretell(asked: Asked, gate: Gate, shown: ShownInvitation | None = None) -> tuple[Foretold, ...]:
    return answers(asked, rules_of(gate), shown)


def shown_at(gate: Gate, asked: Asked, host: Resident, invitation: Invitation | None) -> ShownInvitation:
    """The invitation as the gate would see it, by what is known of the host now; None: one that might be made."""
    code = getattr(host, "code", None)
    colour = Colour(code.colour) if code is not None and code.colour else None
    known = Status(Knowledge.REGISTERED, asked.at, colour)
    closed = host.quarantines.filter(state="open").exists()
    if invitation is None:
        shown = supposed(asked.at, known)
    else:
        closed = closed or invitation.state == Invitation.State.PAUSED
        shown = ShownInvitation(invited_of(invitation), gate=str(gate.pk), host=known)
    return replace(shown, standing=VisitStanding.PAUSED if closed else VisitStanding.GOOD)


def says_otherwise(asked: Asked, gate: Gate, found: Iterable[Foretold], host: Resident) -> bool:
    """Whether an invitation would change the answer for somebody who may come in at all."""
    invited = foretell(msgspec.structs.replace(asked, invited=True), gate, shown_at(gate, asked, host, None))
    pairs = zip(found, invited, strict=True)
    return any(one.rules[:1] != other.rules[:1] and other.rules[:1] and other.rules[0] in HELPS for one, other in pairs)


def lines(found: Iterable[Foretold], language: str) -> list[Line]:
    said = language_of(language)
    return [
        Line(
            standing=STANDINGS[one.standing.value][said],
            outcome=one.decision.outcome.value,
            mark=_MARKS[one.decision.outcome.value],
            said=OUTCOMES[one.decision.outcome.value][said],
            on_screen=REASONS[one.decision.reasons[0]].texts[said].word,
            rule=RULES[one.rules[0]][said] if one.rules else "",
            others=[RULES[code][said] for code in one.rules[1:]],
            bring=[BRING[code][said] for code in one.bring],
        )
        for one in found
    ]


def kept(who: str, gate: Gate, asked: Asked, found: Iterable[Foretold]) -> str:
    told = [(one.standing.value, one.decision.outcome.value, one.rules) for one in found]
    return Kept(who, f"{gate.site.name} · {gate.name}", asked, told).text()


def kept_in_words(text: object, language: str) -> dict[str, Any] | None:
    """For the desk and the person's page; None where no rule was asked, or a newer release wrote it otherwise."""
    if not text:
        return None
    try:
        one = msgspec.json.decode(str(text), type=Kept)
    except msgspec.MsgspecError:
        return None
    said = language_of(language)
    return {
        "who": WHO[one.who][said] if one.who in WHO else "",
        "gate": one.gate,
        "at": one.asked.at,
        "told": [
            (STANDINGS[standing][said], outcome, _MARKS[outcome], OUTCOMES[outcome][said], RULES[rules[0]][said])
            for standing, outcome, rules in one.told
            if standing in STANDINGS and outcome in OUTCOMES and rules and rules[0] in RULES
        ],
    }
