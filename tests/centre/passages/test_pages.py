"""The board and the list of passages, as each role sees them."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from datetime import timedelta

import pytest
from django.test import AsyncClient, Client
from tests.cast import WANG
from tests.centre.passages.conftest import NOON
from tests.centre.passages.contract import LI, TUESDAY, about, at, further, record

from gatepass.centre.accounts.roles import Role
from gatepass.centre.audit.models import Entry
from gatepass.centre.passages import views
from gatepass.centre.passages.figures import day_figures
from gatepass.centre.passages.storage import passage_log, town_days
from gatepass.centre.people.access import key_of
from gatepass.centre.sites import choosing
from gatepass.identity.masking import mask_name
from gatepass.languages import LANGUAGES
from gatepass.policy import Method, Outcome

MINUTE = 60_000
LAST_TUESDAY = TUESDAY - timedelta(days=7)


@pytest.fixture
def office(town, employ, log_in) -> Client:
    return log_in(employ(Role.OFFICE, community=town.community))


def rows(answer) -> list[str]:
    return re.findall(r"<tr>\s*<td.*?</tr>", answer.content.decode(), re.DOTALL)


# The figures


def test_the_day_is_counted_from_what_happened_and_what_became_of_it(town, keep):
    held, waiting, forgotten = (
        record(n, moment, LI, outcome=Outcome.HOLD, reasons=("unknown",))
        for n, moment in ((3, NOON - 9 * MINUTE), (4, NOON - 2 * MINUTE), (5, NOON - 45 * MINUTE))
    )
    keep(
        town.east,
        record(1, at(8, day=TUESDAY)),
        record(2, at(8, 5, day=TUESDAY), method=Method.TYPED),
        held, waiting, forgotten,
        about(held, 6, Outcome.PASS),
        record(7, at(9, day=TUESDAY), direction="out"),
    )  # fmt: skip
    figures = day_figures(passage_log(), town_days(), NOON, {str(town.east.pk)})
    assert (figures.entered, figures.left, figures.inside) == (3, 1, 2)
    assert (figures.passes, figures.without_phone) == (3, 3)
    assert dict(figures.by_document) == {"resident_card": 2, "typed": 1}
    assert (figures.waiting, figures.longest_ms) == (1, 2 * MINUTE)
    assert [(hour.hour, hour.entered) for hour in figures.hours] == [(8, 2), (9, 0), (10, 0), (11, 1), (12, 0)]
    assert figures.change is None


def test_a_week_ago_is_compared_by_full_hours_only(town, keep):
    keep(town.east, *(record(n, at(8, n, day=TUESDAY)) for n in range(1, 7)), record(7, at(12, day=TUESDAY)))
    before = [record(n, at(8, n, day=LAST_TUESDAY)) for n in range(1, 5)]
    later = [record(n, at(12, n, day=LAST_TUESDAY)) for n in range(5, 30)]
    keep(town.east, *before, *later, journal="before")
    figures = day_figures(passage_log(), town_days(), NOON, {str(town.east.pk)})
    assert figures.change == pytest.approx(0.5)
    assert {hour.hour: hour.before for hour in figures.hours}[8] == 4


# The board


def test_the_board_shows_the_day_of_the_users_gates(town, keep, office, register):
    register(WANG)
    keep(town.east, record(1, NOON - MINUTE, key_of(WANG.document)))
    keep(town.far_gate, record(1, NOON - MINUTE), record(2, NOON - MINUTE))
    page = office.get("/board/").content.decode()
    assert "王*" in page
    assert "王秀英" not in page
    assert "11:59:00" in page
    assert "北门" not in page
    assert re.search(r'<dt>Entered</dt><dd class="figure">1</dd>', page)


def test_where_people_live_more_go_out_than_come_back_and_nobody_is_less_than_inside(town, keep, office):
    keep(town.east, *(record(n, at(8, n, day=TUESDAY), direction="out") for n in range(1, 4)))
    for page in ("/board/", "/statistics/"):
        text = office.get(page).content.decode().lower()
        assert "out, and not back yet" in text
        assert "inside now" not in text
        assert ">-3<" not in text


def test_the_board_of_one_gate_is_in_the_address_and_another_communitys_is_not_found(town, keep, office):
    assert office.get(f"/board/?gate={town.east.pk}").status_code == 200
    assert (
        f'data-stream="/live/board?gate={town.east.pk}"' in office.get(f"/board/?gate={town.east.pk}").content.decode()
    )
    for gate in (town.far_gate.pk, 99999, "x", "1 OR 1=1"):
        assert office.get("/board/", {"gate": gate}).status_code == 404


def test_in_a_town_of_many_gates_the_site_is_chosen_first_and_the_board_is_that_sites(
    town, keep, employ, log_in, monkeypatch
):
    monkeypatch.setattr(choosing, "MOST_CHOICES", 0)
    admin = log_in(employ(Role.OFFICE))
    keep(town.east, record(1, at(11, day=TUESDAY)))
    keep(town.far_gate, record(1, at(11, 30, day=TUESDAY)))
    text = admin.get("/board/").content.decode()
    assert '<select name="site" id="site"' in text
    assert '<select id="gate"' not in text
    one = admin.get(f"/board/?site={town.far_site.pk}")
    assert one.context["figures"].entered == 1
    assert [condition.gate for condition, _people in one.context["conditions"]] == [town.far_gate]
    assert f'data-stream="/live/board?site={town.far_site.pk}"' in one.content.decode()
    moved = admin.get(f"/board/?site={town.far_site.pk}&gate={town.east.pk}")  # the form keeps the last site's gate
    assert moved.context["chosen"] is None
    assert admin.get("/board/?site=999").status_code == 404
    listed = admin.get(f"/passages/?site={town.far_site.pk}")
    assert len(rows(listed)) == 1
    assert len(rows(admin.get(f"/passages/?gate={town.east.pk}"))) == 1
    assert len(rows(admin.get("/passages/"))) == 2
    assert admin.get(f"/statistics/?site={town.far_site.pk}").context["found"].entered == 1


def test_a_gate_that_is_silent_says_what_still_works_and_what_waits(town, keep, office, enrol):
    from datetime import UTC, datetime

    from gatepass.centre.sites.actions import record_heartbeat
    from gatepass.wire.messages import Heartbeat, ReaderHealth

    device, _key = enrol(town.east)
    beat = Heartbeat("gatepass 0.1.0", NOON, 4, NOON - 30 * MINUTE, 37, 9, 4, [ReaderHealth("sam", "ready")], True)
    record_heartbeat(device.pk, beat, datetime.fromtimestamp(NOON / 1000, UTC) - timedelta(minutes=12))
    page = office.get("/board/").content.decode()
    assert "goes on deciding by itself" in page
    assert "37 records were waiting there" in page
    assert "knowledge of 11:30" in page
    assert "0 of 1" in page


def test_a_board_without_a_gate_says_what_comes_first(town, employ, log_in, keep):
    lead = log_in(employ(Role.GUARD_LEAD, site=town.hospital))
    assert "No gate yet" in lead.get("/board/").content.decode()


def test_the_pages_run_no_script_of_their_own(town, keep, office):
    keep(town.east, record(1, NOON - MINUTE))
    for path in ("/board/", "/passages/"):
        answer = office.get(path)
        page = answer.content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)", page)
        assert not re.search(r'\son\w+="', page)
        assert 'style="' not in page
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("language", [language.lower() for language in LANGUAGES])
def test_both_pages_speak_every_language(town, keep, employ, log_in, language):
    user = employ(Role.OFFICE, community=town.community)
    user.language = language
    user.save()
    client = log_in(user)
    keep(town.east, record(1, NOON - MINUTE), record(2, NOON, outcome=Outcome.HOLD, reasons=("unknown",)))
    for path, english in (("/board/", "Waiting for a person"), ("/passages/", "Names are masked")):
        page = client.get(path).content.decode()
        assert f'<html lang="{language}"' in page
        assert (english in page) is (language == "en")


# The passages


def test_the_list_is_newest_first_and_only_of_the_users_gates(town, keep, office):
    keep(town.east, record(1, at(8)), record(2, at(9, day=TUESDAY), outcome=Outcome.REFUSE, reasons=("red",)))
    keep(town.far_gate, record(1, at(10)))
    found = rows(office.get("/passages/"))
    assert [re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", row).group() for row in found] == [
        "2026-11-24 09:00:00",
        "2026-11-23 08:00:00",
    ]
    assert "Refused" in found[0]


@pytest.mark.parametrize(
    ("query", "seqs"),
    [
        ({}, 4),
        ({"outcome": "hold"}, 1),
        ({"outcome": "pass", "direction": "out"}, 1),
        ({"method": "typed"}, 1),
        ({"since": "2026-11-24T00:00"}, 1),
        ({"since": "2026-11-23T08:30", "until": "2026-11-23T10:00"}, 2),
        ({"outcome": "refuse"}, 0),
    ],
)
def test_filters_narrow_the_list_and_stay_in_the_form(town, keep, office, query, seqs):
    keep(
        town.east,
        record(1, at(8)),
        record(2, at(9), outcome=Outcome.HOLD, reasons=("unknown",), method=Method.TYPED),
        record(3, at(9, 30), direction="out"),
        record(4, at(7, day=TUESDAY)),
    )
    answer = office.get("/passages/", query)
    assert len(rows(answer)) == seqs
    page = answer.content.decode()
    for value in query.values():
        assert f'value="{value}"' in page
    assert ("No passage fits" in page) is (seqs == 0)


def test_a_gate_of_another_community_cannot_be_asked_for(town, keep, office):
    keep(town.far_gate, record(1, at(8)))
    answer = office.get("/passages/", {"gate": town.far_gate.pk})
    assert rows(answer) == []
    assert "The filter cannot be used" in answer.content.decode()
    assert office.get("/passages/export.csv", {"gate": town.far_gate.pk}).status_code == 302


def test_nobody_can_ask_where_one_person_has_been(town, keep, office, register):
    """Not by any word in the address: a person's movements are a tracing case."""
    register(WANG)
    person = key_of(WANG.document)
    keep(town.east, record(1, at(8), person), record(2, at(9), LI))
    for word in ("person", "name", "q", "words", "number", "key", "document", "holder"):
        for value in (person.hex(), WANG.number, WANG.name):
            assert len(rows(office.get("/passages/", {word: value}))) == 2
    page = office.get("/passages/").content.decode()
    assert person.hex() not in page
    assert WANG.name not in page


