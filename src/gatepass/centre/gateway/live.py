"""`GET /live/board`: what the board shows, pushed as it changes."""

from __future__ import annotations

import time
from typing import ClassVar, Final
from urllib.parse import parse_qs

from gatepass.centre.gateway.http import Request
from gatepass.centre.gateway.problems import ProblemError
from gatepass.centre.gateway.streams import Streams
from gatepass.centre.passages.watching import WatchedBoard, Watcher, watcher_of

LIVE: Final = "/live/"


class LiveBoard(Streams[Watcher]):
    """`heard()` after each commit of passages."""

    event: ClassVar[str] = "board"
    most_readers: ClassVar[int] = 500
    # Two frames a second are as many as a person can follow; one every five, though nothing was heard: waiting times
    # grow, gates fall silent.
    shortest: ClassVar[float] = 0.5
    longest: ClassVar[float] = 5.0

    def __init__(self) -> None:
        super().__init__()
        self._version = 0
        self._drawn: dict[Watcher, tuple[int, float, dict[str, str]]] = {}
        self._boards: dict[Watcher, WatchedBoard] = {}

    def heard(self) -> None:
        self._version += 1
        super().heard()

    async def _admit(self, request: Request) -> Watcher:
        if request.path != f"{LIVE}board":
            raise ProblemError("not_found")
        return await super()._admit(request)

    def reader_of(self, request: Request) -> Watcher | None:
        asked = parse_qs(request.query)
        return watcher_of(request.header(b"cookie"), asked.get("gate", [""])[0], asked.get("site", [""])[0])

    def may_read(self, reader: Watcher) -> bool:
        return reader.may_watch

    def draw(self, reader: Watcher) -> dict[str, str]:
        """Readers with the same eyes share a drawing."""
        version, now = self._version, time.monotonic()
        known = self._drawn.get(reader)
        if known and known[0] == version and now - known[1] < self.longest - self.shortest:
            return known[2]
        sections = self._boards.setdefault(reader, WatchedBoard(reader)).draw()
        self._drawn = {one: drawing for one, drawing in self._drawn.items() if now - drawing[1] < 60}
        self._drawn[reader] = (version, now, sections)
        self._boards = {one: self._boards[one] for one in self._drawn}
        return sections
