from __future__ import annotations

import pytest
from tests.cast import LI, WANG

from gatepass.centre.accounts.roles import Role
from gatepass.centre.audit.models import Entry
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.actions import change_resident
from gatepass.centre.people.addresses.actions import enter_places, remove_place, rename_place
from gatepass.centre.people.addresses.models import Place
from gatepass.centre.people.addresses.paths import places_by_path
from gatepass.centre.people.models import Resident

pytestmark = pytest.mark.django_db
ROOMS = [("3幢", "2单元", "501"), ("3幢", "2单元", "502"), ("10幢", "", "101"), ("2幢", "", "")]


def test_a_list_of_rooms_becomes_a_tree_and_twice_the_same_list_changes_nothing(town) -> None:
    assert len(enter_places(None, town.estate, ROOMS)) == 7
    assert enter_places(None, town.estate, [(" 3幢", "2单元 ", "501")]) == []
    room = Place.objects.get(path="3幢 2单元 501")
    assert [room.name, room.parent.name, room.parent.parent.name] == ["501", "2单元", "3幢"]
    assert set(places_by_path(town.estate, rooms=True)) == set(ROOMS[:3])
    assert Entry.objects.get(verb="place:enter").fields == {"count": 7}


def test_2_comes_before_10(town) -> None:
    enter_places(None, town.estate, ROOMS)
    buildings = Place.objects.filter(level="building").order_by("order")
    assert [building.name for building in buildings] == ["2幢", "3幢", "10幢"]


def test_the_same_names_at_another_site_are_other_places(town) -> None:
    enter_places(None, town.estate, ROOMS)
    assert len(enter_places(None, town.hospital, ROOMS)) == 7


@pytest.mark.parametrize(
    ("path", "code"), [(("", "", "501"), "place_without_building"), (("x" * 41, "", ""), "place_name")]
)
def test_a_place_that_cannot_be_is_refused(town, path, code) -> None:
    with pytest.raises(RefusedError, match=code):
        enter_places(None, town.estate, [path])


def test_a_new_name_is_the_new_name_of_everything_in_it(town) -> None:
    enter_places(None, town.estate, ROOMS)
    rename_place(None, Place.objects.get(path="3幢"), "三号楼")
    assert set(Place.objects.filter(level="room").values_list("path", flat=True)) == {
        "三号楼 2单元 501", "三号楼 2单元 502", "10幢 101",
    }  # fmt: skip
    with pytest.raises(RefusedError, match="place_there"):
        rename_place(None, Place.objects.get(path="10幢"), "2幢")
    with pytest.raises(RefusedError, match="place_name"):
        rename_place(None, Place.objects.get(path="10幢"), "  ")


def test_only_an_empty_place_is_removed(town, register) -> None:
    enter_places(None, town.estate, ROOMS)
    wang = register(WANG)
    change_resident(None, wang, {"room": Place.objects.get(path="3幢 2单元 501")})
    for path in ("3幢", "3幢 2单元", "3幢 2单元 501"):
        with pytest.raises(RefusedError, match="place_in_use"):
            remove_place(None, Place.objects.get(path=path))
    remove_place(None, Place.objects.get(path="3幢 2单元 502"))
    assert wang.home == "3幢 2单元 501"


def test_the_pages_enter_suggest_rename_and_remove(town, register, employ, log_in) -> None:
    client = log_in(employ(Role.OFFICE, community=town.community))
    assert "No address is on the list yet" in client.get(f"/addresses/?site={town.estate.pk}").content.decode()
    said = {"site": town.estate.pk, "building": "3幢", "unit": "2单元", "rooms": "501，502、503\n504"}
    client.post("/addresses/enter/", said)
    assert Place.objects.filter(level="room").count() == 4
    rooms = client.get(f"/addresses/suggest?site={town.estate.pk}&words=3 50").json()["rooms"]
    assert rooms == ["3幢 2单元 501", "3幢 2单元 502", "3幢 2单元 503", "3幢 2单元 504"]
    wang, far = register(WANG), register(LI, town.far_site)
    change_resident(None, wang, {"room": Place.objects.get(name="501")})
    building = Place.objects.get(level="building")
    page = client.get(f"/addresses/{building.pk}/").content.decode()
    assert "王秀英" in page
    client.post(f"/addresses/{building.pk}/", {"name": "4幢"})
    assert client.post(f"/addresses/{building.pk}/remove/", follow=True).status_code == 200
    assert Place.objects.filter(name="4幢").exists()
    client.post(f"/addresses/{Place.objects.get(name='504').pk}/remove/")
    assert not Place.objects.filter(name="504").exists()
    export = client.get(f"/addresses/export.csv?site={town.estate.pk}").content.decode("utf-8-sig")
    assert "柳浪新苑,4幢,2单元,501" in export
    assert far.room is None


def test_a_room_is_typed_with_or_without_spaces_and_must_lie_in_the_site(town, register, employ, log_in) -> None:
    enter_places(None, town.estate, ROOMS)
    wang = register(WANG)
    client = log_in(employ(Role.SOCIAL_WORKER, community=town.community))
    said = {"full_name": "王秀英", "sex": "female", "language": "ko", "birth": "1941-03-12", "revision": 0}
    said |= {"site": town.estate.pk, "room": "3幢2单元501", "phones-TOTAL_FORMS": 0, "phones-INITIAL_FORMS": 0}
    assert client.post(f"/residents/{wang.pk}/change/", said).status_code == 302
    assert Resident.objects.get(pk=wang.pk).home == "3幢 2单元 501"
    page = client.post(f"/residents/{wang.pk}/change/", said | {"room": "9幢", "revision": 1}).content.decode()
    assert "This is no room of the chosen site." in page
