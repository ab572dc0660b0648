"""Who may act at the desk: whoever knows the guard's PIN.

The PIN is kept as an Argon2id hash in guard.json. Five wrong ones close the desk for a minute, for everybody: a
lock-out by browser would be undone by deleting a cookie. A session is a random cookie, made new when it is unlocked.
"""

from __future__ import annotations

import asyncio
import math
import re
import secrets
from dataclasses import dataclass, field

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gatepass.files import write_whole
from gatepass.gate.clock import Clock
from gatepass.gate.device import GateFolder
from gatepass.gate.problems import DeskError, GateError

TRIES = 5
LOCKED_OUT_S = 60.0
SESSION_LASTS_S = 12 * 3600.0
SESSIONS_MOST = 50

# 19 MiB, 2 passes: OWASP's lesser setting, because a gate has little memory; the lock-out bears the rest.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_PIN = re.compile(r"[0-9]{4,12}")


class _GuardFile(msgspec.Struct, frozen=True):
    pin: str
    """Argon2id, encoded form."""


def set_pin(folder: GateFolder, pin: str) -> None:
    """GateError `pin_weak`."""
    if not _PIN.fullmatch(pin):
        raise GateError("pin_weak")
    write_whole(folder.guard_file, msgspec.json.encode(_GuardFile(_HASHER.hash(pin))), mode=0o600)


@dataclass(eq=False)
class DeskSession:
    """One browser. `unlocked_until` is monotonic seconds; 0 for locked."""

    token: str = field(repr=False)
    unlocked_until: float = 0.0


class Guard:
    def __init__(self, folder: GateFolder, clock: Clock) -> None:
        self._folder, self._clock = folder, clock
        self._sessions: dict[str, DeskSession] = {}
        self._wrong = 0
        self._closed_until = 0.0
        self._one_guess = asyncio.Lock()

    @property
    def has_pin(self) -> bool:
        return self._folder.guard_file.exists()

    def session(self, token: str | None) -> DeskSession:
        """The session of this cookie; a new, locked one where there is none."""
        found = self._sessions.get(token or "")
        if found is not None:
            return found
        session = DeskSession(secrets.token_urlsafe(24))
        self._sessions[session.token] = session
        while len(self._sessions) > SESSIONS_MOST:
            # Locked sessions go first, so that opening pages cannot push the guard out.
            oldest = min(self._sessions.values(), key=lambda each: each.unlocked_until)
            del self._sessions[oldest.token]
        return session

    def is_unlocked(self, session: DeskSession) -> bool:
        return self._clock.monotonic() < session.unlocked_until

    def require(self, session: DeskSession) -> None:
        """DeskError `locked`."""
        if not self.is_unlocked(session):
            raise DeskError("locked")

    async def unlock(self, session: DeskSession, pin: str) -> None:
        """DeskError `pin_not_set`, `locked_out`, `pin_wrong`. The session gets a new token."""
        await self.check(pin)
        self._sessions.pop(session.token, None)
        session.token = secrets.token_urlsafe(24)
        session.unlocked_until = self._clock.monotonic() + SESSION_LASTS_S
        self._sessions[session.token] = session

    async def check(self, pin: str) -> None:
        """DeskError where `pin` is not the guard's."""
        if not self.has_pin:
            raise DeskError("pin_not_set")
        async with self._one_guess:  # many guesses at once must not all see the same count
            left = self._closed_until - self._clock.monotonic()
            if left > 0:
                raise DeskError("locked_out", seconds=math.ceil(left))
            if await asyncio.to_thread(self._matches, pin):
                self._wrong = 0
                return
            self._wrong += 1
            if self._wrong < TRIES:
                raise DeskError("pin_wrong", left=TRIES - self._wrong)
            self._wrong = 0
            self._closed_until = self._clock.monotonic() + LOCKED_OUT_S
            raise DeskError("locked_out", seconds=math.ceil(LOCKED_OUT_S))

    def lock(self, session: DeskSession) -> None:
        session.unlocked_until = 0.0

    def _matches(self, pin: str) -> bool:
        try:
            stored = msgspec.json.decode(self._folder.guard_file.read_bytes(), type=_GuardFile)
            return _HASHER.verify(stored.pin, pin)
        except (OSError, msgspec.MsgspecError, InvalidHashError, VerificationError):
            return False
