"""What a resident may ask about their own data, and who answers.

    send ──► open ──► granted     object, correct: done by their own verbs; erase: the erasure is ordered with the
    answer
               │  └─► refused     with an answer in words
               └────► withdrawn

An answer is due within 15 days, the time that the Cyberspace Administration's practice and GB/T 35273 (clause 8.7,
30 days) leave room for. A request that is late stays open and stands first in the list.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from gatepass.centre.accounts.models import User
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.models import Resident
from gatepass.centre.privacy.erasure import order_erasure
from gatepass.centre.privacy.models import Request
from gatepass.centre.sending.actions import queue

DUE: Final = timedelta(days=15)
MOST_WORDS: Final = 2000
Kind, State = Request.Kind, Request.State


def send_request(by: models.Model, resident: Resident, kind: Request.Kind, words: str) -> Request:
    """`by` is an applicant, or staff at the desk. RefusedError `request_open`, `request_needs_words`."""
    words = words.strip()[:MOST_WORDS]
    if not words and kind != Kind.ERASE:
        raise RefusedError("request_needs_words")
    now = timezone.now()
    with transaction.atomic():
        if Request.objects.filter(subject=resident.pk, kind=kind, state=State.OPEN).exists():
            raise RefusedError("request_open")
        sent = Request.objects.create(
            resident=resident,
            subject=resident.pk,
            applicant=by if isinstance(by, Applicant) else None,
            kind=kind,
            words=words,
            sent_at=now,
            due_at=now + DUE,
        )
        record(by, "privacy:ask", resident, kind=kind.value, number=sent.pk)
    return sent


def answer_request(by: User, request: Request, *, granted: bool, answer: str) -> None:
    """Granting an erasure orders it in the same transaction. The answer goes to whoever asked on a phone.

    RefusedError `request_answered`, `request_needs_words`, `erasure_under_way`.
    """
    answer = answer.strip()[:MOST_WORDS]
    if not answer:
        raise RefusedError("request_needs_words")
    with transaction.atomic():
        fresh = Request.objects.select_for_update().get(pk=request.pk)
        if fresh.state != State.OPEN or fresh.resident is None:
            raise RefusedError("request_answered")
        fresh.state = State.GRANTED if granted else State.REFUSED
        fresh.answer, fresh.answered_at, fresh.answered_by = answer, timezone.now(), by
        fresh.save()
        about = f"resident:{fresh.subject}"
        record(by, "privacy:grant" if granted else "privacy:refuse", about, kind=fresh.kind, number=fresh.pk)
        if fresh.applicant is not None:
            _tell(fresh.applicant)
        if granted and fresh.kind == Kind.ERASE:
            order_erasure(by, fresh.resident, fresh)


def withdraw_request(by: Applicant | User, request: Request) -> None:
    """RefusedError `request_answered`."""
    with transaction.atomic():
        if not Request.objects.filter(pk=request.pk, state=State.OPEN).update(
            state=State.WITHDRAWN, answered_at=timezone.now()
        ):
            raise RefusedError("request_answered")
        record(by, "privacy:withdraw", f"resident:{request.subject}", kind=request.kind, number=request.pk)


def _tell(applicant: Applicant) -> None:
    with translation.override(applicant.language):
        town = settings.CONFIGURATION.town
        said = gettext("What you asked about your data has been answered. Read the answer here:")
        queue(
            applicant.channel,
            str(applicant.contact),
            kind="privacy_answered",
            language=applicant.language,
            subject=town,
            text=f"{town}: {said} {settings.CONFIGURATION.address}/my/",
        )
