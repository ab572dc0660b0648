from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from tests.centre.webhooks.receiver import Receiver, receiver

from gatepass.centre.api.actions import issue_token
from gatepass.centre.api.models import Scope, Token
from gatepass.centre.webhooks import actions
from gatepass.centre.webhooks.events import EVENTS
from gatepass.centre.webhooks.models import Subscription
from gatepass.centre.webhooks.reaching import Rules


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


@pytest.fixture(autouse=True)
def _this_machine_may_be_reached(monkeypatch) -> None:
    monkeypatch.setattr(actions, "rules", lambda: Rules.of("", "127.0.0.0/8"))
    monkeypatch.setattr("gatepass.centre.webhooks.deliveries.rules", lambda: Rules.of("", "127.0.0.0/8"))


@pytest.fixture
def subscribe(town, updates):
    """`subscribe(url, place=…)`: a webhook for every event, of a program that may read all of them."""

    def subscribe(url: str, *events: str, place=None, scopes=tuple(Scope)) -> tuple[Subscription, str]:
        until = timezone.now() + timedelta(days=30)
        token = issue_token(None, f"program {Token.objects.count()}", list(scopes), place, until)[0]
        return actions.subscribe(None, token, url, list(events or EVENTS))

    return subscribe
