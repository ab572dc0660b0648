"""One gate, one person at a time: from what was laid down to colour, voice and record.

    idle -> reading -> deciding -> shown (3 s) -> idle
             ^                       |
             +--- the next card -----+      nobody waits for the 3 seconds

A tap (`Session.present`):

1. The person key is made (1 ms of scrypt: `wire.keys`).
2. The directory is asked. If it does not know the person, or is not fresh, the centre is asked too, for 0.8 s at most.
3. `policy.decide`.
4. The same card with the same answer within `repeat_s` is shown again, marked as a repeat: one visit is one passage. An
   elder who lifts the card and lays it down again, because she did not hear, is not counted twice. Another answer (the
   office has just changed her colour) is a passage of its own.
5. An identity that the registry does not know is sealed to the tracing key.
6. The journal makes it durable; then, and only then, the light turns. Where the disk is full or slow the light turns
   all the same and the guard is told (`writing`).
7. Kiosk, desk, counts and metrics learn of it; the uplink was woken by the journal.

Nothing in here raises towards the reader: whatever goes wrong becomes a fault that `policy` has words for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

import structlog

from gatepass import policy
from gatepass.gate import masking
from gatepass.gate.clock import Clock
from gatepass.gate.counts import Counts
from gatepass.gate.device import Device, Site
from gatepass.gate.journal import UNNUMBERED
from gatepass.gate.metrics import Metrics
from gatepass.gate.problems import DeskError
from gatepass.gate.recollection import HolderShown, Passage, Recollection
from gatepass.identity import Document, DocumentError
from gatepass.languages import DEFAULT_LANGUAGE, Language, language_for
from gatepass.policy import Decision, Knowledge, Method, Outcome, Presentation, SiteRules, Status
from gatepass.policy import reasons as policy_reasons
from gatepass.wire.ids import uuid7
from gatepass.wire.keys import person_key
from gatepass.wire.messages import Record
from gatepass.wire.sealing import SealingError, seal

# A language chosen on an idle screen, and nobody came: the next person starts in their own.
CHOICE_LASTS_S = 30.0

log = structlog.get_logger("gatepass.gate.session")


class Phase(StrEnum):
    IDLE = "idle"
    READING = "reading"
    DECIDING = "deciding"
    SHOWN = "shown"


class Knows(Protocol):
    """The offline directory: `directory.store.DirectoryStore`."""

    @property
    def version(self) -> int: ...
    def status(self, key: bytes) -> Status: ...


class Keeps(Protocol):
    """The journal: `writing.JournalWriter`."""

    async def append(self, entry: Record) -> Record | None: ...


@dataclass(frozen=True, slots=True)
class Known:
    """An answer about one person, and the directory version that gave it."""

    status: Status
    version: int


class Screen(Protocol):
    """Who is told: the kiosk and the desk."""

    def reading(self) -> None: ...
    def idle(self) -> None: ...
    def show(self, passage: Passage, *, repeat: bool) -> None: ...
    def settled(self, passage: Passage) -> None: ...


class Centre(Protocol):
    async def status_of(self, person: bytes) -> Known | None:
        """What the centre knows now; None where it cannot be asked or does not answer in time."""


class Session:
    def __init__(
        self,
        *,
        device: Device,
        site: Callable[[], Site],
        directory: Knows,
        centre: Centre,
        journal: Keeps,
        clock: Clock,
        counts: Counts,
        recollection: Recollection,
        metrics: Metrics,
        screens: tuple[Screen, ...],
        hold_s: float = 3.0,
        repeat_s: float = 5.0,
    ) -> None:
        self._device, self._site = device, site
        self._directory, self._centre, self._journal = directory, centre, journal
        self._clock, self._counts, self._recollection, self._metrics = clock, counts, recollection, metrics
        self._screens = screens
        self._hold_s, self._repeat_s = hold_s, repeat_s
        self._one_at_a_time = asyncio.Lock()
        self._choice: Language | None = None
        self._back_to_idle: asyncio.TimerHandle | None = None
        self._forget_choice: asyncio.TimerHandle | None = None
        self._last: tuple[bytes | str, Passage] | None = None
        self.phase = Phase.IDLE
        self.present_passage: Passage | None = None
        """What is on the screen now."""

    # --- what happens at the gate ---

    def reading(self) -> None:
        """A card was found and is being read."""
        self._become(Phase.READING)
        for screen in self._screens:
            screen.reading()
        # Should the reader die now, nothing else would take the sign away again.
        self._idle_after(self._hold_s)

    async def present(
        self, read: Document | DocumentError, *, method: Method = Method.CARD, read_ms: float = 0.0
    ) -> Passage:
        """Answer one presentation; returns when it is shown. `read_ms`: what the reader needed after the last byte."""
        began = self._clock.monotonic() - read_ms / 1000
        async with self._one_at_a_time:
            self._become(Phase.DECIDING)
            try:
                passage = await self._answer(read, method, began)
            except Exception as error:  # the next card must find a gate that decides
                log.exception("tap_failed", error=type(error).__name__)
                passage = await self._answer(DocumentError("gate_fault"), method, began)
            self._idle_after(self._hold_s)
            return passage

    def choose_language(self, language: Language) -> None:
        """Somebody touched a language on the kiosk: it is theirs until their passage has left the screen.

        Touched on an idle screen, it is for whoever lays a card next. Touched while a result is shown, it is for that
        person, and the page itself shows and speaks the result again: the next card must not inherit it.
        """
        if self.present_passage is not None:
            return
        self._choice = language
        if self._forget_choice:
            self._forget_choice.cancel()
        self._forget_choice = asyncio.get_running_loop().call_later(CHOICE_LASTS_S, self._drop_choice)

    async def settle(self, passage_id: str, verdict: Literal["admit", "refuse"], reason: str) -> Passage:
        """The guard decided. DeskError `passage_not_held`, `request_invalid`."""
        if reason not in policy_reasons.RESOLUTIONS:
            raise DeskError("request_invalid", detail="reason")
        passage = self._recollection.held(passage_id)
        if passage is None:
            raise DeskError("passage_not_held")
        # Settled before the disk is waited for: a second touch of the button finds nothing to settle.
        self._recollection.settle(passage, "admitted" if verdict == "admit" else "refused")
        now_ms = self._clock.now_ms()
        earlier = passage.record
        record = Record(
            seq=UNNUMBERED,
            id=uuid7(now_ms),
            at=now_ms,
            person=earlier.person,
            direction=earlier.direction,
            outcome=Outcome.PASS if verdict == "admit" else Outcome.REFUSE,
            reasons=(reason,),
            method=earlier.method,
            document=earlier.document,
            knowledge=earlier.knowledge,
            about=earlier.id,
        )
        await self._journal.append(record)
        self._counts.add(record)
        self._metrics.resolutions.labels(verdict).inc()
        for screen in self._screens:
            screen.settled(passage)
        return passage

    # --- the steps of a tap ---

    async def _answer(self, read: Document | DocumentError, method: Method, began: float) -> Passage:
        person: bytes | None = None
        if isinstance(read, Document):
            try:
                person = person_key(self._device.person_key_secret, read)
            except ValueError:  # a document without a number
                read = DocumentError("number_missing")
        site = self._site()
        known = await self._what_is_known(person, site.rules)
        if isinstance(read, Document):
            presentation = Presentation(method=method, document=read)
        else:
            presentation = Presentation(method=method, fault=read.code)
        decision = policy.decide(presentation, known.status if known else None, site.rules, self._clock.now())
        decided = self._clock.monotonic()
        self._metrics.decided.observe(decided - began)
        identity: bytes | str = person if person is not None else str(read)
        repeated = self._repeated(identity, decision)
        if repeated is not None:
            self._metrics.repeats.inc()
            self._show(repeated, repeat=True, began=began)
            return repeated
        self._metrics.decisions.labels(decision.outcome.value, decision.reasons[0]).inc()

        record = self._record(read, person, method, known, decision, site)
        passage = self._passage(read, record, decision, decided)
        # Used up: should the next card come before the screen is idle, its owner is greeted in their own language.
        self._drop_choice()
        await self._journal.append(record)
        self._metrics.durable.observe(self._clock.monotonic() - decided)
        self._counts.add(record)
        self._recollection.keep(passage)
        self._last = (identity, passage)
        self._show(passage, repeat=False, began=began)
        return passage

    def _repeated(self, identity: bytes | str, decision: Decision) -> Passage | None:
        """The passage of a moment ago, if this is the same card again with the same answer. Counted from the first
        time, so that a card that is laid again and again becomes a new passage in the end."""
        if self._last is None or self._last[0] != identity or self._last[1].decision != decision:
            return None
        passage = self._last[1]
        return passage if self._clock.monotonic() - passage.decided_at < self._repeat_s else None

    async def _what_is_known(self, person: bytes | None, rules: SiteRules) -> Known | None:
        if person is None:
            return None
        known = Known(self._directory.status(person), self._directory.version)
        age_h = abs((self._clock.now() - known.status.as_of).total_seconds()) / 3600
        if known.status.knowledge is Knowledge.REGISTERED and age_h <= rules.notice_after_hours:
            return known
        asked = self._clock.monotonic()
        answer = await self._centre.status_of(person)
        if answer is None:
            return known
        self._metrics.asked.observe(self._clock.monotonic() - asked)
        return answer

    def _record(
        self,
        read: Document | DocumentError,
        person: bytes | None,
        method: Method,
        known: Known | None,
        decision: Decision,
        site: Site,
    ) -> Record:
        now_ms = self._clock.now_ms()
        sealed = None
        if isinstance(read, Document) and known and known.status.knowledge is not Knowledge.REGISTERED:
            try:
                sealed = seal(self._device.sealing_key, read)
            except SealingError as error:
                log.warning("identity_not_sealed", code=error.code)
        return Record(
            seq=UNNUMBERED,
            id=uuid7(now_ms),
            at=now_ms,
            person=person,
            direction=site.direction,
            outcome=decision.outcome,
            reasons=decision.reasons[:8],
            method=method,
            document=read.kind.value if isinstance(read, Document) else "",
            knowledge=known.version if known else self._directory.version,
            sealed=sealed,
        )

    def _passage(
        self, read: Document | DocumentError, record: Record, decision: Decision, decided_at: float
    ) -> Passage:
        if isinstance(read, Document):
            own = language_for(read.holder.nationality)
            language = self._choice or own
            holder = HolderShown(
                name=masking.holder_name(read.holder),
                number=masking.number(read),
                nationality=read.holder.nationality,
                language=own,
            )
            greeting = masking.greeting(read.holder, language)
        else:
            language = self._choice or DEFAULT_LANGUAGE
            holder = HolderShown(name="", number="", nationality="", language=language)
            greeting = ""
        return Passage(
            record=record,
            decision=decision,
            holder=holder,
            greeting=greeting,
            language=language,
            checks=policy_reasons.checks(decision),
            decided_at=decided_at,
        )

    # --- phases ---

    def _show(self, passage: Passage, *, repeat: bool, began: float) -> None:
        self._become(Phase.SHOWN)
        self.present_passage = passage
        for screen in self._screens:
            screen.show(passage, repeat=repeat)
        self._metrics.shown.observe(self._clock.monotonic() - began)
        self._metrics.languages.labels(passage.language).inc()

    def _become(self, phase: Phase) -> None:
        self.phase = phase
        if self._back_to_idle:
            self._back_to_idle.cancel()
            self._back_to_idle = None

    def _idle_after(self, seconds: float) -> None:
        self._back_to_idle = asyncio.get_running_loop().call_later(seconds, self._become_idle)

    def _become_idle(self) -> None:
        if self.present_passage is not None:
            self._drop_choice()
        self.present_passage = None
        self._become(Phase.IDLE)
        for screen in self._screens:
            screen.idle()

    def _drop_choice(self) -> None:
        self._choice = None
        if self._forget_choice:
            self._forget_choice.cancel()
            self._forget_choice = None
