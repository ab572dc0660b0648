"""Nobody but the named staff meets a protected person: every page of the staff site is asked, before and after."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from tests.cast import LI, WANG, ZHAO, number
from tests.centre.people.imports.lists import as_csv
from tests.centre.people.things import small_picture
from typer.testing import CliRunner

from gatepass.centre import commands
from gatepass.centre.accounts import roles
from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.roles import ALLOWED, Role
from gatepass.centre.appeals.actions import send_appeal
from gatepass.centre.appeals.models import Appeal
from gatepass.centre.audit.models import Entry
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.codes.states import states_of
from gatepass.centre.errors import RefusedError
from gatepass.centre.passages.access import masked_names
from gatepass.centre.people.access import access_residents, key_of
from gatepass.centre.people.actions import PhoneFacts, Registration, register_resident, set_phones
from gatepass.centre.people.addresses.actions import enter_places
from gatepass.centre.people.addresses.models import Place
from gatepass.centre.people.households.models import Household
from gatepass.centre.people.imports import actions as imports
from gatepass.centre.people.imports import work
from gatepass.centre.people.imports.models import Row
from gatepass.centre.people.merges.actions import merge
from gatepass.centre.people.models import Resident
from gatepass.centre.people.photos.actions import consent_to_photo, keep_photo
from gatepass.centre.people.protection.actions import lift_protection, protect
from gatepass.centre.people.protection.models import Protection
from gatepass.policy import Advice, Colour

pytestmark = pytest.mark.django_db

NAME = "欧阳隐月"
PHONE = "13812345678"
DIGITS = number("330102", "19880808", "888")


class Town:
    """One estate in which somebody is everywhere: room, household, list, colour, appeal, photo."""

    def __init__(self, town: Any, named: User, other: User) -> None:
        self.named, self.other, self.site = named, other, town.estate
        enter_places(None, town.estate, [("9幢", "", "909"), ("9幢", "", "910")])
        room = Place.objects.get(name="909")
        self.wang = register_resident(
            None, Registration(WANG.document, site=town.estate.pk, household="H9", relation="head", room=room.pk)
        )
        self.li = register_resident(None, Registration(LI.document, site=town.estate.pk))
        rows = [(NAME, DIGITS, PHONE, "H9", "女", "9幢", "909"), ("陈玉兰", number("330102", "19500101", "101"))]
        headings = ("姓名", "证件号码", "电话", "家庭", "与户主关系", "楼栋", "房号")
        self.batch = imports.upload(other, "residents", "list.csv", as_csv(rows, headings), town.estate)
        imports.map_columns(other, self.batch, self.batch.columns, town.estate)
        work.work_off()
        self.batch.refresh_from_db()
        imports.run(other, self.batch)
        work.work_off()
        self.hidden = Resident.objects.get(full_name=NAME)
        alone = register_resident(None, Registration(ZHAO.document, site=town.estate.pk, household="H0"))
        self.alone = alone
        set_colour(None, self.hidden, Colour.RED, "A1", Advice.STAY_HOME)
        send_appeal(other, self.hidden, Appeal.About.OTHER, "x")
        consent_to_photo(None, self.hidden, manner="signed", given_on=self.hidden.registered_at.date())
        keep_photo(None, self.hidden, small_picture())
        for person in (self.hidden, alone):
            protect(None, person, [named])

    def as_if_they_had_never_been(self) -> None:
        """The other world: the same town, in which nobody has ever entered the two."""
        people = [self.hidden.pk, self.alone.pk]
        Row.objects.filter(resident__in=people).delete()
        Resident.objects.filter(pk__in=people).delete()
        Household.objects.filter(label="H0").delete()


@pytest.fixture
def clock_stands_still() -> Iterator[None]:
    """Pages say when they were made, and forms offer the present minute: two loadings of one page are alike."""
    with time_machine.travel(datetime.now(UTC), tick=False):
        yield


@pytest.fixture
def place(town, employ) -> Town:
    return Town(town, employ(Role.OFFICE), employ(Role.OFFICE))


def pages(place: Town) -> Iterator[tuple[str, Callable[[Client], Any]]]:
    """Every page that the office opens, and every question that can be asked of it."""
    home, list_ = {"household": place.wang.household.pk}, {"batch": place.batch.pk}
    of_things = {
        "household": home,
        "place": {"place": Place.objects.get(name="9幢").pk},
        **dict.fromkeys(("import", "import_left"), list_),
        "import_row": list_ | {"number": 3},
    }
    for name, wanted in addresses(get_resolver().url_patterns):
        # What is held of somebody says who looked: each loading is another line. It holds nothing of anybody else.
        if name not in ALLOWED[Role.OFFICE] or name.startswith("resident_privacy"):
            continue
        if wanted == {"resident"}:
            for person in (place.wang, place.li):
                yield f"{name} of {person.pk}", getting(reverse(name, kwargs={"resident": person.pk}))
        elif not wanted or name in of_things:
            yield name, getting(reverse(name, kwargs=of_things.get(name, {})))
    residents, lists = "/residents/?", f"/imports/{place.batch.pk}/?show="
    for address in (
        *(f"{residents}words={NAME}", f"{residents}words=Ouyang Yinyue", f"{residents}colour=red"),
        *(f"{residents}oldest=30", "/residents/export.csv?colour=red", "/addresses/?words=909"),
        *(
            f"/households/?words={NAME}",
            "/households/?words=H0",
            f"{lists}created",
            f"{lists}known",
            "/appeals/?state=",
        ),
    ):
        yield address, getting(address)
    yield "typing the name", posting("/residents/duplicates/", {"full_name": NAME, "birth": "1988-08-08"})
    yield "typing the number", posting("/residents/duplicates/", {"kind": "resident_card", "number": DIGITS})
    for words in (DIGITS, PHONE, NAME):
        yield f"searching {words}", posting("/residents/", {"words": words})
        yield f"merging {words}", posting(f"/residents/{place.li.pk}/merge/", {"words": words})


def addresses(patterns: list[Any], around: frozenset[str] = frozenset()) -> Iterator[tuple[str, frozenset[str]]]:
    """Of every page: its name, and the words that its address wants."""
    for pattern in patterns:
        wanted = around | set(pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, wanted)
        else:
            yield pattern.name, wanted


def getting(address: str) -> Callable[[Client], Any]:
    return lambda client: client.get(address, follow=True)


def posting(address: str, said: dict[str, str]) -> Callable[[Client], Any]:
    return lambda client: client.post(address, said, follow=True)


def seen(response: Any) -> str:
    """What stands on the page, without what differs from one loading to the next."""
    if response.headers["Content-Type"].startswith("application/vnd"):
        return str(len(response.content) // 200)
    text = b"".join(response.streaming_content) if response.streaming else response.content
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text.decode())


@pytest.mark.slow
def test_to_everybody_else_the_town_is_as_if_they_had_never_been_in_it(clock_stands_still, place, log_in) -> None:
    client = log_in(place.other)
    asked = list(pages(place))
    before = {what: seen(ask(client)) for what, ask in asked}
    assert len(before) > 50
    place.as_if_they_had_never_been()
    for what, ask in asked:
        assert before[what] == seen(ask(client)), what
        for word in (NAME, "欧阳", DIGITS, PHONE, ZHAO.name, ZHAO.number):
            # What somebody has typed into a field stands there still.
            assert word not in before[what].replace(f'value="{NAME}"', "").replace(f'value="{word}"', ""), (what, word)


@pytest.mark.slow
def test_their_own_pages_are_not_there_for_anybody_else(place, log_in) -> None:
    client = log_in(place.other)
    document = place.hidden.documents.get().pk
    further = {"document": document, "other": place.li.pk, "merged": 1, "mandate": 1}
    asked = 0
    for name, wanted in addresses(get_resolver().url_patterns):
        if "resident" not in wanted or name in roles.MY or name not in ALLOWED[Role.OFFICE]:
            continue
        words = {word: further.get(word, place.hidden.pk) for word in wanted}
        address = reverse(name, kwargs=words | {"resident": place.hidden.pk})
        assert client.get(address, follow=True).status_code == 404 or client.post(address).status_code == 404, name
        assert client.post(address).status_code in {404, 405}, name
        asked += 1
    assert asked > 15


@pytest.mark.slow
def test_each_look_of_the_named_staff_is_on_record(place, log_in) -> None:
    client = log_in(place.named)
    shown = 0
    for what, ask in pages(place):
        before = Entry.objects.filter(verb__startswith="protected:", actor=f"user:{place.named.pk}").count()
        text = seen(ask(client)).replace(f'value="{NAME}"', "")
        if NAME in text or f"/residents/{place.hidden.pk}/" in text:
            shown += 1
            now = Entry.objects.filter(verb__startswith="protected:", actor=f"user:{place.named.pk}").count()
            assert now > before, what
    assert shown > 8
    for page in ("", "change/", "photo/", "merge/", "household/", "colour/", "protection/", "photo.jpg"):
        before = Entry.objects.filter(verb="protected:open").count()
        assert client.get(f"/residents/{place.hidden.pk}/{page}").status_code == 200
        assert Entry.objects.filter(verb="protected:open").count() == before + 1, page


def test_a_number_that_was_tried_is_answered_as_if_it_lay_elsewhere_and_the_named_staff_see_who(place, log_in) -> None:
    client = log_in(place.other)
    said = {"site": place.site.pk, "full_name": "x", "kind": "resident_card", "number": DIGITS, "language": "en"}
    page = client.post("/residents/new/", said).content.decode()
    assert "cannot be registered here" in page
    assert f"/residents/{place.hidden.pk}/" not in page
    own = log_in(place.named).get(f"/residents/{place.hidden.pk}/").content.decode()
    assert "Somebody typed this person's number" in own
    assert place.other.full_name in own


def test_gates_go_on_knowing_the_card_and_no_board_names_it(place) -> None:
    key = bytes(place.hidden.documents.get().person_key)
    assert states_of([key]) == {key: (Colour.RED, Advice.STAY_HOME)}
    assert masked_names(place.named, [key, key_of(WANG.document)]).keys() == {key_of(WANG.document)}


def test_being_named_gives_no_right_it_only_lifts_the_cover(town, register, employ) -> None:
    wang = register()
    with pytest.raises(RefusedError, match="protection_needs_staff"):
        protect(None, wang, [])
    for nobody in (employ(Role.AUDITOR), employ(Role.OFFICE, community=town.far_community), employ(None)):
        with pytest.raises(RefusedError, match="protection_staff_elsewhere"):
            protect(None, wang, [nobody])
    assert not Protection.objects.exists()


def test_protection_is_set_with_the_registration_itself(town, employ, log_in) -> None:
    user, other = employ(Role.SOCIAL_WORKER, community=town.community), employ(Role.OFFICE)
    said = {"site": town.estate.pk, "full_name": "王秀英", "kind": "resident_card", "number": WANG.number,
            "language": "en", "protect": "on"}  # fmt: skip
    assert log_in(user).post("/residents/new/", said).status_code == 302
    assert not access_residents(other).exists()
    assert access_residents(user).exists()


def test_the_form_names_staff_and_ends_the_protection(place, town, employ, log_in) -> None:
    client, address = log_in(place.named), f"/residents/{place.hidden.pk}/protection/"
    third = employ(Role.SOCIAL_WORKER, site=town.estate)
    outsider = employ(Role.OFFICE, community=town.far_community)
    assert "far" not in client.get(address).content.decode()
    assert client.post(address, {"staff": [outsider.pk]}).status_code == 200
    assert client.post(address, {"staff": [third.pk, place.named.pk]}).headers["location"].endswith("/")
    assert access_residents(third).filter(pk=place.hidden.pk).exists()
    client.post(address, {"lift": "yes"})
    assert access_residents(place.other).filter(pk=place.hidden.pk).exists()
    # Whoever does not name themselves is out, and is not led to a page that is there no more.
    protect(None, place.hidden, [place.named])
    assert client.post(address, {"staff": [third.pk]}).headers["location"] == "/residents/"
    assert client.get(address).status_code == 404


def test_a_protected_half_of_a_merge_protects_the_whole(place) -> None:
    merge(place.named, place.li, place.hidden)
    assert not access_residents(place.other).filter(pk=place.li.pk).exists()
    assert access_residents(place.named).filter(pk=place.li.pk).exists()


def test_telephone_search_finds_several_and_hides_the_protected(place, log_in) -> None:
    set_phones(None, place.wang, [PhoneFacts(PHONE)])
    assert log_in(place.other).post("/residents/", {"words": PHONE}).headers["location"].endswith(f"/{place.wang.pk}/")
    page = log_in(place.named).post("/residents/", {"words": PHONE}).content.decode()
    assert NAME in page
    assert WANG.name in page
    lift_protection(None, place.hidden)
    assert NAME in log_in(place.other).post("/residents/", {"words": PHONE}).content.decode()


def test_where_all_who_were_named_have_left_the_operator_names_somebody(place, employ, monkeypatch) -> None:
    third = employ(Role.OFFICE)
    monkeypatch.setattr(commands, "set_up", lambda _folder: None)
    place.named.is_active = False
    place.named.save()
    assert CliRunner().invoke(commands.app, ["protection-name", str(place.hidden.pk), third.username]).exit_code == 0
    assert access_residents(third).filter(pk=place.hidden.pk).exists()
    assert Entry.objects.filter(verb="protected:protect", actor="system").exists()
    outsider = employ(Role.AUDITOR)
    refused = CliRunner().invoke(commands.app, ["protection-name", str(place.hidden.pk), outsider.username])
    assert refused.exit_code == 1
