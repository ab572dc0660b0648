"""Who looks at the live board, and what it looks like to them. Blocking: the gateway asks in a thread."""

from __future__ import annotations

from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation

from gatepass.centre.accounts.access import may_open
from gatepass.centre.accounts.factors import lacks_factor
from gatepass.centre.accounts.models import User
from gatepass.centre.passages.board import board

SECTIONS = ("figures", "flow", "decisions", "latest", "gates", "colours")


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


def drawn_board(watcher: Watcher) -> dict[str, str]:
    """section -> HTML, as the page has it."""
    user = User.objects.get(pk=watcher.user)
    with translation.override(watcher.language):
        context = board(user, watcher.gate, watcher.site)
        return {name: render_to_string(f"passages/board_{name}.html", context) for name in SECTIONS}
