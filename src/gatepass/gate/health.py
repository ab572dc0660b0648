"""How the gate is: `/healthz`, the desk's line of states, and the heartbeat read the same list.

`ready` is false only where nobody could be answered at all: while starting, without a reader, when the session hangs.
Everything else is a state of a gate that works; docs/gate.md says what to do about each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gatepass import __version__
from gatepass.gate.clock import Clock
from gatepass.gate.guard import Guard
from gatepass.gate.writing import JournalWriter
from gatepass.policy import SiteRules
from gatepass.readers import Condition, ReaderState
from gatepass.wire.messages import ReaderHealth

CLOCK_WRONG_MS = 60_000
NOT_READY = frozenset({"starting", "session_stuck", "reader_absent", "reader_ill"})


class Health:
    """`uplink_states`, `knowledge_ms` (0 for none) and `rules` are read at every report."""

    def __init__(
        self,
        *,
        clock: Clock,
        guard: Guard,
        journal: JournalWriter,
        rules: Callable[[], SiteRules],
        knowledge_ms: Callable[[], int],
        uplink_states: Callable[[], list[str]],
        kiosk_connected: Callable[[], bool],
        readers_attached: int,
        face_trouble: Callable[[], str] = lambda: "",
    ) -> None:
        self._clock, self._guard, self._journal = clock, guard, journal
        self._rules, self._knowledge_ms = rules, knowledge_ms
        self._uplink_states, self._kiosk_connected = uplink_states, kiosk_connected
        self._readers_attached, self._face_trouble = readers_attached, face_trouble
        self.readers: dict[str, ReaderState] = {}
        """By name of the attached reader, as last told."""
        self.running = False
        self.stuck = False

    def knowledge_age_s(self) -> float | None:
        """None where there is no directory yet."""
        stated = self._knowledge_ms()
        return abs(self._clock.now_ms() - stated) / 1000 if stated else None

    def states(self) -> list[str]:
        """Codes of `[state.*]` that hold now, the gravest first."""
        found = []
        if not self.running or len(self.readers) < self._readers_attached:
            found.append("starting")
        if self.stuck:
            found.append("session_stuck")
        found += self._reader_states()
        found += self._journal.states
        found += self._knowledge_states()
        found += self._uplink_states()
        if trouble := self._face_trouble():
            found.append(trouble)
        if abs(self._clock.offset_ms) > CLOCK_WRONG_MS:
            found.append("clock_wrong")
        if not self._kiosk_connected():
            found.append("kiosk_absent")
        if not self._guard.has_pin:
            found.append("pin_not_set")
        return found

    def _reader_states(self) -> list[str]:
        conditions = {reader.condition for reader in self.readers.values()}
        if not conditions or Condition.READY in conditions:
            return []
        return ["reader_ill" if Condition.ILL in conditions else "reader_absent"]

    def _knowledge_states(self) -> list[str]:
        age_s = self.knowledge_age_s()
        rules = self._rules()
        if age_s is None:
            return ["no_directory"]
        if not age_s / 3600 <= rules.hold_after_hours:
            return ["directory_too_old"]
        return [] if age_s / 3600 <= rules.notice_after_hours else ["directory_old"]

    def reader_health(self) -> list[ReaderHealth]:
        """For the centre. The comparison of faces is told like a reader, while it is out of order."""
        told = [
            ReaderHealth(family=reader.family, state=reader.condition.value, detail=reader.detail)
            for reader in self.readers.values()
        ]
        trouble = self._face_trouble()
        return [*told, ReaderHealth(family="faces", state="ill", detail=trouble)] if trouble else told

    def report(self) -> dict[str, Any]:
        states = self.states()
        return {
            "ready": NOT_READY.isdisjoint(states),
            "reasons": states,
            "software": __version__,
            "knowledge_age_s": self.knowledge_age_s(),
            "sequence": self._journal.last,
            "waiting": self._journal.waiting,
            "held_in_memory": self._journal.held,
            "lost": self._journal.lost,
            "readers": [
                {"reader": name, "family": reader.family, "state": reader.condition.value, "detail": reader.detail}
                for name, reader in self.readers.items()
            ],
        }
