"""Three interpreters: Ms Kim for the estate's community in Korean, Mr Sato for the town, Ms Park at the estate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

import pytest
from tests.centre.conftest import PASSWORD, Town

from gatepass.centre.accounts.actions import GrantWish, create_staff
from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.roles import Role
from gatepass.centre.rosters.actions import Hours, Serves, set_shift
from gatepass.centre.rosters.models import Shift
from gatepass.centre.sites.models import Community, Site

ALL_WEEK = range(7)
LONG_AGO = date(2026, 1, 5)


@dataclass
class Interpreters:
    kim: User
    sato: User
    park: User


def interpreter(
    name: str, languages: tuple[str, ...], community: Community | None = None, site: Site | None = None
) -> User:
    wish = GrantWish(Role.INTERPRETER, community, site, languages=languages)
    return create_staff(None, name, name.title(), [wish], language="en", password=PASSWORD)[0]


@pytest.fixture
def interpreters(town: Town) -> Interpreters:
    return Interpreters(
        kim=interpreter("kim", ("ko",), town.community),
        sato=interpreter("sato", ("ja", "ko")),
        park=interpreter("park", ("ko",), site=town.estate),
    )


def shift(
    user: User, languages: tuple[str, ...] = ("ko",), starts: str = "00:00", ends: str = "00:00", **changes
) -> Shift:
    hours = Hours(
        changes.pop("weekdays", ALL_WEEK), time.fromisoformat(starts), time.fromisoformat(ends),
        changes.pop("first_day", LONG_AGO), community=changes.pop("community", None), site=changes.pop("site", None),
    )  # fmt: skip
    return set_shift(None, user, hours, Serves(languages, changes.pop("channels", ("call", "phone"))), **changes)
