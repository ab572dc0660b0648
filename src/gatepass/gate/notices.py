"""What the idle screen says beside "lay down your card": notices of the centre, as they came with the last update.

The file is fetched, verified and kept by the directory's subscription (`wire.screens`). Here the gate's own clock
begins and ends each notice, so that one whose time is over goes without a network as well.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gatepass.gate.clock import Clock
from gatepass.wire.screens import SCREENS_FILE, Screens, decode


class ScreenNotices:
    """`look` once a second: one stat, and the file anew where it changed."""

    def __init__(self, directory: Path, gate: str, clock: Clock) -> None:
        """`directory` is the folder of the gate's `DirectoryStore`."""
        self._file = directory / "files" / SCREENS_FILE
        self._gate, self._clock = gate, clock
        self._stamp: tuple[int, int, int] | None = None
        self._screens = Screens()
        self._told: list[dict[str, Any]] = []

    def look(self) -> bool:
        """Whether the screen should show something else than before."""
        self._reread()
        now = [{"id": one.id, "texts": one.texts} for one in self._screens.at(self._gate, self._clock.now_ms())]
        changed, self._told = now != self._told, now
        return changed

    def message(self) -> dict[str, Any]:
        """For the kiosk: each notice as language -> [language in which it is said, sentence]."""
        return {"type": "notices", "notices": self._told}

    def _reread(self) -> None:
        try:
            found = self._file.stat()
            stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
            if stamp != self._stamp:
                self._screens, self._stamp = decode(self._file.read_bytes()), stamp
        except OSError:
            self._screens, self._stamp = Screens(), None
