"""Nobody meets a row of another community, another applicant or another colleague: every list, detail and export.

`SHOWS` says of each address without a thing in it what it shows somebody of one community. A new one fails the first
test until somebody has said it there; one with a thing in it needs a near and a far one in `addresses`.
"""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Final

import pytest
from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tests.cast import LI, SUN, WANG
from tests.centre.accounts.test_every_url_and_role import (
    ADM,
    AUD,
    GRID,
    GUA,
    INT,
    OFF,
    ONLY_POST,
    SOC,
    TRA,
    WHO,
    WHOLE_TOWN,
    addresses,  # noqa: F401
    undone,
)
from tests.centre.applicants.helpers import applicant  # noqa: F401
from tests.centre.passages.conftest import keep  # noqa: F401
from tests.centre.passages.contract import TUESDAY, at, record

from gatepass.centre.accounts import roles
from gatepass.centre.accounts.models import StaffSession
from gatepass.centre.accounts.roles import Role
from gatepass.centre.applicants.access import COOKIE
from gatepass.centre.applicants.actions import begin_visit
from gatepass.centre.applications.models import Application
from gatepass.centre.employers.actions import appoint
from gatepass.centre.employers.models import Company
from gatepass.centre.mandates.actions import entrust
from gatepass.centre.mandates.models import Consent, Mandate, Relation
from gatepass.centre.people.access import key_of
from gatepass.centre.people.models import Resident, SavedFilter
from gatepass.centre.people.saved import save_filter

pytestmark = pytest.mark.django_db

NEAR_SITE, NEAR_COMMUNITY = "柳浪新苑", "定安路社区"
FAR: Final = ("清河坊", "北门", LI.name, f"{SUN.name}2", "2幢", "Far Person")
"""Words of the far community that no page may show: its name, its site and gate, its people, places and colleagues."""
NOTHING: Final = ""
"""No rows of anybody are on this page."""
SHOWS: Final[dict[str, str]] = {
    "applications": NEAR_SITE,
    "applications_export": NEAR_SITE,
    "appeals": WANG.name,
    "appeals_export": NEAR_SITE,
    "companies": "Near",
    "companies_export": "Near",
    "gates": NEAR_SITE,
    "gates_export": NEAR_SITE,
    "plan": NEAR_SITE,
    "residents": WANG.name,
    "residents_export": WANG.name,
    "residents_export_xlsx": WANG.name,
    "households": NEAR_SITE,
    "households_export": NEAR_SITE,
    "places": NEAR_SITE,
    "places_export": NOTHING,  # of the site that is chosen
    "place_suggest": NOTHING,
    "imports": NOTHING,  # whoever has not the whole town sees the own lists
    "imports_export": NOTHING,
    "board": NEAR_SITE,
    "passages": "东门",
    "passages_export": "东门",
    "privacy_requests": WANG.name,
    "privacy_requests_export": NOTHING,  # numbers instead of names
    "insights": NEAR_SITE,
    "insights_export": NOTHING,
    "reports": NEAR_SITE,
    "reports_export": NEAR_SITE,
    "alarms": NEAR_SITE,
    "alarms_export": NEAR_SITE,
    "cases": NEAR_COMMUNITY,
    "cases_export": NEAR_COMMUNITY,
    "arrivals": NEAR_SITE,
    "arrivals_export": NEAR_SITE,
    "arrival_new": NOTHING,
    "surveys": NOTHING,
    "questions": NEAR_SITE,
    "questions_export": NEAR_SITE,
    "survey_new": NEAR_COMMUNITY,
    "quarantines": NEAR_SITE,
    "quarantines_export": NEAR_SITE,
    "quarantine_today": WANG.name,
    "quarantine_gate": NOTHING,
    "visitors": WANG.name,
    "visitors_export": WANG.name,
    "visitor_invitations": WANG.name,
    "calls": NOTHING,
    "call_list": NEAR_SITE,
    "call_list_export": NEAR_SITE,
    "notices": NEAR_SITE,
    "notices_export": NEAR_SITE,
    "roster": NEAR_SITE,
    "roster_export": NEAR_SITE,
    "shifts": NEAR_SITE,
    "duty": NEAR_SITE,
    "volunteers": WANG.name,
    "volunteers_export": WANG.name,
    "tasks": NEAR_SITE,
    "tasks_export": NEAR_SITE,
    # Forms, which offer places to choose from.
    **dict.fromkeys(("resident_register", "import_new", "gate_create"), NEAR_SITE),
    **dict.fromkeys(("notice_new", "shift_new", "roster_change", "need_new", "task_new"), NEAR_SITE),
    **dict.fromkeys(("site_create", "case_new"), NEAR_COMMUNITY),
    # What is the same for everybody, or empty.
    **dict.fromkeys(("notice_queue", "posters", "notice_fallbacks", "notice_fallbacks_export", "terms"), NOTHING),
    **dict.fromkeys(("import_template", "privacy", "privacy_export", "privacy_receipts"), NOTHING),
}
WITHOUT_A_FAR_ONE: Final[dict[str, str]] = {
    **dict.fromkeys(("filter_drop", "mfa_remove_webauthn", "session_end"), "one's own: asked below"),
    "openid_connect_login": "the town's provider",
    "openid_connect_callback": "the town's provider",
    "invitation": "whoever holds the link",
    "term_drop": "the glossary is the town's",
}


def patterns(found: list, space: str = "") -> dict[str, URLPattern]:
    every: dict[str, URLPattern] = {}
    for pattern in found:
        if isinstance(pattern, URLResolver):
            every |= patterns(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space)
        else:
            every[f"{space}{pattern.name}"] = pattern
    return every


