"""What was seen at the gates: one interface, so that every storage engine keeps the same promises.

`tests/centre/passages/contract.py` is run against each engine. What it promises:

1. A batch's receipt is given only when its records are durable and indexed.
2. (journal, seq) is stored once, however often, late or disordered it is delivered. A journal is one device's: a gate
   whose terminal is replaced starts a second journal at 1, and must not lose its first day to the old one's numbers.
3. A person counts as entered (or left) when the gate passed them, or a guard admitted them afterwards; not when they
   were refused or turned back. The last word, by `seq`, counts, in whatever order the words arrive. It may be the
   gate's own: a further document or code of the same person within seconds can change the answer (`gate.visits`).
4. Counters are kept at intake, in the transaction of the rows, and so are their sums over all gates and over the hours
   of a day; they outlive the rows (`drop_day`).

PassageLogError
├── LogUnavailableError     nothing of the batch may be taken as stored; send it again later
├── LogInUseError           another writer has this folder
└── BadCursorError          a page address that this log did not give out

A question may raise LogUnavailableError, too: the engine may be a server.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal, NamedTuple, Protocol

from gatepass.policy import Method, Outcome
from gatepass.policy.reasons import RESOLUTIONS
from gatepass.wire.messages import Direction, PassageReceipt, Record


class PassageLogError(Exception):
    """The log could not do what was asked. `code` is stable."""

    code = "passage_log"


class LogUnavailableError(PassageLogError):
    code = "log_unavailable"


class LogInUseError(PassageLogError):
    code = "log_in_use"


class BadCursorError(PassageLogError):
    code = "bad_cursor"


@dataclass(frozen=True, slots=True)
class Batch:
    """Records as delivered. `gate` and `journal` come from the device's registration, never from its words."""

    gate: str
    journal: str
    records: Sequence[Record]


@dataclass(frozen=True, slots=True)
class Appended:
    receipt: PassageReceipt
    fresh: list[Record]
    """Those that were not stored before, in the order delivered."""


@dataclass(frozen=True, slots=True)
class Word:
    """The last word about a passage: a guard's, that the person turned back, or a further answer of the gate."""

    outcome: Outcome
    reasons: tuple[str, ...]
    method: Method
    document: str
    person: bytes | None = field(repr=False)
    """Under which key the person was known then: a permit may be registered, and the passport before it not."""

    @property
    def is_of_gate(self) -> bool:
        return self.reasons[0] not in RESOLUTIONS


@dataclass(frozen=True, slots=True)
class Passage:
    gate: str
    journal: str
    seq: int
    id: bytes
    at: int
    """Milliseconds since 1970 UTC, device time."""
    person: bytes | None = field(repr=False)
    direction: Direction
    outcome: Outcome
    """What the gate decided."""
    reasons: tuple[str, ...]
    method: Method
    document: str
    knowledge: int
    verdict: Outcome | None = None
    """What became of it, where there is a word about it."""
    word: Word | None = None
    """That word; None where there is none, or where its record has not arrived or is erased already."""
    centre_time: bool = False
    """The device's clock was impossible (before 2020, or in tomorrow's tomorrow): `at` is the time of receipt."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which passages. There is no person here on purpose: one person's movements are a tracing case (`windows`)."""

    since: int
    """Milliseconds, inclusive."""
    until: int
    """Milliseconds, exclusive."""
    gates: frozenset[str] | None = None
    """None is every gate, which costs less than naming all of them; an empty set is none."""
    outcomes: frozenset[Outcome] = frozenset()
    directions: frozenset[Direction] = frozenset()
    methods: frozenset[Method] = frozenset()
    unresolved: bool = False
    """Only those about which nobody has decided yet. A gate's further answer that holds decides nothing."""


@dataclass(frozen=True, slots=True)
class Page:
    passages: list[Passage]
    """Newest first."""
    next: str | None
    """Opaque; where the next (older) page begins."""


class Window(NamedTuple):
    """Some minutes at one gate, both ends inclusive, ms."""

    gate: str
    since: int
    until: int


class Sighting(NamedTuple):
    person: bytes
    gate: str
    at: int
    direction: Direction


class Encounter(NamedTuple):
    """One person of a trace (`person`, at `at`), and one other who passed the same gate at nearly the same time.

    `other_at - at` is how far apart they were, ms; negative where the other came first.
    """

    person: bytes
    gate: str
    at: int
    direction: Direction
    other: bytes
    other_at: int
    other_direction: Direction


