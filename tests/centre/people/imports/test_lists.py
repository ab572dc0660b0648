"""A list on its way: uploaded, mapped, checked, mended, entered, taken back."""

from __future__ import annotations

import contextlib
import json
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from tests.cast import LI, STRANGER, SUN, WANG, number
from tests.centre.people.imports.lists import HEADINGS, LI_ROW, SUN_ROW, WANG_ROW, ZHAO_ROW, as_csv, elders
from tests.centre.people.test_residents import KIM

from gatepass.centre.accounts.roles import Role
from gatepass.centre.audit.models import Entry
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.codes.models import DirectoryChange
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.access import documents_of, key_of, with_document
from gatepass.centre.people.actions import (
    PhoneFacts,
    Registration,
    add_document,
    change_resident,
    register_resident,
    set_phones,
)
from gatepass.centre.people.addresses.models import Place
from gatepass.centre.people.households.actions import move_household
from gatepass.centre.people.households.models import Household
from gatepass.centre.people.imports import actions, work
from gatepass.centre.people.imports.actions import decide_all, decide_row, mend_row, run, stop, undo
from gatepass.centre.people.imports.models import Import, Mapping, Row
from gatepass.centre.people.merges.actions import merge
from gatepass.centre.people.models import Resident
from gatepass.centre.people.protection.actions import protect
from gatepass.policy import Colour

pytestmark = pytest.mark.django_db
State, Finding, Outcome = Import.State, Row.Finding, Row.Outcome


@pytest.fixture
def user(employ, town):
    return employ(Role.SOCIAL_WORKER, community=town.community)


@pytest.fixture
def checked(user, town):
    """`checked(rows)`: a list that has been uploaded, mapped as guessed, and checked."""

    def checked(rows, headings=HEADINGS, kind="residents") -> Import:
        batch = actions.upload(user, kind, "老人名单.csv", as_csv(rows, headings), town.estate)
        actions.map_columns(user, batch, batch.columns, town.estate)
        work.work_off()
        batch.refresh_from_db()
        assert batch.state == State.CHECKED
        return batch

    return checked


def entered(user, batch: Import) -> Import:
    run(user, batch)
    work.work_off()
    batch.refresh_from_db()
    assert batch.state == State.DONE
    return batch


def findings(batch: Import) -> list[str]:
    return list(batch.rows.values_list("finding", flat=True))


def outcomes(batch: Import) -> list[str]:
    return list(batch.rows.values_list("outcome", flat=True))


def codes(row: Row) -> list[str]:
    return [code for _field, code, _fields in row.faults]


def test_a_list_is_entered_with_households_phones_and_keys_for_the_gates(user, checked) -> None:
    batch = entered(user, checked([WANG_ROW, LI_ROW, SUN_ROW]))
    assert outcomes(batch) == [Outcome.CREATED] * 3
    wang = Resident.objects.get(with_document(documents_of(WANG.number)))
    assert (wang.full_name, wang.phone, wang.birth) == ("王秀英", "13800000001", "1941-03-12")
    assert (wang.membership.relation, wang.household.label) == ("head", "3幢 2单元 501")
    assert Resident.objects.get(with_document(documents_of(LI.number))).household == wang.household
    assert DirectoryChange.objects.count() == 3
    assert (batch.content, batch.preview) == (None, None)
    entry = Entry.objects.get(verb="resident:import")
    assert (entry.actor, entry.fields["count"]) == (f"user:{user.pk}", 3)


def test_no_name_and_no_number_of_a_list_is_readable_in_the_database(user, checked) -> None:
    checked([WANG_ROW])
    with connection.cursor() as cursor:
        cursor.execute('SELECT "values", faults, notes FROM imports_row')
        stored = repr(cursor.fetchone())
        cursor.execute("SELECT content, preview FROM imports_import")
        stored += repr(cursor.fetchone())
    for word in (WANG.name, WANG.number, "13800000001", WANG.name.encode("gb18030")):
        assert repr(word).strip("b'") not in stored
    assert not any(WANG.number in str(entry.fields) for entry in Entry.objects.all())


def test_three_who_are_there_under_another_spelling_are_seen_at_once(user, checked, register, town) -> None:
    wang, li = register(WANG), register(LI)
    kim = register_resident(None, Registration(KIM, site=town.estate.pk))
    rows = [
        ("WANG XIUYING", number("330102", "19410312", "184"), "", ""),
        ("李建國", number("330102", "19680705", "139"), "", ""),
        ("KIM MIN JUN", "M99999999", "韩国", "1988"),
        SUN_ROW[:2],
    ]
    batch = checked(rows, ("姓名", "证件号码", "国籍", "出生年月"))
    assert findings(batch) == [Finding.ALIKE, Finding.ALIKE, Finding.ALIKE, Finding.READY]
    assert [row.candidates[0] for row in batch.rows.all()[:3]] == [wang.pk, li.pk, kim.pk]
    # Nobody has decided: they are left, and nothing is merged by itself.
    assert outcomes(entered(user, batch)) == ["", "", "", Outcome.CREATED]
    assert Resident.objects.count() == 4


