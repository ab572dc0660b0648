"""A backup gives everything back, but for those who were erased since: in every copy, whoever has it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import apsw
import pytest
from django.db import connection
from django.utils import timezone
from tests.cast import LI
from tests.centre.privacy.conftest import NEEDLES, QIU

from gatepass.centre import keys
from gatepass.centre.people.households.models import Household, Membership
from gatepass.centre.people.models import Resident
from gatepass.centre.privacy import erasure as erasing
from gatepass.centre.privacy.backup import BackupError, restore_backup, write_backup
from gatepass.centre.privacy.erasure import order_erasure, person_keys, work_off
from gatepass.centre.privacy.models import Receipt
from gatepass.centre.privacy.person_keys import PersonKeys

pytestmark = [pytest.mark.django_db(transaction=True)]


def back_up(target: Path, settings) -> int:
    store = person_keys()
    try:
        database = Path(str(connection.settings_dict["NAME"]))
        key = keys.backup_key(settings.KEYS_DIR)
        return write_backup(database, target, store, key, on_table=lambda _name, _rows: None)
    finally:
        store.close()


def restore(source: Path, target: Path, settings):
    store = person_keys()
    try:
        return restore_backup(source, target, store, keys.backup_key(settings.KEYS_DIR))
    finally:
        store.close()


def tables(path: Path) -> dict[str, list]:
    database = sqlite3.connect(path)
    try:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {name: sorted(map(repr, database.execute(f'SELECT * FROM "{name}"'))) for name in names}
    finally:
        database.close()


@pytest.mark.slow
def test_what_was_backed_up_comes_back_and_who_was_erased_since_does_not(
    everywhere, register, settings, tmp_path
) -> None:
    qiu, li = everywhere(), register(LI)
    backup = tmp_path / "one.backup"
    rows = back_up(backup, settings)
    assert backup.stat().st_mode & 0o777 == 0o600
    content = backup.read_bytes()
    assert [word for word in NEEDLES if word.encode() in content] == []

    whole = restore(backup, tmp_path / "whole.sqlite3", settings)
    assert (whole.rows, whole.erased) == (rows, 0)
    now, then = tables(Path(str(connection.settings_dict["NAME"]))), tables(tmp_path / "whole.sqlite3")
    passing = {name for name in now if now[name] != then[name]}
    assert passing <= {
        *("accounts_loginfailure", "django_session", "imports_import", "imports_row", "sending_message"),
        *("applicants_onetimecode", "applicants_visit", "employers_stafflist", "employers_staffrow", "api_call"),
        *("limits_attempt", "codes_directorychange", "webpush_subscription"),
    }
    assert all(not then[name] for name in passing)
    assert f"{QIU.name}家" in str(then["households_household"])

    number = qiu.resident.pk
    order_erasure(None, qiu.resident)
    work_off()
    assert Receipt.objects.get(store="keys").counts[f"r{number}"] == 1

    later = restore(backup, tmp_path / "later.sqlite3", settings)
    assert later.erased > 20
    assert later.rows + later.erased == rows
    left = tables(tmp_path / "later.sqlite3")
    restored = apsw.Connection(str(tmp_path / "later.sqlite3"))
    assert restored.execute("SELECT full_name FROM people_resident").fetchall() == [(LI.name,)]
    assert restored.execute("PRAGMA foreign_key_check").fetchall() == []
    assert restored.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert len(restored.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall()) == 2
    ((sequence,),) = restored.execute("SELECT seq FROM sqlite_sequence WHERE name = 'people_resident'").fetchall()
    assert sequence >= li.pk > number
    restored.close()
    assert [name for name, rows in left.items() if QIU.name in str(rows)] == []
    assert left["audit_entry"] == then["audit_entry"]
    assert QIU.name.encode() not in (tmp_path / "later.sqlite3").read_bytes()
    assert Resident.objects.get().pk == li.pk


@pytest.mark.slow
def test_a_household_that_is_called_after_one_of_several_gets_a_number_for_a_name(
    own_folders, register, settings, tmp_path, town
) -> None:
    wang, li = register(), register(LI)
    for label in (f"{LI.name}家", "3-501"):
        household = Household.objects.create(site=town.estate, label=label)
        for resident in (wang, li):
            until = timezone.now() if label == "3-501" else None
            Membership.objects.create(household=household, resident=resident, since=timezone.now(), until=until)
    back_up(tmp_path / "one.backup", settings)
    restore(tmp_path / "one.backup", tmp_path / "two.sqlite3", settings)
    said = str(tables(tmp_path / "two.sqlite3")["households_household"])
    assert LI.name not in said
    assert "'#" in said
    assert "3-501" in said


@pytest.fixture
def small(own_folders, register, settings, tmp_path) -> Path:
    register()
    back_up(tmp_path / "small.backup", settings)
    return tmp_path / "small.backup"


def test_a_backup_that_was_cut_off_changed_or_is_none_is_refused_and_leaves_nothing(small, settings, tmp_path) -> None:
    whole, target = small.read_bytes(), tmp_path / "target.sqlite3"
    middle = len(whole) - 200
    for content, code in (
        (whole[:-30], "cut_off"),
        (whole[: len(whole) // 2], "cut_off"),
        (b"SQLite format 3", "not_a_backup"),
        (b"", "not_a_backup"),
        (whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :], "wrong_key|cut_off|not_a_backup"),
    ):
        small.write_bytes(content)
        with pytest.raises(BackupError, match=code):
            restore(small, target, settings)
        assert not list(tmp_path.glob("target*"))


def test_another_key_opens_nothing_and_a_database_that_is_there_is_not_touched(small, settings, tmp_path) -> None:
    store = person_keys()
    with pytest.raises(BackupError, match="wrong_key"):
        restore_backup(small, tmp_path / "target.sqlite3", store, b"x" * 32)
    store.close()
    (tmp_path / "target.sqlite3").write_bytes(b"mine")
    with pytest.raises(BackupError, match="not_empty"):
        restore(small, tmp_path / "target.sqlite3", settings)
    assert (tmp_path / "target.sqlite3").read_bytes() == b"mine"
    with pytest.raises(FileExistsError):
        back_up(small, settings)


def test_an_old_key_file_does_not_bring_back_who_was_erased(everywhere, settings, tmp_path) -> None:
    qiu = everywhere()
    back_up(tmp_path / "one.backup", settings)
    path = settings.KEYS_DIR / "people.sqlite3"
    old = path.read_bytes()
    order_erasure(None, qiu.resident)
    erasing._erase_rows(erasing.Erasure.objects.get(), timezone.now())
    work_off()
    path.write_bytes(old)
    assert erasing.destroy_again() >= 1
    assert restore(tmp_path / "one.backup", tmp_path / "later.sqlite3", settings).erased > 0
    store = PersonKeys(path, keys.backup_key(settings.KEYS_DIR))
    assert f"r{qiu.resident.pk}" not in store.all()
    store.close()
