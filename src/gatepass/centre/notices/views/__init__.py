"""The pages of notices: lists, one notice, its text in one language, sending and printing, and what the public sees."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from gatepass.centre.codes.papers import PaperError
from gatepass.centre.errors import RefusedError

Page = Callable[..., HttpResponseBase]


def back_to_the_notice(view: Page) -> Page:
    """A refusal is said on the page of the notice."""

    @wraps(view)
    def answered(request: HttpRequest, notice: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, notice, *args, **kwargs)
        except (RefusedError, PaperError) as refused:
            messages.error(request, refused.sentence)
            language = kwargs.get("language")
            return redirect("notice_text", notice, language) if language else redirect("notice", notice)

    return answered
