from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError
from openpyxl import load_workbook
from tests.centre.passages.contract import TUESDAY, at, record

from gatepass.centre.accounts.roles import Role
from gatepass.centre.audit.models import Entry
from gatepass.centre.codes.papers import fonts_missing, printing
from gatepass.centre.insights.actions import EveningReports, make_due_reports, make_report
from gatepass.centre.insights.models import Report
from gatepass.centre.insights.printing import report_facts, report_pdf
from gatepass.languages import LANGUAGES
from gatepass.policy import Outcome

pytestmark = pytest.mark.django_db
has_fonts = pytest.mark.skipif(fonts_missing("zh-Hans"), reason="no font for papers on this machine")


@pytest.fixture
def busy(town, keep) -> None:
    keep(
        town.east,
        *(record(n, at(8, n % 60, day=TUESDAY)) for n in range(1, 31)),
        *(record(n, at(9, n % 60, day=TUESDAY), outcome=Outcome.HOLD, reasons=("unknown",)) for n in range(31, 51)),
        *(record(n, at(10, n, day=TUESDAY), outcome=Outcome.REFUSE, reasons=("red",)) for n in (51, 52)),
        *(record(n, at(11, n - 40, day=TUESDAY), direction="out") for n in range(53, 63)),
    )
    keep(town.far_gate, *(record(n, at(8, n, day=TUESDAY), direction="out") for n in range(1, 8)))


def test_an_office_sees_its_communitys_figures_and_every_reason(town, busy, employ, log_in) -> None:
    page = log_in(employ(Role.OFFICE, community=town.community)).get("/statistics/").content.decode()
    assert '<dd class="figure">30</dd>' in page
    assert '<dd class="figure">10</dd>' in page
    assert "inside now: 20" in page
    assert '<dd class="figure">62</dd>' in page
    assert "Decisions by reason" in page
    assert "北门" not in page
    assert '"drawing": "heat"' in page


def test_whoever_may_not_read_passages_sees_no_small_count(town, busy, employ, log_in) -> None:
    page = log_in(employ(Role.ADMINISTRATOR)).get("/statistics/").content.decode()
    assert "&lt;5" in page
    assert "Decisions by reason" not in page
    assert "are not shown" in page
    assert log_in(employ(Role.ADMINISTRATOR)).get("/statistics/export/?table=reasons").status_code == 404


def test_the_period_is_in_the_address_and_wrong_ones_are_said(town, busy, employ, log_in) -> None:
    client = log_in(employ(Role.OFFICE))
    week = client.get("/statistics/?span=7").content.decode()
    assert f"{TUESDAY - timedelta(days=6)} – {TUESDAY}" in week
    assert "People by the day" in week
    assert "北门" in client.get(f"/statistics/?span=1&site={town.far_site.pk}").content.decode()
    assert "Nobody came through" in client.get("/statistics/?span=1&day=2026-01-01").content.decode()
    assert "at most 92 days" in client.get(f"/statistics/?span=&since=2020-01-01&day={TUESDAY}").content.decode()
    assert "must not be before" in client.get("/statistics/?span=&since=2027-01-01&day=2026-11-01").content.decode()


def test_tables_are_exported_one_by_one_and_together_as_numbers(town, busy, employ, log_in) -> None:
    client = log_in(employ(Role.OFFICE))
    exported = client.get("/statistics/export/?span=1&table=outcomes")
    assert "statistics-2026-11-24-2026-11-24-outcomes.csv" in exported.headers["content-disposition"]
    assert exported.content.decode().splitlines()[-1] == "Together,69"
    book = load_workbook(io.BytesIO(client.get("/statistics/export/?span=1&as=xlsx").content))
    hours = next(sheet for sheet in book if sheet.title == "People by the hour")
    assert [cell.value for cell in hours[2]][:3] == ["8:00", 30, 7]
    assert Entry.objects.filter(verb="statistics:export").count() == 2


