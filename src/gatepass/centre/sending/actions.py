"""The verbs of sending: `queue` a message inside the verb that it is about (`queue_all`: many, in two parts
`seal` and `queue_sealed`), `send_due`, `send_again`, `drop_queued`.

queued ──► sent
   │ ▲
   │ └── not taken: again after 5 s, 25 s, 2 min, 10 min, 52 min
   ├──► failed      refused for good, or six times not taken
   └──► late        its time has passed
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.plain_rows import Ready, ready_rows, write_ready
from gatepass.centre.sending.models import PUSH, Channel, Message, State
from gatepass.centre.sending.senders import Sender, SendingError, sender_for

MOST_ATTEMPTS: Final = 6
KEPT: Final = timedelta(days=14)
_BATCH = 50

SenderFor = Callable[[str], Sender]


def queue(
    channel: Channel | str,
    address: str,
    *,
    kind: str,
    language: str,
    text: str,
    subject: str = "",
    not_after: datetime | None = None,
) -> Message:
    """To be sent once the caller's transaction is through. `kind` is a word for the list, never about the person."""
    _within_a_transaction()
    letter = Letter(channel, address, kind, language, text, subject, not_after)
    _push_as_well([letter])
    now = timezone.now()
    return Message.objects.create(**dict(zip(_NAMES, _row(letter, now), strict=True)))


@dataclass(frozen=True, slots=True)
class Letter:
    """What `queue` takes."""

    channel: Channel | str
    address: str = field(repr=False)
    kind: str
    language: str
    text: str = field(repr=False)
    subject: str = ""
    not_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """A letter, ready to be written into its table."""

    letter: Letter
    row: Ready = field(repr=False)


def seal(letters: Iterable[Letter]) -> list[Sealed]:
    """What takes the time of `queue_all`, and needs no transaction."""
    letters, now = list(letters), timezone.now()
    ready = ready_rows(Message, _NAMES, [_row(one, now) for one in letters])
    return [Sealed(letter, row) for letter, row in zip(letters, ready, strict=True)]


def queue_sealed(letters: Iterable[Sealed]) -> None:
    """Many at once, as `queue`, in one statement."""
    _within_a_transaction()
    letters = list(letters)
    _push_as_well([one.letter for one in letters])
    write_ready(Message, _NAMES, [one.row for one in letters])


def queue_all(letters: Iterable[Letter]) -> None:
    queue_sealed(seal(letters))


def send_due(now: datetime, sender_of: SenderFor | None = None, *, pushes: bool = False) -> int:
    """What is due, a batch at most; how many were tried. A crash while sending sends once more rather than never.

    `pushes`: web push alone, which has a thread of its own; otherwise everything but that.
    """
    choose = sender_of or (lambda channel: sender_for(channel, settings.CONFIGURATION))
    waiting = Message.objects.filter(state=State.QUEUED, due_at__lte=now)
    waiting = waiting.filter(channel=PUSH) if pushes else waiting.exclude(channel=PUSH)
    due = list(waiting.order_by("due_at")[:_BATCH])
    for message in due:
        _send(message, choose, now)
    return len(due)


def send_again(by: User, message: Message) -> None:
    """A failed message, whose text is still there, is tried once more from the beginning."""
    with transaction.atomic():
        again = Message.objects.filter(pk=message.pk, state=State.FAILED, text__isnull=False)
        if again.update(state=State.QUEUED, due_at=timezone.now(), attempts=0, detail="", done_at=None):
            record(by, "message:send_again", message)


def drop_queued(messages: Iterable[int]) -> int:
    """What has not been tried yet is not sent after all; how many. Inside the verb that takes them back."""
    return Message.objects.filter(pk__in=list(messages), state=State.QUEUED).delete()[0]


def forget_messages(now: datetime) -> int:
    """Messages that were done with long ago; how many."""
    return Message.objects.filter(done_at__lt=now - KEPT).delete()[0]


_NAMES: Final = (
    "channel", "address", "kind", "language", "subject", "text", "not_after", "queued_at", "due_at", "state",
    "attempts", "detail", "done_at",
)  # fmt: skip


def _row(letter: Letter, now: datetime) -> tuple[Any, ...]:
    said = letter.channel, letter.address, letter.kind, letter.language, letter.subject, letter.text, letter.not_after
    return (*said, now, now, State.QUEUED, 0, "", None)


def _within_a_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("queue() belongs into the transaction of what it tells")


def _push_as_well(letters: list[Letter]) -> None:
    """Whoever has a browser that shows messages hears that there is something; the message itself comes as ever."""
    from gatepass.centre.webpush.actions import tell_contacts  # it queues messages itself

    tell_contacts((Channel(one.channel), one.address, one.kind) for one in letters)


def _send(message: Message, sender_of: SenderFor, now: datetime) -> None:
    if message.not_after is not None and message.not_after <= now:
        _done(message, State.LATE, now, text=None)
        return
    message.attempts += 1
    try:
        sender_of(message.channel).send(str(message.address), message.subject, str(message.text or ""))
    except SendingError as error:
        message.detail = error.detail
        if error.lasting or message.attempts >= MOST_ATTEMPTS:
            _done(message, State.FAILED, now)
        else:
            message.due_at = now + timedelta(seconds=5.0**message.attempts)
            message.save(update_fields=["attempts", "detail", "due_at"])
    else:
        message.detail = ""
        _done(message, State.SENT, now, text=None)


_KEEP = object()


def _done(message: Message, state: State, now: datetime, text: object = _KEEP) -> None:
    message.state, message.done_at = state, now
    fields = ["state", "done_at", "attempts", "detail"]
    if text is None:
        message.text = None
        fields.append("text")
    message.save(update_fields=fields)
