from __future__ import annotations

import contextlib
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests.centre.employers.things import HEADINGS, KINDS, company_of, credit_code, things_of_companies

from gatepass.centre.accounts.roles import ALLOWED, COMPANIES, Role
from gatepass.centre.audit.models import Entry
from gatepass.centre.employers import actions
from gatepass.centre.employers.access import access_companies
from gatepass.centre.employers.credit_code import read_credit_code
from gatepass.centre.employers.models import Colleague, Confirmation, StaffRow, WorkPermit
from gatepass.centre.employers.reminders import remind, step_of
from gatepass.centre.errors import RefusedError
from gatepass.centre.sending.models import Message

pytestmark = pytest.mark.django_db
ONLY_POST = {"staff_row", "staff_enter", "appointment_end"}
MINJI = "KIM MINJI,KOR,M12345678,A-1,Sales,2026-03-01,WP-778,{until}"


@pytest.fixture
def worker(employ, town):
    return employ(Role.GRID_WORKER, community=town.community)


@pytest.fixture
def office(employ, town):
    return employ(Role.OFFICE, community=town.community)


def employed(by, town, worker, until: date):
    company = company_of(by, "Weaving Mill", town.community, 5, MINJI.format(until=until))
    actions.appoint(by, company, worker, "email", "worker@example.org")
    return company


def test_a_credit_code_is_checked_by_its_last_character() -> None:
    # The check character as GB 32100-2015 computes it, by hand: 91350100M000100Y4 gives 3.
    assert read_credit_code(" 91350100m000100y43 ") == "91350100M000100Y43"
    for wrong in ("91350100M000100Y44", "19350100M000100Y43", "91350100M000100Y4", "", "91350100MOOO1OOY43"):
        with pytest.raises(RefusedError):
            read_credit_code(wrong)


@given(st.text(max_size=40))
def test_whatever_is_typed_for_a_credit_code_is_one_or_is_refused(text: str) -> None:
    with contextlib.suppress(RefusedError):
        assert len(read_credit_code(text)) == 18


@pytest.mark.slow
def test_no_grid_worker_opens_a_page_of_another_company(town, worker, office, log_in) -> None:
    things = things_of_companies(town, office)
    other = company_of(office, "Her own", town.community, 7)
    actions.appoint(office, other, worker, "email", "worker@example.org")
    client = log_in(worker)
    assert set(KINDS) - {"company_appoint", "appointment_end"} == set(COMPANIES) - {"companies", "companies_export"}
    for name in set(KINDS) & set(COMPANIES):
        for words in things[KINDS[name]]:
            # In the other's address, and the other's thing under her own company's address.
            assert (client.post if name in ONLY_POST else client.get)(reverse(name, kwargs=words)).status_code == 404
            if len(words) > 1:
                mixed = {**words, "company": other.pk}
                ask = client.post if name in ONLY_POST else client.get
                assert ask(reverse(name, kwargs=mixed)).status_code == 404, name
    assert client.get(reverse("companies")).headers["location"] == reverse("colleagues", args=[other.pk])
    assert "Near" not in client.get(reverse("companies_export")).content.decode()


def test_a_grant_for_the_whole_town_opens_no_company_without_an_appointment(town, employ, office) -> None:
    company_of(office, "Weaving Mill", town.community, 5)
    assert not access_companies(employ(Role.GRID_WORKER)).exists()


def test_an_appointment_that_has_ended_closes_the_company(town, worker, office) -> None:
    company = employed(office, town, worker, date(2030, 1, 1))
    assert access_companies(worker).get() == company
    actions.end_appointment(office, company.appointments.get())
    assert not access_companies(worker).exists()


def test_a_grid_worker_opens_no_list_of_residents(worker, log_in, register) -> None:
    resident = register()
    for name, words in (("residents", []), ("resident", [resident.pk]), ("resident_photo_file", [resident.pk])):
        assert name not in ALLOWED[Role.GRID_WORKER]
        assert log_in(worker).get(reverse(name, args=words)).status_code == 403


def test_the_company_is_not_told_who_is_registered(town, worker, office, log_in, register) -> None:
    resident = register()
    company = employed(office, town, worker, date(2030, 1, 1))
    Colleague.objects.update(resident=resident)
    page = reverse("colleague", args=[company.pk, company.colleagues.get().pk])
    link = reverse("resident", args=[resident.pk])
    assert link not in log_in(worker).get(page).content.decode()
    assert link in log_in(office).get(page).content.decode()


