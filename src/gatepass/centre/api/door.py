"""What every call of the public API goes through, whatever it is about.

1. Who calls: the token (`Bearer`). 2. Not too often. 3. Is the request as the description says (the library). 4. May
they: the operation stands under one of the token's scopes (`scopes.OPENS`). Then, of a question (`reading`): the noun
answers through its `access_…` functions, and an answer that the program has already is not sent again (ETag). Of a deed
(`writing`): was it answered already (Idempotency-Key); if not, the verb of the noun, and the answer is kept under the
key, in one transaction.
"""

from __future__ import annotations

import hashlib
import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final

from django.core.exceptions import RequestDataTooBig
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import parse_etags
from ninja import NinjaAPI, Path, Query, Schema
from ninja.errors import HttpError, ValidationError
from ninja.security import HttpBearer
from pydantic import Field

from gatepass.centre.accounts.access import Program
from gatepass.centre.api.access import caller_of, token_row
from gatepass.centre.api.actions import token_of
from gatepass.centre.api.cursors import Asked
from gatepass.centre.api.models import Call, Scope, Token
from gatepass.centre.api.problems import CallError, problem
from gatepass.centre.api.scopes import SCOPE_OF, page_of, program_of
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.limits.actions import spend
from gatepass.centre.limits.pace import Pace
from gatepass.centre.passages.log import PassageLogError

MOST_KEY: Final = 64
CALLS, PER_SECONDS = 600, 60
"""Of one token, and of one process of the centre: so many calls in so many seconds."""
PACE: Final = Pace(CALLS, PER_SECONDS)

Id = Annotated[int, Field(ge=1, le=2**53 - 1)]
"""A number of ours; larger ones are none in many a program's JSON."""


@dataclass(frozen=True, slots=True)
class Operation:
    """For the description, and for tests that go through all of them."""

    name: str
    method: str
    path: str
    gives: type[Schema]
    status: int = 200


OPERATIONS: Final[dict[str, Operation]] = {}


class Bearer(HttpBearer):
    def authenticate(self, request: HttpRequest, token: str) -> Program:  # noqa: ARG002 - the library's signature
        found = token_of(token)
        if found is None:
            raise CallError("token_unknown")
        wait = PACE.wait(str(found.pk))
        if wait:
            raise CallError("too_fast", seconds=wait)
        return program_of(found)

    def __call__(self, request: HttpRequest) -> Any:
        if not request.headers.get("Authorization", "").lower().startswith("bearer "):
            raise CallError("token_missing")
        return super().__call__(request)


api = NinjaAPI(
    title="gatepass",
    version="1",
    description=(
        "What a town's gates know, for the programs of others. docs/api.md explains it. Seven of the operations have "
        "the names of GB/T 38963-2020; conformance is not claimed."
    ),
    auth=Bearer(),
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
)


@api.exception_handler(CallError)
def _refused_call(_request: HttpRequest, error: CallError) -> HttpResponse:
    return problem(error.code, error.fields)


@api.exception_handler(RefusedError)
def _refused_verb(_request: HttpRequest, error: RefusedError) -> HttpResponse:
    # What a verb knows of rows is not the caller's business.
    return problem(error.code, {name: value for name, value in error.fields.items() if name in _TOLD})


@api.exception_handler(Http404)
def _not_there(_request: HttpRequest, _error: Http404) -> HttpResponse:
    return problem("not_found", {})


@api.exception_handler(PassageLogError)
def _not_ready(_request: HttpRequest, _error: PassageLogError) -> HttpResponse:
    return problem("not_ready", {})


@api.exception_handler(HttpError)
def _unreadable(_request: HttpRequest, _error: HttpError) -> HttpResponse:
    # The library has one such error of its own: a body that is no JSON.
    return problem("request_invalid", {"where": "", "what": "json"})


