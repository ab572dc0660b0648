"""The details of an entry are said in words, for every name that the code writes."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.utils import translation

import gatepass.centre
from gatepass.centre.audit.details import DETAILS, about_in_words, details_of


def written() -> set[str]:
    """Every name with which `record` is called."""
    trees = [ast.parse(path.read_text()) for path in Path(gatepass.centre.__file__).parent.rglob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    recording = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "record"]
    return {word.arg for call in recording for word in call.keywords if word.arg is not None}


def test_every_name_that_is_written_has_a_word() -> None:
    """The other way round is no fault: entries stay, and a name that nobody writes any more is still read."""
    assert written() <= set(DETAILS)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "colour: Green|second person: yes|languages: 한국어, English|until: 2026-12-01 08:00|from: —"),
        ("zh-hans", "颜色：绿色|第二人：是|语言：한국어, English|至：2026-12-01 08:00|from：—"),
    ],
)
def test_details_are_said_in_the_language_of_whoever_reads(language: str, expected: str) -> None:
    fields = {
        "colour": "green",
        "second": True,
        "languages": ["ko", "en"],
        "until": "2026-12-01T00:00:00+00:00",
        "from": None,
    }
    with translation.override(language):
        assert "|".join(details_of(fields)) == expected


def test_what_an_entry_is_about_is_said_in_words_where_there_is_one() -> None:
    with translation.override("zh-hans"):
        abouts = ("resident:12", "quarantine:3", "roster:many", "store:every", "device:dev-0e")
        assert [about_in_words(about) for about in abouts] == [
            *("居民 12", "隔离 3", "—", "store:every", "device:dev-0e")
        ]
