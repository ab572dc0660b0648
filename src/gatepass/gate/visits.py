"""A visit: what one person presents within a few seconds, and what was answered.

    card ──┐
    code ──┼─► Visit ─► policy.Presentation ─► Decision
    page ──┘

The first part is answered at once. A further part of the same person joins the visit while it is open: until `gather_s`
after its latest new part. Several visits can be open at a time, because people queue: every part goes to the one to
which it belongs, and a part that belongs to none begins its own. What cannot be read belongs to nobody.

A part that is there already (a card laid down again because nobody listened) keeps no visit open: it belongs to it for
`repeat_s` after its beginning at least, and a card that is laid again and again becomes a new passage in the end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from gatepass.credentials import Verdict, VisitorPass
from gatepass.gate.belonging import are_of_one_person, is_named
from gatepass.gate.faces import Compared
from gatepass.gate.recollection import Passage
from gatepass.identity import Assurance, Document
from gatepass.languages import Language
from gatepass.policy import (
    Colour,
    Decision,
    Face,
    Knowledge,
    Method,
    Outcome,
    Presentation,
    ShownInvitation,
    Standing,
    Status,
)

KeysOf = Callable[[Document], Iterable[bytes]]

FINDS_CARD_S: Final = 30.0
"""Whoever has shown an invitation looks for their own card next: longer than a second card of a wallet takes."""
# Longer than any phone's proof is good for (`credentials.health_code`: 5 minutes, and 2 for its clock).
_PROOF_LASTS_S: Final = 600.0
_SEVERITY: Final = {Outcome.PASS: 0, Outcome.HOLD: 1, Outcome.REFUSE: 2}
_PROOF: Final = {
    Assurance.VERIFIED: 0,
    Assurance.CHIP: 1,
    Assurance.UNSTATED: 1,
    Assurance.PRINTED: 2,
    Assurance.TYPED: 3,
    Assurance.COPYABLE: 4,
}
# Of two registrations of one person the graver one counts, or laying down the other card would be a way around it.
_GRAVITY: Final = {Colour.RED: 0, Colour.YELLOW: 1, None: 2, Colour.GREEN: 3}
_WEIGHT: Final = {Knowledge.REGISTERED: 0, Knowledge.UNKNOWN: 1, Knowledge.UNAVAILABLE: 2}


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that was presented: a document, a judged code, or a fault."""

    method: Method
    document: Document | None = None
    code: Verdict | None = None
    text_digest: bytes = field(default=b"", repr=False)
    """Of the code's text: the same code shown twice is one part, though nothing is known of it."""
    fault: str = ""

    @classmethod
    def of_code(cls, text: str, verdict: Verdict) -> Part:
        return cls(Method.CODE, code=verdict, text_digest=hashlib.blake2b(text.encode("utf-8", "replace")).digest())

    @property
    def invitation(self) -> VisitorPass | None:
        """A genuine invitation, be it over or taken back."""
        return self.code.visit if self.code else None

    @property
    def names(self) -> bytes | None:
        """The person key that a signed code carries, be the code over or revoked."""
        if self.code is None:
            return None
        if self.code.visit is not None:
            return self.code.visit.visitor
        return self.code.credential.person if self.code.credential else None

    @property
    def proves(self) -> bytes | None:
        """The person key of a code that is good. An invitation proves nobody: anybody may hold it up."""
        return self.names if self.code and not self.code.visit and self.code.outcome is Outcome.PASS else None

    @property
    def proof(self) -> bytes | None:
        """What a phone signed just now: good for one presentation. A paper has none."""
        return self.code.credential.proof if self.code and self.proves and self.code.credential else None

    def shown_before(self) -> Part:
        """The same, of a code that was shown here earlier: whoever shows it now has not made it now."""
        assert self.code is not None, "only a code can be passed on"
        return replace(self, code=replace(self.code, outcome=Outcome.REFUSE, reasons=("code_shown_before",)))

    def is_again(self, other: Part) -> bool:
        """The same thing presented once more, and not another view of the same person."""
        if self.document and other.document:
            one, two = self.document, other.document
            return _reading(one) == _reading(two)
        if self.text_digest and self.text_digest == other.text_digest:
            return True
        return bool(self.fault) and (self.method, self.fault) == (other.method, other.fault)


@dataclass(frozen=True, slots=True)
class Known:
    """An answer about one person, and the directory version that gave it."""

    status: Status
    version: int


