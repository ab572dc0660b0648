"""From the outbox to the addresses.

`fan_out`: each new event becomes a delivery for each address whose program may hear of it. `Courier`: what is due is
sent, a few addresses at a time; nothing of a stranger's server is waited for inside a transaction.

queued ──► taken          any 2xx
   │ ▲
   │ └── not taken: again after 5 s, 20 s, 80 s, 5 min, 21 min, 85 min, then every 4 hours; blurred by a fifth
   └──► dead              not taken for two days. An alarm; `actions.replay` sends it once more

An address that fails is left alone for a while, longer each time (ten minutes at most), whatever is due. One that has
failed for half an hour is an alarm, until it takes something. 410 says that nobody lives there any more: it is stopped.
Events go out in their order, one after the other; one that is not taken waits by itself, and later ones overtake it.
At least once: after a crash between the answer and its note, an event comes a second time, with the same id.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from gatepass.centre.alarms.actions import arm, cure, raise_now
from gatepass.centre.api.models import Token
from gatepass.centre.api.scopes import program_of
from gatepass.centre.audit.actions import record
from gatepass.centre.webhooks.access import access_events
from gatepass.centre.webhooks.actions import rules
from gatepass.centre.webhooks.models import Delivery, Event, Subscription
from gatepass.centre.webhooks.reaching import Answer, Rules, post
from gatepass.wire.webhooks import headers_for

BLOCK: Final = 500
IN_ONE_TURN: Final = 20
AT_ONCE: Final = 8
FIRST_S, LONGEST_S = 5.0, 4 * 3600.0
GIVE_UP: Final = timedelta(days=2)
LONGEST_REST_S: Final = 600.0
ALARM_AFTER: Final = timedelta(minutes=30)
TURN_S: Final = 10.0
MOST_ASKED_S: Final = 3600.0
"""A receiver may ask for more time (Retry-After), but not for ever."""

Post = Callable[[str, dict[str, str], bytes, Rules], Answer]


def live_subscriptions(now: datetime) -> list[Subscription]:
    live = Token.objects.filter(revoked_at=None, expires_at__gt=now)
    active = Subscription.objects.filter(state=Subscription.State.ACTIVE, token__in=live)
    return list(active.select_related("token").order_by("taken_at", "id"))


def fan_out(now: datetime) -> bool:
    """New events to those who may hear of them; True where more is waiting."""
    newest = Event.objects.aggregate(newest=Max("pk"))["newest"] or 0
    behind = [one for one in live_subscriptions(now) if one.mark < newest]
    more = False
    for subscription in behind:
        with transaction.atomic():
            newest = Event.objects.aggregate(newest=Max("pk"))["newest"] or 0
            heard = access_events(program_of(subscription.token)).filter(type__in=subscription.events)
            found = list(heard.filter(pk__gt=subscription.mark).order_by("pk").values_list("pk", flat=True)[:BLOCK])
            Delivery.objects.bulk_create(
                [Delivery(subscription=subscription, event_id=pk, queued_at=now, due_at=now) for pk in found],
                ignore_conflicts=True,
            )
            full = len(found) == BLOCK
            Subscription.objects.filter(pk=subscription.pk).update(mark=found[-1] if full else newest)
            more |= full
    return more


@dataclass(frozen=True, slots=True)
class _Parcel:
    delivery: int
    attempts: int
    queued_at: datetime
    event: str
    body: bytes


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one address gets now, in order."""

    subscription: Subscription
    secrets: tuple[str, ...]
    parcels: tuple[_Parcel, ...]


class Courier:
    """Sends in threads of its own, which know no database: a slow address holds up nobody but itself."""

    def __init__(self, send: Post = post) -> None:
        self._send = send
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook")
        self._away: dict[int, tuple[_Turn, Future[list[Answer]]]] = {}

    def step(self, now: datetime) -> bool:
        """Notes what has come back, and sends what is due; True where something came back: more may be due."""
        back = [(pk, turn, answers) for pk, (turn, answers) in self._away.items() if answers.done()]
        for pk, turn, answers in back:
            del self._away[pk]
            _note(turn, answers.result())
        allowed = rules()
        for subscription in live_subscriptions(now):
            if len(self._away) >= AT_ONCE:
                break
            due = None if subscription.pk in self._away else _turn_of(subscription, now)
            if due is not None:
                self._away[subscription.pk] = (due, self._threads.submit(_sent, due, self._send, allowed))
        return bool(back)

    def wait(self) -> None:
        """Until everybody is back."""
        wait([answers for _turn, answers in self._away.values()])

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def deliver(now: datetime, send: Post = post) -> None:
    """One turn of each address that has something due, and what came of it. For tests; the worker has a `Courier`."""
    courier = Courier(send)
    courier.step(now)
    courier.wait()
    for turn, answers in courier._away.values():  # noqa: SLF001 - its own module
        _note(turn, answers.result())
    courier.close()


