"""The page of rights says what `roles.py` says: no more, no less, and in words."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

import pytest
from django.conf import settings
from django.urls import get_resolver
from django.utils import translation
from tests.centre.accounts.test_every_url_and_role import names

from gatepass.centre.accounts.rights import IN_ONE_LINE, OUTSIDE, rights
from gatepass.centre.accounts.roles import ALLOWED, TOWN_ONLY, Role
from gatepass.centre.accounts.two_people import RULES

HINT = (
    "add the url name to a right in accounts/rights.py: a sentence in five languages, the same roles for all its names"
)


def test_every_name_that_a_role_may_open_is_in_one_right() -> None:
    said = Counter(name for right in rights() for name in right.names)
    assert {name for name, times in said.items() if times > 1} == set(), HINT
    assert set(said) == {name for allowed in ALLOWED.values() for name in allowed}, HINT


def test_a_right_is_held_whole_or_not_at_all() -> None:
    for right in rights():
        for role in Role:
            held = {name in ALLOWED[role] for name in right.names}
            assert held == {role in right.roles}, (str(right.words), role, HINT)
        assert {name in TOWN_ONLY for name in right.names} == {right.town_only}, (str(right.words), HINT)


def test_every_page_of_the_site_is_a_right_or_needs_no_role() -> None:
    without = {name for _words, some in OUTSIDE for name in some}
    within = {name for right in rights() for name in right.names}
    assert without & within == set()
    # Whatever remains is refused to everybody.
    assert set(names(get_resolver().url_patterns)) - without - within == {"api:api-root"}


def test_every_role_has_its_sentence() -> None:
    assert set(IN_ONE_LINE) == set(Role)


@pytest.mark.django_db
def test_the_page_shows_a_tick_where_the_code_allows_and_nowhere_else(employ, log_in) -> None:
    page = log_in(employ(Role.INTERPRETER)).get("/rights/").content.decode()
    shown: dict[str, set[str]] = {}
    town_only: set[str] = set()
    for row in re.finditer(r'<tr data-names="([^"]+)"( data-town-only)?>(.*?)</tr>', page, re.DOTALL):
        for name in row[1].split():
            shown[name] = {
                cell[1] for cell in re.finditer(r'<td data-role="(\w+)">(.*?)</td>', row[3]) if "✓" in cell[2]
            }
            town_only |= {name} if row[2] else set()
    allowed = {name: {role.value for role in Role if name in ALLOWED[role]} for name in shown}
    assert shown == allowed
    assert set(shown) == {name for names in ALLOWED.values() for name in names}
    assert town_only == set(TOWN_ONLY)
    with translation.override("en"):
        assert all(str(rule.words) in page for rule in RULES.values())


@pytest.mark.django_db
def test_the_page_is_there_in_five_languages_and_without_a_role(employ, log_in) -> None:
    client, seen = log_in(employ(None)), set()
    for code, _name in settings.LANGUAGES:
        client.post("/language/", {"language": code})
        seen.add(re.search(r"<h1>(.*?)</h1>", client.get("/rights/").content.decode())[1])  # type: ignore[index]
    assert len(seen) == len(settings.LANGUAGES)


@pytest.mark.django_db
def test_the_export_has_a_row_for_each_right_with_the_names_of_the_code(employ, log_in) -> None:
    client = log_in(employ(Role.AUDITOR))
    table = list(csv.reader(io.StringIO(client.get("/rights/export/").content.decode("utf-8-sig"))))
    exported = {
        name: {role for role, cell in zip(Role, row[2:10], strict=True) if cell}
        for row in table[1:]
        for name in row[11].split()
    }
    assert exported == {name: {role for role in Role if name in ALLOWED[role]} for name in exported}
    assert len(table) == 1 + len(list(rights()))
    assert client.get("/rights/export/?as=xlsx").content.startswith(b"PK")
