"""docs/api.md against the code; `test_scopes` compares its table of operations."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest
from tests.centre.passages.conftest import keep

from gatepass.centre.api.cursors import MOST, USUAL
from gatepass.centre.api.describing import as_text
from gatepass.centre.api.door import CALLS, MOST_KEY, PER_SECONDS
from gatepass.centre.api.problems import PROBLEMS
from gatepass.centre.limits.limits import LIMITS
from gatepass.client import Client

__all__ = ["keep"]
DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "api.md").read_text(encoding="utf-8")


def test_every_problem_is_documented() -> None:
    named = set(re.findall(r"`(\w+)`", PAGE[PAGE.index("## What is refused") :]))
    assert set(PROBLEMS) - named == set()


def test_limits_are_those_of_the_code() -> None:
    assert f"{LIMITS['number_of_token'].most:,} document numbers an hour" in PAGE
    assert PER_SECONDS == 60
    assert f"{CALLS} calls a minute" in PAGE
    assert f"from 1 to {MOST}, {USUAL} if you say nothing" in PAGE
    assert f"({MOST_KEY} characters at most" in PAGE


@pytest.mark.django_db
def test_the_description_in_docs_is_what_the_code_says() -> None:
    written = (DOCS / "openapi.json").read_text(encoding="utf-8")
    assert written == as_text(), (
        "./gatepass centre api-description > docs/openapi.json; and see docs/api.md, What changes"
    )


@pytest.mark.django_db
def test_the_example_of_the_page_runs(connect, town, keep, monkeypatch) -> None:
    """Word for word, with a client that leads to this very test's town."""
    example = PAGE[PAGE.index("```python\n") + len("```python\n") :]
    inside = connect()
    monkeypatch.setattr("gatepass.client.Client", lambda _address, _token, language: inside)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(example[: example.index("```")], "docs/api.md", "exec"), {"token": "gpt_…"})
    assert said.getvalue().splitlines()[0].startswith("东门 no_device")
    assert "not_found" in said.getvalue()
    assert isinstance(inside, Client)


def test_words_of_the_description_are_those_of_the_models() -> None:
    from typing import get_args

    from gatepass.centre.alarms.models import State as AlarmState
    from gatepass.centre.api.resources import shapes
    from gatepass.centre.applications.models import Application
    from gatepass.centre.employers.models import Whereabouts
    from gatepass.centre.sites.health import State as GateState
    from gatepass.centre.sites.models import Site

    assert list(get_args(shapes.SiteKind)) == Site.Kind.values
    assert list(get_args(shapes.AlarmState)) == [one for one in AlarmState.values if one != "armed"]
    assert list(get_args(shapes.ApplicationState)) == Application.State.values
    gate, colleague = shapes.GateThing.model_fields["state"], shapes.ColleagueThing.model_fields["whereabouts"]
    assert set(get_args(gate.annotation)) == set(GateState)
    assert set(get_args(get_args(colleague.annotation)[0])) == set(Whereabouts.State.values)
