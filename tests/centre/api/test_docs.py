"""docs/api.md against the code: every interface, scope and problem."""

from __future__ import annotations

import re
from pathlib import Path

from gatepass.centre.api.calls import api
from gatepass.centre.api.models import Scope
from gatepass.centre.api.problems import PROBLEMS
from gatepass.centre.limits.limits import LIMITS

PAGE = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")


def test_every_interface_and_scope_is_documented_and_no_other() -> None:
    rows = re.findall(r"^\| .+ \| `POST (/api/v1/[\w-]+)` \| `(\w+)` \|$", PAGE, re.MULTILINE)
    assert {path for path, _scope in rows} == set(api.get_openapi_schema()["paths"])
    assert [scope for _path, scope in rows] == Scope.values


def test_every_problem_is_documented() -> None:
    named = set(re.findall(r"`(\w+)`", PAGE[PAGE.index("## What is refused") :]))
    assert set(PROBLEMS) - named == set()


def test_the_limit_is_the_one_of_the_code() -> None:
    assert f"{LIMITS['number_of_token'].most:,} document numbers an hour" in PAGE
