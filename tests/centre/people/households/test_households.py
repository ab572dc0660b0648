from __future__ import annotations

import pytest
from tests.cast import LI, SUN, WANG

from gatepass.centre.accounts.roles import Role
from gatepass.centre.audit.models import Entry
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.actions import Registration, register_resident
from gatepass.centre.people.addresses.actions import enter_places
from gatepass.centre.people.addresses.models import Place
from gatepass.centre.people.households.access import access_households, access_memberships
from gatepass.centre.people.households.actions import change_household, found_household, move_household, set_relations
from gatepass.centre.people.households.models import Household
from gatepass.centre.people.models import Resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def family(town) -> tuple[Resident, Resident]:
    mother = register_resident(None, Registration(WANG.document, town.estate.pk, household="3-2-501", relation="head"))
    son = register_resident(None, Registration(LI.document, town.estate.pk, household="3-2-501", relation="child"))
    return mother, son


def test_who_names_one_household_lives_in_it(family) -> None:
    mother, son = family
    assert mother.household == son.household == Household.objects.get()
    assert [one.relation for one in (mother.membership, son.membership)] == ["head", "child"]


def test_a_second_head_in_a_list_counts_as_not_stated(town, family) -> None:
    sun = register_resident(None, Registration(SUN.document, town.estate.pk, household="3-2-501", relation="head"))
    assert sun.membership.relation == "other"


def test_the_same_label_at_another_site_is_another_household(town, family) -> None:
    register_resident(None, Registration(SUN.document, town.hospital.pk, household="3-2-501"))
    assert Household.objects.count() == 2


def test_a_move_keeps_where_somebody_lived_before(town, family, employ) -> None:
    mother, son = family
    old, new = son.household, found_household(None, town.estate, "7-1-101")
    move_household(None, son, new, "head")
    son = Resident.objects.get(pk=son.pk)
    assert (son.household, son.membership.relation) == (new, "head")
    user = employ(Role.OFFICE)
    assert [one.resident for one in access_memberships(user, old, now=False)] == [son]
    assert [one.resident for one in access_memberships(user, old, now=True)] == [mother]
    move_household(None, son, None)
    assert Resident.objects.get(pk=son.pk).household is None
    assert Entry.objects.filter(verb="household:move").last().fields == {"out_of": old.pk, "into": new.pk}


def test_moving_to_where_one_lives_changes_nothing(family) -> None:
    mother, _son = family
    before = mother.membership
    assert move_household(None, mother, mother.household, "head") == before
    assert not Entry.objects.filter(verb="household:move").exists()


def test_a_household_has_one_head_who_can_be_another_one(family) -> None:
    mother, son = family
    household = mother.household
    with pytest.raises(RefusedError, match="household_has_head"):
        set_relations(None, household, {son.pk: "head"})
    set_relations(None, household, {son.pk: "head", mother.pk: "parent"})
    relations = {one.resident_id: one.relation for one in household.memberships.all()}
    assert relations == {son.pk: "head", mother.pk: "parent"}
    with pytest.raises(RefusedError, match="household_has_head"):
        move_household(None, mother, household, "head")


def test_households_of_other_sites_and_their_rooms_are_refused(town, family) -> None:
    mother, _son = family
    enter_places(None, town.hospital, [("A", "", "1")])
    room = Place.objects.get(name="1")
    other = found_household(None, town.hospital, "ward", room)
    with pytest.raises(RefusedError, match="household_elsewhere"):
        move_household(None, mother, other)
    with pytest.raises(RefusedError, match="place_elsewhere"):
        found_household(None, town.estate, "x", room)
    with pytest.raises(RefusedError, match="household_there"):
        found_household(None, town.hospital, "ward")
    with pytest.raises(RefusedError, match="household_there"):
        change_household(None, found_household(None, town.hospital, "b"), "ward", None)


def test_the_pages_move_rename_and_relate(town, family, employ, log_in) -> None:
    mother, son = family
    client = log_in(employ(Role.SOCIAL_WORKER, community=town.community))
    page = client.get(f"/households/{mother.household.pk}/").content.decode()
    assert "王秀英" in page
    said = {"label": "501", "room": "", f"relation-{mother.pk}": "parent", f"relation-{son.pk}": "head"}
    assert client.post(f"/households/{mother.household.pk}/", said).status_code == 302
    assert Resident.objects.get(pk=son.pk).membership.relation == "head"
    client.post(f"/residents/{mother.pk}/household/", {"label": "new one", "relation": "head"})
    assert Resident.objects.get(pk=mother.pk).household.label == "new one"
    client.post(f"/residents/{mother.pk}/household/", {"label": "501", "relation": "head"})
    refused = client.post(f"/residents/{mother.pk}/household/", {"label": "501", "relation": "head"}).content.decode()
    assert "A household has one head" in refused
    client.post(f"/residents/{mother.pk}/household/", {"label": "", "relation": "other"})
    assert Resident.objects.get(pk=mother.pk).household is None


def test_the_list_filters_exports_and_ends_at_the_border_of_the_area(town, family, employ, log_in) -> None:
    register_resident(None, Registration(SUN.document, town.far_site.pk, household="far"))
    user = employ(Role.OFFICE, community=town.community)
    client = log_in(user)
    assert [one.label for one in access_households(user)] == ["3-2-501"]
    page = client.get("/households/?words=建国").content.decode()
    assert "3-2-501" in page
    assert "No household fits" in client.get("/households/?words=zzz").content.decode()
    export = client.get("/households/export.csv").content.decode("utf-8-sig")
    assert "王秀英" in export
    assert "孙丽" not in export
    assert Entry.objects.get(verb="household:export").fields == {"count": 2, "filtered": False}
    empty = log_in(employ(Role.OFFICE, site=town.hospital)).get("/households/").content.decode()
    assert "No household yet" in empty
