"""Pages by cursor, answers that hold, and pace: what every list promises, whatever it is of."""

from __future__ import annotations

import pytest
from tests.cast import LI, SUN, WANG, ZHAO
from tests.centre.api.conftest import InProcess, token_for

from gatepass.centre.api import door
from gatepass.centre.api.models import Scope
from gatepass.centre.limits.pace import Pace
from gatepass.centre.sites.actions import create_gate
from gatepass.client import Client, InvalidError, TooManyError
from gatepass.client.connection import Connection
from gatepass.client.shapes import Page, Resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(town, updates):
    """`at(Scope.SITES)`: the client's own connection, to look at single pages."""

    def at(*scopes: Scope, place=None) -> Connection:
        return Client("http://localhost", token_for(*scopes, place=place), transport=InProcess(), tries=1)._at

    return at


def test_what_is_added_meanwhile_moves_nothing(at, register) -> None:
    first = register(WANG), register(LI)
    connection = at(Scope.RESIDENTS)
    page = connection.get("residents", Page[Resident], {"limit": 1})
    third = register(SUN)
    seen = [*page.items]
    while page.next:
        page = connection.get("residents", Page[Resident], {"limit": 1, "cursor": page.next})
        seen += page.items
    assert [one.id for one in seen] == [first[0].pk, first[1].pk, third.pk]


def test_what_goes_meanwhile_leaves_nothing_out(at, town) -> None:
    gates = [create_gate(None, town.estate, f"gate {n}", "in") for n in range(4)]
    connection = at(Scope.GATES)
    page = connection.get("gates", Page[dict], {"limit": 3, "site": town.estate.pk})
    last = page.items[-1]["id"]
    gates[1].delete()
    rest = connection.get("gates", Page[dict], {"limit": 3, "site": town.estate.pk, "cursor": page.next})
    assert [one["id"] for one in rest.items] == [gate.pk for gate in gates if gate.pk and gate.pk > last]
    assert rest.next is None


def test_a_cursor_holds_for_its_own_question_only(at, register, town) -> None:
    for character in (WANG, LI, SUN):
        register(character)
    connection = at()
    cursor = connection.get("residents", Page[Resident], {"limit": 1}).next
    assert cursor
    for path, asked in (
        ("residents", {"site": town.estate.pk}),
        ("sites", {}),
        ("residents", {"changed_since": "2026-01-01T00:00:00Z"}),
    ):
        with pytest.raises(InvalidError) as refused:
            connection.get(path, Page[dict], {**asked, "cursor": cursor})
        assert refused.value.code == "cursor_unknown"
    for wrong in (cursor[:-1], cursor[::-1], "x", "é", "AAAA", cursor + "A", "=" * 8):
        with pytest.raises(InvalidError) as refused:
            connection.get("residents", Page[dict], {"cursor": wrong})
        assert refused.value.code == "cursor_unknown", wrong
    # Another program's cursor gives no right: what its own token may see is asked again.
    assert at(Scope.RESIDENTS, place=town.hospital).get("residents", Page[dict], {"cursor": cursor}).items == []


@pytest.mark.parametrize(
    "asked",
    [{"limit": 0}, {"limit": 101}, {"limit": "many"}, {"limt": 3}, {"cursor": "x" * 201}, {"kind": "castle"},
     {"community": 0}, {"community": 2**60}],
)  # fmt: skip
def test_bounds_and_misspelt_filters_are_refused_by_name(at, asked) -> None:
    with pytest.raises(InvalidError) as refused:
        at(Scope.SITES).get("sites", Page[dict], asked)
    assert (refused.value.code, refused.value.fields["where"]) == ("request_invalid", next(iter(asked)))


@pytest.mark.parametrize("moment", ["2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "soon"])
def test_times_without_an_offset_or_beyond_a_century_are_refused(at, moment: str) -> None:
    with pytest.raises(InvalidError) as refused:
        at(Scope.RESIDENTS).get("residents", Page[dict], {"changed_since": moment})
    assert refused.value.fields["where"] == "changed_since"


def test_an_answer_that_still_holds_is_304_without_a_body(town, updates) -> None:
    headers = {"Authorization": f"Bearer {token_for(Scope.SITES)}"}
    http = InProcess()
    import httpx2 as httpx

    ask = lambda **more: http.handle_request(  # noqa: E731
        httpx.Request("GET", "http://localhost/api/v1/sites", headers={**headers, **more})
    )
    first = ask()
    again = ask(**{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert "no-store" in first.headers["cache-control"]
    create_gate(None, town.estate, "new", "in")
    assert ask(**{"If-None-Match": first.headers["etag"]}).status_code == 200


def test_too_many_calls_are_told_how_long_to_wait_each_token_for_itself(at, monkeypatch) -> None:
    monkeypatch.setattr(door, "PACE", Pace(2, 60))
    hasty, other = at(Scope.SITES), at(Scope.SITES)
    for _ in range(2):
        hasty.get("sites", Page[dict])
    with pytest.raises(TooManyError) as refused:
        hasty.get("sites", Page[dict])
    assert refused.value.code == "too_fast"
    assert refused.value.retry_after == refused.value.fields["seconds"]
    assert 0 < refused.value.retry_after <= 60
    other.get("sites", Page[dict])


def test_a_filter_by_time_shows_whoever_was_changed_since(connect, register) -> None:
    register(WANG)
    late = register(ZHAO)
    found = list(connect(Scope.RESIDENTS).residents(changed_since=late.changed_at))
    assert late.pk in {one.id for one in found}
