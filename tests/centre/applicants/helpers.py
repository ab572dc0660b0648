"""Applicants for tests: somebody with a telephone, made without the log-in pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction
from django.utils import timezone

from gatepass.centre.applicants.contacts import read_contact
from gatepass.centre.applicants.models import Applicant

DAUGHTER = "13800012345"


@pytest.fixture
def applicant(db: None) -> Callable[..., Applicant]:
    def applicant(contact: str = DAUGHTER, language: str = "en") -> Applicant:
        where = read_contact(contact)
        with transaction.atomic():
            return Applicant.objects.create(
                channel=where.channel,
                contact=where.address,
                contact_hash=where.hashed,
                language=language,
                created_at=timezone.now(),
            )

    return applicant
