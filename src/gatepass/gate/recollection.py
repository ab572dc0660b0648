"""What the gate remembers of people, in memory only and for ten minutes at most.

`Passage` is one answered presentation with the masked words for it; `Recollection` keeps the last ones for the guard's
desk and knows which of them still wait for a human. Nothing here is ever written anywhere.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import Literal

from gatepass.credentials import VisitorPass
from gatepass.gate import masking
from gatepass.gate.clock import Clock
from gatepass.identity import Document
from gatepass.languages import DEFAULT_LANGUAGE, Language, language_for
from gatepass.policy import Decision, Outcome
from gatepass.policy.reasons import Check
from gatepass.wire.messages import Record

REMEMBER_S = 600
REMEMBER_MOST = 200

Resolution = Literal["admitted", "refused", ""]


@dataclass(frozen=True, slots=True)
class HolderShown:
    """Masked already: see `masking`."""

    name: str = field(repr=False)
    number: str = field(repr=False)
    nationality: str
    language: Language

    @classmethod
    def of(cls, document: Document | None) -> HolderShown:
        """The masked words for a document's holder, in whose language they are greeted; of nobody without one."""
        if document is None:
            return cls(name="", number="", nationality="", language=DEFAULT_LANGUAGE)
        return cls(
            name=masking.holder_name(document.holder),
            number=masking.number(document),
            nationality=document.holder.nationality,
            language=language_for(document.holder.nationality),
        )


@dataclass(frozen=True, slots=True)
class Passage:
    record: Record = field(repr=False)
    decision: Decision
    holder: HolderShown
    greeting: str = field(repr=False)
    language: Language
    checks: dict[str, Check]
    decided_at: float
    """Monotonic seconds."""
    resolution: Resolution = ""
    invitation: VisitorPass | None = field(default=None, repr=False)
    """What a visitor showed."""

    @property
    def id(self) -> str:
        """Of the visit: a later answer to the same person keeps the id of the first."""
        return (self.record.about or self.record.id).hex()

    @property
    def waits(self) -> bool:
        return self.decision.outcome is not Outcome.PASS and not self.resolution


class Recollection:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._passages: OrderedDict[str, Passage] = OrderedDict()

    def keep(self, passage: Passage) -> None:
        """Remember it as the newest. The same person's earlier one, still waiting, gives way: the guard sees one."""
        self.forget_old()
        # The guard may have spoken while a further answer was being written down.
        passage = replace(passage, resolution=self.resolution_of(passage))
        person = passage.record.person
        if person is not None:
            for earlier in [each for each in self._passages.values() if each.waits and each.record.person == person]:
                del self._passages[earlier.id]
        self._passages[passage.id] = passage
        self._passages.move_to_end(passage.id)
        while len(self._passages) > REMEMBER_MOST:
            self._passages.popitem(last=False)

    def give_way(self, passage: Passage | None) -> None:
        """Somebody who still waits has meanwhile been answered otherwise."""
        kept = self._passages.get(passage.id) if passage is not None else None
        if kept is not None and kept.waits:
            del self._passages[kept.id]

    def held(self, passage_id: str) -> Passage | None:
        """The passage with this id if it still waits for a human."""
        self.forget_old()
        passage = self._passages.get(passage_id)
        return passage if passage is not None and passage.waits else None

    def resolution_of(self, passage: Passage) -> Resolution:
        """What the guard has said of this visit by now."""
        kept = self._passages.get(passage.id)
        return kept.resolution if kept is not None else passage.resolution

    def settle(self, passage: Passage, resolution: Resolution) -> None:
        if passage.id in self._passages:
            self._passages[passage.id] = replace(passage, resolution=resolution)

    def waiting(self) -> list[Passage]:
        """Oldest first: who has waited longest is helped first."""
        self.forget_old()
        return [passage for passage in self._passages.values() if passage.waits]

    def recent(self) -> list[Passage]:
        """Newest first."""
        self.forget_old()
        return list(reversed(self._passages.values()))

    def waited_s(self, passage: Passage) -> int:
        return int(self._clock.monotonic() - passage.decided_at)

    def forget_people(self, people: frozenset[bytes]) -> None:
        """Whoever was erased at the centre is not shown on the desk either."""
        for key in [key for key, passage in self._passages.items() if passage.record.person in people]:
            del self._passages[key]

    def forget_old(self) -> bool:
        """Drop what is older than ten minutes. True where something was dropped."""
        limit = self._clock.monotonic() - REMEMBER_S
        old = [key for key, passage in self._passages.items() if passage.decided_at < limit]
        for key in old:
            del self._passages[key]
        return bool(old)
