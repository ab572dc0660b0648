"""What the API refuses: RFC 9457, `application/problem+json`, in the language that the caller asks for.

    {"type": "urn:gatepass:problem:person_unknown", "code": "person_unknown", "title": "…", "status": 404, "fields": {}}

CallError(code, **fields)
├── token_missing, token_unknown (401)      no token, or one that is unknown, revoked or has run out
├── scope_missing (403)                     `scope`: what the token may not do
├── request_invalid (422)                   `where`, `what`: the first thing that is not as the description says
├── cursor_unknown (422)                    not given out by this centre for this question
├── request_too_large (413)                 no call needs so much
├── call_unknown (404), method_wrong (405)  no such operation; it takes another method, which `Allow` names
├── not_found (404)                         no such thing, or the token may not know of it
├── person_unknown (404)                    nobody within the token's place has this document
├── idempotency_key_used (409)              the same key came with another request
├── too_many (429)                          `minutes` to wait: too many numbers were asked for
├── too_fast (429)                          `seconds` to wait: too many calls
├── not_ready (503)                         the store of passages is away; try again
├── broken (500)                            our fault; nothing was done
└── every code of `centre.errors.RefusedError` (409)
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gatepass.centre.errors import RefusedError

PROBLEMS: Final[dict[str, tuple[int, Promise]]] = {
    "token_missing": (401, _("Send the token as “Authorization: Bearer …”.")),
    "token_unknown": (
        401,
        _("This token is not known, was revoked, or has run out. Ask an administrator."),
    ),
    "scope_missing": (403, _("This token may not do that. Ask an administrator of the town for the scope.")),
    "request_invalid": (422, _("The request is not as the description says. Correct the field that is named.")),
    "request_too_large": (413, _("The request is too large. Send less at a time.")),
    "cursor_unknown": (
        422,
        _("This cursor belongs to another question. Begin at the first page, without a cursor."),
    ),
    "call_unknown": (404, _("There is no such operation. The description under /api/v1/openapi.json names them all.")),
    "method_wrong": (405, _("This operation is called with another method. The header Allow names it.")),
    "not_found": (404, _("There is no such thing where the token may look.")),
    "too_fast": (429, _("Too many calls in a short time. Wait as long as Retry-After says.")),
    "not_ready": (503, _("The centre cannot look this up just now. Try again in a moment.")),
    "broken": (
        500,
        _("Something went wrong here, and nothing was done. Try again later; tell the town if it goes on."),
    ),
    "person_unknown": (404, _("Nobody with this document is registered where the token may look.")),
    "idempotency_key_used": (409, _("This idempotency key came with another request before. Take a new one.")),
}


class CallError(Exception):
    """`then` is done after the transaction of the call was taken back: what stays on record though it was refused."""

    def __init__(self, code: str, *, then: Callable[[], object] | None = None, **fields: str | int) -> None:
        super().__init__(code)
        self.code, self.fields, self.then = code, fields, then


def problem(code: str, fields: dict[str, str | int]) -> HttpResponse:
    if code in PROBLEMS:
        status, sentence = PROBLEMS[code]
        title = str(sentence)
    else:
        status, title = (429 if code == "too_many" else 409), RefusedError(code, **fields).sentence
    body = {"type": f"urn:gatepass:problem:{code}", "code": code, "title": title, "status": status, "fields": fields}
    answer = HttpResponse(
        json.dumps(body, ensure_ascii=False), status=status, content_type="application/problem+json; charset=utf-8"
    )
    answer.headers["Cache-Control"] = "no-store"
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if code in _WAITS:
        answer.headers["Retry-After"] = str(_WAITS[code](fields))
    return answer


_WAITS: Final[dict[str, Callable[[dict[str, str | int]], int]]] = {
    "too_many": lambda fields: int(fields.get("minutes", 1)) * 60,
    "too_fast": lambda fields: int(fields.get("seconds", 1)),
    "not_ready": lambda _fields: 5,
}
"""Seconds until the caller may come again."""