def _turn_of(subscription: Subscription, now: datetime) -> _Turn | None:
    if subscription.rests_until is not None and subscription.rests_until > now:
        return None
    due = subscription.deliveries.filter(Q(state=Delivery.State.QUEUED), due_at__lte=now)
    rows = list(due.select_related("event").order_by("due_at", "event_id")[:IN_ONE_TURN])
    if not rows:
        return None
    secrets = [str(subscription.secret)]
    if subscription.old_secret and subscription.old_until and subscription.old_until > now:
        secrets.append(str(subscription.old_secret))
    parcels = [_Parcel(row.pk, row.attempts, row.queued_at, row.event.key, body_of(row.event)) for row in rows]
    return _Turn(subscription, tuple(secrets), tuple(parcels))


def body_of(event: Event) -> bytes:
    return msgspec.json.encode(said(event))


def said(event: Event) -> dict[str, Any]:
    """What a receiver reads, and what `GET /api/v1/events` shows."""
    return {"id": event.key, "sequence": event.pk, "type": event.type, "timestamp": event.at, "data": event.data}


def _sent(turn: _Turn, send: Post, allowed: Rules) -> list[Answer]:
    """The answers to the first so many; it ends at the first failure, or when the turn's time is over."""
    answers: list[Answer] = []
    began = time.monotonic()
    for parcel in turn.parcels:
        headers = {
            "content-type": "application/json",
            "user-agent": "gatepass-webhooks/1",
            **headers_for(turn.secrets, parcel.event, int(time.time()), parcel.body),
        }
        answers.append(send(turn.subscription.url, headers, parcel.body, allowed))
        if not answers[-1].taken or time.monotonic() - began > TURN_S:
            break
    return answers


def _note(turn: _Turn, answers: list[Answer]) -> None:
    """What came of a turn; by now the address may have been dropped."""
    now, subscription = timezone.now(), turn.subscription
    with transaction.atomic():
        row = Subscription.objects.select_for_update().select_related("token").filter(pk=subscription.pk).first()
        if row is None:
            return
        for parcel, answer in zip(turn.parcels, answers, strict=False):
            facts: dict[str, Any] = {
                "attempts": parcel.attempts + 1,
                "detail": answer.detail,
                "took_ms": answer.took_ms,
            }
            if answer.taken:
                facts |= {"state": Delivery.State.TAKEN, "done_at": now}
            elif now - parcel.queued_at >= GIVE_UP:
                facts |= {"state": Delivery.State.DEAD, "done_at": now}
            else:
                facts["due_at"] = now + timedelta(seconds=pause_s(parcel.attempts + 1, answer.retry_after))
            Delivery.objects.filter(pk=parcel.delivery).update(**facts)
            if facts.get("state") == Delivery.State.DEAD:
                raise_now("webhook_failing", str(row), facts=_facts(row))
        _note_health(row, answers[-1], now)


def _note_health(row: Subscription, last: Answer, now: datetime) -> None:
    if last.taken:
        if row.failures:
            cure("webhook_failing", [str(row)])
        row.failures, row.failing_since, row.rests_until, row.taken_at = 0, None, None, now
    else:
        row.failures += 1
        row.failing_since = row.failing_since or now
        rest = min(FIRST_S * 2 ** min(row.failures - 1, 20), LONGEST_REST_S)
        row.rests_until = now + timedelta(seconds=max(_blurred(rest), min(last.retry_after or 0, MOST_ASKED_S)))
        if last.status == 410:
            row.state = Subscription.State.STOPPED
            record(None, "webhook:stop", row)
            raise_now("webhook_failing", str(row), facts=_facts(row))
        elif row.failures == 1:
            arm("webhook_failing", str(row), row.failing_since + ALARM_AFTER, facts=_facts(row))
    row.save(update_fields=["failures", "failing_since", "rests_until", "taken_at", "state"])


def pause_s(attempts: int, asked: float | None = None) -> float:
    """Seconds until the next try after so many; at least what the receiver asked for."""
    return max(_blurred(min(FIRST_S * 4.0 ** min(attempts - 1, 20), LONGEST_S)), min(asked or 0.0, MOST_ASKED_S))


def _blurred(seconds: float) -> float:
    return seconds * random.uniform(0.8, 1.2)  # noqa: S311 - spreads load, guards nothing


def _facts(row: Subscription) -> dict[str, str | int]:
    return {"program": row.token.name, "host": urlsplit(row.url).hostname or ""}