def test_the_evening_makes_one_report_of_each_site_in_use(town, busy, enrol) -> None:
    enrol(town.east)
    half_past_seven = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)
    assert make_due_reports(half_past_seven) == 0
    evening = half_past_seven + timedelta(minutes=31)
    assert make_due_reports(evening) == 1
    assert make_due_reports(evening) == 0
    report = Report.objects.get()
    assert (report.site, report.day, report.by) == (town.estate, TUESDAY, None)
    with pytest.raises(IntegrityError):
        make_report(None, town.estate, TUESDAY)


def test_eight_in_the_evening_is_the_sites_own(town, busy, enrol) -> None:
    enrol(town.east)
    town.estate.time_zone = "Asia/Tokyo"
    town.estate.save()
    assert make_due_reports(datetime(2026, 11, 24, 11, 1, tzinfo=UTC)) == 1


def test_evenings_are_looked_for_once_a_minute(town, busy, enrol) -> None:
    enrol(town.east)
    evenings = EveningReports()
    assert evenings(datetime(2026, 11, 24, 11, 0, tzinfo=UTC)) == 0
    assert evenings(datetime(2026, 11, 24, 12, 5, tzinfo=UTC)) == 0, "within the same minute of the machine"
    assert EveningReports()(datetime(2026, 11, 24, 12, 5, tzinfo=UTC)) == 1


def test_a_report_keeps_the_figures_of_its_moment(town, busy, keep) -> None:
    report = make_report(None, town.estate)
    keep(town.east, record(99, at(11, 59, day=TUESDAY)))
    assert report_facts(report, "en")["heads"][0][1] == "30"


def test_what_is_printed_says_no_small_count(town, busy) -> None:
    facts = report_facts(make_report(None, town.estate), "en")
    printed = str(facts)
    assert "<5" in printed
    assert facts["made"].endswith("(China Standard Time)")
    assert "Red code" not in printed
    for table in facts["tables"]:
        assert all(len(row) == len(table["header"]) for row in table["rows"]), table["title"]
    assert facts["tables"][-1]["rows"] == [["东门", "30", "10"], ["Together", "30", "10"]]


@has_fonts
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_is_a_pdf_in_every_language(town, busy, language, snap_pdf) -> None:
    made = report_pdf(make_report(None, town.estate), language)
    assert made.startswith(b"%PDF")
    snap_pdf(f"report-{language}", made)


def test_somebody_makes_a_report_now_finds_it_and_prints_it(town, busy, employ, log_in) -> None:
    client = log_in(employ(Role.OFFICE, community=town.community))
    assert "No report yet" in client.get("/statistics/reports/").content.decode()
    page = client.post("/statistics/reports/make/", {"site": town.estate.pk, "day": "2026-11-24"}, follow=True)
    assert "The report is made" in page.content.decode()
    report = Report.objects.get()
    assert report.by is not None
    answer = client.get(f"/statistics/reports/{report.pk}.pdf")
    assert answer.status_code == (302 if fonts_missing("en") else 200)
    assert "30,10" in client.get("/statistics/reports/export/").content.decode()
    assert client.post("/statistics/reports/make/", {"site": town.far_site.pk}).status_code == 404
    for wrong in ("", "x", "9" * 20):
        assert (
            "Choose a site" in client.post("/statistics/reports/make/", {"site": wrong}, follow=True).content.decode()
        )
    client.post("/statistics/reports/make/", {"site": town.estate.pk, "day": "2999-01-01"})
    assert Report.objects.filter(day=TUESDAY).count() == 2, "a day that has not come is today"


def test_without_a_font_the_package_is_named(town, busy, employ, log_in, monkeypatch) -> None:
    report = make_report(None, town.estate)
    monkeypatch.setattr(printing, "_FONTS", dict.fromkeys(LANGUAGES, ()))
    page = log_in(employ(Role.OFFICE)).get(f"/statistics/reports/{report.pk}.pdf", follow=True)
    assert "fonts-noto-cjk" in page.content.decode()
