"""Which nonces were seen already: a request that is captured and sent again is refused.

Every signed message names the second of its making (`created`), and one older than `WINDOW_SECONDS` is refused for its
age. So only nonces of the last few minutes need remembering, kept by key id and second. Memory stays bounded by
narrowing, never by forgetting silently: where a key sends more than `per_key` messages in the window, its oldest
seconds are dropped and whatever claims to be from then is refused as too old. An honest device, whose `created` only
grows, does not notice. One key cannot use up the memory of another.

What was dropped is remembered as a floor, so that a clock of the centre that steps back does not bring the dropped
messages to life again. The window is one process's memory: gateways that share keys must send a device to one of them.
"""

from __future__ import annotations

from collections import OrderedDict
from enum import Enum
from typing import Final

WINDOW_SECONDS: Final = 300
"""How far a sender's clock may be from ours, either way."""


class Sighting(Enum):
    NEW = "new"
    SEEN = "seen"
    FORGOTTEN = "forgotten"
    """From a second of which nothing is remembered any more."""


class NonceWindow:
    """`see` answers whether a nonce is new, and remembers it. Not shared between threads.

    A nonce costs some 100 bytes: a key that really sends `per_key` messages in five minutes costs 7 MB, the usual
    gate (one request in some seconds) 10 kB.
    """

    def __init__(self, *, per_key: int = 65_536, not_before: int = 0) -> None:
        """`not_before` (seconds since 1970): set to the start of the process, it refuses replays across a restart."""
        self._per_key = per_key
        self._floor = not_before - 1
        self._keys: OrderedDict[str, _Seen] = OrderedDict()

    @property
    def remembered(self) -> int:
        """Nonces remembered at present. Not `__len__`: an empty window must never count as no window."""
        return sum(seen.count for seen in self._keys.values())

    def see(self, key_id: str, nonce: str, created: int, now: int) -> Sighting:
        """Is `nonce`, made by `key_id` in second `created`, new at second `now`? If so it is remembered.

        `created` lies within `WINDOW_SECONDS` of `now`: the caller has checked that, and the signature, before.
        """
        seen = self._keys.get(key_id)
        if seen is None:
            seen = self._keys[key_id] = _Seen(self._floor, now)
        else:
            self._keys.move_to_end(key_id)
        sighting = seen.see(nonce, created, now, self._per_key)
        self._drop_silent_keys(now)
        return sighting

    def _drop_silent_keys(self, now: int) -> None:
        while self._keys:
            key_id, seen = next(iter(self._keys.items()))
            # After two windows even a message that came from the far edge of the future is too old to be accepted.
            if now - seen.last_seen <= 2 * WINDOW_SECONDS:
                return
            self._floor = max(self._floor, seen.newest)
            del self._keys[key_id]


class _Seen:
    """The nonces of one key."""

    __slots__ = ("_floor", "_seconds", "_swept", "count", "last_seen", "newest")

    def __init__(self, floor: int, now: int) -> None:
        self._floor = floor
        self._seconds: dict[int, set[str]] = {}
        self._swept = now
        self.count = 0
        self.last_seen = now
        self.newest = floor

    def see(self, nonce: str, created: int, now: int, most: int) -> Sighting:
        self.last_seen = max(self.last_seen, now)
        if now - self._swept > WINDOW_SECONDS // 10 or self.count >= most:
            self._sweep(now, most, keep=max(self.newest, created))
        if created <= self._floor or self.count >= most:
            return Sighting.FORGOTTEN
        nonces = self._seconds.get(created)
        if nonces is None:
            nonces = self._seconds[created] = set()
            self.newest = max(self.newest, created)
        elif nonce in nonces:
            return Sighting.SEEN
        nonces.add(nonce)
        self.count += 1
        return Sighting.NEW

    def _sweep(self, now: int, most: int, keep: int) -> None:
        self._swept = now
        for second in sorted(self._seconds):
            # The newest second is never dropped for want of room: the key then waits for the next one.
            crowded = self.count >= most and second != keep
            if second >= now - WINDOW_SECONDS and not crowded:
                return
            self.count -= len(self._seconds.pop(second))
            self._floor = max(self._floor, second)
