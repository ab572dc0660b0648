"""The office's page on who acts, invitations and the paper code."""

from __future__ import annotations

import re

import pytest

from gatepass.centre.accounts.roles import Role
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.mandates.actions import accept, entrust
from gatepass.centre.mandates.models import Consent, Mandate, Relation
from gatepass.centre.papers.models import Paper
from gatepass.policy import Colour

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(employ, log_in):
    return log_in(employ(Role.OFFICE))


def test_the_office_invites_a_relative_whose_phone_then_acts(office, register, applicant) -> None:
    mother = register()
    page = office.post(f"/residents/{mother.pk}/acting/", {"relation": "child", "consent": "told_staff"})
    link = re.search(r"/my/invitation/([\w-]+)/", page.content.decode())
    assert link
    mandate = accept(applicant(), link[1], None)
    assert (mandate.resident, mandate.relation, mandate.consent) == (mother, "child", "told_staff")
    assert "Daughter or son" in office.get(f"/residents/{mother.pk}/acting/").content.decode()


def test_a_resident_with_a_phone_of_their_own_is_let_in_by_the_office(office, register, applicant) -> None:
    mother = register()
    page = office.post(f"/residents/{mother.pk}/acting/", {"relation": "self", "consent": "told_staff"})
    link = re.search(r"/my/invitation/([\w-]+)/", page.content.decode())
    assert link
    assert accept(applicant(), link[1], None).consent == Consent.OWN


def test_the_office_ends_a_mandate(office, register, applicant) -> None:
    mother = register()
    mandate = entrust(None, mother, applicant(), Relation.CHILD, Consent.TOLD_STAFF)
    office.post(f"/residents/{mother.pk}/acting/{mandate.pk}/end/")
    assert Mandate.objects.get().ended_at is not None


def test_the_office_prints_the_paper_twice_and_it_is_one_paper_until_it_is_lost(office, register) -> None:
    mother = register()
    address = f"/residents/{mother.pk}/paper/"
    assert office.post(f"{address}print/", {"size": "card"}).status_code == 302
    set_colour(None, mother, Colour.RED, "A1")
    for size in ("card", "a4"):
        answer = office.post(f"{address}print/", {"size": size})
        assert answer.content.startswith(b"%PDF-")
        assert answer.headers["cache-control"] == "no-store"
    assert Paper.objects.count() == 1
    office.post(f"{address}lost/")
    office.post(f"{address}print/", {"size": "card"})
    assert Paper.objects.filter(voided_at=None).count() == 1
    assert Paper.objects.count() == 2


def test_a_declaration_at_the_desk_needs_the_persons_consent(office, register) -> None:
    from gatepass.centre.facts.models import Fact

    mother = register()
    address = f"/residents/{mother.pk}/declare/"
    told = {"well": "on", "contact": "no", "travelled": "no", "stays-TOTAL_FORMS": "5", "stays-INITIAL_FORMS": "0"}
    assert office.post(address, told).status_code == 200
    assert not Fact.objects.exists()
    assert office.post(address, {**told, "consent": "told_staff"}).status_code == 302
    assert Fact.objects.get().source == "helper"
    assert Mandate.objects.get().staff is not None
