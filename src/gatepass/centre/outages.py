"""What a page needs is away for a while: PostgreSQL, the disk, the one writer of SQLite. That is no fault of the page.

503 with `Retry-After`, in the reader's language, with the next step. Programs get theirs from the API.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

import structlog
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gatepass.centre.accounts.roles import API
from gatepass.centre.passages.log import LogInUseError, LogUnavailableError

RETRY_AFTER_S: Final = 30

log = structlog.get_logger(__name__)


class OutageMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        page = (request.resolver_match and request.resolver_match.view_name) or ""
        if page in API or not isinstance(error, (LogUnavailableError, LogInUseError, OperationalError)):
            return None
        log.error("page not served", page=page, error=type(error).__name__)
        response = render(request, "503.html", status=HTTPStatus.SERVICE_UNAVAILABLE)
        response["Retry-After"] = str(RETRY_AFTER_S)
        response["Cache-Control"] = "no-store"
        return response