def test_a_document_that_is_there_already_is_known_and_left_out(user, checked, register) -> None:
    wang = register(WANG)
    batch = checked([WANG_ROW, LI_ROW])
    row = batch.rows.get(number=2)
    assert (row.finding, row.candidates) == (Finding.KNOWN, [wang.pk])
    with pytest.raises(RefusedError, match="import_choice"):
        decide_row(user, batch, row, Row.Choice.CREATE)
    assert outcomes(entered(user, batch)) == [Outcome.SKIPPED, Outcome.CREATED]
    assert Resident.objects.count() == 2


def test_a_link_adds_what_is_missing_and_changes_nothing_that_is_there(user, checked, register) -> None:
    wang = register(WANG)
    set_phones(None, wang, [PhoneFacts("13900000000")])
    change_resident(None, wang, {"address": "as she said"})
    rows = [("王秀英", number("330102", "19410312", "186"), "13800000001", "someplace else", "Granny Wang")]
    batch = checked(rows, ("姓名", "证件号码", "电话", "地址", "称呼"))
    decide_row(user, batch, batch.rows.get(), Row.Choice.LINK, wang)
    assert outcomes(entered(user, batch)) == [Outcome.LINKED]
    wang = Resident.objects.get()
    assert wang.documents.count() == 2
    assert (wang.address, wang.preferred_name) == ("as she said", "Granny Wang")
    assert [str(phone.number) for phone in wang.phones.all()] == ["13900000000", "13800000001"]
    undo(user, batch)
    work.work_off()
    wang = Resident.objects.get()
    assert (wang.documents.count(), wang.preferred_name, wang.phones.count()) == (1, "", 1)


def test_a_wrong_row_is_mended_in_its_place_and_checked_at_once(user, checked) -> None:
    wrong = ("王秀英", WANG.number[:17] + WANG.number[16], "女", "none")
    batch = checked([wrong, LI_ROW], HEADINGS[:4])
    row = batch.rows.get(number=2)
    assert codes(row) == ["phone_number", "number_check"] or codes(row) == ["number_check", "phone_number"]
    mend_row(user, batch, row, {"document_number": WANG.number})
    assert codes(row) == ["phone_number"]
    mend_row(user, batch, row, {"phone": ""})
    assert (row.finding, row.faults) == (Finding.READY, [])
    assert outcomes(entered(user, batch)) == [Outcome.CREATED] * 2


def test_two_rows_with_one_document_name_each_other_and_mending_one_frees_the_other(user, checked) -> None:
    batch = checked([WANG_ROW, LI_ROW, ("王秀瑛", WANG.number)])
    third = batch.rows.get(number=4)
    assert third.faults == [["document_number", "row_twice", {"row": 2}]]
    mend_row(
        user, batch, batch.rows.get(number=2), {"document_number": STRANGER.number, "full_name": "周明", "sex": ""}
    )
    third.refresh_from_db()
    assert third.finding == Finding.READY


def test_somebody_who_stands_in_the_list_twice_under_two_documents_waits_for_a_decision(
    user, checked, monkeypatch
) -> None:
    rows = [
        ("김민준", "M12345678", "韩国", "1988-05-01"),
        *((*row, "", "") for row in elders(5)),
        ("KIM MIN JUN", "932682198805010016", "", "1988-05-01"),
        ("KIM MINJUN", "M22222222", "韩国", "1961-01-01"),
    ]
    monkeypatch.setattr(work, "CHUNK", 3)
    batch = checked(rows, ("姓名", "证件号码", "国籍", "出生日期"))
    found = {row.number: (row.finding, row.twin) for row in batch.rows.exclude(finding=Finding.READY)}
    # Born on another day: another person, whatever the name.
    assert found == {8: (Finding.ALIKE, 2)}
    assert outcomes(entered(user, batch)).count("") == 1


def test_a_number_of_somebody_elsewhere_says_no_more_than_that(user, checked, register, town, employ) -> None:
    register(LI, town.far_site)
    sun = register(SUN)
    protect(None, sun, [employ(Role.OFFICE)])
    batch = checked([LI_ROW, SUN_ROW])
    assert [row.faults for row in batch.rows.all()] == [[["document_number", "document_elsewhere", {}]]] * 2
    assert [row.candidates for row in batch.rows.all()] == [[], []]
    assert Entry.objects.filter(verb="protected:try_number").count() == 1


