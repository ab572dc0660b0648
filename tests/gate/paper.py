"""A gate made of paper: a real session, and around it a journal, a directory and a centre that only pretend."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from tests.gate.town import MovedClock, enrolled, registry

from gatepass.credentials import CodeKind, Format, HealthCode, Verdict, VisitorPass
from gatepass.gate.counts import Counts
from gatepass.gate.device import GateFolder, Site
from gatepass.gate.faces import WITHIN_S, Compared
from gatepass.gate.metrics import Metrics
from gatepass.gate.recollection import Passage, Recollection
from gatepass.gate.session import Session
from gatepass.gate.visits import Known
from gatepass.policy import Advice, Colour, Face, Knowledge, Outcome, Standing, Status
from gatepass.readers import CodeText, Reading
from gatepass.wire.messages import Record


class PaperJournal:
    """Keeps records in a list, and says that it could not when `broken`."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.broken = False

    async def append(self, entry: Record) -> Record | None:
        self.records.append(entry)
        return None if self.broken else entry


class Screens:
    def __init__(self) -> None:
        self.seen: list[tuple[str, Any]] = []

    def reading(self) -> None:
        self.seen.append(("reading", None))

    def looking(self) -> None:
        self.seen.append(("looking", None))

    def idle(self) -> None:
        self.seen.append(("idle", None))

    def show(self, passage: Passage, *, repeat: bool) -> None:
        self.seen.append(("repeat" if repeat else "show", passage))

    def settled(self, passage: Passage) -> None:
        self.seen.append(("settled", passage))

    @property
    def words(self) -> list[str]:
        return [word for word, _ in self.seen]


class PaperDirectory:
    version = 7

    def __init__(self, clock: MovedClock, people: dict[bytes, tuple[Colour | None, Advice]] | None) -> None:
        self.people, self.as_of = people, clock.now()

    def status(self, key: bytes) -> Status:
        if self.people is None:
            return Status(Knowledge.UNAVAILABLE, datetime(1970, 1, 1, tzinfo=UTC))
        if key not in self.people:
            return Status(Knowledge.UNKNOWN, self.as_of)
        return Status(Knowledge.REGISTERED, self.as_of, *self.people[key])


class PaperCentre:
    """`answer` None: not reachable."""

    def __init__(self) -> None:
        self.answer: Known | None = None
        self.asked: list[bytes] = []

    async def status_of(self, people: Sequence[bytes]) -> list[Known] | None:
        self.asked += people
        return None if self.answer is None else [self.answer] * len(people)


def code_of(person: bytes, outcome: Outcome = Outcome.PASS, *reasons: str, proof: bytes | None = None) -> Verdict:
    """A code of `person` whose signature holds; with `proof` one that a phone made just now."""
    noon = datetime(2026, 11, 23, 4, tzinfo=UTC)
    kind = CodeKind.DYNAMIC if proof else CodeKind.PAPER
    credential = HealthCode(kind, person, bytes(8), "town", bytes(8), noon, noon, proof=proof)
    return Verdict(outcome, reasons or ("code_valid",), Format.GATEPASS, credential)


class PaperBook:
    """Of visitors: what the test says of an invitation, and what was noted."""

    def __init__(self) -> None:
        self.standings: dict[bytes, Standing] = {}
        self.noted: list[tuple[str, str]] = []

    def standing(self, shown: VisitorPass, *, ended: bool) -> Standing:
        return Standing.ENDED if ended else self.standings.get(shown.serial, Standing.GOOD)

    async def note(self, passage: Passage) -> None:
        self.noted.append((passage.id, passage.decision.reasons[0]))

    async def settled(self, passage: Passage, *, admitted: bool, reason: str) -> None:
        self.noted.append((passage.id, reason))


class PaperFaces:
    """A camera and networks that see what the test says: `sees` now, and `later` where it looks for longer."""

    def __init__(self, sees: Face = Face.SAME, later: Face = Face.NOT_SEEN, *, trouble: str = "") -> None:
        self.sees, self.later, self.trouble = sees, later, trouble
        self.asked: list[bytes | None] = []
        self.before_answer: Callable[[], Awaitable[None]] | None = None
        self.looked_on = asyncio.Event()

    def reads(self, portrait: bytes | None) -> bool:
        return bool(portrait)

    async def compare(self, portrait: bytes | None, *, within_s: float = WITHIN_S) -> Compared:
        self.asked.append(portrait)
        if within_s != WITHIN_S:
            await self.looked_on.wait()
            return Compared(self.later, b"portrait", b"later")
        if self.before_answer:
            await self.before_answer()
        return Compared(self.sees, b"portrait", b"live" if self.sees is not Face.NOT_SEEN else None)


NOT_UNDERSTOOD = Verdict(Outcome.HOLD, ("code_not_understood",), Format.UNKNOWN)


class Gate:
    """A session with everything around it made of paper."""

    def __init__(
        self,
        tmp_path: Any,
        *,
        people: Any = None,
        no_directory: bool = False,
        hold_s: float = 3.0,
        gather_s: float = 4.0,
        at_ms: int | None = None,
        folder: GateFolder | None = None,
        faces: PaperFaces | None = None,
    ) -> None:
        """`folder`: one that is enrolled already, where a test makes gates by the hundred."""
        self.clock = MovedClock(at_ms)
        folder = folder or enrolled(tmp_path / "gate")
        self.site: Site = folder.site()
        self.journal, self.screens, self.centre = PaperJournal(), Screens(), PaperCentre()
        self.directory = PaperDirectory(self.clock, None if no_directory else people or registry())
        self.counts = Counts(self.clock, lambda: 480)
        self.recollection = Recollection(self.clock)
        self.metrics = Metrics()
        self.codes: dict[str, Verdict] = {}
        self.visitors = PaperBook()
        self.session = Session(
            device=folder.device(),
            site=lambda: self.site,
            directory=self.directory,
            centre=self.centre,
            journal=self.journal,
            clock=self.clock,
            counts=self.counts,
            recollection=self.recollection,
            metrics=self.metrics,
            screens=(self.screens,),
            hold_s=hold_s,
            gather_s=gather_s,
            judge=lambda text: self.codes.get(text, NOT_UNDERSTOOD),
            faces=faces,
            visitors=self.visitors,
        )

    async def lay(self, read: Reading, **how: Any) -> Passage:
        return await self.session.present(read, **how)

    async def show(self, verdict: Verdict, text: str = "GP1:CODE") -> Passage:
        """A code with this text, of which the judge says so."""
        self.codes[text] = verdict
        return await self.session.present(CodeText(text, "qr"))