def test_pages_follow_one_another_and_an_invented_cursor_leads_to_the_first(town, keep, office):
    keep(town.east, *(record(n, at(8) + n * 1000) for n in range(1, views.PAGE * 2 + 11)))
    seen: list[str] = []
    path = "/passages/?direction=in"
    while path:
        answer = office.get(path)
        seen += [re.search(r"\d\d:\d\d:\d\d", row).group() for row in rows(answer)]
        older = re.search(r'rel="next" href="([^"]+)"', answer.content.decode())
        path = "/passages/" + older.group(1).replace("&amp;", "&") if older else ""
    assert len(seen) == len(set(seen)) == views.PAGE * 2 + 10
    answer = office.get("/passages/?direction=in&after=invented")
    assert (answer.status_code, answer.headers["location"]) == (302, "/passages/?direction=in")


def test_an_empty_log_says_what_to_do(town, keep, office):
    assert "Lay a card on the reader" in office.get("/passages/").content.decode()


def test_the_end_must_be_later_than_the_beginning(town, keep, office):
    answer = office.get("/passages/", {"since": "2026-11-24T00:00", "until": "2026-11-23T00:00"})
    assert "The end must be later" in answer.content.decode()


# The export


def test_the_export_has_every_row_of_the_filter_no_name_and_is_on_record(town, keep, office, register, monkeypatch):
    monkeypatch.setattr(views, "EXPORT_PAGE", 7)
    register(WANG)
    keep(town.east, *(record(n, at(8) + n * 1000, key_of(WANG.document)) for n in range(1, 31)))
    keep(town.east, about(record(31, at(9), outcome=Outcome.HOLD), 32, Outcome.PASS), record(31, at(9)))
    answer = office.get("/passages/export.csv", {"direction": "in", "gate": town.east.pk})
    text = b"".join(answer.streaming_content).decode()
    lines = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [int(line["Sequence"]) for line in lines] == list(range(31, 0, -1))
    assert lines[-1]["Time"] == "2026-11-23T08:00:01.000+08:00"
    assert "王" not in text
    entry = Entry.objects.latest("id")
    assert (entry.verb, entry.fields) == ("passages:export", {"direction": "in", "gate": str(town.east.pk)})


