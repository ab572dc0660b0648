"""One shape for every error (RFC 9457), pinned: gates and integrators read `code`, people read `title`."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import get_args

import pytest
from tests.centre.gateway.harness import Terminal, call, gateway

from gatepass.centre import gateway as package
from gatepass.centre.errors import SENTENCES
from gatepass.centre.gateway.problems import PROBLEMS, ProblemError, language_of
from gatepass.languages import LANGUAGES
from gatepass.wire.signing import Code as SignatureCode


def test_an_error_has_exactly_this_shape(tmp_path):
    async def story():
        async with gateway(tmp_path) as town:
            answer = await call(town.app, "GET", "/gate/v1/nothing", headers={"accept-language": "en"})
            assert answer.status == 404
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["content-language"] == "en"
            assert answer.headers["cache-control"] == "no-store"
            assert json.loads(answer.body) == {
                "type": "urn:gatepass:problem:not_found",
                "code": "not_found",
                "title": "There is nothing at this address.",
                "status": 404,
            }

    asyncio.run(story())


def test_a_refusal_about_time_carries_the_time():
    body = json.loads(ProblemError("clock_skew", at=1_763_870_400_000).body("ja"))
    assert body["at"] == 1_763_870_400_000
    assert body["title"] == "端末の時刻がずれています。センターの時刻に合わせてください。"


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_every_problem_has_a_status_and_a_sentence_in_five_languages(code):
    entry = PROBLEMS[code]
    assert 400 <= entry["status"] < 600
    if code in SENTENCES:  # said by the verb that refuses, from the catalogue
        assert set(entry) == {"status"}
    else:
        assert set(entry) == {"status", *LANGUAGES}
        assert len({entry[language] for language in LANGUAGES}) == 5
        assert all(entry[language].strip() for language in LANGUAGES)


def test_every_code_is_described_and_every_described_code_is_used():
    sources = "".join(path.read_text("utf-8") for path in Path(package.__file__).parent.glob("*.py"))
    raised = set(re.findall(r'"([a-z]+(?:_[a-z]+)*)"', sources)) & set(PROBLEMS)
    enrolments = {code for code in SENTENCES if code.startswith("enrolment_")}
    assert set(PROBLEMS) == raised | set(get_args(SignatureCode)) | enrolments
    assert set(re.findall(r'ProblemError\(\s*"([a-z_]+)"', sources)) <= set(PROBLEMS)


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "zh-Hans"),
        ("*", "zh-Hans"),
        ("de", "zh-Hans"),
        ("en-GB,en;q=0.8", "en"),
        ("fr, ja;q=0.5", "ja"),
        ("zh-TW", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("zh-CN", "zh-Hans"),
        ("en;q=0.2, ko;q=0.9", "ko"),
        ("en;q=x, ko;q=", "ko"),
        ("en;q=1.2.3", "zh-Hans"),
        ("," * 5000, "zh-Hans"),
    ],
)
def test_the_language_is_the_best_of_the_five(accept, language):
    assert language_of(accept) == language


def test_a_fault_of_the_centre_is_a_problem_too_and_tells_nothing_of_its_inside(tmp_path):
    async def story():
        east = Terminal("dev-east", 1)
        async with gateway(tmp_path, east) as town:

            async def broken(_batch):
                raise RuntimeError("the name of somebody")

            town.intake.append = broken
            answer = await town.send(east, "POST", "/gate/v1/passages", east.batch())
            assert (answer.status, answer.problem.code) == (500, "internal")
            assert b"somebody" not in answer.body

    asyncio.run(story())