def test_a_list_can_be_entered_in_parts_the_mended_rows_last(user, checked) -> None:
    batch = entered(user, checked([WANG_ROW, ("李建国", "1")]))
    row = batch.rows.get(number=3)
    assert (row.finding, row.outcome) == (Finding.WRONG, "")
    mend_row(user, batch, row, {"document_number": LI.number})
    assert outcomes(entered(user, batch)) == [Outcome.CREATED] * 2
    with pytest.raises(RefusedError, match="import_not_now"):
        mend_row(user, batch, batch.rows.get(number=2), {"full_name": "x"})


def test_a_decision_for_all_goes_to_those_about_whom_nobody_has_decided(user, checked, register) -> None:
    register(WANG), register(LI)
    rows = [("WANG XIUYING", number("330102", "19410312", "184")), ("李建國", number("330102", "19680705", "139"))]
    batch = checked(rows)
    decide_row(user, batch, batch.rows.get(number=2), Row.Choice.SKIP)
    assert decide_all(user, batch, batch.rows.all(), Finding.ALIKE, Row.Choice.CREATE) == 1
    assert outcomes(entered(user, batch)) == [Outcome.SKIPPED, Outcome.CREATED]
    with pytest.raises(RefusedError, match="import_choice"):
        decide_all(user, batch, batch.rows.all(), Finding.WRONG, Row.Choice.CREATE)


def test_a_document_that_was_registered_in_the_meantime_is_not_registered_twice(user, checked, register) -> None:
    batch = checked([WANG_ROW, LI_ROW])
    register(WANG)
    batch = entered(user, batch)
    assert outcomes(batch) == [Outcome.REFUSED, Outcome.CREATED]
    assert batch.rows.get(number=2).why == "document_taken"


def test_an_undo_leaves_the_town_as_it_was(user, checked) -> None:
    batch = entered(user, checked([WANG_ROW, LI_ROW, SUN_ROW]))
    DirectoryChange.objects.all().delete()
    undo(user, batch)
    work.work_off()
    batch.refresh_from_db()
    assert batch.state == State.UNDONE
    assert (Resident.objects.count(), Household.objects.count()) == (0, 0)
    assert {bytes(key) for key in DirectoryChange.objects.values_list("person_key", flat=True)} == {
        key_of(person.document) for person in (WANG, LI, SUN)
    }
    assert Entry.objects.get(verb="resident:import_undo").fields == {"count": 3}


def test_what_somebody_has_touched_since_is_kept_and_says_why(user, checked, town, employ) -> None:
    batch = entered(user, checked([WANG_ROW, *elders(6)]))
    people = {row.number: row.resident for row in batch.rows.select_related("resident")}
    set_colour(None, people[2], Colour.GREEN, "C")
    change_resident(None, people[3], {"language": "ko"})
    move_household(None, people[4], Household.objects.get())
    add_document(None, people[5], STRANGER.document)
    protect(None, people[6], [user])
    merge(None, people[7], register_resident(None, Registration(KIM, site=town.estate.pk)))
    undo(user, batch)
    work.work_off()
    kept = {row.number: row.why for row in batch.rows.filter(outcome=Outcome.KEPT)}
    assert kept == {2: "colour", 3: "changed", 4: "household", 5: "document", 6: "protected", 7: "merged"}
    assert not Resident.objects.filter(pk=people[8].pk).exists()
    assert Household.objects.count() == 1


def test_work_that_was_broken_off_goes_on_where_it_was(user, checked, monkeypatch) -> None:
    monkeypatch.setattr(work, "CHUNK", 4)
    batch = checked(elders(10))
    run(user, batch)
    worker = work.Chunks()
    worker.step()
    with contextlib.suppress(RuntimeError), transaction.atomic():
        worker.step()
        raise RuntimeError("power cut")
    assert Resident.objects.count() == 4
    work.work_off()
    batch.refresh_from_db()
    assert (batch.state, Resident.objects.count(), batch.done) == (State.DONE, 10, 10)


def test_a_run_that_is_stopped_can_be_taken_up_or_undone(user, checked, monkeypatch) -> None:
    monkeypatch.setattr(work, "CHUNK", 4)
    batch = checked(elders(10))
    run(user, batch)
    work.Chunks().step()
    stop(user, batch)
    work.work_off()
    batch.refresh_from_db()
    assert (batch.state, Resident.objects.count()) == (State.STOPPED, 4)
    run(user, batch)
    work.Chunks().step()
    stop(user, batch)
    work.work_off()
    batch.refresh_from_db()
    undo(user, batch)
    work.work_off()
    assert Resident.objects.count() == 0


