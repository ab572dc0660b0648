"""Whoever writes the whole database can write the chain anew, head and all: signed checkpoints still name the row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction

from gatepass.centre.audit.actions import BEGINNING, entry_hash, record
from gatepass.centre.audit.chain import Finding, verify
from gatepass.centre.audit.checkpoints import COLUMNS, read_checkpoints, write_checkpoint
from gatepass.centre.audit.models import Entry

pytestmark = pytest.mark.django_db
KEY = Ed25519PrivateKey.generate()
PUBLIC = KEY.public_key().public_bytes_raw()


@pytest.fixture
def signed(tmp_path: Path) -> Path:
    """Nine entries: four on the first day, five on the second, each day with its checkpoint; two more after it."""
    for day, numbers in ((1, range(1, 5)), (2, range(5, 10)), (3, range(10, 12))):
        with transaction.atomic():
            for number in numbers:
                record(None, "gate:create", f"gate:{number}", site=number)
        if day < 3:
            assert write_checkpoint(tmp_path, date(2026, 11, day), KEY, 1_700_000_000_000)
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER audit_entry_is_never_changed")
        cursor.execute("DROP TRIGGER audit_entry_is_never_deleted")
    return tmp_path


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def write_anew() -> None:
    """What a forger with the file in hand does last: number, chain and head fit together again."""
    rows = list(Entry.objects.order_by("id").values(*COLUMNS))
    execute("DELETE FROM audit_entry")
    previous = BEGINNING
    for place, row in enumerate(rows, 1):
        row |= {"id": place, "previous": previous}
        previous = row["hash"] = entry_hash(row)
        Entry(**row).save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_head SET entry = %s, hash = %s", (len(rows), previous))


def findings(folder: Path) -> tuple[Finding, ...]:
    checkpoints, faults = read_checkpoints(folder, PUBLIC)
    assert not faults
    return verify(checkpoints).findings


def test_an_untouched_chain_agrees_with_its_checkpoints(signed: Path) -> None:
    assert findings(signed) == ()


def change() -> None:
    execute("UPDATE audit_entry SET object = 'gate:99' WHERE id = 3")


def delete() -> None:
    execute("DELETE FROM audit_entry WHERE id = 3")


def reorder() -> None:
    for sql in ("SET id = 99 WHERE id = 3", "SET id = 3 WHERE id = 4", "SET id = 4 WHERE id = 99"):
        execute(f"UPDATE audit_entry {sql}")


@pytest.mark.parametrize("forge", [change, delete, reorder])
def test_a_chain_that_was_written_anew_around_it_still_names_the_entry(signed: Path, forge: Callable) -> None:
    forge()
    write_anew()
    assert verify().findings == ()
    assert findings(signed)[0] == Finding(3, "changed")


def test_a_change_names_that_entry_and_the_days_end_whose_hash_it_altered(signed: Path) -> None:
    change()
    write_anew()
    assert [finding.entry for finding in findings(signed)] == [3, 4, 9]


@pytest.mark.parametrize("left", [8, 5])
def test_an_end_that_was_cut_off_with_its_head_is_named(signed: Path, left: int) -> None:
    execute(f"DELETE FROM audit_entry WHERE id > {left}")
    write_anew()
    assert verify().findings == ()
    assert findings(signed) == tuple(Finding(gone, "missing") for gone in range(left + 1, 10))


def test_a_checkpoint_that_was_changed_taken_away_or_signed_by_another_is_named(signed: Path) -> None:
    first, second = sorted(signed.iterdir())
    whole = first.read_bytes()
    first.write_bytes(whole.replace(b'"entry":4', b'"entry":3'))
    assert [(fault.name, fault.what) for fault in read_checkpoints(signed, PUBLIC)[1]] == [
        ("2026-11-01", "forged"),
        ("2026-11-02", "missing_before"),
    ]
    first.write_bytes(b"{")
    assert read_checkpoints(signed, PUBLIC)[1][0].what == "unreadable"
    first.unlink()
    assert [fault.what for fault in read_checkpoints(signed, PUBLIC)[1]] == ["missing_before"]
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    assert [fault.what for fault in read_checkpoints(signed, other)[1]] == ["other_key"]
    assert second.stat().st_mode & 0o777 == 0o600


def test_a_day_has_one_checkpoint_and_an_empty_chain_none(tmp_path: Path) -> None:
    assert write_checkpoint(tmp_path, date(2026, 11, 1), KEY, 0) is None
    with transaction.atomic():
        record(None, "gate:create", "gate:1")
    path = write_checkpoint(tmp_path, date(2026, 11, 1), KEY, 0)
    assert path is not None
    before = path.read_bytes()
    assert write_checkpoint(tmp_path, date(2026, 11, 1), KEY, 1) is None
    assert path.read_bytes() == before
    quiet = write_checkpoint(tmp_path, date(2026, 11, 2), KEY, 1)
    assert quiet is not None
    assert verify(read_checkpoints(tmp_path, PUBLIC)[0]).findings == ()
