"""May they come in? Asked beforehand, in words, and answered by the rule of the gate itself (`decide`).

    Asked          of somebody who will come: when, what they bring and until when it is valid, their colour, whether
                   they have an invitation
    supposed(…)    an invitation that there might be: for that moment, by this host
    answers(…)     what the gate would decide: one `Foretold`; where the colour is not known, one for each that there is
    RULES, BRING   each rule and what to bring, code -> text per language (`asking.toml`), beside the words of a form

Nobody is looked up: an answer rests on what was said, and on the rules of the gate.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from importlib import resources
from types import MappingProxyType
from typing import Final

import msgspec

from gatepass.identity import Assurance, Document, DocumentKind, Validity
from gatepass.languages import LANGUAGES, Language
from gatepass.policy.decisions import (
    Colour,
    Decision,
    Face,
    FaceRule,
    Knowledge,
    Method,
    Presentation,
    SiteRules,
    Status,
)
from gatepass.policy.decisions import Outcome as _Outcome
from gatepass.policy.gate_rules import decide
from gatepass.policy.invitations import Invited, ShownInvitation, VisitKind


class Brings(StrEnum):
    """What they will show."""

    CARD = "card"
    """A card whose chip the reader's security module vouches for: resident card, residence card."""
    PASSPORT = "passport"
    """A passport or travel permit: its page or a chip that no machine here has found genuine."""
    CODE = "code"
    """The health code alone, on the phone or on paper."""
    CARD_AND_CODE = "card_and_code"
    ENROLLED = "enrolled"
    """A card that the site enrolled, known by its chip's number."""
    NOTHING = "nothing"
    """No document: a guard types the number."""


