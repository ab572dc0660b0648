"""The OpenAPI document, from the operations themselves; docs/openapi.json is a copy, which a test compares.

The library describes what goes in and what comes out when all is well. Here stands what it cannot know: problems, the
headers, which scope opens an operation, and that a query parameter that is left out is not `null`.
"""

from __future__ import annotations

import copy
import json
from typing import Any, Final

from django.utils import translation

from gatepass.centre.api import calls, resources
from gatepass.centre.api.door import CALLS, MOST_KEY, OPERATIONS, PER_SECONDS, api
from gatepass.centre.api.problems import PROBLEMS
from gatepass.centre.api.scopes import SCOPE_OF

REGISTERED: Final = (calls, resources)
"""Importing them registers every operation."""
PROBLEM: Final = "application/problem+json"
_HEADER: Final = {"schema": {"type": "string"}}
_RETRY: Final = {"Retry-After": {"description": "seconds", "required": True, "schema": {"type": "integer"}}}
_PROBLEM_SCHEMA: Final = {
    "title": "Problem",
    "description": "RFC 9457. `code` is stable; `title` is in the language that was asked for.",
    "type": "object",
    "required": ["type", "code", "title", "status", "fields"],
    "properties": {
        "type": {"type": "string", "pattern": "^urn:gatepass:problem:[a-z_]+$"},
        "code": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "fields": {"type": "object", "additionalProperties": {"type": ["string", "integer"]}},
    },
}


def description() -> dict[str, Any]:
    """OpenAPI 3.1."""
    found: dict[str, Any] = copy.deepcopy(json.loads(json.dumps(api.get_openapi_schema(), default=str)))
    found["components"]["schemas"]["Problem"] = copy.deepcopy(_PROBLEM_SCHEMA)
    found["components"]["responses"] = _problem_responses()
    found["components"]["securitySchemes"]["Bearer"]["description"] = "A token that an administrator has issued."
    found["servers"] = [{"url": "/"}]
    for operation in OPERATIONS.values():
        path = "/api/v1" + operation.path
        _complete(found["paths"][path][operation.method.lower()], operation.name)
    return found


def as_text() -> str:
    """As it is committed: in English, ordered as the code is."""
    with translation.override("en"):
        return json.dumps(description(), ensure_ascii=False, indent=1) + "\n"


def _complete(said: dict[str, Any], name: str) -> None:
    operation = OPERATIONS[name]
    scope = SCOPE_OF.get(name)
    needed = f"Scope of the token: `{scope.value}`." if scope else "Any token."
    said["description"] = f"{said.get('description', '')}\n\n{needed}".strip()
    if scope:
        said["x-scope"] = scope.value
    said["tags"] = [operation.path.split("/")[1]]
    for parameter in said["parameters"]:
        _without_null(parameter["schema"])
    said["parameters"].append(
        {"in": "header", "name": "Accept-Language", "required": False, "schema": {"type": "string"},
         "description": "zh-Hans, zh-Hant, en, ko or ja: of sentences"}
    )  # fmt: skip
    responses = said["responses"]
    if operation.method == "GET":
        said["parameters"].append(
            {"in": "header", "name": "If-None-Match", "required": False, "schema": {"type": "string"},
             "description": "the ETag of an answer that you have: 304 where it still holds"}
        )  # fmt: skip
        responses["200"]["headers"] = {"ETag": _HEADER}
        responses["304"] = {"description": "Not Modified", "headers": {"ETag": _HEADER}}
    else:
        said["parameters"].append(
            {"in": "header", "name": "Idempotency-Key", "required": False,
             "schema": {"type": "string", "maxLength": MOST_KEY},
             "description": "for a day the same key gives the same answer, and nothing is done twice"}
        )  # fmt: skip
    statuses = {401, 403, 422, 429, 500}
    if "{" in operation.path:
        statuses.add(404)
    if operation.method != "GET":
        statuses |= {404, 409, 413}
    if name in {"passages", "statistics"}:
        statuses.add(503)
    for status in sorted(statuses):
        responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}


def _problem_responses() -> dict[str, Any]:
    """One for each status, with the codes that it can have."""
    found: dict[str, Any] = {}
    for status in sorted({status for status, _sentence in PROBLEMS.values()}):
        codes = [f"`{code}`: {sentence}" for code, (of, sentence) in PROBLEMS.items() if of == status]
        if status == 409:
            codes.append("Any other code: what a verb of the town refuses, with its next step in `title`.")
        if status == 429:
            codes.append(f"A token has {CALLS} calls in {PER_SECONDS} seconds.")
        found[f"Problem{status}"] = {
            "description": "\n".join(codes),
            "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            **({"headers": copy.deepcopy(_RETRY)} if status in {429, 503} else {}),
        }
    return found


def _without_null(schema: dict[str, Any]) -> None:
    """A query parameter is left out, never null."""
    kept = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if not kept:
        return
    del schema["anyOf"]
    if schema.get("default", 0) is None:
        del schema["default"]
    schema.update(kept[0] if len(kept) == 1 else {"anyOf": kept})
