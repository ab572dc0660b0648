"""`/live/calls`: what rings for an interpreter, pushed as it changes. It reads the cookie that her pages have.

Two questions a second for all readers together (has any call moved?), and one for each reader when it has, or when the
last is old: shifts begin and end without a call.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import ClassVar, Final

from django.template.loader import render_to_string
from django.utils import translation

from gatepass.centre.accounts.access import may_open
from gatepass.centre.accounts.models import User
from gatepass.centre.gateway.http import Request
from gatepass.centre.gateway.streams import Streams
from gatepass.centre.interpreting.access import ringing_for, version
from gatepass.centre.passages.watching import watcher_of

PATH: Final = "/live/calls"
OLD: Final = 5.0
"""Seconds after which a reader's calls are drawn though none has moved."""
_PART: Final = "calls"


@dataclass(frozen=True, slots=True)
class Listener:
    user: int
    may_listen: bool


class LiveCalls(Streams[Listener]):
    event: ClassVar[str] = "calls"
    most_readers: ClassVar[int] = 200
    shortest: ClassVar[float] = 0.5

    def __init__(self) -> None:
        super().__init__()
        self._known: tuple[float, str] = (0.0, "")
        self._drawn: dict[int, tuple[str, float, str]] = {}

    def reader_of(self, request: Request) -> Listener | None:
        watcher = watcher_of(request.header(b"cookie"), "")
        if watcher is None:
            return None
        user = User.objects.filter(pk=watcher.user).first()
        return Listener(watcher.user, user is not None and may_open(user, "calls"))

    def may_read(self, reader: Listener) -> bool:
        return reader.may_listen

    def draw(self, reader: Listener) -> dict[str, str]:
        newest, now = self._version(), time.monotonic()
        known = self._drawn.get(reader.user)
        if known is None or known[0] != newest or now - known[1] >= OLD:
            self._drawn = {user: drawing for user, drawing in self._drawn.items() if now - drawing[1] < OLD}
            known = self._drawn[reader.user] = (newest, now, _drawn(reader.user))
        return {_PART: known[2]}

    def said(self, changed: dict[str, str]) -> str:
        return changed[_PART]

    def _version(self) -> str:
        """Readers share it."""
        at, known = self._known
        if time.monotonic() - at >= self.shortest / 2:
            known = version()
            self._known = (time.monotonic(), known)
        return known


def _drawn(user: int) -> str:
    found = User.objects.get(pk=user)
    with translation.override(found.language):
        return render_to_string("interpreting/ringing.html", {"ringing": ringing_for(found)})
