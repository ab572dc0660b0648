"""The pages of tracing as a tracer meets them, in order; and that nothing shows before its time."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from openpyxl import load_workbook
from tests.cast import LI, STRANGER, SUN, WANG, ZHAO
from tests.centre.tracing.things import opened

from gatepass.centre.accounts.roles import Role
from gatepass.centre.audit.models import Entry
from gatepass.centre.people.protection.actions import protect
from gatepass.centre.tracing.finding import count_contacts, trace_on
from gatepass.centre.tracing.models import Case, Contact, HandOver
from gatepass.centre.tracing.reveals import reveal
from gatepass.centre.tracing.worklist import note_work

pytestmark = pytest.mark.django_db

EVERYBODY = (WANG, LI, SUN, ZHAO, STRANGER)


def text(client, address: str, **said) -> str:
    answer = client.get(address, said, follow=True)
    assert answer.status_code == 200, address
    return answer.content.decode()


def case_words(**changes) -> dict[str, str]:
    now = timezone.localtime()
    return {
        "reason": "Three of one ward.", "legal_basis": "infectious_disease_law", "community": "", "margin": "10",
        "days": "14", "since": f"{now - timedelta(days=14):%Y-%m-%dT%H:%M}", "until": f"{now:%Y-%m-%dT%H:%M}",
        "person-TOTAL_FORMS": "3", "person-INITIAL_FORMS": "0", "person-MIN_NUM_FORMS": "0",
        "person-MAX_NUM_FORMS": "3", "person-0-kind": "resident_card", "person-0-number": WANG.number,
        "person-1-kind": "resident_card", "person-2-kind": "resident_card", **changes,
    }  # fmt: skip


def test_a_case_is_opened_with_a_form_that_says_what_is_wrong(monday, log_in) -> None:
    client = log_in(monday.one)
    page = client.post("/cases/new/", case_words(**{"person-0-number": ""})).content.decode()
    assert "Say by a document for whom the case is." in page
    page = client.post("/cases/new/", case_words(**{"person-0-number": WANG.number[:-1] + "?"})).content.decode()
    assert "errorlist" in page
    page = client.post("/cases/new/", case_words(since="2020-01-01T00:00")).content.decode()
    assert "six weeks at most" in page
    answer = client.post("/cases/new/", case_words())
    case = Case.objects.first()
    assert answer.headers["location"] == f"/cases/{case.pk}/"
    assert (case.state, case.opened_by) == ("proposed", monday.one)
    page = text(client, f"/cases/{case.pk}/")
    assert f"document ending in {WANG.number[-4:]}" in page
    assert 'value="confirm"' not in page
    assert 'value="confirm"' in text(log_in(monday.other), f"/cases/{case.pk}/")


def pages_behind(case: Case, contact: Contact) -> list[str]:
    here = f"/cases/{case.pk}/"
    return [
        *(f"{here}contacts/", f"{here}contacts/export/?as=csv", f"{here}contacts/export/?as=xlsx"),
        *(f"{here}contacts/{contact.pk}/", f"{here}chains/", f"{here}movements/"),
    ]


def test_every_page_behind_a_case_is_shut_before_it_is_confirmed_after_it_is_closed_and_when_its_time_is_over(
    monday, log_in
) -> None:
    count_contacts(monday.one, monday.case)
    contact = monday.contact(monday.li)
    reveal(monday.one, monday.case, [contact], "inform")
    client = log_in(monday.one)
    behind = pages_behind(monday.case, contact)
    for address in behind:
        assert client.get(address).status_code == 200, address
    for state in ("proposed", "closed", "refused"):
        Case.objects.filter(pk=monday.case.pk).update(state=state)
        for address in behind:
            answer = client.get(address)
            assert answer.headers["location"] == f"/cases/{monday.case.pk}/", (state, address)
            page = text(client, address)
            assert contact.code not in page
            assert LI.name not in page
    Case.objects.filter(pk=monday.case.pk).update(state="open")
    with time_machine.travel(monday.case.expires_at, tick=False):
        client.force_login(monday.one)
        for address in behind:
            assert client.get(address).status_code == 302, address
        assert "its time ran out" in text(client, behind[0])
        for verb in ("count", "contacts/reveal", "contacts/give", f"contacts/{contact.pk}/work"):
            assert (
                client.post(f"/cases/{monday.case.pk}/{verb}/", {"contact": contact.pk, "reason": "inform"}).status_code
                == 302
            )
    assert Contact.objects.get(pk=contact.pk).reached_at is None


def test_there_is_no_list_before_the_count(monday, log_in) -> None:
    client = log_in(monday.one)
    page = text(client, f"/cases/{monday.case.pk}/contacts/")
    assert "Count first" in page
    page = client.post(f"/cases/{monday.case.pk}/count/", follow=True).content.decode()
    assert "4 people may have been near" in page
    for one in Contact.objects.filter(step=1):
        assert one.code not in page


def test_the_list_shows_codes_and_why_and_a_name_only_to_whoever_was_told_it(monday, log_in) -> None:
    client = log_in(monday.one)
    count_contacts(monday.one, monday.case)
    here = f"/cases/{monday.case.pk}/contacts/"
    page = text(client, here)
    for who in EVERYBODY:
        assert who.name not in page
        assert who.number not in page
    assert "Lives in one household with" in page
    assert "30 seconds apart at the nearest, 2 times the same way" in page
    ticked = [monday.contact(monday.li).pk, monday.contact(None).pk]
    page = client.post(f"{here}reveal/?work=open", {"contact": ticked, "reason": ""}, follow=True).content.decode()
    assert "Say why the names are needed" in page
    answer = client.post(f"{here}reveal/?work=open", {"contact": ticked, "reason": "inform"})
    assert answer.headers["location"] == f"{here}?work=open"
    page = text(client, here)
    assert LI.name in page
    assert STRANGER.name in page
    assert "from the sealed record of the gate" in page
    assert SUN.name not in page
    assert LI.name not in text(log_in(monday.other), here)
    assert Entry.objects.filter(verb="case:list").count() >= 3


def test_filters_stand_in_the_address_and_survive_a_reload(monday, log_in) -> None:
    client, here = log_in(monday.one), f"/cases/{monday.case.pk}/contacts/"
    count_contacts(monday.one, monday.case)
    li, zhao = monday.contact(monday.li), monday.contact(monday.zhao)
    note_work(monday.one, li, "quarantined")
    for query, shown, left_out in (
        ("kind=1", zhao, li), ("work=quarantined", li, zhao), ("work=open&kind=1", zhao, li),
        ("whose=nobody", zhao, li),
        (f"whose={monday.one.pk}", li, zhao), (f"code={li.code.lower()}", li, zhao), ("step=1&kind=3", li, zhao),
    ):  # fmt: skip
        page = text(client, f"{here}?{query}")
        assert shown.code in page, query
        assert left_out.code not in page, query
    assert "Nobody fits" in text(client, f"{here}?step=4")
    assert text(client, f"{here}?whose=x&kind=y")


def test_exports_carry_case_user_and_time_in_a_line_and_in_every_row(monday, log_in) -> None:
    client, here = log_in(monday.one), f"/cases/{monday.case.pk}/contacts/export/"
    count_contacts(monday.one, monday.case)
    reveal(monday.one, monday.case, [monday.contact(monday.li)], "inform")
    answer = client.get(here, {"as": "csv"})
    assert answer.headers["Cache-Control"] == "no-store"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    mark = rows[0][0]
    for said in (f"Case {monday.case.pk}", monday.one.full_name, monday.one.username, "2026-11-24 12:00:00+08:00"):
        assert said in mark
    assert rows[1][0] == "Code"
    assert len(rows) == 6
    assert all(row[-1] == mark for row in rows[2:])
    named = [row for row in rows[2:] if row[7]]
    assert [(row[7], row[8]) for row in named] == [(LI.name, "13800012345")]
    book = load_workbook(io.BytesIO(client.get(here, {"as": "xlsx"}).content))
    assert len(book.worksheets) == 3
    for sheet in book.worksheets:
        cells = list(sheet.iter_rows(values_only=True))
        assert cells[0][0] == mark
        assert len(cells) > 2
        assert all(mark in row for row in cells[2:])
    exported = Entry.objects.filter(verb="case:export")
    assert [entry.fields["form"] for entry in exported] == ["xlsx", "csv"]
    assert exported[0].fields["names"] == 1


def test_a_contacts_page_explains_itself_and_takes_notes(monday, log_in) -> None:
    client = log_in(monday.one)
    count_contacts(monday.one, monday.case)
    li = monday.contact(monday.li)
    here = f"/cases/{monday.case.pk}/contacts/{li.pk}/"
    page = text(client, here)
    assert "At the same site at the same time" in page
    assert LI.name not in page
    client.post(f"/cases/{monday.case.pk}/contacts/reveal/", {"contact": li.pk, "from": li.pk, "reason": "test"})
    client.post(f"{here}work/", {"what": "informed", "note": "told her daughter"})
    page = text(client, here)
    assert LI.name in page
    assert "told her daughter" in page
    assert Contact.objects.get(pk=li.pk).informed_at is not None
    client.post(f"{here}work/", {"take_back": "informed"})
    assert Contact.objects.get(pk=li.pk).informed_at is None
    page = client.post(f"{here}work/", {"what": "note", "note": ""}, follow=True).content.decode()
    assert "Write a few words" in page
    client.post(f"{here}work/", {"what": "nonsense"})
    assert Entry.objects.filter(verb="contact:view").count() >= 3


def test_chains_are_drawn_and_told_and_lead_further(monday, log_in) -> None:
    client = log_in(monday.one)
    count_contacts(monday.one, monday.case)
    li = monday.contact(monday.li)
    page = client.post(f"/cases/{monday.case.pk}/contacts/{li.pk}/trace/", follow=True).content.decode()
    index = Contact.objects.get(case=monday.case, step=0)
    assert "<svg" in page
    assert f"{index.code} → {li.code}." in page
    assert page.count("<circle") == 5
    assert "near" in page


def test_movements_of_index_persons_mark_what_is_inferred_and_each_look_is_on_record(monday, log_in) -> None:
    page = text(log_in(monday.one), f"/cases/{monday.case.pk}/movements/")
    assert "inferred: no exit was recorded" in page
    assert "recorded" in page
    assert WANG.name not in page
    assert Entry.objects.filter(verb="case:movements", object=f"case:{monday.case.pk}").count() == 1


def test_a_colleague_takes_over_what_was_offered(monday, log_in) -> None:
    count_contacts(monday.one, monday.case)
    li, here = monday.contact(monday.li), f"/cases/{monday.case.pk}/"
    giving, taking = log_in(monday.one), log_in(monday.other)
    page = giving.post(f"{here}contacts/give/", {"contact": li.pk, "taker": ""}, follow=True).content.decode()
    assert "Choose a colleague" in page
    giving.post(f"{here}contacts/give/", {"contact": li.pk, "taker": monday.other.pk, "note": "please call"})
    given = HandOver.objects.get()
    assert giving.post(f"{here}given-{given.pk}/", {"answer": "take"}).headers["location"] == here
    assert HandOver.objects.get().state == "offered"
    assert "please call" in text(taking, "/cases/")
    answer = taking.post(f"{here}given-{given.pk}/", {"answer": "take"})
    assert answer.headers["location"] == f"{here}contacts/?whose={monday.other.pk}"
    assert li.code in text(taking, answer.headers["location"])
    answer = taking.post(f"{here}given-{given.pk}/", {"answer": "decline"}, follow=True)
    assert "was quicker" in answer.content.decode()


def test_two_tracers_confirm_extend_and_close(monday, log_in) -> None:
    one, other, here = log_in(monday.one), log_in(monday.other), f"/cases/{monday.case.pk}/"
    one.post(f"{here}extend/", {"days": "20", "reason": "longer"})
    assert "longer" in text(other, here)
    assert 'value="grant"' not in text(one, here)
    other.post(f"{here}extension-{monday.case.extensions.get().pk}/", {"answer": "grant"})
    assert Case.objects.get(pk=monday.case.pk).expires_at > monday.case.expires_at
    page = one.post(f"{here}extend/", {"days": "900", "reason": "longer"}, follow=True).content.decode()
    assert "out of range" in page
    other.post(f"{here}close/")
    assert "Nothing that this case found can be read any more" in text(one, here)


def test_the_list_of_cases_filters_and_exports_without_what_was_found(monday, log_in) -> None:
    client = log_in(monday.one)
    shut = opened(LI.document)
    Case.objects.filter(pk=shut.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    assert f"/cases/{shut.pk}/" in text(client, "/cases/?state=closed")
    assert f"/cases/{shut.pk}/" not in text(client, "/cases/?state=open")
    assert f"/cases/{monday.case.pk}/" in text(client, "/cases/?state=open")
    assert "No case fits" in text(client, "/cases/?mine=mine")
    said = client.get("/cases/export.csv?state=open").content.decode("utf-8-sig")
    assert len(said.strip().splitlines()) == 2
    assert "strain" not in said


def test_protected_contacts_are_counted_aloud_and_shown_to_nobody_else_on_any_page(monday, log_in, employ) -> None:
    count_contacts(monday.one, monday.case)
    trace_on(monday.one, monday.contact(monday.li))
    hidden = monday.contact(monday.li)
    named = employ(Role.TRACER)
    protect(None, monday.li, [named])
    client, other = log_in(monday.one), log_in(named)
    here = f"/cases/{monday.case.pk}/"
    assert "1 person is under protection" in text(client, here)
    for address in pages_behind(monday.case, monday.contact(monday.sun)):
        answer = client.get(address)
        if "export" not in address or "csv" in address:
            assert hidden.code not in answer.content.decode(), address
    assert client.get(f"{here}contacts/{hidden.pk}/").status_code == 404
    client.post(f"{here}contacts/reveal/", {"contact": hidden.pk, "reason": "inform"})
    assert not hidden.reveals.exists()
    assert hidden.code in text(other, f"{here}contacts/")
    other.post(f"{here}contacts/reveal/", {"contact": hidden.pk, "reason": "inform"})
    assert LI.name in text(other, f"{here}contacts/")
    assert Entry.objects.filter(verb="protected:see", actor=f"user:{named.pk}").exists()
