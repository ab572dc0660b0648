from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from gatepass.centre.audit.actions import record
from gatepass.centre.audit.chain import Finding, contains, verify
from gatepass.centre.audit.models import Entry, EntryIsFinalError

pytestmark = pytest.mark.django_db


@pytest.fixture
def five() -> None:
    with transaction.atomic():
        for number in range(1, 6):
            record(None, "gate:create", f"gate:{number}", name=f"门 {number}", site=number)


@pytest.fixture
def without_triggers() -> None:
    """Somebody with the file in hand, who drops what stands in the way."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER audit_entry_is_never_changed")
        cursor.execute("DROP TRIGGER audit_entry_is_never_deleted")


def forge(sql: str) -> tuple[Finding, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
    return verify().findings


def test_an_untouched_chain_is_whole(five: None) -> None:
    verdict = verify()
    assert verdict.findings == ()
    assert verdict.entries == 5
    assert verdict.head == bytes(Entry.objects.get(pk=5).hash).hex()
    assert contains(verdict.head)


def test_an_empty_chain_is_whole() -> None:
    assert verify().findings == ()


def test_a_head_that_was_written_down_is_missed_when_the_chain_is_written_anew(five: None) -> None:
    assert not contains("00" * 32)
    assert not contains("not hex")


@pytest.mark.parametrize(
    "change",
    ["at = at + 1", "actor = 'user:1'", "actor_name = 'somebody'", "verb = 'gate:delete'", "object = 'gate:9'",
     "fields = '{}'", "previous = randomblob(32)", "hash = zeroblob(32)"],
)  # fmt: skip
@pytest.mark.parametrize("entry", [1, 3, 5])
def test_a_changed_entry_is_named(five: None, without_triggers: None, change: str, entry: int) -> None:
    assert Finding(entry, "changed") in forge(f"UPDATE audit_entry SET {change} WHERE id = {entry}")


@pytest.mark.parametrize("entry", [1, 3, 5])
def test_a_deleted_entry_is_named(five: None, without_triggers: None, entry: int) -> None:
    assert Finding(entry, "missing") in forge(f"DELETE FROM audit_entry WHERE id = {entry}")


def test_entries_that_changed_places_are_named(five: None, without_triggers: None) -> None:
    forge("UPDATE audit_entry SET id = 99 WHERE id = 2")
    forge("UPDATE audit_entry SET id = 2 WHERE id = 3")
    assert {2, 3} <= {finding.entry for finding in forge("UPDATE audit_entry SET id = 3 WHERE id = 99")} <= {2, 3, 4}


def test_an_entry_that_was_added_behind_the_head_is_named(five: None) -> None:
    copy = "SELECT 6, at, actor, actor_name, verb, object, fields, hash, zeroblob(32) FROM audit_entry WHERE id = 5"
    assert Finding(6, "changed") in forge(f"INSERT INTO audit_entry {copy}")


def test_the_database_itself_refuses_change_and_deletion(five: None) -> None:
    for sql in ("UPDATE audit_entry SET actor = 'x' WHERE id = 2", "DELETE FROM audit_entry WHERE id = 2"):
        with pytest.raises(IntegrityError, match="never"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_the_models_refuse_change_and_deletion(five: None) -> None:
    entry = Entry.objects.get(pk=2)
    for attempt in (entry.save, entry.delete, Entry.objects.all().delete, lambda: Entry.objects.update(actor="x")):
        with pytest.raises(EntryIsFinalError):
            attempt()


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError):
        record(None, "gate:create", "gate:1")


def test_an_entry_of_a_change_that_failed_is_gone_with_it(five: None) -> None:
    def fail() -> None:
        with transaction.atomic():
            record(None, "gate:create", "gate:6")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (verify().entries, verify().findings) == (5, ())


def test_a_verb_without_a_noun_is_refused() -> None:
    with transaction.atomic(), pytest.raises(ValueError, match="noun:verb"):
        record(None, "create", "gate:1")
