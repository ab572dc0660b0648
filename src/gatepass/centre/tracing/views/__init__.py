"""The pages of tracing, for tracers alone.

What is behind a case is refused by `access` while it is not open, on each read; `back_to_the_case` leads such a request
to the page of the case, which says so.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from gatepass.centre.accounts.access import asking
from gatepass.centre.accounts.models import User
from gatepass.centre.errors import RefusedError
from gatepass.centre.tracing.access import access_case
from gatepass.centre.tracing.actions import close_expired
from gatepass.centre.tracing.models import Case

Page = Callable[..., HttpResponseBase]


def back_to_the_case(view: Page) -> Page:
    """A refusal is said on the page of the case."""

    @wraps(view)
    def answered(request: HttpRequest, case: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, case, *args, **kwargs)
        except RefusedError as refused:
            messages.error(request, refused.sentence)
            return redirect("case", case)

    return answered


def case_asked_for(request: HttpRequest, case: int, page: str) -> tuple[User, Case]:
    """Who asks, and the case in their scope, as the clock has it."""
    user = asking(request)
    found = access_case(user, case, page)
    now = timezone.now()
    if found.has_expired(now):
        close_expired(now)
        found.refresh_from_db()
    return user, found