@dataclass(slots=True, eq=False)
class Visit:
    """Parts of one person, newest last, and who they are known to be. Times are monotonic seconds."""

    began: float
    parts: list[Part] = field(default_factory=list)
    grew: float = 0.0
    """When the latest new part came."""
    known: dict[bytes, Known] = field(default_factory=dict)
    """Person key -> what was said of it."""
    passage: Passage | None = None
    """The latest answer; None until the first was given."""
    choice: Language | None = None
    """The language that the person touched."""
    face: Face = Face.OFF
    compared: Compared | None = None
    """The two faces, for as long as the visit is open."""
    host: Status | None = None
    """What is known of the host of the invitation that was shown."""
    standing: Standing | None = None
    """Of that invitation, before this visit."""

    def add(self, part: Part, now: float) -> None:
        """The part, in the place of an earlier reading of the same thing."""
        if not self.has(part):
            self.grew = now
        self.parts = [*(each for each in self.parts if not each.is_again(part)), part]

    def is_open_for(self, part: Part, now: float, *, gather_s: float, repeat_s: float) -> bool:
        """Whether it is still time: not yet whether the part belongs here."""
        gather_s = max(gather_s, FINDS_CARD_S) if self.waits_for_proof else gather_s
        return now - self.grew <= gather_s or (self.has(part) and now - self.began < repeat_s)

    def owns(self, part: Part, keys_of: KeysOf) -> bool:
        """Whether the part is of this visit's person. `keys_of` gives every key of a document; asked only for codes."""
        if self.has(part):
            return True
        if part.document is not None:
            return any(self._match(part.document, each, keys_of) for each in self.parts)
        if part.names is None:
            return part.invitation is not None and any(
                each.document is not None and is_named(each.document, part.invitation.name) for each in self.parts
            )
        return any(
            part.names == each.names or (each.document is not None and part.names in keys_of(each.document))
            for each in self.parts
        )

    def _match(self, document: Document, part: Part, keys_of: KeysOf) -> bool:
        if part.document is not None:
            return are_of_one_person(document, part.document)
        if part.invitation is not None and part.names is None:
            return is_named(document, part.invitation.name)
        return part.names is not None and part.names in keys_of(document)

    def has(self, part: Part) -> bool:
        return any(each.is_again(part) for each in self.parts)

    @property
    def invitation(self) -> Part | None:
        """The invitation that was shown last."""
        return next((part for part in reversed(self.parts) if part.invitation is not None), None)

    @property
    def waits_for_proof(self) -> bool:
        """An invitation was shown, and nothing of the visitor's own yet."""
        return self.invitation is not None and all(part.invitation is not None for part in self.parts)

    @property
    def has_passed(self) -> bool:
        return self.passage is not None and self.passage.decision.outcome is Outcome.PASS

    @property
    def person(self) -> tuple[bytes, Known] | None:
        """The key that counts: one that is registered before one that is not, and of two colours the graver."""
        if not self.known:
            return None
        return min(self.known.items(), key=lambda item: _rank(item[1].status))

    def judged(
        self, decide: Callable[[Presentation], Decision], shown: ShownInvitation | None = None
    ) -> tuple[Presentation, Decision]:
        """What is presented and the answer, by the best of the documents. One proof is enough."""
        code = self._best_code()
        method = self.parts[-1].method
        documents = sorted(
            (part.document for part in reversed(self.parts) if part.document is not None),
            key=lambda document: _PROOF[document.assurance],
        )
        presentations = [
            Presentation(method, document, code=code, face=self.face, invitation=shown) for document in documents
        ]
        if not documents:
            fault = self.parts[-1].fault or None
            presentations = [Presentation(method, code=code, fault=fault, face=self.face, invitation=shown)]
        answers = [(presentation, decide(presentation)) for presentation in presentations]
        return min(answers, key=lambda answer: _SEVERITY[answer[1].outcome])

    def _best_code(self) -> Verdict | None:
        codes = [part.code for part in reversed(self.parts) if part.code is not None and part.code.visit is None]
        return min(codes, key=lambda code: _SEVERITY[code.outcome], default=None)


class Proofs:
    """What phones have signed and was shown here, for as long as it could be shown again by somebody else."""

    def __init__(self) -> None:
        self._shown: dict[bytes, float] = {}
        """Proof -> when it was first shown, oldest first."""

    def was_shown(self, proof: bytes, now: float) -> bool:
        """Whether it was shown here before; it is remembered from now on."""
        while self._shown and (oldest := next(iter(self._shown.items())))[1] < now - _PROOF_LASTS_S:
            del self._shown[oldest[0]]
        if proof in self._shown:
            return True
        self._shown[proof] = now
        return False

    def __len__(self) -> int:
        return len(self._shown)


def _reading(document: Document) -> tuple[str, str, str, str]:
    return document.kind, document.issuer, document.number, document.assurance


def _rank(status: Status) -> tuple[int, int]:
    registered = status.knowledge is Knowledge.REGISTERED
    return _WEIGHT[status.knowledge], _GRAVITY[status.colour] if registered else 0


def says_more(new: Decision, old: Decision) -> bool:
    """Whether the journal should hear of it: another outcome, sentence or step, or an objection that has fallen away.

    What is merely noted in addition, such as that a code was shown as well, is no other answer.
    """
    return sounds_otherwise(new, old) or not set(old.reasons) <= set(new.reasons)


def sounds_otherwise(new: Decision, old: Decision) -> bool:
    """Whether the person sees or hears something else."""
    return (new.outcome, new.reasons[0], new.prompt, new.advice) != (
        old.outcome,
        old.reasons[0],
        old.prompt,
        old.advice,
    )
