"""A small town for every test of the centre: one community with two sites, another one far away, and its staff."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer
from tests.browser import chromium, pytest_pyfunc_call  # noqa: F401
from tests.cast import WANG, Character
from tests.database import database_of_tests

from gatepass.centre.accounts.actions import GrantWish, create_staff
from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.roles import Role
from gatepass.centre.people.actions import Registration, register_resident
from gatepass.centre.people.models import Resident
from gatepass.centre.sites.actions import create_community, create_gate, create_site, enrol_device, issue_enrolment_code
from gatepass.centre.sites.models import Community, Device, Gate, Site
from gatepass.wire.messages import EnrolRequest

PASSWORD = "three words together"


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, django_db_modify_db_settings: None
) -> Iterator[None]:
    # Made with the database open; a test that wants it asks for it.
    with django_db_blocker.unblock(), database_of_tests(), django_db_blocker.block():
        yield


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    """pytest-django's, but static files come as in life: from the middleware, and a browser keeps them for a minute."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.contrib.staticfiles.handlers.StaticFilesHandler", lambda media: media.application)
        server = LiveServer("localhost")
    yield server
    server.stop()


@dataclass
class Town:
    community: Community
    estate: Site
    hospital: Site
    east: Gate
    far_community: Community
    far_site: Site
    far_gate: Gate


@pytest.fixture
def town(db: None) -> Town:
    community = create_community(None, "定安路社区")
    estate = create_site(None, community, "柳浪新苑")
    hospital = create_site(None, community, "市一医院")
    far_community = create_community(None, "清河坊社区")
    far_site = create_site(None, far_community, "清河坊小区")
    return Town(
        community=community,
        estate=estate,
        hospital=hospital,
        east=create_gate(None, estate, "东门", "in"),
        far_community=far_community,
        far_site=far_site,
        far_gate=create_gate(None, far_site, "北门", "out"),
    )


@pytest.fixture
def updates(settings, tmp_path: Path) -> Path:
    """An update repository of the test's own."""
    settings.UPDATES_DIR = tmp_path / "updates"
    return settings.UPDATES_DIR


Employ = Callable[..., User]


@pytest.fixture
def employ(town: Town) -> Employ:
    """`employ(Role.OFFICE, community=town.community)`: a member of staff with a role; in English."""

    def employ(role: Role | None, community: Community | None = None, site: Site | None = None) -> User:
        wishes = [GrantWish(role, community, site)] if role else []
        name = f"{role}{User.objects.count()}"
        return create_staff(None, name, f"{role} person", wishes, language="en", password=PASSWORD)[0]

    return employ


@pytest.fixture
def log_in() -> Callable[[User], Client]:
    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def register(town: Town) -> Callable[..., Resident]:
    def register(character: Character = WANG, site: Site | None = None) -> Resident:
        return register_resident(None, Registration(character.document, site=(site or town.estate).pk))

    return register


@pytest.fixture
def enrol(updates: Path) -> Callable[[Gate], tuple[Device, Ed25519PrivateKey]]:
    """A device with its key, enrolled at the gate."""

    def enrol(gate: Gate) -> tuple[Device, Ed25519PrivateKey]:
        key = Ed25519PrivateKey.generate()
        reply = enrol_device(enrolment(issue_enrolment_code(None, gate).code, key))
        return Device.objects.get(pk=reply.device), key

    return enrol


def enrolment(code: str, key: Ed25519PrivateKey, proof: bytes | None = None) -> EnrolRequest:
    signed = key.sign(code.encode()) if proof is None else proof
    return EnrolRequest(code, key.public_key().public_bytes_raw(), signed, "gatepass 0.1.0")
