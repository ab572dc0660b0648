"""The verbs of paper codes and of phones that make codes.

    issue_paper(by, resident)       a new paper; the old one is void
    report_loss(by, resident)       the paper that is out there is void, and no new one is made yet
    grant_phone(applicant, …)       this phone makes codes for two weeks; it asks again whenever it is online
    end_grants(…)                   when a mandate ends, its phone makes no more codes

The text of a paper is not stored: it is signed anew from the row whenever it is printed, and is the same each time.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils import timezone

from gatepass.centre import keys
from gatepass.centre.accounts.models import User
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.mandates.models import Mandate
from gatepass.centre.papers.models import Grant, Paper, Revocation
from gatepass.centre.people.models import IdentityDocument, Resident
from gatepass.credentials import CredentialError, make

PAPER_LIVES: Final = timedelta(days=180)
GRANT_LIVES: Final = timedelta(days=14)
MOST_PHONES: Final = 5
"""Phones that make codes for one resident at a time; the oldest grant ends when one more is given."""


def issue_paper(by: User | models.Model, resident: Resident) -> Paper:
    """RefusedError `paper_needs_document`, `paper_needs_code` (nobody without a code carries one on paper)."""
    code = getattr(resident, "code", None)
    if code is None:
        raise RefusedError("paper_needs_code")
    now = timezone.now().replace(microsecond=0)
    with transaction.atomic():
        key = _main_key(resident)
        _void_papers(resident, Paper.Voided.REPLACED, now)
        paper = Paper.objects.create(
            resident=resident,
            serial=make.new_serial(),
            person_key=key,
            issued_at=now,
            expires_at=now + PAPER_LIVES,
            issued_by=by.full_name if isinstance(by, User) else "",
        )
        record(by, "paper:issue", paper, resident=resident.pk)
    return paper


def paper_text(paper: Paper) -> str:
    """What the QR code on the paper says."""
    return make.paper(
        keys.code_signing_key(settings.KEYS_DIR),
        person=bytes(paper.person_key),
        serial=bytes(paper.serial),
        issued=paper.issued_at,
        expires=paper.expires_at,
    )


def report_loss(by: User | Applicant, resident: Resident, why: Paper.Voided = Paper.Voided.LOST) -> int:
    """How many papers are void now: one, or none where there was none."""
    with transaction.atomic():
        voided = _void_papers(resident, why, timezone.now())
        if voided:
            record(by, "paper:void", resident, why=why.value)
    return voided


def grant_phone(mandate: Mandate, public_key: bytes) -> tuple[Grant, bytes]:
    """The row, and what the phone keeps. RefusedError `phone_key`, `paper_needs_document`, `paper_needs_code`."""
    resident, applicant = mandate.resident, mandate.applicant
    if applicant is None or getattr(resident, "code", None) is None:
        raise RefusedError("paper_needs_code")
    now = timezone.now().replace(microsecond=0)
    expires = min(now + GRANT_LIVES, mandate.valid_until or now + GRANT_LIVES)
    with transaction.atomic():
        key, serial = _main_key(resident), make.new_serial()
        try:
            granted = make.grant(
                keys.code_signing_key(settings.KEYS_DIR),
                person=key,
                phone=public_key,
                serial=serial,
                issued=now,
                expires=expires,
            )
        except CredentialError:
            raise RefusedError("phone_key") from None
        standing = list(_standing(resident, now))
        # The same phone asks again: its earlier grant is void. One phone too many: the oldest is.
        same = [each for each in standing if bytes(each.phone_key) == public_key and each.applicant_id == applicant.pk]
        others = [each for each in standing if each not in same]
        _void_grants([*same, *others[MOST_PHONES - 1 :]], now)
        grant = Grant.objects.create(
            resident=resident,
            applicant=applicant,
            serial=serial,
            phone_key=public_key,
            issued_at=now,
            expires_at=expires,
        )
        record(applicant, "paper:grant_phone", grant, resident=resident.pk)
    return grant, granted


def end_grants(resident: Resident, applicant: Applicant, now: datetime) -> int:
    """Inside the transaction that ends the mandate or the visit."""
    return _void_grants(list(_standing(resident, now).filter(applicant=applicant)), now)


def _standing(resident: Resident, now: datetime) -> QuerySet[Grant]:
    return Grant.objects.filter(resident=resident, voided_at=None, expires_at__gt=now).order_by("-issued_at", "-id")


def _void_papers(resident: Resident, why: Paper.Voided, now: datetime) -> int:
    standing = list(Paper.objects.select_for_update().filter(resident=resident, voided_at=None))
    _revoke([bytes(paper.serial) for paper in standing if paper.expires_at > now], now)
    return Paper.objects.filter(pk__in=[paper.pk for paper in standing]).update(voided_at=now, voided_for=why)


def _void_grants(grants: list[Grant], now: datetime) -> int:
    _revoke([bytes(grant.serial) for grant in grants], now)
    return Grant.objects.filter(pk__in=[grant.pk for grant in grants]).update(voided_at=now)


def _revoke(serials: list[bytes], now: datetime) -> None:
    Revocation.objects.bulk_create([Revocation(serial=serial, queued_at=now) for serial in serials])


def _main_key(resident: Resident) -> bytes:
    """The document that stands longest: the card that the person will most likely carry as well."""
    document = IdentityDocument.objects.filter(resident=resident, retired_at=None).order_by("id").first()
    if document is None:
        raise RefusedError("paper_needs_document")
    return bytes(document.person_key)
