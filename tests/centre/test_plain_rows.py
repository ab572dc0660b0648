"""Rows written without the models are the rows that the models would have written."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from tests.centre.quarantine.things import quarantined

from gatepass.centre.people.models import Phone
from gatepass.centre.plain_rows import create_all, update_rows, write_rows
from gatepass.centre.quarantine.models import Report, Rung, Step

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


def test_equal_words_of_an_encrypted_column_are_no_equal_bytes_and_open_again(register) -> None:
    person = register()
    names = ("resident", "number", "number_key", "purpose", "whose", "preferred")
    write_rows(Phone, names, [(person.pk, "13800000000", b"k", "own", "", False)] * 2)
    assert [str(one.number) for one in person.phones.all()] == ["13800000000"] * 2
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT number FROM {Phone._meta.db_table}")
        one, other = (bytes(row[0]) for row in cursor.fetchall())
    assert one != other
    assert b"138" not in one


def test_objects_are_created_as_if_in_bulk_however_many_there_are_and_get_their_keys(register) -> None:
    case, now = quarantined(register()), timezone.now()
    many = [
        Report(
            quarantine=case, slot=now, measured_at=now - timedelta(seconds=place), received_at=now, tenths=366,
            symptoms=["cough"] if place % 2 else [], note="a word" if place % 3 else None, via="own", key=f"{place}",
        )
        for place in range(150)
    ]  # fmt: skip
    create_all(many)
    for read in Report.objects.all():
        said = many[int(read.key)]
        assert (read.pk, read.slot, read.measured_at, read.symptoms, read.note) == (
            said.pk, said.slot, said.measured_at, said.symptoms, said.note,
        )  # fmt: skip
    many[0].tenths = 371
    many[0].save()
    assert Report.objects.count() == len(many) == len({one.pk for one in many})
    create_all([])


def test_an_update_says_which_rows_it_found(register) -> None:
    case, now = quarantined(register()), timezone.now()
    told, skipped, other = (
        Step.objects.create(quarantine=case, slot=now, rung=rung, due_at=now, at=now, outcome=outcome)
        for rung, outcome in (("resident", "told"), ("household", "skipped"), ("volunteer", "told"))
    )
    of_two = Step.objects.filter(pk__in=[told.pk, skipped.pk], outcome="told")
    later = now + timedelta(minutes=5)
    assert update_rows(of_two, outcome="skipped", at=later) == {told.pk}
    assert Step.objects.filter(at=later, outcome="skipped").get() == told
    assert update_rows(of_two, at=now) == set()
    assert update_rows(Step.objects.filter(pk__in=[]), at=now) == set()
    other.refresh_from_db()
    assert (other.outcome, other.at) == ("told", now)
