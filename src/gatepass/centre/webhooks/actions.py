"""The verbs of webhooks: subscribe, change, rotate the secret, pause, resume, drop, test, replay.

How an event travels: `announce` (outbox), `fan_out` and `deliver` (deliveries).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from gatepass.centre.accounts.access import Asker, Program, actor_of
from gatepass.centre.accounts.models import User
from gatepass.centre.alarms.actions import cure
from gatepass.centre.api.models import Token
from gatepass.centre.api.scopes import program_of
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.webhooks.access import types_for
from gatepass.centre.webhooks.events import TEST
from gatepass.centre.webhooks.models import Delivery, Event, Subscription
from gatepass.centre.webhooks.reaching import RefusedAddressError, Rules
from gatepass.wire.webhooks import new_secret

BOTH_HOLD: Final = timedelta(days=1)
"""So long the old secret signs beside the new one."""
MOST: Final = 10
"""Addresses of one token: each is one more knock for every event."""
State = Subscription.State


def subscribe(
    by: Asker | None, token: Token, url: str, events: list[str], *, reached: bool = False
) -> tuple[Subscription, str]:
    """The row and its secret, which is shown once.

    `reached`: `check_address` has said yes already, outside a transaction: it looks a name up, which may take long.
    RefusedError `webhook_events` (none, or one of which the token may not hear), `webhook_many`, or what
    `check_address` refuses.
    """
    if not reached:
        check_address(url)
    _check_events(token, events)
    if token.subscriptions.count() >= MOST:
        raise RefusedError("webhook_many", most=MOST)
    secret, newest = new_secret(), Event.objects.order_by("-pk").values_list("pk", flat=True).first()
    with transaction.atomic():
        subscription = Subscription.objects.create(
            token=token,
            url=url,
            events=sorted(events),
            secret=secret,
            mark=newest or 0,
            created_at=timezone.now(),
            created_by=by if isinstance(by, User) else None,
        )
        record(actor_of(by), "webhook:subscribe", subscription, token=token.pk, events=subscription.events)
    return subscription, secret


def change_subscription(
    by: Asker, subscription: Subscription, url: str, events: list[str], *, reached: bool = False
) -> None:
    """RefusedError as `subscribe`."""
    if not reached:
        check_address(url)
    _check_events(subscription.token, events)
    with transaction.atomic():
        Subscription.objects.filter(pk=subscription.pk).update(url=url, events=sorted(events))
        _start_again(subscription)
        record(actor_of(by), "webhook:change", subscription, events=sorted(events))


def rotate_secret(by: Asker, subscription: Subscription) -> str:
    """The new one, which is shown once. For a day the old one signs as well."""
    secret = new_secret()
    with transaction.atomic():
        row = Subscription.objects.select_for_update().get(pk=subscription.pk)
        row.old_secret, row.secret = str(row.secret), secret
        row.old_until = timezone.now() + BOTH_HOLD
        row.save(update_fields=["secret", "old_secret", "old_until"])
        record(actor_of(by), "webhook:rotate_secret", row)
    return secret


def pause(by: Asker, subscription: Subscription) -> None:
    """Nothing is sent; what happens meanwhile waits, as long as events are kept."""
    with transaction.atomic():
        if Subscription.objects.filter(pk=subscription.pk, state=State.ACTIVE).update(state=State.PAUSED):
            cure("webhook_failing", [str(subscription)])
            record(actor_of(by), "webhook:pause", subscription)


def resume(by: Asker, subscription: Subscription) -> None:
    """Sends again: what waited, at once."""
    with transaction.atomic():
        if Subscription.objects.filter(pk=subscription.pk).exclude(state=State.ACTIVE).update(state=State.ACTIVE):
            _start_again(subscription)
            record(actor_of(by), "webhook:resume", subscription)


def drop(by: Asker, subscription: Subscription) -> None:
    """The address and its log go."""
    with transaction.atomic():
        cure("webhook_failing", [str(subscription)])
        record(actor_of(by), "webhook:drop", subscription, token=subscription.token_id)
        subscription.delete()


def send_test(by: Asker, subscription: Subscription) -> Delivery:
    now = timezone.now()
    with transaction.atomic():
        event = Event.objects.create(type=TEST, at=now, data={"webhook": subscription.pk})
        delivery = Delivery.objects.create(subscription=subscription, event=event, queued_at=now, due_at=now)
        Subscription.objects.filter(pk=subscription.pk).update(rests_until=None)
        record(actor_of(by), "webhook:test", subscription)
    return delivery


def replay(by: Asker, subscription: Subscription, deliveries: list[int] | None = None) -> int:
    """Send again, from the first try on: these, taken ones too; or all that were given up. How many."""
    now = timezone.now()
    with transaction.atomic():
        chosen = subscription.deliveries.exclude(state=Delivery.State.QUEUED)
        chosen = chosen.filter(state=Delivery.State.DEAD) if deliveries is None else chosen.filter(pk__in=deliveries)
        count = chosen.update(state=Delivery.State.QUEUED, due_at=now, queued_at=now, attempts=0, done_at=None)
        if count:
            Subscription.objects.filter(pk=subscription.pk).update(rests_until=None)
            record(actor_of(by), "webhook:replay", subscription, count=count)
    return count


def rules() -> Rules:
    return Rules.of(settings.CONFIGURATION.webhook_hosts, settings.CONFIGURATION.webhook_networks)


def check_address(url: str, asker: Asker | None = None) -> None:
    """RefusedError `webhook_address_…`. A name that cannot be looked up now may be there later: that is no refusal.

    A program hears one word, whatever is amiss with the numbers of a name, and no address that cannot be looked up is
    taken from it: else it could ask which names there are behind the town's wall.
    """
    from urllib.parse import urlsplit

    try:
        rules().check(url)
        parts = urlsplit(url)
        rules().addresses(parts.hostname or "", parts.port or 443, plain=parts.scheme == "http")
    except RefusedAddressError as refused:
        if isinstance(asker, Program) and refused.code in {"unknown", "network", "plain"}:
            raise RefusedError("webhook_address_closed") from None
        if refused.code != "unknown":
            raise RefusedError(f"webhook_address_{refused.code}") from None


def _start_again(subscription: Subscription) -> None:
    Subscription.objects.filter(pk=subscription.pk).update(failures=0, failing_since=None, rests_until=None)
    cure("webhook_failing", [str(subscription)])


def _check_events(token: Token, events: list[str]) -> None:
    if not events or not set(types_for(program_of(token))).issuperset(events):
        raise RefusedError("webhook_events")
