"""One gate, one person at a time: from what was laid down to colour, voice and record.

    idle -> reading -> deciding -> shown (3 s) -> idle
             ^                       |
             +--- the next card -----+      nobody waits for the 3 seconds

A tap (`Session.present`):

1. The person key is made (1 ms of scrypt: `wire.keys`), or read from a code whose signature holds.
2. The directory is asked, for the document's own number and then for those that it states itself. If it does not know
   the person, or is not fresh, the centre is asked too, for 0.8 s at most.
   Beside it, where the site asks for it, the face is compared with the document's portrait (`looking`).
3. The part joins the open visit to which it belongs, or begins one (`visits`).
4. `policy.decide` on all that the visit has.
5. The same answer as before in this visit is shown again, marked as a repeat: one visit is one passage. An elder who
   lifts the card and lays it down again, because she did not hear, is not counted twice. Another answer (by her code
   beside an expired card; the office has just changed her colour) is a record about the first: the visit stays one.
6. An identity that the registry does not know is sealed to the tracing key.
7. The journal makes it durable; then, and only then, the light turns. Where the disk is full or slow the light turns
   all the same and the guard is told (`writing`).
8. Kiosk, desk, counts and metrics learn of it; the uplink was woken by the journal.

Nothing in here raises towards the reader: whatever goes wrong becomes a fault that `policy` has words for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import Literal, Protocol

import structlog

from gatepass import policy
from gatepass.credentials import Verdict, VisitorPass
from gatepass.gate import masking
from gatepass.gate.clock import Clock
from gatepass.gate.counts import Counts
from gatepass.gate.device import Device, Site
from gatepass.gate.journal import UNNUMBERED
from gatepass.gate.looking import ComparesFaces, Looking, NoFaces, Pictures
from gatepass.gate.lookups import Centre, Knows, Lookups
from gatepass.gate.metrics import Metrics
from gatepass.gate.problems import DeskError
from gatepass.gate.recollection import HolderShown, Passage, Recollection
from gatepass.gate.visitor_book import NoVisitors
from gatepass.gate.visits import FINDS_CARD_S, Part, Proofs, Visit, says_more, sounds_otherwise
from gatepass.identity import Assurance, DocumentError
from gatepass.languages import Language
from gatepass.policy import (
    Decision,
    Knowledge,
    Method,
    Outcome,
    Presentation,
    ShownInvitation,
    SiteRules,
    Standing,
)
from gatepass.policy import reasons as policy_reasons
from gatepass.readers import CodeText, Reading
from gatepass.wire.ids import uuid7
from gatepass.wire.messages import Record
from gatepass.wire.sealing import SealingError, seal

# A language chosen on an idle screen, and nobody came: the next person starts in their own.
CHOICE_LASTS_S = 30.0
# A chip that cannot be opened yet; it is when its page has been shown.
ASKS_FOR_PAGE = frozenset({"mrz_needed", "chip_access_denied"})

log = structlog.get_logger("gatepass.gate.session")


class Phase(StrEnum):
    IDLE = "idle"
    READING = "reading"
    DECIDING = "deciding"
    SHOWN = "shown"


class Keeps(Protocol):
    """The journal: `writing.JournalWriter`."""

    async def append(self, entry: Record) -> Record | None: ...


class KeepsVisits(Protocol):
    """Who comes and goes with an invitation: `visitor_book.VisitorBook`."""

    def standing(self, shown: VisitorPass, *, ended: bool) -> Standing: ...
    async def note(self, passage: Passage) -> None: ...
    async def settled(self, passage: Passage, *, admitted: bool, reason: str) -> None: ...


class Screen(Protocol):
    """Who is told: the kiosk and the desk."""

    def reading(self) -> None: ...
    def looking(self) -> None: ...
    def idle(self) -> None: ...
    def show(self, passage: Passage, *, repeat: bool) -> None: ...
    def settled(self, passage: Passage) -> None: ...


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
        judge: Callable[[str], Verdict],
        faces: ComparesFaces | None = None,
        pictures: Pictures | None = None,
        visitors: KeepsVisits | None = None,
        hold_s: float = 3.0,
        repeat_s: float = 5.0,
        gather_s: float = 4.0,
    ) -> None:
        """`judge` says what a shown code's text proves now (`credentials.judge`)."""
        self._device, self._site = device, site
        self._lookups = Lookups(
            device.person_key_secret, directory=directory, centre=centre, clock=clock, metrics=metrics
        )
        self._journal = journal
        self._clock, self._counts, self._recollection, self._metrics = clock, counts, recollection, metrics
        self._screens, self._judge = screens, judge
        self._visitors: KeepsVisits = visitors or NoVisitors()
        self._hold_s, self._repeat_s, self._gather_s = hold_s, repeat_s, gather_s
        self._one_at_a_time = asyncio.Lock()
        self._choice: Language | None = None
        self._back_to_idle: asyncio.TimerHandle | None = None
        self._forget_choice: asyncio.TimerHandle | None = None
        self._visits: list[Visit] = []
        """Those that may still be open, the latest answered last."""
        self._close_visits: asyncio.TimerHandle | None = None
        self._proofs = Proofs()
        self.pictures = pictures or Pictures(clock)
        self._looking = Looking(
            faces or NoFaces(),
            pictures=self.pictures,
            clock=clock,
            metrics=metrics,
            gather_s=gather_s,
            looks=self._look,
            joins=self._face_joins,
        )
        self._asking: dict[str, Visit] = {}
        """Reader -> the visit in which it asked for the page of the chip that lies on it."""
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
        self, read: Reading, *, method: Method | None = None, read_ms: float = 0.0, source: str = ""
    ) -> Passage:
        """Answer one reading; returns when it is shown.

        `method` is what a document does not say by itself, and what a fault was met with. `read_ms`: what the reader
        needed after the last byte. `source` names the reader.
        """
        began = self._clock.monotonic() - read_ms / 1000
        async with self._one_at_a_time:
            self._become(Phase.DECIDING)
            try:
                passage = await self._answer(self._part(read, method), began, source)
            except Exception as error:  # the next card must find a gate that decides
                log.exception("tap_failed", error=type(error).__name__)
                passage = await self._answer(Part(method or Method.CARD, fault="gate_fault"), began, source)
            self._idle_after(self._hold_s)
            return passage

    def choose_language(self, language: Language) -> None:
        """Somebody touched a language on the kiosk: it is theirs until their passage has left the screen.

        Touched on an idle screen, it is for whoever lays a card next. Touched while a result is shown, it is for that
        person, and the page itself shows and speaks the result again: the next card must not inherit it.
        """
        if self.present_passage is not None:
            # Should a further part of theirs change the answer, it is given in the same language.
            for visit in self._visits:
                if visit.passage is not None and visit.passage.id == self.present_passage.id:
                    visit.choice = language
            return
        self._choice = language
        if self._forget_choice:
            self._forget_choice.cancel()
        self._forget_choice = asyncio.get_running_loop().call_later(CHOICE_LASTS_S, self._drop_choice)

    def decline_camera(self) -> None:
        """Somebody touched *without the camera*: a guard compares whoever lays a document next."""
        self._looking.decline()

    async def settle(self, passage_id: str, verdict: Literal["admit", "refuse"], reason: str) -> Passage:
        """The guard decided. DeskError `passage_not_held`, `request_invalid`."""
        if reason not in policy_reasons.RESOLUTIONS:
            raise DeskError("request_invalid", detail="reason")
        passage = self._recollection.held(passage_id)
        if passage is None:
            raise DeskError("passage_not_held")
        # Settled before the disk is waited for: a second touch of the button finds nothing to settle.
        self._recollection.settle(passage, "admitted" if verdict == "admit" else "refused")
        self.pictures.forget(passage_id)
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
            about=earlier.about or earlier.id,
        )
        if passage.invitation is not None:
            await self._visitors.settled(passage, admitted=verdict == "admit", reason=reason)
        await self._journal.append(record)
        self._counts.add(record)
        self._metrics.resolutions.labels(verdict).inc()
        for screen in self._screens:
            screen.settled(passage)
        return passage

    # --- the steps of a tap ---

    def _part(self, read: Reading, method: Method | None) -> Part:
        if isinstance(read, CodeText):
            return Part.of_code(read.text, self._judge(read.text))
        if isinstance(read, DocumentError):
            return Part(method or Method.CARD, fault=read.code)
        if read.assurance is not Assurance.UNSTATED or method is None:
            method = Method.of(read)
        return Part(method, document=read) if read.number else Part(method, fault="number_missing")

    async def _answer(self, part: Part, began: float, source: str) -> Passage:
        site = self._site()
        visit = self._visit_of(part)
        if (
            part.proof is not None
            and self._proofs.was_shown(part.proof, self._clock.monotonic())
            and not visit.has(part)
        ):
            part = part.shown_before()
        visit.add(part, self._clock.monotonic())
        comparing = self._looking.begin(visit, part, site.rules.faces)
        if part.invitation is not None:
            await self._look_up_host(visit, part, site)
        found = await self._lookups.look_up(part, site.rules)
        if found is not None:
            key, known = found
            visit.known[key] = known
        # Waiting for a face is the site's wish and no slowness of the gate: the measures of promises leave it out.
        waited = await self._looking.end(visit, comparing)
        passage = await self._conclude(visit, site, began + waited)
        self._follow_chip(part, visit, source)
        self._looking.answered(visit, part)
        return passage

    async def _look_up_host(self, visit: Visit, part: Part, site: Site) -> None:
        """What is known of the host, and of the invitation. Asked once a visit: it does not find itself inside."""
        assert part.invitation is not None, "asked only of invitations"
        assert part.code is not None
        visit.host = (await self._lookups.look_up_key(part.invitation.host, site.rules)).status
        if visit.standing is None:
            visit.standing = self._visitors.standing(part.invitation, ended=part.code.outcome is not Outcome.PASS)

    def _shown_invitation(self, visit: Visit, site: Site) -> ShownInvitation | None:
        part = visit.invitation
        if part is None or part.invitation is None:
            return None
        return ShownInvitation(
            part.invitation.invited,
            self._device.gate,
            leaving=site.direction == "out",
            standing=visit.standing or Standing.GOOD,
            host=visit.host,
        )

    async def _face_joins(self, visit: Visit) -> None:
        """Whoever was held because nobody saw their face has looked at the camera since."""
        async with self._one_at_a_time:
            if visit.passage is None or visit not in self._visits or self._recollection.resolution_of(visit.passage):
                return
            await self._conclude(visit, self._site(), self._clock.monotonic())
            self.pictures.forget(visit.passage.id)
            self._idle_after(self._hold_s)

    async def _conclude(self, visit: Visit, site: Site, began: float) -> Passage:
        """Decide on all that the visit has; record and show what is new in it."""
        is_new = visit.passage is None
        presentation, decision = visit.judged(
            lambda presented: self._decide(presented, visit, site.rules), self._shown_invitation(visit, site)
        )
        decided = self._clock.monotonic()
        self._metrics.decided.observe(decided - began)
        earlier = visit.passage
        if earlier is None:
            self._metrics.decisions.labels(decision.outcome.value, decision.reasons[0]).inc()
            passage = self._passage(visit, self._record(visit, presentation, decision, site), presentation, decision)
            # Used up: should the next card come before the screen is idle, its owner is greeted in their own language.
            self._drop_choice()
        else:
            passage = self._further(visit, earlier, presentation, decision, site)
        if is_new:
            self._visits.append(visit)
        visit.passage = passage
        if passage.invitation is not None and not passage.resolution:
            await self._visitors.note(passage)
        if earlier is None or passage.record is not earlier.record:
            await self._journal.append(passage.record)
            self._metrics.durable.observe(self._clock.monotonic() - decided)
            self._counts.add(passage.record)
        self._recollection.keep(passage)
        repeat = earlier is not None and not sounds_otherwise(passage.decision, earlier.decision)
        if repeat:
            self._metrics.repeats.inc()
        self._show(passage, repeat=repeat, began=began)
        self._forget_visits_later()
        return passage

    def _decide(self, presented: Presentation, visit: Visit, rules: SiteRules) -> Decision:
        status = visit.person[1].status if visit.person else None
        return policy.decide(presented, status, rules, self._clock.now())

    def _visit_of(self, part: Part) -> Visit:
        """The open visit to which the part belongs; a new one where it belongs to none.

        A part may link two visits, of which nothing had shown that they are one person's: a passport, a code, and then
        the card that has the name of the one and the key of the other. It goes to the one that passed already, lest
        the person be counted again, and the guard need not help with the other any more.
        """
        now = self._clock.monotonic()
        owners = [
            visit
            for visit in reversed(self._visits)
            if visit.is_open_for(part, now, gather_s=self._gather_s, repeat_s=self._repeat_s)
            and visit.owns(part, self._lookups.keys_of)
        ]
        if not owners:
            return Visit(began=now)
        chosen, *others = sorted(owners, key=lambda visit: not visit.has_passed)
        for visit in others:
            self._recollection.give_way(visit.passage)
        return chosen

    def _further(
        self, visit: Visit, earlier: Passage, presentation: Presentation, decision: Decision, site: Site
    ) -> Passage:
        """The passage after a further part. Once the guard has spoken, theirs is the last word of this visit."""
        settled = self._recollection.resolution_of(earlier)
        # An invitation named nobody; the card after it does, and tracing needs to know.
        is_named_now = visit.invitation is not None and earlier.record.person is None and visit.person is not None
        if settled or not (is_named_now or says_more(decision, earlier.decision)):
            shown = self._passage(visit, earlier.record, presentation, earlier.decision)
            return replace(shown, decided_at=earlier.decided_at, resolution=settled)
        record = self._record(visit, presentation, decision, site, about=earlier.record)
        return replace(self._passage(visit, record, presentation, decision), decided_at=earlier.decided_at)

    def _follow_chip(self, part: Part, visit: Visit, source: str) -> None:
        """A chip that asked for its page and has been read since needs no guard any more."""
        if part.fault in ASKS_FOR_PAGE:
            self._asking[source] = visit
        elif part.document is not None and (asked := self._asking.pop(source, None)) is not None:
            self._recollection.give_way(asked.passage)

    def _record(
        self, visit: Visit, presentation: Presentation, decision: Decision, site: Site, *, about: Record | None = None
    ) -> Record:
        now_ms = self._clock.now_ms()
        person, known = visit.person or (None, None)
        document = presentation.document
        sealed = None
        if document is not None and known and known.status.knowledge is not Knowledge.REGISTERED:
            try:
                sealed = seal(self._device.sealing_key, document)
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
            method=presentation.method,
            document=document.kind.value if document is not None else "",
            knowledge=known.version if known else self._lookups.version,
            sealed=sealed,
            about=(about.about or about.id) if about else None,
        )

    def _passage(self, visit: Visit, record: Record, presentation: Presentation, decision: Decision) -> Passage:
        if self._choice and visit.passage is None:
            visit.choice = self._choice
        # Of several documents the one that names its holder: a typed number does not.
        documents = [part.document for part in visit.parts if part.document is not None]
        document = max(documents, key=lambda each: bool(masking.holder_name(each.holder)), default=None)
        holder = HolderShown.of(document)
        language = visit.choice or holder.language
        greeting = masking.greeting(document.holder, language) if document is not None else ""
        shown = visit.invitation
        return Passage(
            invitation=shown.invitation if shown else None,
            record=record,
            decision=decision,
            holder=holder,
            greeting=greeting,
            language=language,
            checks=policy_reasons.checks(decision, has_document=presentation.document is not None),
            decided_at=self._clock.monotonic(),
        )

    def _forget_visits_later(self) -> None:
        """What somebody presented is not kept for longer than their visit is open."""
        if self._close_visits:
            self._close_visits.cancel()
        lasts = max(self._gather_s, self._repeat_s)
        now = self._clock.monotonic()
        self._visits = [
            visit
            for visit in self._visits
            if now - max(visit.grew, visit.began) <= (FINDS_CARD_S if visit.waits_for_proof else lasts)
        ]
        lasts = FINDS_CARD_S if any(visit.waits_for_proof for visit in self._visits) else lasts
        self._close_visits = asyncio.get_running_loop().call_later(lasts, self._visits.clear)

    # --- phases ---

    def _look(self) -> None:
        for screen in self._screens:
            screen.looking()

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
