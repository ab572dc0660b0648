"""A program's own webhooks: where it is told what happens, of that which its token may read (docs/webhooks.md)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.db.models import Count, Q, QuerySet
from pydantic import Field

from gatepass.centre.accounts.access import Program
from gatepass.centre.api.access import token_row
from gatepass.centre.api.cursors import Asked, page_of_rows
from gatepass.centre.api.door import Id, reading, writing
from gatepass.centre.api.resources import shapes
from gatepass.centre.api.schemas import Strict
from gatepass.centre.api.scopes import page_of
from gatepass.centre.webhooks import actions
from gatepass.centre.webhooks.access import access_subscription, access_subscriptions
from gatepass.centre.webhooks.models import Delivery, Subscription

LIMIT = "webhook_of_token"


class Subscribing(Strict):
    url: Annotated[str, Field(min_length=1, max_length=300, description="https, and public")]
    events: Annotated[
        list[Annotated[str, Field(max_length=30)]],
        Field(min_length=1, max_length=20, description="`type` of each; the token has the scope of each"),
    ]


class WebhookChange(Subscribing):
    """As it shall be from now on."""

    state: Annotated[Literal["active", "paused"], Field(description="active: what waited is sent at once")] = "active"


@reading("/webhooks", shapes.Webhooks)
def webhooks(program: Program, asked: Asked) -> dict[str, Any]:
    """Those of this token alone."""
    rows, following = page_of_rows(_counted(program, "webhooks"), "webhooks", asked)
    return {"items": [_webhook(row) for row in rows], "next": following}


@reading("/webhooks/{webhook}", shapes.WebhookThing)
def webhook(program: Program, webhook: Id) -> dict[str, Any]:
    return _webhook(_counted(program, "webhook").get(pk=_mine(program, webhook, "webhook").pk))


def _reached(program: Program, body: Subscribing, **_path: int) -> None:
    actions.check_address(body.url, program)


@writing("/webhooks", shapes.Subscribed, 201, limit=LIMIT, first=_reached)
def subscribe(program: Program, body: Subscribing) -> dict[str, Any]:
    """The secret that signs is in the answer, and nowhere else."""
    made, secret = actions.subscribe(program, token_row(program), body.url, body.events, reached=True)
    return {"id": made.pk, "secret": secret}


@writing("/webhooks/{webhook}", shapes.WebhookThing, method="PUT", limit=LIMIT, first=_reached)
def change_webhook(program: Program, webhook: Id, body: WebhookChange) -> dict[str, Any]:
    found = _mine(program, webhook, "change_webhook")
    actions.change_subscription(program, found, body.url, body.events, reached=True)
    (actions.resume if body.state == "active" else actions.pause)(program, found)
    return _webhook(_counted(program, "change_webhook").get(pk=found.pk))


@writing("/webhooks/{webhook}", shapes.Dropped, method="DELETE", limit=LIMIT)
def drop_webhook(program: Program, webhook: Id) -> dict[str, int]:
    """The address and the log of what was sent there go."""
    actions.drop(program, _mine(program, webhook, "drop_webhook"))
    return {"dropped": webhook}


@writing("/webhooks/{webhook}/secret", shapes.SecretRotated, limit=LIMIT)
def rotate_webhook_secret(program: Program, webhook: Id) -> dict[str, Any]:
    found = _mine(program, webhook, "rotate_webhook_secret")
    secret = actions.rotate_secret(program, found)
    found.refresh_from_db(fields=["old_until"])
    return {"secret": secret, "old_until": found.old_until}


@writing("/webhooks/{webhook}/tests", shapes.Tested, limit=LIMIT)
def test_webhook(program: Program, webhook: Id) -> dict[str, str]:
    """Sends `webhook.test`."""
    delivery = actions.send_test(program, _mine(program, webhook, "test_webhook"))
    return {"event": delivery.event.key}


@writing("/webhooks/{webhook}/replays", shapes.Replayed, limit=LIMIT)
def replay_webhook(program: Program, webhook: Id) -> dict[str, int]:
    """Sends once more all that was given up."""
    return {"replayed": actions.replay(program, _mine(program, webhook, "replay_webhook"))}


def _mine(program: Program, webhook: int, operation: str) -> Subscription:
    return access_subscription(program, webhook, page_of(operation))


def _counted(program: Program, operation: str) -> QuerySet[Any]:
    state = Delivery.State
    return access_subscriptions(program, page_of(operation)).annotate(
        waiting=Count("deliveries", filter=Q(deliveries__state=state.QUEUED)),
        dead=Count("deliveries", filter=Q(deliveries__state=state.DEAD)),
    )


def _webhook(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "url": row.url,
        "events": row.events,
        "state": row.state,
        "created_at": row.created_at,
        "taken_at": row.taken_at,
        "failures": row.failures,
        "waiting": row.waiting,
        "dead": row.dead,
    }
