"""The seven interfaces, under the names of GB/T 38963-2020. Conformance is not claimed: see docs/api.md.

Every call: 1. who calls (token), 2. may they (scope), 3. was it answered already (Idempotency-Key), 4. the verb of the
noun, 5. the answer is kept under the key. A person is looked up by document within the token's community only; one who
is protected is not known here, whoever asks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.security import HttpBearer

from gatepass.centre.api import schemas
from gatepass.centre.api.actions import token_of
from gatepass.centre.api.models import Call, Scope, Token
from gatepass.centre.api.problems import CallError, problem
from gatepass.centre.appeals.actions import send_appeal
from gatepass.centre.appeals.models import Appeal
from gatepass.centre.audit.actions import record
from gatepass.centre.codes.models import Code
from gatepass.centre.errors import RefusedError
from gatepass.centre.facts.actions import Knowledge, Source, record_facts
from gatepass.centre.limits.actions import spend
from gatepass.centre.papers.actions import issue_paper, paper_text
from gatepass.centre.passages.words import active_language
from gatepass.centre.people.access import key_of
from gatepass.centre.people.actions import Registration, register_resident
from gatepass.centre.people.models import IdentityDocument, Resident
from gatepass.centre.people.protection.models import Protection
from gatepass.centre.people.typed import read_typed_document, read_typed_phone
from gatepass.centre.sites.models import Site
from gatepass.centre.verifications.access import verdict_of
from gatepass.credentials import serials
from gatepass.identity import Document, Holder, PartialDate
from gatepass.policy import Advice, Colour
from gatepass.policy.colours.facts import FactKind
from gatepass.policy.reasons import REASONS

MOST_KEY = 64


class Bearer(HttpBearer):
    def authenticate(self, request: HttpRequest, token: str) -> Token:  # noqa: ARG002 - the library's signature
        found = token_of(token)
        if found is None:
            raise CallError("token_unknown")
        return found

    def __call__(self, request: HttpRequest) -> Any:
        if not request.headers.get("Authorization", "").lower().startswith("bearer "):
            raise CallError("token_missing")
        return super().__call__(request)


api = NinjaAPI(
    title="gatepass",
    version="1",
    description="The seven interfaces that GB/T 38963-2020 names. Conformance is not claimed.",
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
    where = ".".join(str(part) for part in first.get("loc", ())[2:])
    return problem("request_invalid", {"where": where, "what": str(first.get("type", ""))})


_TOLD = frozenset({"minutes", "field", "row", "swapped", "mistyped"})


def interface(path: str, scope: Scope, name: str, gives: type) -> Callable[[Callable[..., Any]], Any]:
    """A POST under `path` that asks for `scope` and answers twice the same under one Idempotency-Key."""

    def registered(view: Callable[..., Any]) -> Any:
        def answered(request: HttpRequest, body: Any) -> HttpResponse:
            token: Token = request.auth  # type: ignore[attr-defined]
            if scope.value not in token.scopes:
                raise CallError("scope_missing", scope=scope.value)
            key = request.headers.get("Idempotency-Key", "")
            if len(key) > MOST_KEY:
                raise CallError("request_invalid", where="Idempotency-Key", what="string_too_long")
            asked = hashlib.sha256(f"{path}\0".encode() + request.body).digest()
            kept = _kept(token, key)
            if kept is not None:
                return _again(kept, asked)
            # Outside the transaction: a call that is refused was a try all the same.
            limit = "verify_of_token" if scope is Scope.VERIFY else "number_of_token"
            spend(limit, str(token.pk), request.META.get("REMOTE_ADDR") or None)
            try:
                with transaction.atomic():
                    said = gives.model_validate(view(token, body)).model_dump_json()  # type: ignore[attr-defined]
                    record(token, "api:call", token, interface=name)
                    if key:
                        Call.objects.create(
                            token=token, key=key, request_hash=asked, status=200, body=said, at=timezone.now()
                        )
            except IntegrityError:
                # The same call came twice at once: the other one's answer stands, and nothing of this one.
                kept = _kept(token, key)
                if kept is None:
                    raise
                return _again(kept, asked)
            return HttpResponse(said, content_type="application/json")

        # Not `functools.wraps`: the library reads the parameters of what it calls, and the token is none of them.
        answered.__name__, answered.__doc__ = view.__name__, view.__doc__
        answered.__annotations__ = {"request": HttpRequest, "body": view.__annotations__["body"]}
        return api.post(path, url_name=f"api_{name}", summary=name.replace("_", " "), response=gives)(answered)

    return registered


def _kept(token: Token, key: str) -> Call | None:
    return Call.objects.filter(token=token, key=key).first() if key else None


def _again(kept: Call, asked: bytes) -> HttpResponse:
    """The answer that was given under this key, if it was to this request."""
    if bytes(kept.request_hash) != asked:
        raise CallError("idempotency_key_used")
    return HttpResponse(str(kept.body), status=kept.status, content_type="application/json")


@interface("/health-declarations", Scope.DECLARE, "health_declaration", schemas.Recorded)
def health_declaration(token: Token, body: schemas.HealthDeclaration) -> dict[str, int]:
    resident = _resident(token, body.person)
    data: dict[str, Any] = {"symptoms": list(body.symptoms), "contact": body.contact}
    if body.temperature is not None:
        data["temperature"] = round(body.temperature * 10)
    told = Knowledge(resident, FactKind.DECLARATION, timezone.now(), data=data, source=Source.SYSTEM)
    return {"recorded": len(record_facts(None, [told]))}


@interface("/trip-declarations", Scope.TRIPS, "trip_declaration", schemas.Recorded)
def trip_declaration(token: Token, body: schemas.TripDeclaration) -> dict[str, int]:
    resident = _resident(token, body.person)
    if any(moment.tzinfo is None for stay in body.stays for moment in (stay.at, stay.until) if moment is not None):
        raise CallError("request_invalid", where="stays", what="timezone")
    told = [
        Knowledge(
            resident,
            FactKind.STAY,
            stay.at,
            stay.until,
            {"region": stay.region, "transit": stay.transit},
            Source.SYSTEM,
        )
        for stay in body.stays
    ]
    return {"recorded": len(record_facts(None, told))}


@interface("/health-queries", Scope.QUERY, "health_query", schemas.HealthStatus)
def health_query(token: Token, body: schemas.HealthQuery) -> dict[str, Any]:
    return _status(_resident(token, body.person))


@interface("/code-applications", Scope.APPLY, "code_application", schemas.Applied)
def code_application(token: Token, body: schemas.CodeApplication) -> dict[str, bool]:
    document = _document(body.person)
    sites = Site.objects.filter(pk=body.site)
    site = (sites.filter(community=token.community) if token.community else sites).first()
    if site is None:
        raise CallError("request_invalid", where="site", what="unknown")
    resident = _found(token, document)
    registered = resident is None
    if resident is None:
        holder = Holder(
            body.full_name,
            body.latin_name,
            document.holder.birth or (PartialDate.from_date(body.birth) if body.birth else None),
            document.holder.sex,
            body.nationality or document.holder.nationality,
        )
        resident = register_resident(
            None,
            Registration(
                Document(kind=document.kind, issuer=document.issuer, number=document.number, holder=holder),
                site=site.pk,
                phone=read_typed_phone(body.phone) if body.phone else "",
                address=body.address,
            ),
        )
    told = Knowledge(
        resident,
        FactKind.DECLARATION,
        timezone.now(),
        data={"symptoms": list(body.symptoms), "contact": False},
        source=Source.SYSTEM,
    )
    record_facts(None, [told])
    record(token, "api:consent", resident, consent=body.consent)
    return {"registered": registered}


@interface("/code-makings", Scope.MAKE, "code_making", schemas.CodeMade)
def code_making(token: Token, body: schemas.CodeMaking) -> dict[str, Any]:
    paper = issue_paper(token, _resident(token, body.person))
    return {"text": paper_text(paper), "serial": serials.written(bytes(paper.serial)), "expires": paper.expires_at}


@interface("/code-verifications", Scope.VERIFY, "code_verifying", schemas.CodeVerified)
def code_verifying(token: Token, body: schemas.CodeVerifying) -> dict[str, Any]:
    verdict = verdict_of(body.text)
    status = None
    if verdict.outcome == "pass" and verdict.credential is not None:
        resident = _holder_of(token, verdict.credential.person)
        status = _status(resident) if resident is not None else None
    return {
        "outcome": verdict.outcome,
        "reasons": list(verdict.reasons),
        "sentence": REASONS[verdict.reasons[0]].texts[active_language()].sentence,
        "format": verdict.format.value,
        "status": status,
    }


@interface("/health-corrections", Scope.CORRECT, "health_correction", schemas.CorrectionSent)
def health_correction(token: Token, body: schemas.HealthCorrection) -> dict[str, Any]:
    resident = _resident(token, body.person)
    appeal = send_appeal(token, resident, Appeal.About(body.about), body.words)
    return {"due": appeal.due_at}


def _document(person: schemas.Person) -> Document:
    return read_typed_document(person.kind, person.issuer, person.number)


def _resident(token: Token, person: schemas.Person) -> Resident:
    found = _found(token, _document(person))
    if found is None:
        raise CallError("person_unknown")
    return found


def _found(token: Token, document: Document) -> Resident | None:
    return _holder_of(token, key_of(document))


def _holder_of(token: Token, key: bytes) -> Resident | None:
    rows = IdentityDocument.objects.filter(person_key=key, retired_at=None, resident__merged_into=None)
    if token.community is not None:
        rows = rows.filter(resident__site__community=token.community)
    protected = Protection.objects.values("resident")
    row = rows.exclude(resident__in=protected).select_related("resident__code", "resident__site").first()
    return row.resident if row else None


def _status(resident: Resident) -> dict[str, Any]:
    code: Code | None = getattr(resident, "code", None)
    colour = Colour(code.colour) if code and code.colour else None
    advice = Advice(code.advice) if code else Advice.APPLY
    until = code.valid_until if code else None
    return {"colour": colour, "advice": advice, "valid_until": until, "as_of": timezone.now()}
