"""Every operation of the OpenAPI document, asked what the document allows and what it does not (schemathesis).

No answer is a 500, each has a status, type, shape and headers that the document names; and whatever a token of one
community asks, by whatever number, nothing of another community is in the answer. A longer run, with a seed of its own:

    GATEPASS_API_EXAMPLES=500 ./gatepass test tests/centre/api/test_any_request.py
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import httpx2 as httpx
import msgspec
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.cast import LI
from tests.centre.api.conftest import InProcess, token_for
from tests.centre.api.world import World, build
from tests.centre.passages.conftest import keep

from gatepass.centre.api.describing import description
from gatepass.centre.employers.models import Company

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
__all__ = ["keep"]

EXAMPLES = int(os.environ.get("GATEPASS_API_EXAMPLES", "6"))
LONG = "GATEPASS_API_EXAMPLES" in os.environ
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    # Not `positive_data_acceptance`: a number may be as described and belong to nobody (404), or have a wrong check
    # character (409); no schema can say that.
]
GENERATED = settings(
    max_examples=EXAMPLES,
    database=None,
    derandomize=not LONG,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def world(town, updates, register, employ, keep) -> World:
    return build(town, register, employ, keep)


class Asking:
    """Sends generated cases with a token, and reads what came back."""

    def __init__(self, token: str) -> None:
        self._headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.Client(transport=InProcess(), base_url="http://localhost")
        self.asked = self.answered = 0
        self.left_out = False

    def __call__(self, case: Any) -> httpx.Response:
        told = case.as_transport_kwargs(base_url="http://localhost", headers=self._headers)
        ready = requests.Request(**told).prepare()
        body = ready.body.encode() if isinstance(ready.body, str) else ready.body
        # What a client library would not send, it says so itself.
        headers = {name: value for name, value in ready.headers.items() if _can_be_sent(value)}
        self.left_out = len(headers) < len(ready.headers)
        request = httpx.Request(ready.method or "GET", ready.url or "", headers=headers, content=body)
        answer = self._http.send(request)
        answer.elapsed = timedelta()  # nobody has measured it
        self.asked += 1
        self.answered += answer.is_success
        return answer


def _can_be_sent(value: str | bytes) -> bool:
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    return text.isascii() and text.isprintable()


def operations() -> list[Any]:
    schema = schemathesis.openapi.from_dict(description())
    return [result.ok() for result in schema.get_all_operations()]


def test_whatever_is_asked_the_answer_is_as_described(world) -> None:
    asking, faults = Asking(token_for()), []
    for operation in operations():
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                _ask(asking, operation, mode)
            except (Exception, FailureGroup) as fault:  # noqa: BLE001 - all of them at once: a run takes half a minute
                faults.append(f"{operation.label} {mode}: {fault}")
    assert not faults, "\n\n".join(faults)
    assert asking.asked >= len(operations()) * EXAMPLES
    assert asking.answered > asking.asked // 20, "the requests are too wild: hardly any comes through the door"


def _ask(asking: Asking, operation: Any, mode: GenerationMode) -> None:
    checks = CHECKS if mode is GenerationMode.POSITIVE else [*CHECKS, negative_data_rejection]

    @GENERATED
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        answer = asking(case)
        # A header that could not be sent has violated nothing: the rest of the request may well be as described.
        case.validate_response(answer, checks=CHECKS if asking.left_out else checks)

    ask()


@pytest.mark.parametrize("place", ["community", "estate", "company"])
def test_nothing_of_another_place_is_in_any_answer(world, town, place: str) -> None:
    """Numbers in path, query and body are drawn from those that exist, near and far; documents likewise."""
    places = {"community": town.community, "estate": town.estate, "company": Company.objects.get(pk=world.near.company)}
    asking = Asking(token_for(place=places[place]))
    numbers = sorted({value for side in (world.near, world.far) for value in vars(side).values() if _is_number(value)})
    number = st.sampled_from(numbers)
    person = st.sampled_from([msgspec.to_builtins(side.person) for side in (world.near, world.far)])
    secrets = [
        *(town.far_community.name, town.far_site.name, town.far_gate.name, LI.name, LI.number),
        *("Company 2", "Person 2", Company.objects.get(pk=world.far.company).credit_code),
    ]
    for operation in operations():

        @GENERATED
        @given(data=st.data(), case=operation.as_strategy())
        def ask(data: Any, case: Any) -> None:
            case.path_parameters = {name: data.draw(number) for name in case.path_parameters or {}}
            case.query = {
                name: data.draw(number) if name in {"site", "gate", "community"} else value
                for name, value in (case.query or {}).items()
                if name != "cursor"
            }
            if isinstance(case.body, dict):
                case.body = {
                    name: data.draw({"person": person, "site": number}.get(name, st.just(value)))
                    for name, value in case.body.items()
                }
            answer = asking(case)
            found = [secret for secret in secrets if secret in answer.text]
            assert not found, f"{case.method} {case.formatted_path}: {len(found)} things of another place"

        ask()
    assert asking.answered > 0


def test_a_leak_would_be_seen(world, town) -> None:
    """The same question with a token for the whole town does show the far side: the test above is not blind."""
    everywhere = Asking(token_for())
    schema = schemathesis.openapi.from_dict(description())
    case = schema["/api/v1/residents"]["GET"].Case()
    assert LI.name in everywhere(case).text


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
