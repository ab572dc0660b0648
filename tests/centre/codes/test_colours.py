from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from tests.cast import LI, SUN, WANG

from gatepass.centre.accounts.roles import Role
from gatepass.centre.audit.models import Entry
from gatepass.centre.codes.actions import Grading, expire_codes, import_colours, set_colour
from gatepass.centre.codes.models import Code, CodeChange, DirectoryChange
from gatepass.centre.errors import RefusedError
from gatepass.policy import Advice, Colour

pytestmark = pytest.mark.django_db


def test_a_colour_writes_row_history_audit_and_outbox_together(register, employ) -> None:
    user, resident = employ(Role.OFFICE), register(WANG)
    DirectoryChange.objects.all().delete()
    until = timezone.now() + timedelta(days=14)
    code = set_colour(user, resident, Colour.YELLOW, "B1", Advice.TEST, until)
    assert (code.colour, code.reason, code.advice, code.valid_until) == ("yellow", "B1", "test", until)
    change = CodeChange.objects.get()
    assert (change.colour, change.by_name) == ("yellow", user.full_name)
    entry = Entry.objects.get(verb="code:set_colour")
    assert (entry.object, entry.fields["colour"], entry.fields["reason"]) == (f"resident:{resident.pk}", "yellow", "B1")
    assert bytes(DirectoryChange.objects.get().person_key) == bytes(resident.documents.get().person_key)


def test_nothing_is_written_when_one_part_fails(register, monkeypatch) -> None:
    resident = register(WANG)
    before = DirectoryChange.objects.count()

    def full(*_words) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("gatepass.centre.codes.actions.queue_for_directory", full)
    with pytest.raises(OSError, match="disk full"):
        set_colour(None, resident, Colour.RED)
    assert not Code.objects.exists()
    assert not CodeChange.objects.exists()
    assert not Entry.objects.filter(verb="code:set_colour").exists()
    assert DirectoryChange.objects.count() == before


def test_history_keeps_every_change_newest_first(register) -> None:
    resident = register(WANG)
    for colour in (Colour.GREEN, Colour.YELLOW, Colour.GREEN):
        set_colour(None, resident, colour)
    assert [change.colour for change in resident.code_changes.all()] == ["green", "yellow", "green"]
    assert Code.objects.get().colour == "green"


def test_a_validity_that_has_ended_is_refused(register) -> None:
    with pytest.raises(RefusedError, match="valid_until_is_past"):
        set_colour(None, register(WANG), Colour.GREEN, valid_until=timezone.now())


def test_a_code_that_runs_out_leaves_a_registered_person_who_declares_again(register) -> None:
    wang, li, sun = register(WANG), register(LI), register(SUN)
    soon = timezone.now() + timedelta(hours=1)
    set_colour(None, wang, Colour.GREEN, "C", valid_until=soon)
    set_colour(None, li, Colour.RED, "A1", Advice.STAY_HOME, valid_until=soon)
    set_colour(None, sun, Colour.GREEN, "C")
    assert expire_codes(timezone.now()) == 0
    with time_machine.travel(soon):
        assert expire_codes(timezone.now()) == 2
        assert expire_codes(timezone.now()) == 0
    assert {(code.colour, code.advice) for code in Code.objects.filter(resident__in=[wang, li])} == {("", "declare")}
    assert Code.objects.get(resident=sun).colour == "green"
    assert CodeChange.objects.filter(resident=wang).first().by_name == ""
    assert Entry.objects.get(verb="code:expire").fields == {"count": 2, "residents": sorted([wang.pk, li.pk])}


def test_many_colours_make_one_audit_entry_that_counts_them(register) -> None:
    wang, li = register(WANG), register(LI)
    import_colours([(wang, Grading(Colour.GREEN, "C")), (li, Grading(None, advice=Advice.DECLARE))])
    assert Entry.objects.get(verb="code:import").fields == {"count": 2, "colours": ["green=1", "none=1"]}
    assert Code.objects.get(resident=li).colour == ""


def test_the_page_asks_once_more_before_it_changes_anything(register, employ, log_in) -> None:
    resident, client = register(WANG), log_in(employ(Role.OFFICE))
    address = f"/residents/{resident.pk}/colour/"
    facts = {"colour": "red", "reason": "A1", "advice": "visit_office", "valid_until": "2099-01-01T08:00"}
    page = client.post(address, facts).content.decode()
    assert "Is this right?" in page
    assert not Code.objects.exists()
    assert "Is this right?" not in client.post(address, facts | {"step": "back"}).content.decode()
    assert client.post(address, facts | {"step": "confirmed"}).status_code == 302
    code = Code.objects.get()
    assert (code.colour, code.advice) == ("red", "visit_office")
    assert code.valid_until.isoformat() == "2099-01-01T00:00:00+00:00"
    shown = client.get(f"/residents/{resident.pk}/").content.decode()
    assert "Come to the community office" in shown


def test_the_page_says_when_the_validity_is_past(register, employ, log_in) -> None:
    facts = {"colour": "red", "reason": "A1", "advice": "none", "valid_until": "2020-01-01T08:00", "step": "confirmed"}
    page = log_in(employ(Role.OFFICE)).post(f"/residents/{register(WANG).pk}/colour/", facts)
    assert "lies in the past" in page.content.decode()
