"""The client by itself: pages, patience, tries, idempotency keys, what it remembers, and that it says no names.

What it says to a town is tests/centre/api, where every test speaks through it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

import httpx2 as httpx
import pytest

from gatepass.client import (
    Client,
    ConflictError,
    Document,
    InvalidError,
    NoAnswerError,
    NotAllowedError,
    NotFoundError,
    Registering,
    TooManyError,
    UnavailableError,
)
from gatepass.client.shapes import Resident

SITE = {"id": 1, "name": "东门", "kind": "estate", "community": 1, "community_name": "x", "address": "", "gates": 2,
        "time_zone": "Asia/Shanghai", "something_new": True}  # fmt: skip

Answering = Callable[[httpx.Request], httpx.Response]


class Town:
    """Answers from a list, and notes what was asked and how long was waited."""

    def __init__(self, *answers: object) -> None:
        self.asked: list[httpx.Request] = []
        self.waited: list[float] = []
        self._answers = list(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    def client(self, **options) -> Client:
        client = Client("https://town.example", "gpt_secret", transport=httpx.MockTransport(self), **options)
        client._at._sleep = self.waited.append
        return client


def problem(status: int, code: str, **headers: str) -> httpx.Response:
    said = {"code": code, "title": "A sentence.", "status": status, "fields": {"where": "x"}, "type": "urn:x"}
    return httpx.Response(status, json=said, headers={"content-type": "application/problem+json", **headers})


def test_pages_are_fetched_as_they_are_needed() -> None:
    town = Town({"items": [SITE, SITE], "next": "abc"}, {"items": [SITE], "next": None})
    sites = town.client(page=2).sites(kind="estate")
    assert next(sites).name == "东门"
    assert len(town.asked) == 1
    assert len(list(sites)) == 2
    assert [request.url.params.get("cursor") for request in town.asked] == [None, "abc"]
    assert {request.url.params["kind"] for request in town.asked} == {"estate"}
    assert {request.headers["authorization"] for request in town.asked} == {"Bearer gpt_secret"}


@pytest.mark.parametrize("status", [429, 503])
def test_it_waits_as_long_as_it_is_told_and_asks_again(status: int) -> None:
    town = Town(problem(status, "too_fast", **{"retry-after": "7"}), SITE)
    assert town.client().site(1).gates == 2
    assert town.waited == [7.0]


def test_it_does_not_wait_longer_than_its_patience() -> None:
    town = Town(problem(429, "too_many", **{"retry-after": "3600"}))
    with pytest.raises(TooManyError) as error:
        town.client().site(1)
    assert (error.value.retry_after, town.waited, len(town.asked)) == (3600.0, [], 1)


def test_after_a_fault_it_tries_four_times_later_each_time() -> None:
    town = Town(problem(500, "broken"))
    with pytest.raises(UnavailableError):
        town.client().site(1)
    assert len(town.asked) == 4
    assert all(low <= waited <= 3 * low for low, waited in zip((0.5, 1, 2), town.waited, strict=True))


def test_a_deed_that_is_tried_again_carries_the_same_key() -> None:
    town = Town(httpx.ConnectError("x"), problem(500, "broken"), {"id": 3, "registered": True})
    who = Registering(Document("passport", "E1", "CHN"), 1, "赵敏", "told_staff")
    assert town.client().register_resident(who).id == 3
    keys = {request.headers["idempotency-key"] for request in town.asked}
    assert (len(keys), len(town.asked)) == (1, 3)
    assert json.loads(town.asked[0].content) == {
        "person": {"kind": "passport", "number": "E1", "issuer": "CHN"},
        "site": 1,
        "full_name": "赵敏",
        "consent": "told_staff",
    }


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, NotAllowedError), (403, NotAllowedError), (404, NotFoundError), (409, ConflictError), (422, InvalidError)],
)
def test_a_refusal_is_an_error_with_code_and_sentence_and_is_not_tried_again(status: int, kind: type) -> None:
    town = Town(problem(status, "some_code"))
    with pytest.raises(kind) as error:
        town.client().site(1)
    assert (error.value.code, error.value.title, error.value.fields) == ("some_code", "A sentence.", {"where": "x"})
    assert len(town.asked) == 1


def test_what_is_known_already_is_not_sent_again() -> None:
    town = Town(
        httpx.Response(200, json=SITE, headers={"etag": '"abc"'}), httpx.Response(304, headers={"etag": '"abc"'})
    )
    client = town.client()
    assert client.site(1) == client.site(1)
    assert [request.headers.get("if-none-match") for request in town.asked] == [None, '"abc"']


def test_people_are_not_remembered() -> None:
    person = {"id": 1, "site": 1, "full_name": "王秀英", "latin_name": "", "birth": "", "nationality": "",
              "language": "", "home": "", "registered_at": "2026-01-01T00:00:00Z",
              "changed_at": "2026-01-01T00:00:00Z"}  # fmt: skip
    town = Town(httpx.Response(200, json=person, headers={"etag": '"abc"'}))
    client = town.client()
    found = client.resident(1)
    client.resident(1)
    assert [request.headers.get("if-none-match") for request in town.asked] == [None, None]
    assert isinstance(found, Resident)
    assert "王" not in repr(found)


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(302, headers={"location": "https://elsewhere.example/"}), httpx.Response(200, content=b"<html>"),
     httpx.Response(200, json={"id": "one"}), httpx.ConnectError("no")],
)  # fmt: skip
def test_what_is_no_answer_is_said_and_the_token_goes_nowhere_else(answer: object) -> None:
    town = Town(answer)
    with pytest.raises(NoAnswerError):
        town.client(tries=1).site(1)
    assert {request.url.host for request in town.asked} == {"town.example"}


def test_neither_token_nor_number_is_in_a_repr_or_a_log(caplog) -> None:
    town = Town(problem(422, "request_invalid"))
    client = town.client()
    with caplog.at_level(logging.DEBUG), pytest.raises(InvalidError):
        client.health_query(Document("resident_card", "330102194103121829"))
    said = caplog.text + repr(client) + repr(Document("resident_card", "330102194103121829"))
    assert "gpt_" not in said
    assert "330102" not in said


def test_each_operation_of_the_description_is_a_method_and_each_shape_agrees() -> None:
    from pathlib import Path

    import msgspec

    from gatepass.client import shapes

    described = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text(encoding="utf-8"))
    names = {call["operationId"] for path in described["paths"].values() for call in path.values()}
    assert names == {name for name in dir(Client) if not name.startswith("_")} - {"close"}
    theirs = described["components"]["schemas"]
    renamed = {"HealthStatus": "Code", "TokenThing": "Token"}
    for name, schema in theirs.items():
        ours = getattr(shapes, renamed.get(name, name.removesuffix("Thing")), None)
        if ours is not None and name.endswith(("Thing", "Status", "Made", "Verified", "Sent", "Recorded", "Entered")):
            assert {field.name for field in msgspec.structs.fields(ours)} == set(schema["properties"]), name
