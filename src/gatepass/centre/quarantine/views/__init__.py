"""The pages of quarantine: `cases` for staff, `care` for the day's work, `releases` for the end, `own` for phones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from gatepass.centre.errors import RefusedError
from gatepass.centre.quarantine.models import Quarantine, Rung
from gatepass.centre.quarantine.words import clocks_words, counted_words, day_words, end_words, kind_word


def in_words(case: Quarantine, now: datetime) -> dict[str, Any]:
    """What lists and pages say of a case."""
    return {
        "case": case,
        "person": case.resident,
        "kind": kind_word(case),
        "day": day_words(case, now),
        "end": end_words(case.ends_at, case.civil),
        "counted": counted_words(case),
        "clocks": clocks_words(case),
        "missing": case.rung != Rung.WAITING,
        "over": case.is_open and case.ends_at <= now,
    }


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
