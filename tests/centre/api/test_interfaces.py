"""The seven interfaces as a program meets them: token, scope, idempotency, problems, and what they do.

Through the typed client; what no client of ours would send goes by `raw`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2 as httpx
import msgspec
import pytest
from django.test import Client as Browser
from django.utils import timezone
from tests.cast import LI, STRANGER, WANG
from tests.centre.api.conftest import InProcess, token_for
from tests.centre.api.world import document

from gatepass.centre.accounts.roles import Role
from gatepass.centre.api import door
from gatepass.centre.api.actions import LONGEST, forget_answers, issue_token, revoke_token
from gatepass.centre.api.models import Call, Scope, Token
from gatepass.centre.appeals.models import Appeal
from gatepass.centre.audit.models import Entry
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.errors import RefusedError
from gatepass.centre.facts.models import Fact
from gatepass.centre.limits.limits import LIMITS, Limit
from gatepass.centre.papers.models import Paper
from gatepass.centre.people.models import Resident
from gatepass.centre.people.protection.actions import protect
from gatepass.client import (
    ApiError,
    Client,
    ConflictError,
    InvalidError,
    NotAllowedError,
    NotFoundError,
    Registering,
    Stay,
    TooManyError,
    UnavailableError,
)
from gatepass.policy import Colour

pytestmark = pytest.mark.django_db
QUERY = "/api/v1/health-queries"
ABROAD = Stay("420100", datetime(2026, 1, 2, tzinfo=UTC))


def applying(site: int, character=WANG) -> Registering:
    return Registering(document(character), site, "王秀英", "told_staff")


Ask = Callable[[Client, int, Any], Any]
"""Of a program, about somebody, who lives at a site."""
SEVEN: dict[Scope, Ask] = {
    Scope.DECLARE: lambda client, _site, who: client.health_declaration(document(who)),
    Scope.TRIPS: lambda client, _site, who: client.trip_declaration(document(who), [ABROAD]),
    Scope.QUERY: lambda client, _site, who: client.health_query(document(who)),
    Scope.APPLY: lambda client, site, who: client.code_application(applying(site, who)),
    Scope.MAKE: lambda client, _site, who: client.code_making(document(who)),
    Scope.VERIFY: lambda client, _site, _who: client.code_verifying("GP1:NOTHING"),
    Scope.CORRECT: lambda client, _site, who: client.health_correction(document(who), "over", "已经好了"),
}
ABOUT_SOMEBODY = [scope for scope in SEVEN if scope not in {Scope.VERIFY, Scope.APPLY}]
PATHS = {
    *("/api/v1/health-declarations", "/api/v1/trip-declarations", QUERY, "/api/v1/code-applications"),
    *("/api/v1/code-makings", "/api/v1/code-verifications", "/api/v1/health-corrections"),
}


@pytest.fixture
def program(connect):
    """`program(scope, …)`: a client with a token for these, else for the seven; `place=` narrows it."""
    return lambda *scopes, **options: connect(*(scopes or SEVEN), **options)


@pytest.fixture
def wang(register):
    resident = register()
    set_colour(None, resident, Colour.YELLOW)
    return resident


def raw(path: str, content: bytes = b"", method: str = "POST", **headers: str) -> httpx.Response:
    """What comes back to a program that does as it likes."""
    given = {"Authorization": f"Bearer {token_for()}", "Content-Type": "application/json", **headers}
    with httpx.Client(transport=InProcess(), base_url="http://localhost") as http:
        return http.request(method, path, content=content, headers=given)


def refused(ask: Callable[[], Any]) -> ApiError:
    with pytest.raises(ApiError) as error:
        ask()
    return error.value


def test_the_description_names_the_seven_interfaces_and_is_valid_openapi(db) -> None:
    described = Browser().get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.")
    assert {path: list(described["paths"][path]) for path in PATHS} == {path: ["post"] for path in PATHS}
    assert "conformance is not claimed" in described["info"]["description"]


@pytest.mark.parametrize("scope", SEVEN)
def test_each_interface_asks_for_its_own_scope(program, town, wang, scope: Scope) -> None:
    SEVEN[scope](program(scope), town.estate.pk, WANG)
    others = program(*(one for one in Scope if one != scope))
    error = refused(lambda: SEVEN[scope](others, town.estate.pk, WANG))
    assert (type(error), error.code, error.fields) == (NotAllowedError, "scope_missing", {"scope": scope.value})


@pytest.mark.parametrize("scope", SEVEN)
def test_a_token_that_is_unknown_revoked_or_over_opens_nothing(program, town, wang, employ, scope: Scope) -> None:
    made_up = Client("http://localhost", "gpt_made_up", transport=InProcess(), tries=1)
    over = program()
    Token.objects.update(expires_at=timezone.now())
    taken_back = program()
    revoke_token(employ(Role.ADMINISTRATOR), Token.objects.order_by("-id")[0])
    for client in (made_up, over, taken_back):
        error = refused(lambda client=client: SEVEN[scope](client, town.estate.pk, WANG))
        assert (error.status, error.code) == (401, "token_unknown")


@pytest.mark.parametrize("scope", ABOUT_SOMEBODY)
def test_nobody_outside_the_tokens_community_and_nobody_protected_is_known(
    program, town, register, wang, employ, scope: Scope
) -> None:
    register(LI, town.far_site)
    near = program(place=town.community)
    far, nobody = (refused(lambda who=who: SEVEN[scope](near, town.estate.pk, who)) for who in (LI, STRANGER))
    assert (type(far), far.code, far.title, far.fields) == (NotFoundError, nobody.code, nobody.title, nobody.fields)
    protect(None, wang, [employ(Role.OFFICE)])
    assert isinstance(refused(lambda: SEVEN[scope](program(), town.estate.pk, WANG)), NotFoundError)


def test_a_query_answers_in_words_without_a_reason(program, wang) -> None:
    said = program().health_query(document(WANG))
    assert set(said.__struct_fields__) == {"colour", "advice", "valid_until", "as_of"}
    assert said.colour == "yellow"
    plain = raw(QUERY, msgspec.json.encode({"person": document(WANG)})).json()
    assert plain.keys() == {"colour", "advice", "valid_until", "as_of"}, "and nothing beside what the client reads"


def test_a_declaration_and_a_journey_become_facts(program, wang) -> None:
    client = program()
    assert client.health_declaration(document(WANG), ["fever"], temperature=38.2).recorded == 1
    assert client.trip_declaration(document(WANG), [ABROAD]).recorded == 1
    assert [fact.data.get("temperature") for fact in Fact.objects.filter(kind="declaration")] == [382]
    assert Fact.objects.filter(kind="stay", source="system").count() == 1


def test_an_application_registers_once(program, town) -> None:
    client = program()
    assert [client.code_application(applying(town.estate.pk)).registered for _ in range(2)] == [True, False]
    assert Resident.objects.count() == 1


def test_an_application_for_a_site_of_another_community_is_refused(program, town) -> None:
    near = program(place=town.community)
    error = refused(lambda: near.code_application(applying(town.far_site.pk)))
    assert (type(error), error.fields["where"]) == (InvalidError, "site")
    assert not Resident.objects.exists()


def test_a_code_that_was_made_is_verified_and_one_that_was_replaced_is_not(program, wang) -> None:
    client = program()
    first = client.code_making(document(WANG))
    verified = client.code_verifying(first.text)
    assert verified.status is not None
    assert (verified.outcome, verified.status.colour) == ("pass", "yellow")
    client.code_making(document(WANG))
    again = client.code_verifying(first.text)
    assert (again.outcome, again.reasons, again.status) == ("refuse", ["code_revoked"], None)


def test_a_verification_says_what_to_do_in_the_language_that_is_asked_for(program) -> None:
    languages = ("zh-hans", "zh-hant", "en", "ko", "ja")
    assert len({program(language=language).code_verifying("x").sentence for language in languages}) == 5


def test_a_correction_opens_an_objection_with_its_clock(program, wang) -> None:
    assert program().health_correction(document(WANG), "over", "已经好了").due > timezone.now()
    assert Appeal.objects.get().resident == wang


def test_the_same_key_gives_the_same_answer_once(program, wang) -> None:
    client = program()
    assert len({client.code_making(document(WANG), key="a") for _ in range(3)}) == 1
    assert Paper.objects.count() == 1
    error = refused(lambda: client.code_making(document(LI), key="a"))
    assert (type(error), error.code) == (ConflictError, "idempotency_key_used")
    program().code_making(document(WANG), key="a")
    assert Paper.objects.count() == 2
    assert forget_answers(timezone.now() + timedelta(days=2)) == Call.objects.count() + 2


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "person"),
        ({"person": {"kind": "wax_tablet", "number": "1"}}, "person.kind"),
        ({"person": {"kind": "passport", "number": "x" * 65}}, "person.number"),
        ({"person": {"kind": "passport", "number": "1"}, "colour": "green"}, "colour"),
    ],
)
def test_what_is_not_as_described_is_named_without_its_value(town, updates, body: object, where: str) -> None:
    answer = raw(QUERY, msgspec.json.encode(body))
    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")
    assert answer.json()["fields"]["where"].endswith(where)
    assert "wax_tablet" not in answer.text


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"person":' * 50])
def test_what_is_no_json_is_refused_and_breaks_nothing(town, updates, content: bytes) -> None:
    assert 400 <= raw(QUERY, content).status_code < 500


def test_going_through_numbers_is_stopped_and_alarmed(program, monkeypatch) -> None:
    rule = LIMITS["number_of_token"]
    monkeypatch.setitem(LIMITS, "number_of_token", Limit(3, rule.within, rule.words))
    client = program()
    errors = [refused(lambda: client.health_query(document(STRANGER))) for _ in range(4)]
    assert [type(error) for error in errors] == [NotFoundError] * 3 + [TooManyError]
    assert (errors[-1].retry_after or 0) > 0
    assert Entry.objects.filter(verb="alarm:raise").count() == 1


def test_a_token_is_shown_once_and_is_not_in_the_database(employ, log_in, town) -> None:
    client = log_in(employ(Role.ADMINISTRATOR))
    until = (timezone.now() + timedelta(days=30)).date().isoformat()
    page = client.post("/tokens/", {"name": "laboratory", "scopes": ["declare"], "until": until}).content.decode()
    assert "gpt_" in page
    assert "gpt_" not in client.get("/tokens/").content.decode()
    assert "laboratory" in client.get("/tokens/export.csv").content.decode()
    client.post(f"/tokens/{Token.objects.get().pk}/revoke/")
    assert Token.objects.get().revoked_at is not None
    assert [entry.verb for entry in Entry.objects.order_by("id")][-2:] == ["token:issue", "token:revoke"]


@pytest.mark.parametrize(
    ("scopes", "days", "code"),
    [([], 30, "token_scopes"), ([Scope.QUERY], -1, "token_period"), ([Scope.QUERY], LONGEST.days + 1, "token_period")],
)
def test_a_token_without_scope_or_end_is_not_issued(db, scopes, days: int, code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        issue_token(None, "x", scopes, None, timezone.now() + timedelta(days=days))
    assert refused.value.code == code


def test_no_number_and_no_name_is_in_the_audit(program, town) -> None:
    program().code_application(applying(town.estate.pk))
    said = " ".join(str(entry.fields) + entry.object for entry in Entry.objects.all())
    assert WANG.document.number not in said
    assert "王秀英" not in said


def test_whatever_goes_wrong_is_a_problem_and_no_page(town, updates, settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answers = {
        "request_invalid": raw(QUERY, b"{"),
        "request_too_large": raw(QUERY, b"[" * 2000),
        "method_wrong": raw(QUERY, method="GET"),
        "call_unknown": raw("/api/v1/nothing", method="GET"),
        "token_missing": raw(QUERY, b"{}", Authorization="Basic eA"),
    }
    for code, answer in answers.items():
        assert answer.headers["content-type"].startswith("application/problem+json"), code
        assert (answer.json()["code"], answer.json()["status"]) == (code, answer.status_code)
    assert answers["method_wrong"].headers["allow"] == "POST"
    assert Browser().get("/nothing").headers["content-type"].startswith("text/html")


def test_a_fault_of_our_own_is_a_problem_too_and_leaves_nothing(program, wang, monkeypatch) -> None:
    monkeypatch.setattr("gatepass.centre.api.calls.paper_text", lambda _paper: 1 / 0)
    error = refused(lambda: program().code_making(document(WANG)))
    assert (type(error), error.status, error.code) == (UnavailableError, 500, "broken")
    assert not Paper.objects.exists()


def test_two_calls_under_one_key_at_once_do_it_once(program, wang, monkeypatch) -> None:
    """The second has looked for an answer before the first had written it."""
    client = program()
    first = client.code_making(document(WANG), key="a")
    looks = iter([None])
    monkeypatch.setattr(door, "kept_answer", lambda token, key: next(looks, Call.objects.get(token=token, key=key)))
    assert client.code_making(document(WANG), key="a") == first
    assert Paper.objects.count() == 1
    assert Paper.objects.get().voided_at is None


def test_a_key_that_is_too_long_is_refused_and_not_cut(program, wang) -> None:
    error = refused(lambda: program().code_making(document(WANG), key="k" * 65))
    assert (type(error), error.fields["where"]) == (InvalidError, "Idempotency-Key")


@pytest.mark.parametrize(
    ("stay", "field"),
    [
        ({"at": "0001-01-01T00:00:00+14:00"}, "at"),
        ({"at": "2026-01-01T00:00:00Z", "until": "9999-12-31T23:59:59-14:00"}, "until"),
        ({"at": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"}, "until"),
    ],
)
def test_a_journey_that_cannot_be_is_refused_with_its_row(
    wang, town, updates, stay: dict[str, str], field: str
) -> None:
    stays = [{"region": "420100", "at": "2026-01-02T00:00:00+08:00"}, {"region": "420100", **stay}]
    answer = raw("/api/v1/trip-declarations", msgspec.json.encode({"person": document(WANG), "stays": stays}))
    assert (answer.status_code, answer.json()["fields"]) == (409, {"field": field, "row": 2})
    assert not Fact.objects.exists()