def test_five_kinds_of_wrong_row_are_mended_in_place(town, worker, office, log_in) -> None:
    company = employed(office, town, worker, date(2030, 1, 1))
    client = log_in(worker)
    rows = (",KOR,M22222222,,,,,", "LEE SUJI,Atlantis,M33333333,,,,,", "PARK JIN,KOR,M44444444,,,3/12/2026,,",
            "CHOI ARA,KOR,M55555555,,,,WP-5,", "HAN SOL,KOR,M66666666,,,,,", "JUNG HO,KOR,M66666666,,,,,")  # fmt: skip
    batch = actions.upload_staff(worker, company, "s.csv", "\n".join((HEADINGS, *rows)).encode())
    codes = {code for row in batch.rows.all() for _field, code, _fields in row.faults}
    assert codes == {"row_name", "row_nationality", "row_date", "row_permit_half", "row_twice", "row_kind_open"}
    shown = client.get(reverse("staff_list", args=[company.pk, batch.pk])).content.decode()
    assert shown.count('aria-invalid="true"') == 6
    mended = {2: {"full_name": "YOON SEO"}, 3: {"nationality": "KOR"}, 4: {"since": "2026-03-12"},
              5: {"permit_until": "2027-01-01"}, 7: {"document_number": "M77777777"}}  # fmt: skip
    for number, words in mended.items():
        row = batch.rows.get(number=number)
        actions.mend_staff_row(worker, row, words)
        assert (row.finding, row.faults) == (StaffRow.Finding.READY, []), number
    assert actions.enter_staff(worker, batch) == 6
    assert (company.colleagues.count(), batch.rows.count()) == (7, 0)


def test_a_name_that_is_there_with_another_document_waits_for_a_word(town, worker, office) -> None:
    company = employed(office, town, worker, date(2030, 1, 1))
    batch = actions.upload_staff(worker, company, "s.csv", f"{HEADINGS}\nKim Minji,KOR,M99999999,,,,,".encode())
    row = batch.rows.get()
    assert (row.finding, row.alike) == (StaffRow.Finding.ALIKE, company.colleagues.get())
    assert actions.enter_staff(worker, batch) == 0
    actions.mend_staff_row(worker, row, {}, somebody_else=True)
    assert actions.enter_staff(worker, batch) == 1


def test_the_same_document_brings_the_colleague_up_to_date(town, worker, office) -> None:
    company = employed(office, town, worker, date(2030, 1, 1))
    batch = actions.upload_staff(worker, company, "s.csv", f"{HEADINGS}\nKIM MINJI,KOR,M12345678,,Design,,,".encode())
    actions.enter_staff(worker, batch)
    one = company.colleagues.get()
    assert (one.department, one.employee_number, one.since) == ("Design", "A-1", date(2026, 3, 1))


def test_a_list_without_the_needed_columns_says_which(town, worker, office) -> None:
    company = employed(office, town, worker, date(2030, 1, 1))
    with pytest.raises(RefusedError) as refused:
        actions.upload_staff(worker, company, "s.csv", "部门,工号\nSales,1".encode())
    assert refused.value.code == "import_columns"


def test_a_month_is_confirmed_once_and_by_everybody_on_the_list(town, worker, office, log_in) -> None:
    company = employed(office, town, worker, date(2030, 1, 1))
    page, person, today = reverse("company_month", args=[company.pk]), company.colleagues.get(), timezone.localdate()
    client = log_in(worker)
    client.post(page, {})
    assert Confirmation.objects.get().confirmed_at is None
    client.post(page, {f"said-{person.pk}": "left"})
    confirmation = Confirmation.objects.get()
    assert (confirmation.confirmed_by, confirmation.counts) == (worker, {"left": 1})
    person.refresh_from_db()
    assert person.until == today
    with pytest.raises(RefusedError) as refused:
        actions.confirm_month(worker, confirmation, {person.pk: "here"}, today)
    assert refused.value.code == "month_confirmed"


