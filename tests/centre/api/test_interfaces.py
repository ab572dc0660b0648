"""The seven interfaces as a program meets them: token, scope, idempotency, problems, and what they do."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import LI, STRANGER, WANG

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
from gatepass.policy import Colour

pytestmark = pytest.mark.django_db
SEVEN = {
    "/api/v1/health-declarations": Scope.DECLARE,
    "/api/v1/trip-declarations": Scope.TRIPS,
    "/api/v1/health-queries": Scope.QUERY,
    "/api/v1/code-applications": Scope.APPLY,
    "/api/v1/code-makings": Scope.MAKE,
    "/api/v1/code-verifications": Scope.VERIFY,
    "/api/v1/health-corrections": Scope.CORRECT,
}


def person(character=WANG) -> dict[str, str]:
    document = character.document
    return {"kind": document.kind.value, "number": document.number, "issuer": document.issuer}


def body_of(path: str, character=WANG, site: int = 0) -> dict[str, object]:
    if path.endswith("code-verifications"):
        return {"text": "GP1:NOTHING"}
    more: dict[str, object] = {
        "trip-declarations": {"stays": [{"region": "420100", "at": "2026-01-02T00:00:00+08:00"}]},
        "code-applications": {"site": site, "full_name": "王秀英", "consent": "told_staff"},
        "health-corrections": {"about": "over", "words": "已经好了"},
    }.get(path.rpartition("/")[2], {})
    return {"person": person(character), **more}


@pytest.fixture
def program(town, updates):
    """`program(scope, …)`: a client with a token; `place=` narrows it."""

    def program(*scopes: Scope, place=None, language: str = "en") -> Client:
        until = timezone.now() + timedelta(days=30)
        chosen = list(scopes or Scope)
        _token, text = issue_token(None, f"program {Token.objects.count()}", chosen, place, until)
        return Client(headers={"Authorization": f"Bearer {text}", "Accept-Language": language})

    return program


def call(client: Client, path: str, body: object, **headers: str):
    return client.post(path, json.dumps(body), content_type="application/json", headers=headers)


@pytest.fixture
def wang(register):
    resident = register()
    set_colour(None, resident, Colour.YELLOW)
    return resident


def test_the_description_names_the_seven_interfaces_and_is_valid_openapi(db) -> None:
    described = Client().get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.")
    assert {path: list(described["paths"][path]) for path in SEVEN} == {path: ["post"] for path in SEVEN}
    assert "conformance is not claimed" in described["info"]["description"]


@pytest.mark.parametrize("path", SEVEN)
def test_each_interface_asks_for_its_own_scope(program, town, wang, path: str) -> None:
    body = body_of(path, site=town.estate.pk)
    assert call(program(SEVEN[path]), path, body).status_code == 200
    others = program(*(scope for scope in Scope if scope != SEVEN[path]))
    refused = call(others, path, body)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert refused.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize("path", SEVEN)
def test_a_token_that_is_unknown_revoked_or_over_opens_nothing(program, town, wang, employ, path: str) -> None:
    body = body_of(path, site=town.estate.pk)
    made_up = Client(headers={"Authorization": "Bearer gpt_made_up"})
    assert call(made_up, path, body).json()["code"] == "token_unknown"
    client = program()
    Token.objects.update(expires_at=timezone.now())
    assert call(client, path, body).status_code == 401
    client = program()
    revoke_token(employ(Role.ADMINISTRATOR), Token.objects.order_by("-id")[0])
    assert call(client, path, body).status_code == 401


@pytest.mark.parametrize("path", [path for path in SEVEN if "verif" not in path and "applications" not in path])
def test_nobody_outside_the_tokens_community_and_nobody_protected_is_known(
    program, town, register, wang, employ, path: str
) -> None:
    register(LI, town.far_site)
    near = program(place=town.community)
    unknown = call(near, path, body_of(path, STRANGER))
    for character in (LI, STRANGER):
        answer = call(near, path, body_of(path, character))
        assert (answer.status_code, answer.content) == (404, unknown.content)
    protect(None, wang, [employ(Role.OFFICE)])
    assert call(program(), path, body_of(path)).status_code == 404


def test_a_query_answers_in_words_without_a_reason(program, wang) -> None:
    said = call(program(), "/api/v1/health-queries", {"person": person()}).json()
    assert said.keys() == {"colour", "advice", "valid_until", "as_of"}
    assert said["colour"] == "yellow"


def test_a_declaration_and_a_journey_become_facts(program, wang) -> None:
    client = program()
    declared = {"person": person(), "symptoms": ["fever"], "temperature": 38.2}
    assert call(client, "/api/v1/health-declarations", declared).json() == {"recorded": 1}
    assert call(client, "/api/v1/trip-declarations", body_of("/api/v1/trip-declarations")).json() == {"recorded": 1}
    assert [fact.data.get("temperature") for fact in Fact.objects.filter(kind="declaration")] == [382]
    assert Fact.objects.filter(kind="stay", source="system").count() == 1


def test_an_application_registers_once(program, town) -> None:
    client, body = program(), body_of("/api/v1/code-applications", site=town.estate.pk)
    assert call(client, "/api/v1/code-applications", body).json() == {"registered": True}
    assert call(client, "/api/v1/code-applications", body).json() == {"registered": False}
    assert Resident.objects.count() == 1


def test_an_application_for_a_site_of_another_community_is_refused(program, town) -> None:
    body = body_of("/api/v1/code-applications", site=town.far_site.pk)
    answer = call(program(place=town.community), "/api/v1/code-applications", body)
    assert (answer.status_code, answer.json()["fields"]["where"]) == (422, "site")
    assert not Resident.objects.exists()


def test_a_code_that_was_made_is_verified_and_one_that_was_replaced_is_not(program, wang) -> None:
    client = program()
    first = call(client, "/api/v1/code-makings", {"person": person()}).json()
    verified = call(client, "/api/v1/code-verifications", {"text": first["text"]}).json()
    assert (verified["outcome"], verified["status"]["colour"]) == ("pass", "yellow")
    call(client, "/api/v1/code-makings", {"person": person()})
    again = call(client, "/api/v1/code-verifications", {"text": first["text"]}).json()
    assert (again["outcome"], again["reasons"], again["status"]) == ("refuse", ["code_revoked"], None)


def test_a_verification_says_what_to_do_in_the_language_that_is_asked_for(program) -> None:
    said = {language: call(program(language=language), "/api/v1/code-verifications", {"text": "x"}).json()["sentence"]
            for language in ("zh-hans", "zh-hant", "en", "ko", "ja")}  # fmt: skip
    assert len(set(said.values())) == 5


def test_a_correction_opens_an_objection_with_its_clock(program, wang) -> None:
    said = call(program(), "/api/v1/health-corrections", body_of("/api/v1/health-corrections")).json()
    assert said["due"]
    assert Appeal.objects.get().resident == wang


def test_the_same_key_gives_the_same_answer_once(program, wang) -> None:
    client = program()
    answers = [call(client, "/api/v1/code-makings", {"person": person()}, **{"Idempotency-Key": "a"}) for _ in range(3)]
    assert len({answer.content for answer in answers}) == 1
    assert Paper.objects.count() == 1
    other = call(client, "/api/v1/code-makings", {"person": person(LI)}, **{"Idempotency-Key": "a"})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_used")
    call(program(), "/api/v1/code-makings", {"person": person()}, **{"Idempotency-Key": "a"})
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
def test_what_is_not_as_described_is_named_without_its_value(program, body: object, where: str) -> None:
    answer = call(program(), "/api/v1/health-queries", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")
    assert answer.json()["fields"]["where"].endswith(where)
    assert "wax_tablet" not in answer.content.decode()


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"person":' * 50])
def test_what_is_no_json_is_refused_and_breaks_nothing(program, raw: bytes) -> None:
    answer = program().post("/api/v1/health-queries", raw, content_type="application/json")
    assert 400 <= answer.status_code < 500


def test_going_through_numbers_is_stopped_and_alarmed(program, monkeypatch) -> None:
    rule = LIMITS["number_of_token"]
    monkeypatch.setitem(LIMITS, "number_of_token", Limit(3, rule.within, rule.words))
    client = program()
    answers = [call(client, "/api/v1/health-queries", {"person": person(STRANGER)}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [404, 404, 404, 429]
    assert int(answers[-1].headers["retry-after"]) > 0
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
    call(program(), "/api/v1/code-applications", body_of("/api/v1/code-applications", site=town.estate.pk))
    said = " ".join(str(entry.fields) + entry.object for entry in Entry.objects.all())
    assert WANG.document.number not in said
    assert "王秀英" not in said


def test_whatever_goes_wrong_is_a_problem_and_no_page(program, wang, settings) -> None:
    client, path = program(), "/api/v1/health-queries"
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answers = {
        "request_invalid": client.post(path, b"{", content_type="application/json"),
        "request_too_large": client.post(path, b"[" * 2000, content_type="application/json"),
        "method_wrong": client.get(path),
        "call_unknown": client.get("/api/v1/nothing"),
        "token_missing": client.post(path, {}, content_type="application/json", headers={"Authorization": "Basic eA"}),
    }
    for code, answer in answers.items():
        assert answer.headers["content-type"].startswith("application/problem+json"), code
        assert (answer.json()["code"], answer.json()["status"]) == (code, answer.status_code)
    assert answers["method_wrong"].headers["allow"] == "POST"
    assert client.get("/nothing").headers["content-type"].startswith("text/html")


def test_a_fault_of_our_own_is_a_problem_too_and_leaves_nothing(program, wang, monkeypatch) -> None:
    client = program()
    client.raise_request_exception = False
    monkeypatch.setattr("gatepass.centre.api.calls.paper_text", lambda _paper: 1 / 0)
    answer = call(client, "/api/v1/code-makings", {"person": person()})
    assert (answer.status_code, answer.json()["code"]) == (500, "broken")
    assert not Paper.objects.exists()


def test_two_calls_under_one_key_at_once_do_it_once(program, wang, monkeypatch) -> None:
    """The second has looked for an answer before the first had written it."""
    client = program()
    first = call(client, "/api/v1/code-makings", {"person": person()}, **{"Idempotency-Key": "a"})
    looks = iter([None])
    monkeypatch.setattr(door, "kept_answer", lambda token, key: next(looks, Call.objects.get(token=token, key=key)))
    second = call(client, "/api/v1/code-makings", {"person": person()}, **{"Idempotency-Key": "a"})
    assert (second.status_code, second.content) == (200, first.content)
    assert Paper.objects.count() == 1
    assert Paper.objects.get().voided_at is None


def test_a_key_that_is_too_long_is_refused_and_not_cut(program, wang) -> None:
    answer = call(program(), "/api/v1/code-makings", {"person": person()}, **{"Idempotency-Key": "k" * 65})
    assert (answer.status_code, answer.json()["fields"]["where"]) == (422, "Idempotency-Key")


@pytest.mark.parametrize(
    ("stay", "field"),
    [
        ({"at": "0001-01-01T00:00:00+14:00"}, "at"),
        ({"at": "2026-01-01T00:00:00Z", "until": "9999-12-31T23:59:59-14:00"}, "until"),
        ({"at": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"}, "until"),
    ],
)
def test_a_journey_that_cannot_be_is_refused_with_its_row(program, wang, stay: dict[str, str], field: str) -> None:
    stays = [{"region": "420100", "at": "2026-01-02T00:00:00+08:00"}, {"region": "420100", **stay}]
    answer = call(program(), "/api/v1/trip-declarations", {"person": person(), "stays": stays})
    assert (answer.status_code, answer.json()["fields"]) == (409, {"field": field, "row": 2})
    assert not Fact.objects.exists()