class Flow(NamedTuple):
    """Decisions of one kind in one hour at one gate. `hour` is the town's local hour, 0 to 23.

    Where hours were summed it is -1; where gates were, `gate` is empty.
    """

    day: date
    hour: int
    gate: str
    direction: Direction
    outcome: Outcome
    reason: str
    method: Method
    document: str
    total: int


class Movement(NamedTuple):
    """People who went through, resolutions included (one who turned back is taken off again). Summed as `Flow` is."""

    day: date
    hour: int
    gate: str
    direction: Direction
    total: int


class GateTotal(NamedTuple):
    """One gate over some days: people in and out, resolutions included, and decisions by what the gate answered."""

    gate: str
    entered: int
    exited: int
    passed: int
    held: int
    refused: int


class Forgotten(NamedTuple):
    """What an erasure took out of the log."""

    rows: int
    sealed: int


By = frozenset[Literal["hour", "gate"]]
HOUR_AND_GATE: Final[By] = frozenset({"hour", "gate"})


class PassageLog(Protocol):
    def become_writer(self) -> None:
        """This process writes from now on, or it raises LogInUseError. `append` does it by itself."""

    def append(self, batches: Sequence[Batch]) -> list[Appended | LogUnavailableError]:
        """Stores all batches in as few commits as the engine can; one answer per batch, in order. Durable on return."""

    def receipt(self, journal: str) -> PassageReceipt:
        """How far `journal` has arrived. A journal never heard of: next 1, nothing missing."""

    def read(self, filters: Filters, *, after: str | None = None, limit: int = 50) -> Page:
        """Passages (not resolutions), newest first. Raises BadCursorError."""

    def windows(self, person: bytes, since: int, until: int, *, margin: int) -> list[Window]:
        """Where one person was seen, each sighting widened by `margin` ms both ways, overlapping ones joined."""

    def present(self, windows: Iterable[Window]) -> list[Sighting]:
        """Everyone seen in any of the windows, across midnight too. A sighting in two windows is listed once.

        Whom a further document made known under another key is listed under both.
        """

    def visits_of(self, people: Collection[bytes], since: int, until: int) -> list[Sighting]:
        """Where these people were seen, [since, until], oldest first: once a visit, however many words there are of it.

        Whom a further document made known is found under either key. Refusals are visits too: who was turned away
        at a gate stood there.
        """

    def passages_at(self, points: Iterable[tuple[str, int]]) -> list[Passage]:
        """The passages at these gates in these very milliseconds, oldest first, with what became of each."""

    def neighbours(self, visits: Collection[Sighting], *, within: int) -> list[Encounter]:
        """For each of `visits`, everybody else at the same gate up to `within` ms before or after, across midnight too.

        In the order of the visits, each visit's encounters by time. A person of the trace who met another one of it
        is listed for both.
        """

    def flow(
        self, first: date, last: date, gates: Collection[str] | None = None, *, by: By = HOUR_AND_GATE
    ) -> list[Flow]:
        """Counters of the days `first` to `last`, inclusive, dropped days too; apart by hour, by gate, or neither."""

    def movements(
        self, first: date, last: date, gates: Collection[str] | None = None, *, by: By = HOUR_AND_GATE
    ) -> list[Movement]:
        """People through the gates, of the same days."""

    def gate_totals(self, first: date, last: date, gates: Collection[str] | None = None) -> list[GateTotal]:
        """The same days, one for each gate at which anything was counted; in no order."""

    def sealed(self, journal: str, seq: int, at: int) -> bytes | None:
        """The unopened identity that came with a record stored under the time `at`."""

    def days(self) -> list[date]:
        """Days of which rows are held, oldest first."""

    def drop_day(self, day: date) -> int:
        """Erases a day's rows for good and keeps its counters. Returns how many rows went; 0 if there were none.

        Records of other days are taken in meanwhile. Raises LogUnavailableError.
        """

    def forget_people(self, people: Collection[bytes], until: int) -> Forgotten:
        """Rows of these person keys up to `until` (ms) lose the person and what is sealed; the old bytes are
        overwritten.

        Counts, outcomes and the order of the journal stay. Any process may ask for it, the writer or not.
        """

    def close(self) -> None:
        """Lets go of files and connections."""
