"""The nouns of a decision. The rule that centre, gate online and gate offline all run is `gate_rules.decide`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import msgspec

from gatepass.identity import Assurance, Document

if TYPE_CHECKING:
    from gatepass.policy.invitations import ShownInvitation


class Outcome(StrEnum):
    PASS = "pass"  # noqa: S105 - the word of the contract, not a password
    HOLD = "hold"
    REFUSE = "refuse"


class Colour(StrEnum):
    """Words, never integers: real systems disagree on what 0, 1 and 2 mean."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class Advice(StrEnum):
    """The next step for the person, never the reason behind a colour. Eight values: three bits in the directory."""

    NONE = "none"
    APPLY = "apply"
    DECLARE = "declare"
    TEST = "test"
    STAY_HOME = "stay_home"
    APPEAL = "appeal"
    VISIT_OFFICE = "visit_office"
    RENEW_DOCUMENT = "renew_document"


class Knowledge(StrEnum):
    """What the look-up could say about the person."""

    REGISTERED = "registered"
    UNKNOWN = "unknown"
    UNAVAILABLE = "unavailable"
    """This gate has no directory at all yet."""


class Method(StrEnum):
    """What was presented. The value travels on the wire and into the passage log: never rename one."""

    CARD = "card"
    """A chip was read."""
    PRINTED = "printed"
    """What is printed on a document was read, by camera or scanner."""
    CODE = "code"
    """A code was shown, on paper or on a screen."""
    UID = "uid"
    """A card enrolled beforehand, by the number of its chip: no proof."""
    TYPED = "typed"

    @classmethod
    def of(cls, document: Document) -> Method:
        """How this document was read, by its assurance; one that does not say was read from its chip."""
        return _METHOD_OF.get(document.assurance, cls.CARD)


_METHOD_OF = {
    Assurance.PRINTED: Method.PRINTED,
    Assurance.TYPED: Method.TYPED,
    Assurance.COPYABLE: Method.UID,
}


@dataclass(frozen=True, slots=True)
class Status:
    """What is known of a person at a moment. `colour` is None for a registered person without a valid code."""

    knowledge: Knowledge
    as_of: datetime
    """When the centre stated this knowledge (aware, UTC): the gate says how old it is."""
    colour: Colour | None = None
    advice: Advice = Advice.NONE


class JudgedCode(Protocol):
    """A shown code as far as a decision needs it: a `credentials.Verdict`."""

    @property
    def outcome(self) -> Outcome:
        """`pass`: it is genuine and in force, and whoever shows it may be taken for the person that it names."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Codes of `policy.REASONS`, at least one; the first explains the outcome."""


class Face(StrEnum):
    """What comparing whoever stands there with the portrait of their document gave. Pictures never leave the gate."""

    OFF = "off"
    """Nothing was compared: the site does not ask, or the gate has no camera or no model."""
    SAME = "same"
    MISMATCH = "mismatch"
    NO_PORTRAIT = "no_portrait"
    """There was nothing to compare with: a code alone, a number, a document without a readable portrait."""
    NOT_SEEN = "not_seen"
    SEVERAL = "several"
    """Several people are in front: nobody is taken for another."""
    UNCLEAR = "unclear"
    """Turned away, too dark, blurred."""
    UNSURE = "unsure"
    """Clear pictures, and neither the same nor another."""
    DECLINED = "declined"
    """The person asked for the other way: a guard compares."""


class FaceRule(StrEnum):
    """What a site asks of faces, from the mildest on. Whoever is not compared is held for a guard, never refused."""

    OFF = "off"
    WHERE_POSSIBLE = "where_possible"
    """Who brings no portrait, and everybody while the gate cannot compare, passes with a note on the desk."""
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Presentation:
    """What one person presents together: a document, a code, or both; or else `fault`."""

    method: Method
    """What was presented, or what of it came last."""
    document: Document | None = None
    fault: str | None = None
    """The code of the `DocumentError` or reader fault, where nothing could be read."""
    code: JudgedCode | None = None
    face: Face = Face.OFF
    invitation: ShownInvitation | None = None
    """A genuine one, shown alone or beside the visitor's own document or code."""


class SiteRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a gate asks for: data that the centre sends, one per gate. Hours count from `Status.as_of`.

    A rule that would be kinder to a worse colour is a slip of the pen: red is never treated better than yellow. A
    person who is merely unknown is never refused by a machine: `unknown = refuse` holds.
    """

    version: int = 1
    yellow: Outcome = Outcome.HOLD
    red: Outcome = Outcome.REFUSE
    unknown: Outcome = Outcome.HOLD
    unproven: Outcome = Outcome.PASS
    """A document that no machine has found genuine: the printed page alone, or a chip whose signer is unknown here."""
    uid_cards: Outcome = Outcome.HOLD
    """A card known by the number of its chip alone. Like `unproven`, no machine refuses it: `refuse` holds."""
    notice_after_hours: float = 1.0
    """Older knowledge than this is still used, and the screen says how old it is."""
    hold_after_hours: float = 72.0
    """Older knowledge than this passes nobody by itself: a human looks."""
    faces: FaceRule = FaceRule.OFF
    """Whether whoever stands there is compared with the portrait of their document."""
    utc_offset_minutes: int = 480
    """The site's civil time: the last day on a document ends at midnight here, not in Greenwich."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer. The first reason is the one that is shown and spoken; `prompt` names the spoken sentence."""

    outcome: Outcome
    reasons: tuple[str, ...]
    advice: Advice
    prompt: str
