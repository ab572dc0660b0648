"""Whatever goes wrong below /api/v1/ is told as a problem (RFC 9457): a program cannot read a page for people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from gatepass.centre.api.problems import problem

UNDER: Final = "/api/v1/"
_CODES: Final = {400: "request_invalid", 404: "call_unknown", 405: "method_wrong", 500: "broken"}


class ProblemMiddleware:
    """What never came to `api.calls`: an address that is none, a method that is not taken, a fault of our own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        told = response.headers.get("Content-Type", "").startswith("application/problem+json")
        if told or response.status_code not in _CODES or not request.path.startswith(UNDER):
            return response
        said = problem(_CODES[response.status_code], {})
        if "Allow" in response.headers:
            said.headers["Allow"] = response.headers["Allow"]
        return said
