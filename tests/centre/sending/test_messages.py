from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from gatepass.centre.accounts.roles import Role
from gatepass.centre.sending.actions import MOST_ATTEMPTS, forget_messages, queue, send_due
from gatepass.centre.sending.models import Channel, Message, State
from gatepass.centre.sending.senders import SendingError

pytestmark = pytest.mark.django_db
MAILBOX = "daughter@example.org"


class Outbox:
    """A sender that keeps what it is given, or refuses it."""

    def __init__(self, *refusals: SendingError) -> None:
        self.sent: list[tuple[str, str, str]] = []
        self.refusals = list(refusals)

    def send(self, address: str, subject: str, text: str) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        self.sent.append((address, subject, text))


def queued(**facts: object) -> Message:
    with transaction.atomic():
        return queue(Channel.EMAIL, MAILBOX, kind="one_time_code", language="en", subject="s", text="123456", **facts)


def test_a_queued_message_is_sent_once_and_its_text_is_gone() -> None:
    message, outbox = queued(), Outbox()
    assert send_due(timezone.now(), lambda _channel: outbox) == 1
    assert send_due(timezone.now(), lambda _channel: outbox) == 0
    assert outbox.sent == [(MAILBOX, "s", "123456")]
    message.refresh_from_db()
    assert (message.state, message.text) == (State.SENT, None)


def test_what_is_not_taken_is_tried_again_later_and_later() -> None:
    message = queued()
    outbox, now, waits = Outbox(*[SendingError("smtp_down")] * 3), timezone.now(), []
    for _ in range(3):
        send_due(now, lambda _channel: outbox)
        message.refresh_from_db()
        waits.append((message.due_at - now).total_seconds())
        assert send_due(now, lambda _channel: outbox) == 0
        now = message.due_at
    assert waits == [5, 25, 125]
    send_due(now, lambda _channel: outbox)
    assert len(outbox.sent) == 1


@pytest.mark.parametrize(
    ("refusals", "attempts"),
    [
        ([SendingError("address_refused", lasting=True)], 1),
        ([SendingError("smtp_down")] * MOST_ATTEMPTS, MOST_ATTEMPTS),
    ],
)
def test_what_is_refused_for_good_or_too_often_has_failed_and_can_be_sent_again(
    refusals, attempts, employ, log_in
) -> None:
    message = queued()
    outbox, now = Outbox(*refusals), timezone.now()
    for _ in range(MOST_ATTEMPTS):
        send_due(now, lambda _channel: outbox)
        now += timedelta(days=1)
    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.FAILED, attempts)
    client = log_in(employ(Role.ADMINISTRATOR))
    assert refusals[0].detail in client.get("/messages/?state=failed").content.decode()
    client.post(f"/messages/{message.pk}/again/")
    send_due(timezone.now(), lambda _channel: outbox)
    assert len(outbox.sent) == 1


def test_a_code_that_has_run_out_is_not_sent() -> None:
    message, outbox = queued(not_after=timezone.now() - timedelta(seconds=1)), Outbox()
    send_due(timezone.now(), lambda _channel: outbox)
    message.refresh_from_db()
    assert (message.state, message.text, outbox.sent) == (State.LATE, None, [])


def test_nobody_sees_address_or_text_on_the_page_or_in_the_export(employ, log_in) -> None:
    queued()
    client = log_in(employ(Role.ADMINISTRATOR))
    for address in ("/messages/", "/messages/export.csv"):
        page = client.get(address).content.decode()
        assert MAILBOX not in page
        assert "123456" not in page
        assert "one_time_code" in page or "One-time code" in page


def test_address_and_text_are_encrypted_in_the_database() -> None:
    queued()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT address, text FROM sending_message")
        stored = b"".join(bytes(part) for part in cursor.fetchone())
    assert MAILBOX.encode() not in stored
    assert b"123456" not in stored


def test_a_message_belongs_into_the_transaction_of_what_it_tells(transactional_db) -> None:
    with pytest.raises(RuntimeError):
        queue(Channel.EMAIL, MAILBOX, kind="one_time_code", language="en", text="x")


def test_messages_that_were_done_with_long_ago_are_forgotten() -> None:
    queued()
    send_due(timezone.now(), lambda _channel: Outbox())
    assert forget_messages(timezone.now() + timedelta(days=13)) == 0
    assert forget_messages(timezone.now() + timedelta(days=15)) == 1
