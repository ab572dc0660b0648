from __future__ import annotations

import re

import pytest
from django.test import Client

from gatepass.centre.accounts.actions import GrantWish, change_staff, create_staff, set_active
from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.roles import Role
from gatepass.centre.audit.models import Entry
from gatepass.centre.errors import RefusedError

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(employ):
    return employ(Role.ADMINISTRATOR)


def test_a_new_account_gets_a_one_time_password_that_must_be_changed_first(administrator, log_in, town) -> None:
    page = log_in(administrator).post(
        "/staff/new/",
        {
            "username": "chen.jing",
            "full_name": "陈静",
            "language": "zh-hans",
            "way": "password",
            "role_office": [f"community:{town.community.pk}"],
        },
    )
    shown = re.search(r'class="code">([a-z0-9-]+)<', page.content.decode())
    assert shown
    user = User.objects.get(username="chen.jing")
    assert user.must_change_password
    client = Client()
    client.post("/login/", {"username": "chen.jing", "password": shown[1]})
    assert client.get("/residents/").headers["location"] == "/password/"
    client.post("/password/", {"current": shown[1], "new": "three other words", "again": "three other words"})
    assert client.get("/residents/").status_code == 200


@pytest.mark.parametrize(
    ("new", "again", "fault"),
    [
        ("short", "short", "too short"),
        ("password1234", "password1234", "too common"),
        ("three other words", "two words", "differ"),
    ],
)
def test_a_weak_or_mistyped_password_is_refused(administrator, log_in, new: str, again: str, fault: str) -> None:
    from tests.centre.conftest import PASSWORD

    page = log_in(administrator).post("/password/", {"current": PASSWORD, "new": new, "again": again})
    assert fault in page.content.decode()


def test_the_current_password_is_asked_for(administrator, log_in) -> None:
    page = log_in(administrator).post(
        "/password/", {"current": "x", "new": "three other words", "again": "three other words"}
    )
    assert "not your current password" in page.content.decode()


def test_changing_grants_replaces_them_and_is_on_record(administrator, employ, log_in, town) -> None:
    member = employ(Role.OFFICE)
    log_in(administrator).post(
        f"/staff/{member.pk}/",
        {
            "full_name": "New Name",
            "language": "ja",
            "role_social_worker": [f"site:{town.estate.pk}", f"site:{town.hospital.pk}"],
        },
    )
    member.refresh_from_db()
    assert (member.full_name, member.language) == ("New Name", "ja")
    assert sorted((grant.role, grant.site_id) for grant in member.grants.all()) == [
        ("social_worker", town.estate.pk),
        ("social_worker", town.hospital.pk),
    ]
    entry = Entry.objects.get(verb="staff:change")
    assert entry.fields == {
        "grants": [f"social_worker@site:{town.estate.pk}", f"social_worker@site:{town.hospital.pk}"],
        "roles_changed": True,
    }


def test_a_form_shows_what_is_granted(administrator, employ, log_in, town) -> None:
    member = employ(Role.OFFICE, community=town.community)
    page = log_in(administrator).get(f"/staff/{member.pk}/").content.decode()
    assert re.search(rf'value="community:{town.community.pk}"[^>]* checked', page)
    assert page.count(" checked") == 1 + 1  # the role, and the first way in


def test_the_last_administrator_stays(administrator) -> None:
    with pytest.raises(RefusedError, match="last_administrator"):
        set_active(administrator, administrator, active=False)
    with pytest.raises(RefusedError, match="last_administrator"):
        change_staff(administrator, administrator, full_name="A", language="en", grants=[])
    administrator.refresh_from_db()
    assert administrator.is_active


def test_a_reset_password_ends_sessions(administrator, employ, log_in) -> None:
    member = employ(Role.OFFICE)
    theirs = log_in(member)
    log_in(administrator).post(f"/staff/{member.pk}/invitation/", {"way": "password"})
    assert theirs.get("/residents/").status_code == 302


def test_deactivating_and_reactivating(administrator, employ, log_in) -> None:
    member, client = employ(Role.OFFICE), log_in(administrator)
    client.post(f"/staff/{member.pk}/active/", {"active": "no"})
    member.refresh_from_db()
    assert not member.is_active
    client.post(f"/staff/{member.pk}/active/", {"active": "yes"})
    member.refresh_from_db()
    assert member.is_active


def test_a_user_name_is_taken_once_and_well_formed(administrator, employ, log_in) -> None:
    with pytest.raises(RefusedError, match="name_taken"):
        create_staff(None, administrator.username, "Somebody", [GrantWish(Role.OFFICE)])
    page = log_in(administrator).post("/staff/new/", {"username": "王芳", "full_name": "王芳", "language": "en"})
    assert "Use small Latin letters" in page.content.decode()


def test_the_audit_page_filters_and_exports(administrator, employ, log_in) -> None:
    employ(Role.OFFICE)
    client = log_in(administrator)
    page = client.get("/audit/?verb=staff:create").content.decode()
    assert page.count("<tr>") == 3
    assert "Created a gate" not in page.split("<tbody>")[1]
    export = client.get("/audit/export.csv?verb=gate:create")
    assert export.content.decode("utf-8-sig").count("gate:create") == 2
    assert Entry.objects.filter(verb="audit:export").exists()
    assert "No entry fits" in client.get("/audit/?about=gate:999").content.decode()
    assert client.get("/audit/?day=notaday").status_code == 200


def test_in_a_town_of_many_sites_a_place_is_added_by_its_name_and_stands_on_the_page_once(
    administrator, log_in, town, monkeypatch
) -> None:
    from gatepass.centre.accounts import forms

    client = log_in(administrator)
    few = client.get("/staff/new/").content.decode()
    assert few.count(f'value="site:{town.hospital.pk}"') == len(Role)
    monkeypatch.setattr(forms, "FEW_PLACES", 2)
    many = client.get("/staff/new/").content.decode()
    assert f'value="site:{town.hospital.pk}"' not in many
    assert many.count(f'data-place="site:{town.hospital.pk}"') == 1
    name = f"{town.hospital.community.name} · {town.hospital.name}"
    facts = {"username": "chen.jing", "full_name": "陈静", "language": "zh-hans", "way": "password"}
    unknown = client.post("/staff/new/", {**facts, "role_office": ["town"], "role_office-add": "nowhere"})
    assert "nowhere is not one of the available choices" in unknown.content.decode()
    assert not User.objects.filter(username="chen.jing").exists()
    client.post("/staff/new/", {**facts, "role_office": [f"site:{town.estate.pk}"], "role_office-add": f" {name} "})
    made = User.objects.get(username="chen.jing")
    assert {grant.site for grant in made.grants.all()} == {town.estate, town.hospital}
    page = client.get(f"/staff/{made.pk}/").content.decode()
    assert page.count(f'value="site:{town.hospital.pk}"') == 1