class Standing(StrEnum):
    """What the town knows of them."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    NO_CODE = "no_code"
    """Registered, and without a valid code."""
    UNKNOWN = "unknown"
    """Not registered."""
    NOT_SAID = "not_said"
    """Whoever asks does not know, or does not say."""


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    brings: Brings
    standing: Standing
    at: datetime
    """When they will come; aware."""
    valid_until: date | None = None
    """The last day of the document; None: far off, or without an end."""
    invited: bool = False
    """They show an invitation beside it."""


@dataclass(frozen=True, slots=True)
class Foretold:
    standing: Standing
    decision: Decision
    rules: tuple[str, ...]
    """Keys of `RULES`: the one that decides, then what else would count."""
    bring: tuple[str, ...]
    """Keys of `BRING`."""


Texts = Mapping[Language, str]
_SAID: Final = (Standing.GREEN, Standing.YELLOW, Standing.RED, Standing.NO_CODE, Standing.UNKNOWN)
_AN_HOUR: Final = timedelta(hours=1)
_COLOURS: Final = {
    Standing.GREEN: Colour.GREEN,
    Standing.YELLOW: Colour.YELLOW,
    Standing.RED: Colour.RED,
    Standing.NO_CODE: None,
}


def answers(asked: Asked, rules: SiteRules, shown: ShownInvitation | None = None) -> tuple[Foretold, ...]:
    """What a gate with these rules decides; for each standing that there is where none was said.

    `shown` counts where an invitation was said: the one that they have; None for one that is merely supposed.
    """
    standings = _SAID if asked.standing is Standing.NOT_SAID else (asked.standing,)
    invitation = (shown or supposed(asked.at)) if asked.invited else None
    return tuple(_foretold(asked, standing, rules, invitation) for standing in standings)


def supposed(at: datetime, host: Status | None = None) -> ShownInvitation:
    """An invitation for that moment, by somebody who receives visitors unless their `host` status says otherwise."""
    host = host or Status(Knowledge.REGISTERED, at, Colour.GREEN)
    invited = Invited(VisitKind.GUEST, at - _AN_HOUR, at + _AN_HOUR, frozenset())
    return ShownInvitation(invited, gate="", host=host)


def _foretold(asked: Asked, standing: Standing, rules: SiteRules, invitation: ShownInvitation | None) -> Foretold:
    presented = replace(presentation_of(asked, rules), invitation=invitation)
    decision = decide(presented, status_of(standing, asked.at), rules, asked.at)
    bring = _bring(decision, invited=invitation is not None)
    return Foretold(standing, decision, tuple(code for code in decision.reasons if code in RULES), bring)


def presentation_of(asked: Asked, rules: SiteRules) -> Presentation:
    """What the gate would have before it. Whoever comes is the one in the portrait: nothing else can be foretold."""
    document = _document(asked)
    code = _Genuine() if asked.brings in {Brings.CODE, Brings.CARD_AND_CODE} else None
    method = Method.CODE if code is not None else Method.of(document) if document is not None else Method.TYPED
    return Presentation(method, document, code=code, face=_face(asked.brings, rules))


def status_of(standing: Standing, at: datetime) -> Status:
    """Fresh knowledge: a gate without a network says itself how old its own is."""
    if standing is Standing.UNKNOWN:
        return Status(Knowledge.UNKNOWN, at)
    return Status(Knowledge.REGISTERED, at, _COLOURS[standing])


@dataclass(frozen=True, slots=True)
class _Genuine:
    """A shown code that is in force."""

    outcome: _Outcome = _Outcome.PASS
    reasons: tuple[str, ...] = ("code_valid",)


_READ: Final = {
    Brings.CARD: (DocumentKind.RESIDENT_CARD, Assurance.VERIFIED),
    Brings.CARD_AND_CODE: (DocumentKind.RESIDENT_CARD, Assurance.VERIFIED),
    Brings.PASSPORT: (DocumentKind.PASSPORT, Assurance.PRINTED),
    Brings.ENROLLED: (DocumentKind.CARD_UID, Assurance.COPYABLE),
    Brings.NOTHING: (DocumentKind.OTHER, Assurance.TYPED),
}


def _document(asked: Asked) -> Document | None:
    if asked.brings is Brings.CODE:
        return None
    kind, assurance = _READ[asked.brings]
    return Document(kind, "", "", validity=Validity(None, asked.valid_until), assurance=assurance)


def _face(brings: Brings, rules: SiteRules) -> Face:
    if rules.faces is FaceRule.OFF:
        return Face.OFF
    return Face.SAME if brings in {Brings.CARD, Brings.CARD_AND_CODE, Brings.PASSPORT} else Face.NO_PORTRAIT


def _bring(decision: Decision, *, invited: bool) -> tuple[str, ...]:
    found = ["document"]
    first = decision.reasons[0]
    if first in {"document_expired", "document_not_yet_valid"}:
        found = ["renewed"]
    elif first in {"unproven", "uid_card"} or first.startswith("face_"):
        found += ["time"]
    if first in {"unknown", "unknown_allowed"}:
        found += ["register"]
    elif first == "code_expired":
        found += ["declare"]
    elif first == "visit_unproven":
        found += ["time"]
    return ("invitation", *found) if invited else tuple(found)


def _read(table: str, texts: dict[str, dict[str, dict[Language, str]]]) -> Mapping[str, Texts]:
    found = texts[table]
    gaps = [key for key, said in found.items() if tuple(said) != LANGUAGES or not all(said.values())]
    if gaps:
        raise ValueError(f"asking.toml: not in all five languages (in the order of LANGUAGES): {', '.join(gaps)}")
    return MappingProxyType(found)


_TEXTS: Final = tomllib.loads(resources.files(__package__).joinpath("asking.toml").read_text("utf-8"))
RULES: Final = _read("rule", _TEXTS)
BRING: Final = _read("bring", _TEXTS)
OUTCOMES: Final = _read("outcome", _TEXTS)
STANDINGS: Final = _read("standing", _TEXTS)
BRINGS: Final = _read("brings", _TEXTS)
WHO: Final = _read("who", _TEXTS)
"""Who comes: for whoever reads the question. No gate asks why somebody comes, so that it decides nothing."""
