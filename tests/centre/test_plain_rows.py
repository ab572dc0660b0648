"""Rows written without the models are the rows that the models would have written."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from tests.centre.quarantine.things import quarantined

from gatepass.centre.people.models import Phone
from gatepass.centre.plain_rows import write_rows
from gatepass.centre.quarantine.models import Rung, Step

pytestmark = pytest.mark.django_db
NAMES = ("quarantine", "slot", "rung", "due_at", "at", "outcome", "why")


def test_they_read_as_if_a_model_had_saved_them_and_the_constraints_hold(register) -> None:
    case, now = quarantined(register()), timezone.now()
    row = (case.pk, now, Rung.RESIDENT, now - timedelta(minutes=5), now, Step.Outcome.SKIPPED, "lives_alone")
    write_rows(Step, NAMES, [row, (case.pk, now, Rung.DESK, now, now, Step.Outcome.TOLD, "")])
    assert Step.objects.values_list(*NAMES)[0] == row
    saved = Step.objects.create(**{**dict(zip(NAMES, row, strict=True)), "quarantine": case, "rung": Rung.ROSTER})
    saved.refresh_from_db()
    assert [getattr(saved, name) for name in ("slot", "due_at", "at")] == [row[1], row[3], row[4]]
    with pytest.raises(IntegrityError), transaction.atomic():
        write_rows(Step, NAMES, [row])
    write_rows(Step, NAMES, [])


def test_an_encrypted_column_is_refused_for_equal_words_would_be_equal_bytes(register) -> None:
    with pytest.raises(TypeError):
        write_rows(Phone, ("resident", "number"), [(register().pk, "13800000000")])
