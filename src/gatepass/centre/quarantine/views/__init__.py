"""The pages of quarantine: `cases` for staff, `care` for the day's work, `releases` for the end, `own` for phones."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from gatepass.centre.errors import RefusedError

View = Callable[..., HttpResponseBase]


def back_to_the_case(view: View) -> View:
    """What a verb refuses is said on the page of the case."""

    @wraps(view)
    def guarded(request: HttpRequest, quarantine: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, quarantine, *args, **kwargs)
        except RefusedError as refused:
            messages.error(request, refused.sentence)
            return redirect("quarantine", quarantine)

    return guarded
