"""Operation × scope × place: what each token opens, and that nothing of another place comes through any operation.

A new operation fails here until somebody has written down how it is asked, and under which scope it opens.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import timezone
from tests.cast import LI, WANG
from tests.centre.api.world import ABOUT_COMPANIES, CALLS, LISTS, OWN, build, document
from tests.centre.passages.conftest import keep
from tests.centre.passages.contract import TUESDAY

from gatepass.centre.accounts.roles import Role
from gatepass.centre.alarms.models import Alarm
from gatepass.centre.api.describing import OPERATIONS
from gatepass.centre.api.models import Scope
from gatepass.centre.api.scopes import EVERY_TOKEN, OF_A_COMPANY, OPENS, SCOPE_OF
from gatepass.centre.audit.models import Entry
from gatepass.centre.employers.models import Company
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.models import Resident
from gatepass.centre.people.protection.actions import protect
from gatepass.centre.privacy.held import looks
from gatepass.client import ConflictError, InvalidError, NotAllowedError, NotFoundError

pytestmark = pytest.mark.django_db
__all__ = ["keep"]

SHOWS_PEOPLE = {"resident", "resident_code", "health_query"}


@pytest.fixture
def world(town, updates, register, employ, keep):
    return build(town, register, employ, keep)


def test_every_operation_stands_under_one_scope_and_is_asked_here() -> None:
    operations = [operation for some in OPENS.values() for operation in some] + list(EVERY_TOKEN)
    assert sorted(operations) == sorted(OPERATIONS) == sorted(CALLS)
    assert set(OPENS) == set(Scope)


def test_a_scope_opens_what_the_table_says_and_nothing_else(connect, world) -> None:
    for scope in Scope:
        # An address without anything to be told is refused: it comes with the scope of an event.
        scopes = [scope, *([Scope.STATISTICS] if scope is Scope.WEBHOOKS else [])]
        client, opened = connect(*scopes), {name for one in scopes for name in OPENS[one]}
        for operation, ask in CALLS.items():
            if operation in opened or operation in EVERY_TOKEN:
                ask(client, world.near)
            else:
                with pytest.raises(NotAllowedError) as refused:
                    ask(client, world.near)
                assert refused.value.code == "scope_missing"
                assert refused.value.fields == {"scope": SCOPE_OF[operation].value}


# Which side a token of each place reaches, of what is at sites and of what is about companies.
PLACES = {
    "town": ({"near", "far"}, {"near", "far"}),
    "community": ({"near"}, {"near"}),
    "estate": ({"near"}, set()),
    "hospital": (set(), set()),
    "company": (None, {"near"}),
}


@pytest.mark.parametrize("place", PLACES)
def test_nothing_of_another_place_comes_through_any_operation(connect, world, town, place: str) -> None:
    company = Company.objects.get(pk=world.near.company)
    places = {"town": None, "community": town.community, "estate": town.estate, "hospital": town.hospital}
    client = connect(place=places.get(place, company) if place != "town" else None)
    for operation, ask in CALLS.items():
        reached = PLACES[place][operation in ABOUT_COMPANIES]
        for name, side in (("near", world.near), ("far", world.far)):
            if reached is None and operation not in {"token", "code_verifying"}:
                with pytest.raises(NotAllowedError):
                    ask(client, side)
            elif operation in LISTS:
                found = {one.id for one in ask(client, side)}
                assert (LISTS[operation](side) in found) == (name in reached), (operation, name)
            elif operation == "events":
                # Those of what the token itself has registered meanwhile; of webhooks: test_deliveries.
                assert {one.data["site"] for one in ask(client, side)} <= {getattr(world, one).site for one in reached}
            elif operation in {"passages", "statistics"}:
                assert {one.site for one in ask(client, side)} == {getattr(world, one).site for one in reached}, (
                    operation
                )
            elif operation in OWN | {"code_verifying"} or name in reached:
                ask(client, side)
            else:
                with pytest.raises((NotFoundError, InvalidError)) as refused:
                    ask(client, side)
                assert refused.value.code in {"not_found", "person_unknown", "request_invalid"}, operation


def test_what_is_not_there_and_what_is_elsewhere_are_answered_alike(connect, world, town) -> None:
    client = connect(place=town.community)
    for operation in ("site", "gate", "alarm", "resident", "resident_code", "application", "company"):
        said = set()
        for number in (10**9, getattr(world.far, operation.partition("_")[0])):
            with pytest.raises(NotFoundError) as refused:
                getattr(client, operation)(number)
            said.add((refused.value.code, refused.value.title, str(refused.value.fields)))
        assert len(said) == 1, operation


def test_a_protected_person_is_in_no_list_and_behind_no_number(connect, world, employ) -> None:
    protect(None, Resident.objects.get(pk=world.near.resident), [employ(Role.OFFICE)])
    client = connect()
    assert world.near.resident not in {one.id for one in client.residents()}
    for operation in SHOWS_PEOPLE:
        with pytest.raises(NotFoundError):
            CALLS[operation](client, world.near)
    with pytest.raises(ConflictError) as refused:
        client.register_resident(_again(world))
    assert refused.value.code == "document_elsewhere"
    # Those who are named see that the number was tried, though the call was taken back.
    assert Entry.objects.filter(verb="protected:try_number", object=f"resident:{world.near.resident}").exists()


def _again(world):
    from gatepass.client import Registering

    return Registering(document(WANG), world.near.site, "王秀英", "told_staff")


def test_every_look_at_somebody_is_on_record_and_shown_to_them(connect, world) -> None:
    client, resident = connect(), Resident.objects.get(pk=world.near.resident)
    list(client.residents())
    CALLS["resident"](client, world.near)
    CALLS["resident_code"](client, world.near)
    CALLS["health_query"](client, world.near)
    seen = looks(resident)
    assert [look.page for look in seen] == ["api_health_query", "api_resident_code", "api_resident", "api_residents"]
    assert {look.who for look in seen} == {"program 0"}
    other = Resident.objects.get(pk=world.far.resident)
    assert [look.page for look in looks(other)] == ["api_residents"]
    said = " ".join(str(entry.fields) + entry.object for entry in Entry.objects.all())
    assert WANG.document.number not in said
    assert WANG.name not in said


def test_a_companys_people_are_read_on_record_too(connect, world) -> None:
    list(connect(Scope.STAFF).colleagues(world.near.company))
    entry = Entry.objects.get(verb="company:read_staff")
    assert (entry.object, entry.fields["colleagues"]) == (f"company:{world.near.company}", [world.near.colleague])


def test_a_companys_own_token_may_do_no_more_than_a_company_needs(connect, world) -> None:
    company = Company.objects.get(pk=world.near.company)
    with pytest.raises(RefusedError) as refused:
        connect(Scope.RESIDENTS, place=company)
    assert refused.value.code == "token_of_company"
    assert set(connect(place=company).token().scopes) == {scope.value for scope in OF_A_COMPANY}


def test_programs_hear_of_gates_and_not_of_network_addresses(connect, world) -> None:
    assert {one.kind for one in connect().alarms()} == {"gate_silent"}
    assert Alarm.objects.filter(kind="tried_too_often").exists()


def test_a_passage_says_nothing_of_who_it_was(connect, world) -> None:
    found = list(connect(Scope.PASSAGES).passages())
    assert len(found) == 16
    assert set(found[0].__struct_fields__) == {"id", "gate", "site", "at", "direction", "outcome", "verdict"}
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)
    assert Entry.objects.filter(verb="api:call", fields__interface="passages").exists()


def test_small_counts_are_hidden_and_no_total_tells_them(connect, world) -> None:
    hours = [(one.hour, one.entered, one.left) for one in connect(Scope.STATISTICS).statistics(TUESDAY)]
    assert hours == [(9, 7, 0), (9, 7, 0), (10, None, 0), (10, None, 0)]


def test_the_page_of_the_api_names_every_operation_with_its_scope() -> None:
    page = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| .+? \| `(GET|POST|PUT|DELETE) (/api/v1/[^`]+)` \| `?([\w ]+?)`? \|$", page, re.MULTILINE)
    expected = {
        (one.method, "/api/v1" + one.path, SCOPE_OF[name].value if name in SCOPE_OF else "every token")
        for name, one in OPERATIONS.items()
    }
    assert set(rows) == expected
    assert len(rows) == len(expected)


def test_a_token_that_is_over_or_revoked_reads_nothing(connect, world) -> None:
    from gatepass.centre.api.models import Token

    client = connect()
    Token.objects.update(expires_at=timezone.now())
    for operation in ("sites", "residents", "passages", "token"):
        with pytest.raises(NotAllowedError) as refused:
            CALLS[operation](client, world.near)
        assert refused.value.code == "token_unknown"


def test_the_other_one_is_the_far_one(world) -> None:
    """The table above proves something only while the two sides differ."""
    assert world.near.person == document(WANG)
    assert world.far.person == document(LI)
    assert world.near.site != world.far.site
