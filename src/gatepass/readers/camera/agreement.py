"""What frame after frame amounts to: one reading for each thing shown, however long it is held. Pure: time is given.

A code is read once while it is in view, and again when it has been away. A machine-readable zone is believed when two
frames, looked at in two ways, say the same document: check digits do not cover names, nationality and sex.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

from gatepass.identity import Document, DocumentError
from gatepass.readers.contract import CodeText, Reading

GONE_AFTER_S: Final = 2.0
"""A thing that was not seen for so long was taken away: hard codes are not read in every frame."""
GONE_AFTER_LOOKS: Final = 3
"""... and not in so many looks: a machine that had no time to look has not seen it go."""
UNREADABLE_AFTER_S: Final = 6.0
"""A zone that is held still is read within a second; after this, its holder hears what to do."""
_MOST_REMEMBERED: Final = 64


@dataclass(slots=True)
class _Presence:
    """Since when a thing has not been seen."""

    last_seen: float
    misses: int = 0

    def missed(self, now: float) -> bool:
        """One more look has not found it; whether it is gone now."""
        self.misses += 1
        return self.misses >= GONE_AFTER_LOOKS and now - self.last_seen >= GONE_AFTER_S

    def found(self, now: float) -> None:
        self.last_seen, self.misses = now, 0


class CodesInView:
    """Which of the codes in a frame are new."""

    def __init__(self) -> None:
        self._seen: dict[bytes, _Presence] = {}

    def still(self, now: float) -> None:
        """Nothing has moved: what was in view is so still, though it is not looked for as hard."""
        for presence in self._seen.values():
            presence.found(now)

    def look(self, now: float, codes: list[CodeText]) -> list[CodeText]:
        """Those that were not in view a moment ago."""
        # A digest: what somebody showed is not kept for longer than it is needed.
        shown = {_digest(code): code for code in codes}
        for key in [key for key, presence in self._seen.items() if key not in shown and presence.missed(now)]:
            del self._seen[key]
        fresh = []
        for key, code in shown.items():
            if key in self._seen:
                self._seen[key].found(now)
            elif len(self._seen) < _MOST_REMEMBERED:
                self._seen[key] = _Presence(now)
                fresh.append(code)
        return fresh


def _digest(code: CodeText) -> bytes:
    return blake2b(f"{code.symbology}\0{code.text}".encode(errors="surrogatepass"), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Step:
    """What a frame adds. `begins`: something is being read; `result`: it was, or could not be."""

    begins: bool = False
    result: Reading | None = None


@dataclass(slots=True)
class ZoneVisit:
    """One page before the camera, from the first frame that shows it to its being taken away."""

    _since: float = 0.0
    _presence: _Presence | None = None
    _pending: list[Document] = field(default_factory=list, repr=False)
    _given: Document | None = field(default=None, repr=False)
    _announced: bool = False
    _complained: bool = False

    def look(self, now: float, document: Document | None, *, seen: bool) -> Step:
        """A frame: the document read from it, if any, and whether a zone was to be seen at all."""
        if not (seen or document is not None):
            gone = self._presence is not None and self._presence.missed(now)
            return Step(result=self._end()) if gone else Step()
        if self._presence is None:
            self._since, self._presence = now, _Presence(now)
        self._presence.found(now)
        step = Step() if document is None else self._read(document)
        unread = step.result is None and self._given is None and not self._complained
        if unread and now - self._since >= UNREADABLE_AFTER_S:
            begins = step.begins or not self._announced
            self._complained, self._announced = True, False
            return Step(begins=begins, result=DocumentError("mrz_check"))
        return step

    def still(self, now: float) -> None:
        """Nothing has moved, and nobody looked: what was there is there still."""
        if self._presence is not None:
            self._presence.found(now)

    def _read(self, document: Document) -> Step:
        if document == self._given:
            self._pending.clear()
            return Step()
        if document in self._pending:
            self._pending.clear()
            self._given = document
            self._announced = False
            return Step(begins=True, result=document)
        # The latest few only: a page that reads differently in every frame is not read by chance.
        self._pending = [*self._pending[-2:], document]
        begins = not self._announced and not self._complained
        self._announced = self._announced or begins
        return Step(begins=begins)

    def _end(self) -> DocumentError | None:
        """The page was taken away; the error that its holder hears, if a reading had begun and came to nothing."""
        unread = self._announced
        self._presence = None
        self._pending.clear()
        self._given = None
        self._announced = self._complained = False
        return DocumentError("card_removed_early") if unread else None

    def lost(self) -> DocumentError | None:
        """The camera has gone: the error for whoever was being read."""
        return DocumentError("reader_vanished") if self._end() is not None else None
