"""The verbs of appeals.

    send ──► open ──► granted     the wrong fact is withdrawn, or the colour set by hand; either way by its own verb
               │  └─► refused     with an answer in words
               └────► withdrawn

The clock: an answer is due 24 hours after a red colour was objected to, 72 hours after any other. An appeal that is
late stays open, stands first in the list and is an alarm (`watch`); time never answers it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from gatepass.centre.accounts.models import User
from gatepass.centre.appeals.models import Appeal
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.models import Resident
from gatepass.centre.sending.actions import queue
from gatepass.policy import Colour

DUE: Final = {Colour.RED: timedelta(hours=24)}
OTHERWISE_DUE: Final = timedelta(hours=72)
MOST_WORDS: Final = 2000
State = Appeal.State


def send_appeal(by: models.Model, resident: Resident, about: Appeal.About, words: str) -> Appeal:
    """`by` is an applicant, staff at the desk, or a program's token.

    RefusedError `appeal_open`, `appeal_needs_words`, `appeal_nothing` (nobody objects to green, or to no code).
    """
    words = words.strip()[:MOST_WORDS]
    if not words:
        raise RefusedError("appeal_needs_words")
    code = getattr(resident, "code", None)
    if code is None or code.colour in {"", Colour.GREEN}:
        raise RefusedError("appeal_nothing")
    now = timezone.now()
    with transaction.atomic():
        if Appeal.objects.filter(resident=resident, state=State.OPEN).exists():
            raise RefusedError("appeal_open")
        appeal = Appeal.objects.create(
            resident=resident,
            applicant=by if isinstance(by, Applicant) else None,
            about=about,
            words=words,
            colour=code.colour,
            reason=code.reason,
            sent_at=now,
            due_at=now + DUE.get(Colour(code.colour), OTHERWISE_DUE),
        )
        record(by, "appeal:send", appeal, resident=resident.pk, kind=about.value)
    return appeal


def answer_appeal(by: User, appeal: Appeal, *, granted: bool, answer: str) -> None:
    """The answer goes to whoever sent it. What was wrong is put right by its own verb, before this one.

    RefusedError `appeal_answered`, `appeal_needs_words`, `appeal_own` (nobody answers what they wrote themselves).
    """
    answer = answer.strip()[:MOST_WORDS]
    if not answer:
        raise RefusedError("appeal_needs_words")
    with transaction.atomic():
        fresh = Appeal.objects.select_for_update().select_related("applicant").get(pk=appeal.pk)
        if fresh.state != State.OPEN:
            raise RefusedError("appeal_answered")
        fresh.state = State.GRANTED if granted else State.REFUSED
        fresh.answer, fresh.answered_at, fresh.answered_by = answer, timezone.now(), by
        fresh.save()
        record(by, "appeal:grant" if granted else "appeal:refuse", fresh, resident=fresh.resident_id)
        if fresh.applicant is not None:
            _tell(fresh.applicant)


def withdraw_appeal(by: Applicant | User, appeal: Appeal) -> None:
    """RefusedError `appeal_answered`."""
    with transaction.atomic():
        if not Appeal.objects.filter(pk=appeal.pk, state=State.OPEN).update(
            state=State.WITHDRAWN, answered_at=timezone.now()
        ):
            raise RefusedError("appeal_answered")
        record(by, "appeal:withdraw", appeal, resident=appeal.resident_id)


def _tell(applicant: Applicant) -> None:
    with translation.override(applicant.language):
        town = settings.CONFIGURATION.town
        said = gettext("Your objection has been answered. Read the answer here:")
        queue(
            applicant.channel,
            str(applicant.contact),
            kind="appeal_answered",
            language=applicant.language,
            subject=town,
            text=f"{town}: {said} {settings.CONFIGURATION.address}/my/",
        )