def test_two_who_press_at_once_start_a_list_once(user, checked) -> None:
    batch = checked([WANG_ROW])
    again = Import.objects.get(pk=batch.pk)
    run(user, batch)
    with pytest.raises(RefusedError, match="import_not_now"):
        run(user, again)


def test_a_list_nobody_foresaw_is_put_aside_and_the_next_one_is_worked_on(user, checked, monkeypatch) -> None:
    broken = checked([WANG_ROW])
    run(user, broken)
    assert work.put_aside()
    broken.refresh_from_db()
    assert broken.state == State.STOPPED
    assert not work.put_aside()


def test_the_next_list_with_these_headings_is_understood_at_once(user, town) -> None:
    content = as_csv([WANG_ROW[:2]], ("谁", "号"))
    batch = actions.upload(user, "residents", "a.csv", content, town.estate)
    assert batch.columns == {}
    with pytest.raises(RefusedError, match="import_columns"):
        actions.map_columns(user, batch, {"full_name": 0}, town.estate)
    actions.map_columns(user, batch, {"full_name": 0, "document_number": 1, "evil": 7}, town.estate)
    assert Mapping.objects.get().columns == {"full_name": 0, "document_number": 1}
    again = actions.upload(user, "residents", "b.csv", content, town.estate)
    assert again.columns == {"full_name": 0, "document_number": 1}


def test_headings_may_stand_under_a_title(user, town) -> None:
    content = "定安路社区老人名单,,\n,,\n姓名,证件号码,性别\n".encode("gb18030") + f"王秀英,{WANG.number},女".encode(
        "gb18030"
    )
    batch = actions.upload(user, "residents", "a.csv", content, town.estate)
    assert (batch.header, batch.total) == (3, 1)
    actions.look_again(user, batch, header=1)
    assert (batch.header, batch.total) == (1, 2)


def test_a_file_that_is_none_is_refused_in_words(user, town) -> None:
    with pytest.raises(RefusedError, match="file_kind"):
        actions.upload(user, "residents", "a.pdf", b"%PDF-1.4", town.estate)
    assert not Import.objects.exists()


def test_a_list_that_was_thrown_away_leaves_nothing(user, checked) -> None:
    batch = checked([WANG_ROW])
    actions.drop(user, batch)
    assert (batch.content, batch.rows.count(), batch.state) == (None, 0, State.DROPPED)


def test_rows_are_erased_after_a_month_and_their_count_stays(user, checked) -> None:
    batch = entered(user, checked([WANG_ROW, ("x", "1")]))
    assert work.forget_old_rows() == 0
    Import.objects.update(moved_at=timezone.now() - timedelta(days=31))
    assert work.forget_old_rows() == 1
    batch.refresh_from_db()
    assert batch.rows.count() == 0
    assert batch.counts == {"created": 1, "": 1}
    assert Entry.objects.filter(verb="import:forget").count() == 1


def test_addresses_come_from_a_list_once_and_go_again(employ, town, register) -> None:
    user = employ(Role.OFFICE, community=town.community)

    def checked(rows, headings, kind) -> Import:
        batch = actions.upload(user, kind, "addresses.csv", as_csv(rows, headings), town.estate)
        actions.map_columns(user, batch, batch.columns, town.estate)
        work.work_off()
        batch.refresh_from_db()
        return batch

    rows = [("3幢", "2单元", "501"), ("3幢", "2单元", "502"), ("1幢", "", "101"), ("", "", "9")]
    batch = entered(user, checked(rows, ("楼栋", "单元", "房号"), "places"))
    assert outcomes(batch) == [Outcome.CREATED] * 3 + [""]
    assert Place.objects.count() == 6
    again = checked(rows[:1], ("楼栋", "单元", "房号"), "places")
    assert findings(again) == [Finding.KNOWN]
    wang = register(WANG)
    change_resident(None, wang, {"room": Place.objects.get(path="1幢 101")})
    undo(user, batch)
    work.work_off()
    assert sorted(Place.objects.values_list("path", flat=True)) == ["1幢", "1幢 101"]


def test_what_a_row_says_is_kept_as_the_file_had_it(checked) -> None:
    batch = checked([WANG_ROW])
    fields = ("full_name", "document_number", "sex", "phone", "relation", "building", "unit", "room")
    assert json.loads(str(batch.rows.get().values)) == dict(zip(fields, WANG_ROW, strict=True))


@pytest.mark.slow
def test_a_list_of_all_kinds_goes_through_in_one_piece(user, checked) -> None:
    batch = checked([*elders(300), ZHAO_ROW])
    assert outcomes(entered(user, batch)).count(Outcome.CREATED) > 200