def text_of(answer: HttpResponse | StreamingHttpResponse) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if not content.startswith(b"PK"):
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(BytesIO(content)) as book:
        return "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))


@pytest.mark.slow
def test_every_address_is_asked_below_or_says_why_not(addresses) -> None:  # noqa: F811
    without_a_far_one, unsaid = [], []
    for name, pattern in patterns(get_resolver().url_patterns).items():
        who = WHO[name]
        if who in {"anybody", "programs"} or name in WHOLE_TOWN or not who:
            continue  # a program's scopes: tests/centre/api
        if pattern.pattern.converters:
            if not (name in addresses["outside"] or name in roles.MY or name in WITHOUT_A_FAR_ONE):
                without_a_far_one.append(name)
        elif name not in {*ONLY_POST, *roles.MY, *roles.OWN, *SHOWS}:
            unsaid.append(name)
    assert without_a_far_one == [], "give each a thing of another community in `addresses`"
    assert unsaid == [], "say in SHOWS what somebody of one community sees there"


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_no_page_shows_anything_of_another_community(
    town,
    keep,  # noqa: F811
    addresses,  # noqa: F811
    employ,
    log_in,
) -> None:
    moment = at(8, day=TUESDAY)
    keep(town.east, record(1, moment, key_of(WANG.document)))
    keep(town.far_gate, record(1, moment, key_of(LI.document)))
    far_links = {f'"{address}"' for address in addresses["outside"].values()}
    for role in (OFF, SOC, GRID, TRA, GUA, ADM, AUD, INT):
        with undone():
            user = employ(role, community=town.community)
            if role is GRID:
                appoint(None, Company.objects.get(name="Near"), user, "email", "x@example.org")
            shows_only_the_own_community(role, addresses["inside"], far_links, log_in(user))


def shows_only_the_own_community(role: Role, inside: dict[str, str], far_links: set[str], client: Client) -> None:
    asked = 0
    for name, address in inside.items():
        if isinstance(WHO[name], str) or role not in WHO[name] or name in ONLY_POST or name in WHOLE_TOWN:
            continue
        answer = client.get(address, follow=True)
        if answer.status_code == 404:
            continue  # a list that somebody else uploaded
        assert answer.status_code == 200, (role, name)
        page = text_of(answer)
        assert not {word for word in FAR if word in page}, (role, name)
        assert not {link for link in far_links if link in page}, (role, name)
        if not (role is GRID and name == "companies"):  # one company: straight to its page
            assert SHOWS.get(name, NOTHING) in page, (role, name)
        asked += 1
    assert asked, role


def test_the_search_finds_nothing_of_another_community(town, addresses, employ, log_in) -> None:  # noqa: F811
    for role in (OFF, SOC, TRA, GUA, ADM, GRID):
        client = log_in(employ(role, community=town.community))
        for words in (LI.name, "清河坊", "北门", "Far", f"{SUN.name}2"):
            for page in ("/search/", "/search/typing/"):
                answer = client.post(page, {"words": words})
                found = text_of(answer) if answer.status_code == 200 else f'"{answer["Location"]}"'
                assert not [address for address in addresses["outside"].values() if f'"{address}"' in found]


def test_a_resident_with_a_phone_meets_nobody_for_whom_they_do_not_act(
    town,
    addresses,  # noqa: F811
    applicant,  # noqa: F811
) -> None:
    near, far = Resident.objects.get(full_name=WANG.name), Resident.objects.get(full_name=LI.name)
    holder = applicant("13800099999")
    entrust(None, near, holder, Relation.CHILD, Consent.TOLD_STAFF)
    with transaction.atomic():
        entrance = begin_visit(holder, "Chrome · Android")
    client = Client()
    client.cookies[COOKIE] = entrance.token
    asked = 0
    for name, address in addresses["inside"].items():
        if name not in roles.MY or name in ONLY_POST or name == "my_invitation":
            continue
        answer = client.get(address)
        page = text_of(answer)
        assert LI.name not in page, name
        if f"/people/{near.pk}/" in address:
            assert answer.status_code in {200, 302, 404}, name
            other = address.replace(f"/people/{near.pk}/", f"/people/{far.pk}/")
            assert other != address, name
            assert client.get(other).status_code == 404, name
            assert client.post(other).status_code in {404, 405}, name
            asked += 1
    assert asked >= 8
    for name in sorted(set(roles.MY) & set(ONLY_POST) - {"my_passkey_add"}):
        address = addresses["inside"][name]
        if not {"people", "applications"} & set(address.split("/")):
            continue  # of nobody but whoever asks
        # An application that somebody else sent, and a resident who is another's.
        theirs = address.replace(f"/people/{near.pk}/", f"/people/{far.pk}/")
        assert client.post(theirs).status_code == (302 if name == "my_withdraw" else 404), name
    assert set(Application.objects.values_list("state", flat=True)) == {"sent"}
    assert Mandate.objects.filter(applicant=holder).count() == 1


def test_what_is_a_colleagues_own_is_nobody_elses(town, employ, log_in) -> None:
    one, other = employ(OFF, community=town.community), employ(OFF, community=town.community)
    kept = save_filter(one, "mine", {}, shared=False)
    log_in(one).get("/residents/")
    session = StaffSession.objects.get(user=one)
    client = log_in(other)
    client.post(f"/residents/filters/{kept.pk}/drop/")
    assert SavedFilter.objects.filter(pk=kept.pk).exists()
    client.post("/account/sessions/end/", {"session": session.pk})
    assert StaffSession.objects.filter(pk=session.pk).exists()
    assert ">mine<" not in text_of(client.get("/residents/"))