@pytest.mark.django_db(transaction=True)
def test_the_export_streams_under_asgi_too(town, keep, employ, monkeypatch):
    monkeypatch.setattr(views, "EXPORT_PAGE", 7)
    keep(town.east, *(record(n, at(8) + n * 1000) for n in range(1, 31)))
    client = AsyncClient()
    client.force_login(employ(Role.OFFICE, community=town.community))

    async def story():
        answer = await client.get("/passages/export.csv")
        assert answer.is_async
        return b"".join([piece async for piece in answer.streaming_content]).decode()

    assert asyncio.run(story()).count("\n") == 31


def test_a_name_that_a_spreadsheet_would_run_is_disarmed(town, keep, office):
    from gatepass.centre.sites.models import Gate

    Gate.objects.filter(pk=town.east.pk).update(name="=1+1")
    keep(town.east, record(1, at(8)))
    text = b"".join(office.get("/passages/export.csv").streaming_content).decode()
    assert ",'=1+1," in text


# Roles


@pytest.mark.parametrize(
    ("role", "board", "passages"),
    [
        (Role.ADMINISTRATOR, 200, 403),
        (Role.OFFICE, 200, 200),
        (Role.GUARD_LEAD, 200, 200),
        (Role.TRACER, 200, 403),
        (Role.SOCIAL_WORKER, 403, 403),
        (Role.INTERPRETER, 403, 403),
    ],
)
def test_each_role_opens_what_it_needs(town, keep, employ, log_in, role, board, passages):
    client = log_in(employ(role))
    assert client.get("/board/").status_code == board
    assert client.get("/passages/").status_code == passages
    assert client.get("/passages/export.csv").status_code == passages


def test_a_further_document_of_the_same_person_is_one_line_with_the_last_answer(town, register, keep, office):
    """A passport that nobody knows, and then the card that is registered: the gate answered twice, and nobody else."""
    wang = register(WANG)
    key = bytes(wang.documents.get().person_key)
    passport = record(1, NOON - MINUTE, LI, outcome=Outcome.HOLD, reasons=("unknown",), document="passport")
    keep(town.east, passport, further(passport, 2, Outcome.PASS, key))
    for path in ("/passages/", "/board/"):
        page = office.get(path).content.decode()
        assert mask_name(WANG.name) in page
        assert "Resident ID card" in page
        assert "Admitted by the guard" not in page
    (found,) = rows(office.get("/passages/"))
    assert "Passed" in found
    assert "not in the registry" not in found


def test_an_enrolled_card_is_plainly_marked_as_no_proof(town, keep, office):
    keep(
        town.east,
        record(1, NOON, outcome=Outcome.HOLD, reasons=("uid_card", "green"), method=Method.UID, document="card_uid"),
    )
    (found,) = rows(office.get("/passages/"))
    assert "not proof" in found
    assert "Compare the face" in found
