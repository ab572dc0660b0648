"""Programs as they meet the town: the typed client of `gatepass.client`, in the process of the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import httpx2 as httpx
import pytest
from django.test import Client as DjangoClient
from django.utils import timezone

from gatepass.centre.api import door
from gatepass.centre.api.actions import Place, issue_token
from gatepass.centre.api.models import Scope, Token
from gatepass.centre.api.scopes import OF_A_COMPANY
from gatepass.centre.employers.models import Company
from gatepass.centre.limits.pace import Pace
from gatepass.client import Client

Connect = Callable[..., Client]


@pytest.fixture(autouse=True)
def _no_hurry(monkeypatch) -> None:
    """Each test begins as if nobody had called yet."""
    monkeypatch.setattr(door, "PACE", Pace(100_000, 60))


def token_for(*scopes: Scope, place: Place = None) -> str:
    everything = [scope for scope in Scope if not isinstance(place, Company) or scope in OF_A_COMPANY]
    until = timezone.now() + timedelta(days=30)
    return issue_token(None, f"program {Token.objects.count()}", list(scopes) or everything, place, until)[1]


class InProcess(httpx.BaseTransport):
    """Calls go to Django's test client: the same database and transaction as the test."""

    def __init__(self) -> None:
        self._django = DjangoClient(raise_request_exception=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        headers = {name: value for name, value in request.headers.items() if name not in {"content-type", "host"}}
        answer = self._django.generic(
            request.method,
            request.url.raw_path.decode(),
            request.read(),
            content_type=request.headers.get("content-type", ""),
            headers=headers,
        )
        return httpx.Response(answer.status_code, headers=dict(answer.headers), content=answer.content)


@pytest.fixture
def connect(town, updates) -> Iterator[Connect]:
    """`connect(Scope.GATES, place=town.estate)`: a client with a token for that; no scope is every scope."""
    opened: list[Client] = []

    def connect(*scopes: Scope, place: Place = None, **options) -> Client:
        settings = {"transport": InProcess(), "tries": 1, **options}
        client = Client("http://localhost", token_for(*scopes, place=place), **settings)
        opened.append(client)
        return client

    yield connect
    for client in opened:
        client.close()
