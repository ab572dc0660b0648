"""One box for everything that one may see: what it finds, for whom, and what it never says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation
from tests.cast import LI, WANG
from tests.centre.applicants.helpers import applicant  # noqa: F401
from tests.centre.tracing.things import opened

from gatepass.centre.accounts.roles import Role
from gatepass.centre.alarms.actions import raise_now
from gatepass.centre.alarms.models import Alarm
from gatepass.centre.appeals.actions import send_appeal
from gatepass.centre.appeals.models import Appeal
from gatepass.centre.applications.actions import apply
from gatepass.centre.applications.facts import ApplicationFacts
from gatepass.centre.audit.models import Entry
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.employers.models import Company
from gatepass.centre.limits.limits import LIMITS
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.people.protection.actions import protect
from gatepass.centre.search.access import MOST, found
from gatepass.identity import DocumentKind
from gatepass.policy import Colour
from gatepass.policy.colours.facts import Declaration

pytestmark = pytest.mark.django_db


def titles(user, words: str, *, finished: bool = True) -> dict[str, list[str]]:
    groups = found(user, words, finished=finished)
    return {group.hits[0].address.split("/")[1]: [hit.title for hit in group.hits] for group in groups}


def test_each_role_finds_what_it_may_open_and_nothing_else(town, employ, register) -> None:
    register()
    assert titles(employ(Role.OFFICE, community=town.community), "王") == {"residents": [WANG.name]}
    assert titles(employ(Role.ADMINISTRATOR), "王") == {}
    assert titles(employ(Role.ADMINISTRATOR), "东门") == {"gates": ["东门"]}
    assert titles(employ(Role.SOCIAL_WORKER), "东门") == {}
    assert titles(employ(Role.INTERPRETER), "王") == {}


def test_nobody_finds_a_thing_of_another_community(town, employ, register) -> None:
    register(LI, town.far_site)
    here = employ(Role.OFFICE, community=town.community)
    assert titles(here, LI.name) == {}
    assert titles(here, "北门") == {}
    assert titles(here, LI.document.number) == {}
    assert titles(employ(Role.OFFICE), LI.name) == {"residents": [LI.name]}


def test_a_protected_person_is_found_by_the_named_staff_alone_and_that_is_on_record(town, employ, register) -> None:
    person, named, other = register(), employ(Role.OFFICE), employ(Role.OFFICE)
    protect(None, person, [named])
    for words in (WANG.name, WANG.document.number):
        assert titles(other, words) == {}
        assert titles(named, words) == {"residents": [WANG.name]}
    assert Entry.objects.filter(verb="protected:see", actor=f"user:{named.pk}").count() == 2


def test_a_number_is_looked_up_when_it_is_finished_and_leads_straight_there(employ, register, log_in) -> None:
    person, user = register(), employ(Role.OFFICE)
    assert titles(user, WANG.document.number, finished=False) == {}
    client = log_in(user)
    typed = client.post("/search/typing/", {"words": WANG.document.number}).content.decode()
    assert "Enter looks this number up" in typed
    answer = client.post("/search/", {"words": WANG.document.number})
    assert answer.headers["location"] == f"/residents/{person.pk}/"
    # No number stands in an address, in a page or in the audit.
    assert WANG.document.number not in str([entry.fields for entry in Entry.objects.all()])
    assert client.get(f"/search/?words={WANG.name}").content.decode().count(WANG.name) == 0


def test_who_goes_through_numbers_waits_and_raises_an_alarm(employ, log_in, monkeypatch) -> None:
    from dataclasses import replace

    monkeypatch.setitem(LIMITS, "number_of_staff", replace(LIMITS["number_of_staff"], most=3))
    client = log_in(employ(Role.OFFICE))
    statuses = [client.post("/search/", {"words": f"13800000{number:03d}"}).status_code for number in range(4)]
    assert statuses == [200, 200, 200, 429]
    # The list of residents has the same look-up, and the same limit.
    page = client.post("/residents/", {"words": "13800000999"}, follow=True).content.decode()
    assert "too often" in page
    assert Alarm.objects.filter(kind="tried_too_often").exists()
    assert client.post("/search/", {"words": "东"}).status_code in {200, 302}


def test_companies_policies_staff_sites_and_pages_are_found_too(town, employ, log_in) -> None:
    from django.utils import timezone
    from tests.centre.policies.conftest import COMMUNITY

    from gatepass.centre.policies.actions import write_version

    Company.objects.create(
        name="龙井茶业", credit_code="91330106589876543Q", community=town.community, created_at=timezone.now()
    )
    office, administrator = employ(Role.OFFICE), employ(Role.ADMINISTRATOR)
    assert titles(office, "龙井") == {"companies": ["龙井茶业"]}
    version = write_version(None, COMMUNITY)
    assert titles(administrator, version.policy) == {"policies": [f"{version.policy} 1"]}
    assert titles(administrator, office.username) == {"staff": [office.full_name]}
    assert titles(office, administrator.username) == {}
    sites = found(administrator, town.estate.name, finished=True)
    assert f"/gates/sites/{town.estate.pk}/" in [hit.address for group in sites for hit in group.hits]
    page = log_in(administrator).post("/search/typing/", {"words": "audit"}).content.decode()
    assert 'href="/audit/"' in page
    assert 'href="/audit/"' not in log_in(office).post("/search/typing/", {"words": "audit"}).content.decode()


def test_a_page_is_found_by_its_name_in_the_own_language(employ, log_in) -> None:
    user = employ(Role.ADMINISTRATOR)
    for code, word in {"zh-hans": "审计", "ja": "監査", "ko": "감사"}.items():
        user.language = code
        user.save()
        assert 'href="/audit/"' in log_in(user).post("/search/typing/", {"words": word}).content.decode()


def test_a_group_shows_a_few_and_says_that_there_are_more(town, employ, log_in) -> None:
    from gatepass.centre.sites.actions import create_gate

    for number in range(MOST + 1):
        create_gate(None, town.estate, f"侧门{number}", "in")
    page = log_in(employ(Role.GUARD_LEAD)).post("/search/typing/", {"words": "侧门"}).content.decode()
    assert page.count('role="option"') == MOST
    assert "There are more" in page


def test_an_empty_box_and_an_empty_answer_teach(employ, log_in) -> None:
    office, guard = log_in(employ(Role.OFFICE)), log_in(employ(Role.GUARD_LEAD))
    assert "beginning of a name in any script" in office.get("/search/").content.decode()
    assert "What your role does not open is not found" in guard.get("/search/").content.decode()
    assert "Nothing found" in office.post("/search/", {"words": "zzzz"}).content.decode()
    assert "Nothing begins like this" in office.post("/search/typing/", {"words": "zzzz"}).content.decode()
    assert "One box" in office.post("/search/", {"words": "   "}).content.decode()


@pytest.mark.parametrize("words", ["%", "_", "'", '"><script>', "\\", "\u0000x", "王" * 500, "１２３"])
def test_whatever_is_typed_is_only_words(employ, log_in, register, words: str) -> None:
    register()
    client = log_in(employ(Role.OFFICE))
    for path in ("/search/", "/search/typing/"):
        answer = client.post(path, {"words": words})
        assert answer.status_code == 200
        assert "<script>" not in answer.content.decode().replace('<script src="', "")


def test_the_box_is_on_every_page_with_a_menu_and_works_without_a_script(employ, log_in) -> None:
    client = log_in(employ(Role.OFFICE))
    for code, _name in settings.LANGUAGES:
        client.post("/language/", {"language": code})
        page = client.get("/residents/").content.decode()
        assert re.search(r'<form class="finder" role="search" method="post" action="/search/"', page)


def test_the_page_on_running_the_centre_has_the_limit_of_the_code() -> None:
    page = (Path(__file__).parents[3] / "docs" / "centre.md").read_text(encoding="utf-8")
    assert f"look up {LIMITS['number_of_staff'].most} numbers an hour" in page


def test_what_waits_is_found_by_name_number_or_place_and_only_where_it_may_be_opened(
    town,
    employ,
    register,
    applicant,  # noqa: F811
) -> None:
    person = register()
    set_colour(None, person, Colour.YELLOW)
    person.refresh_from_db()
    daughter = applicant()
    objection = send_appeal(daughter, person, Appeal.About.OTHER, "words")
    told = ApplicationFacts("Zhao Min", DocumentKind.PASSPORT, "E12345678", "CHN", "", Declaration())
    waiting = apply(daughter, town.estate, Relation.CHILD, Consent.TOLD_APPLICANT, told, None)
    office = employ(Role.OFFICE, community=town.community)
    assert titles(office, "zhao") == {"applications": ["Zhao Min"]}
    assert WANG.name in titles(office, "王")["objections"]
    assert objection.pk == waiting.pk == 1
    assert set(titles(office, "1")) >= {"applications", "objections"}
    raise_now("gate_silent", f"gate:{town.east.pk}", site=town.estate)
    lead = employ(Role.GUARD_LEAD, community=town.community)
    assert len(titles(lead, town.estate.name)["alarms"]) == 1
    with translation.override("en"):
        assert titles(lead, "silent") == {"alarms": ["Gate silent"]}
        near, far = opened(WANG.document, town.community), opened(WANG.document, town.far_community)
        tracer = employ(Role.TRACER, community=town.community)
        assert titles(tracer, str(near.pk)) == {"cases": [f"Case {near.pk}"]}
        assert titles(tracer, str(far.pk)) == {}
        assert titles(tracer, town.community.name) == {"cases": [f"Case {near.pk}"]}
    elsewhere = employ(Role.OFFICE, community=town.far_community)
    for words in ("zhao", "王", "1", town.estate.name):
        assert not {"applications", "objections", "alarms", "cases"} & set(titles(elsewhere, words))
    assert "objections" not in titles(employ(Role.SOCIAL_WORKER, community=town.community), "王")
