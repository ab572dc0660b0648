"""Who a presented token is."""

from __future__ import annotations

from django.http import HttpRequest

from gatepass.centre.accounts.access import Program
from gatepass.centre.api.models import Token


def token_row(asker: Program) -> Token:
    assert isinstance(asker.token, Token)
    return asker.token


def caller_of(request: HttpRequest) -> Program:
    """Of a request that came through `door.Bearer`."""
    program: Program = request.auth  # type: ignore[attr-defined]
    return program
