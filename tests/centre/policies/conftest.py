"""A town in February 2020 with the community policy in force, and people of whom something is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from tests.cast import WANG

from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.roles import Role
from gatepass.centre.facts.actions import record_fact
from gatepass.centre.facts.models import Fact
from gatepass.centre.people.models import Resident
from gatepass.centre.policies.actions import approve, hand_in, schedule, write_version
from gatepass.centre.policies.models import PolicyVersion
from gatepass.centre.policies.worker import tick, work_off
from gatepass.centre.sites.models import Site
from gatepass.policy.colours import FactKind, shipped

COMMUNITY = shipped()["community-2020"]
NOW = datetime(2020, 2, 20, 4, 0, tzinfo=UTC)
"""Noon in Hangzhou."""


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def author(clock: Any, employ: Any) -> User:
    return employ(Role.ADMINISTRATOR)


@pytest.fixture
def approver(author: User, employ: Any) -> User:
    return employ(Role.ADMINISTRATOR)


Enact = Callable[..., PolicyVersion]


@pytest.fixture
def enact(author: User, approver: User) -> Enact:
    """`enact(text)`: written, handed in, approved, and in force from now on; everybody has been looked at."""

    def enact(text: str = COMMUNITY, site: Site | None = None) -> PolicyVersion:
        version = approve(approver, hand_in(author, write_version(author, text)))
        schedule(author, version, timezone.now(), site)
        settle()
        return version

    return enact


def settle() -> None:
    """All that the threads of the server would do by now."""
    tick()
    while work_off():
        pass


@pytest.fixture
def ruling(enact: Enact) -> PolicyVersion:
    return enact()


@pytest.fixture
def wang(clock: Any, register: Any) -> Resident:
    return register(WANG)


def declare(resident: Resident, days_ago: float = 0, **data: Any) -> Fact:
    at = timezone.now() - timedelta(days=days_ago)
    return record_fact(None, resident, FactKind.DECLARATION, at, data=data)


def touch(resident: Resident, days_ago: float = 0, degree: str = "close") -> Fact:
    at = timezone.now() - timedelta(days=days_ago)
    return record_fact(None, resident, FactKind.CONTACT, at, data={"degree": degree})
