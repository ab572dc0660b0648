"""Who looks at the live board, and what it looks like to them. Blocking: the gateway asks in a thread."""

from __future__ import annotations

import time
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation

from gatepass.centre.accounts.access import may_open
from gatepass.centre.accounts.factors import lacks_factor
from gatepass.centre.accounts.models import User
from gatepass.centre.passages.board import Aside, aside, board
from gatepass.centre.sites.health import Condition

SECTIONS = ("figures", "flow", "decisions", "latest", "gates", "colours")
ASIDE_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Watcher:
    user: int
    language: str
    gate: str
    """Primary key as text of the one gate that is watched; empty for all of the user's."""
    site: str
    """The same of a site."""
    may_watch: bool


def watcher_of(cookies: str, gate: str, site: str = "") -> Watcher | None:
    """The logged-in member of staff behind these cookies (a header's value), or None."""
    try:
        morsel = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    if morsel is None:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(morsel.value)
    user = get_user(request)  # checks that the password has not changed since
    if not isinstance(user, User) or not user.is_active:
        return None
    may_watch = may_open(user, "board") and not user.must_change_password and not lacks_factor(user)
    return Watcher(user.pk, user.language, gate[:20], site[:20], may_watch)


class WatchedBoard:
    """One watcher's board, drawn again and again: what no passage changes is looked at anew every ASIDE_S alone."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._aside: Aside | None = None
        self._looked = 0.0
        self._shown: list[tuple[Condition, int]] = []
        self._gates = ""

    def draw(self) -> dict[str, str]:
        """section -> HTML, as the page has it."""
        one, now = self._watcher, time.monotonic()
        user = User.objects.get(pk=one.user)
        with translation.override(one.language):
            if self._aside is None or now - self._looked >= ASIDE_S:
                self._aside, self._looked = aside(user, one.gate, one.site), now
                self._shown = []
            context = board(user, one.gate, one.site, self._aside)
            if not self._gates or context["conditions"] != self._shown:
                self._shown, self._gates = context["conditions"], _drawn("gates", context)
            return {name: self._gates if name == "gates" else _drawn(name, context) for name in SECTIONS}


def _drawn(section: str, context: dict[str, Any]) -> str:
    return render_to_string(f"passages/board_{section}.html", context)