@pytest.mark.parametrize(("left", "step"), [(61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (0, 7)])
def test_a_permit_warns_at_sixty_thirty_and_seven_days(left: int, step: int | None) -> None:
    today = date(2026, 11, 24)
    assert step_of(today + timedelta(days=left), today) == step


def test_each_step_is_told_once_and_names_nobody(town, worker, office) -> None:
    end = date(2027, 1, 20)
    employed(office, town, worker, end)
    noon = datetime(2026, 11, 5, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
    told = []
    for left in (70, 60, 59, 30, 29, 7, 1):
        Confirmation.objects.update(confirmed_at=noon)
        before = Message.objects.filter(kind="permit_ends").count()
        remind(noon, end - timedelta(days=left))
        told.append(Message.objects.filter(kind="permit_ends").count() - before)
    assert told == [0, 1, 0, 1, 0, 1, 0]
    assert all("KIM" not in str(message.text) for message in Message.objects.all())
    actions.set_permit(office, Colleague.objects.get(), "WP-9", date(2028, 1, 1))
    assert WorkPermit.objects.get().warned is None


def test_an_overdue_month_is_reminded_of_every_three_days_until_confirmed(town, worker, office) -> None:
    company = employed(office, town, worker, date(2030, 1, 1))
    start = datetime(2026, 11, 10, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
    told = [remind(start + timedelta(days=day), (start + timedelta(days=day)).date()) for day in range(6)]
    assert told == [0, 1, 0, 0, 1, 0]
    Confirmation.objects.filter(company=company).update(confirmed_at=start)
    assert remind(start + timedelta(days=10), date(2026, 11, 20)) == 0


def test_numbers_and_names_stand_in_no_plain_column_of_the_audit(town, worker, office) -> None:
    employed(office, town, worker, date(2030, 1, 1))
    assert not [
        entry for entry in Entry.objects.all() if "M12345678" in str(entry.fields) or "KIM" in str(entry.fields)
    ]


def test_where_somebody_is_and_until_when_is_on_the_page(town, worker, office, log_in) -> None:
    company = employed(office, town, worker, date(2030, 1, 1))
    client, page = log_in(worker), reverse("colleague", args=[company.pk, company.colleagues.get().pk])
    sent = {"step": "where", "state": "isolation", "place": "Room 501", "until": "2026-12-08"}
    assert client.post(page, sent).status_code == 302
    shown = client.get(page).content.decode()
    assert "In isolation" in shown
    assert "2026-12-08" in shown


def test_who_is_away_is_listed_with_the_day_of_return_and_exported_so(town, worker, office, log_in) -> None:
    company = company_of(
        office, "Mill", town.community, 5, "KIM MINJI,KOR,M12345678,,,,,", "LEE SUJI,KOR,M7654321,,,,,"
    )
    actions.appoint(office, company, worker, "email", "worker@example.org")
    kim, lee = company.colleagues.order_by("full_name")
    actions.report_whereabouts(worker, kim, "away", "Seoul", date(2026, 3, 2))
    actions.report_whereabouts(worker, lee, "away", "Busan", None)
    actions.report_whereabouts(worker, lee, "here", "", None)
    client, page = log_in(worker), reverse("colleagues", args=[company.pk])
    shown = client.get(page, {"show": "away"}).content.decode()
    assert "KIM MINJI" in shown
    assert "2026-03-02" in shown
    assert "LEE SUJI" not in shown
    exported = client.get(reverse("colleagues_export", args=[company.pk]), {"show": "away"}).getvalue().decode()
    assert "Away → 2026-03-02" in exported
    assert "LEE SUJI" not in exported


def test_companies_are_found_by_name_or_code_and_exported_as_found(town, office, log_in) -> None:
    for number, name in enumerate(("Weaving Mill", "Bakery")):
        company_of(office, name, town.community, number)
    client = log_in(office)
    for words in ("weav", credit_code(0)[-6:]):
        for page in (reverse("companies"), reverse("companies_export")):
            answer = client.get(page, {"q": words})
            found = answer.getvalue().decode() if answer.streaming else answer.content.decode()
            assert "Weaving Mill" in found
            assert "Bakery" not in found
    assert "No company of that name" in client.get(reverse("companies"), {"q": "x y z"}).content.decode()


@pytest.mark.parametrize("name", ["colleagues", "permits", "company_month", "staff_lists"])
def test_an_empty_page_says_what_to_do_first(town, worker, office, log_in, name: str) -> None:
    company = company_of(office, "New", town.community, 9)
    actions.appoint(office, company, worker, "email", "worker@example.org")
    assert 'class="empty"' in log_in(worker).get(reverse(name, args=[company.pk])).content.decode()


def test_the_office_enters_a_company_of_its_own_community_only(town, office, log_in) -> None:
    client, page = log_in(office), reverse("companies")
    sent = {"name": "Mill", "credit_code": credit_code(1), "community": town.far_community.pk}
    assert client.post(page, sent).status_code == 200
    assert client.post(page, {**sent, "community": town.community.pk}).status_code == 302
    assert access_companies(office).get().name == "Mill"