@api.exception_handler(RequestDataTooBig)
def _too_large(_request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
    return problem("request_too_large", {})


@api.exception_handler(ValidationError)
def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    first = error.errors[0] if error.errors else {}
    # The place and the rule, never the value: it may be a number.
    place = first.get("loc", ())
    where = ".".join(str(part) for part in (place[2:] if place[:1] == ("body",) else place[-1:]))
    return problem("request_invalid", {"where": where, "what": str(first.get("type", ""))})


_TOLD = frozenset({"minutes", "field", "row", "swapped", "mistyped", "most"})

View = Callable[..., Any]


def reading(path: str, gives: type[Schema]) -> Callable[[View], View]:
    """A GET that asks and changes nothing. The view takes the program, then what stands in path and query."""

    def registered(view: View) -> View:
        def answered(request: HttpRequest, **asked: Any) -> HttpResponse:
            program = caller_of(request)
            _refuse_unless_allowed(program, view.__name__)
            _refuse_unknown_parameters(request, asked)
            said = gives.model_validate(view(program, **asked)).model_dump_json()
            return _unless_known(request, said)

        _register(view, answered, Operation(view.__name__, "GET", path, gives))
        return view

    return registered


def writing(
    path: str,
    gives: type[Schema],
    status: int = 200,
    *,
    method: str = "POST",
    limit: str = "number_of_token",
    first: Callable[..., None] = lambda *_program, **_asked: None,
) -> Callable[[View], View]:
    """A deed that answers twice the same under one Idempotency-Key. The view takes the program, the path, `body`.

    `first` takes the same and is called before the transaction: for what refuses, writes nothing and may take long.
    """

    def registered(view: View) -> View:
        def answered(request: HttpRequest, **asked: Any) -> HttpResponse:
            program = caller_of(request)
            _refuse_unless_allowed(program, view.__name__)
            token, key = token_row(program), request.headers.get("Idempotency-Key", "")
            if len(key) > MOST_KEY:
                raise CallError("request_invalid", where="Idempotency-Key", what="string_too_long")
            asked_hash = hashlib.sha256(f"{request.path}\0".encode() + request.body).digest()
            kept = kept_answer(token, key)
            if kept is not None:
                return _again(kept, asked_hash)
            # Outside the transaction: a call that is refused was a try all the same.
            spend(limit, str(token.pk), request.META.get("REMOTE_ADDR") or None)
            first(program, **asked)
            try:
                with transaction.atomic():
                    said = gives.model_validate(view(program, **asked)).model_dump_json()
                    record(token, "api:call", token, interface=view.__name__)
                    if key:
                        Call.objects.create(
                            token=token, key=key, request_hash=asked_hash, status=status, body=said, at=timezone.now()
                        )
            except CallError as refused:
                if refused.then is not None:
                    refused.then()
                raise
            except IntegrityError:
                # The same call came twice at once: the other one's answer stands, and nothing of this one.
                kept = kept_answer(token, key)
                if kept is None:
                    raise
                return _again(kept, asked_hash)
            return _json(said, status)

        _register(view, answered, Operation(view.__name__, method, path, gives, status))
        return view

    return registered


def kept_answer(token: Token, key: str) -> Call | None:
    return Call.objects.filter(token=token, key=key).first() if key else None


def note_call(program: Program, operation: str) -> None:
    """A question about what people did, though nobody is named: that it was asked is on record."""
    with transaction.atomic():
        record(token_row(program), "api:call", token_row(program), interface=operation)


def _register(view: View, answered: View, operation: Operation) -> None:
    OPERATIONS[operation.name] = operation
    # Not `functools.wraps`: the library reads the parameters of what it calls, and the program is none of them.
    told = typing.get_type_hints(view, include_extras=True)
    asked = list(inspect.signature(view).parameters.values())[1:]
    answered.__name__, answered.__doc__ = view.__name__, view.__doc__
    answered.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=HttpRequest),
            *(one.replace(annotation=_source(one.name, told[one.name], operation)) for one in asked),
        ]
    )
    api.api_operation(
        [operation.method],
        operation.path,
        url_name=f"api_{operation.name}",
        operation_id=operation.name,
        summary=operation.name.replace("_", " "),
        response={operation.status: operation.gives},
    )(answered)


def _source(name: str, hint: Any, operation: Operation) -> Any:
    if f"{{{name}}}" in operation.path:
        return Path[hint]  # type: ignore[misc]
    if isinstance(hint, type) and issubclass(hint, Asked):
        return Query[hint]  # type: ignore[misc]
    return hint


def _refuse_unless_allowed(program: Program, operation: str) -> None:
    if page_of(operation) not in program.pages:
        raise CallError("scope_missing", scope=SCOPE_OF.get(operation, Scope.QUERY).value)


def _refuse_unknown_parameters(request: HttpRequest, asked: dict[str, Any]) -> None:
    """A misspelt filter would show everything."""
    known = {name for one in asked.values() if isinstance(one, Asked) for name in type(one).model_fields}
    for name in request.GET:
        if name not in known or len(request.GET.getlist(name)) > 1:
            raise CallError("request_invalid", where=name[:60], what="extra_forbidden")


def _unless_known(request: HttpRequest, said: str) -> HttpResponse:
    """304 where the program has this very answer already (RFC 9110, If-None-Match)."""
    etag = f'"{hashlib.blake2b(said.encode(), digest_size=12).hexdigest()}"'
    known = parse_etags(request.headers.get("If-None-Match", ""))
    response = HttpResponse(status=304) if etag in known or "*" in known else _json(said, 200)
    response.headers["ETag"] = etag
    return response


def _json(said: str, status: int) -> HttpResponse:
    response = HttpResponse(said, status=status, content_type="application/json")
    # Some of it is about people: no proxy keeps it.
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _again(kept: Call, asked: bytes) -> HttpResponse:
    """The answer that was given under this key, if it was to this request."""
    if bytes(kept.request_hash) != asked:
        raise CallError("idempotency_key_used")
    return _json(str(kept.body), kept.status)
