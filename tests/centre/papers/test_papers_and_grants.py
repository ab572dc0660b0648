from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from gatepass.centre.accounts.roles import Role
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.codes.publication import Publication
from gatepass.centre.errors import RefusedError
from gatepass.centre.mandates.actions import end_mandate, entrust
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.papers.actions import (
    GRANT_LIVES,
    MOST_PHONES,
    PAPER_LIVES,
    grant_phone,
    issue_paper,
    paper_text,
    report_loss,
)
from gatepass.centre.papers.models import Grant, Paper, Revocation
from gatepass.centre.papers.publication import trust_list
from gatepass.centre.updates import publisher
from gatepass.credentials import judge, make
from gatepass.policy import Colour

pytestmark = pytest.mark.django_db


@pytest.fixture
def mother(register):
    resident = register()
    set_colour(None, resident, Colour.YELLOW)
    resident.refresh_from_db()
    return resident


@pytest.fixture
def published(updates):
    """Everything that waits has gone out; returns how many revocations the gates know."""
    publication = Publication(publisher())

    def publish():
        publication.tick()
        return publication.publisher.revocations

    return publish


def outcome(text: str, revocations=None, at=None) -> str:
    return judge(text, trust=trust_list(), at=at or timezone.now(), revocations=revocations).outcome


def test_a_paper_passes_for_half_a_year_whatever_the_colour(mother, applicant) -> None:
    paper = issue_paper(applicant(), mother)
    assert outcome(paper_text(paper)) == "pass"
    assert outcome(paper_text(paper), at=paper.issued_at + PAPER_LIVES - timedelta(minutes=1)) == "pass"
    assert outcome(paper_text(paper), at=paper.issued_at + PAPER_LIVES + timedelta(days=2)) != "pass"


def test_a_paper_stands_for_the_persons_card(mother, applicant) -> None:
    paper = issue_paper(applicant(), mother)
    credential = judge(paper_text(paper), trust=trust_list(), at=timezone.now()).credential
    assert credential is not None
    assert credential.person == bytes(mother.documents.get().person_key)


def test_printed_again_it_is_the_same_paper(mother, applicant) -> None:
    paper = issue_paper(applicant(), mother)
    assert paper_text(paper) == paper_text(Paper.objects.get())


@pytest.mark.django_db(transaction=True)
def test_a_paper_that_is_lost_is_void_at_every_gate_and_the_new_one_is_good(mother, applicant, published) -> None:
    old = issue_paper(applicant(), mother)
    assert outcome(paper_text(old), published()) == "pass"
    assert report_loss(applicant("13900012345"), mother) == 1
    revoked = published()
    assert outcome(paper_text(old), revoked) == "refuse"
    new = issue_paper(applicant("13700012345"), mother)
    assert outcome(paper_text(new), published()) == "pass"
    assert not Revocation.objects.exists()
    assert report_loss(applicant("13600012345"), mother) == 1
    assert report_loss(applicant("13500012345"), mother) == 0


def test_a_new_paper_voids_the_old_one(mother, employ) -> None:
    officer = employ(Role.OFFICE)
    old = issue_paper(officer, mother)
    issue_paper(officer, mother)
    old.refresh_from_db()
    assert old.voided_for == Paper.Voided.REPLACED
    assert bytes(Revocation.objects.get().serial) == bytes(old.serial)


def test_nobody_without_a_code_has_a_paper(register, applicant) -> None:
    with pytest.raises(RefusedError) as refused:
        issue_paper(applicant(), register())
    assert refused.value.code == "paper_needs_code"


def phone() -> tuple[Ed25519PrivateKey, bytes]:
    key = Ed25519PrivateKey.generate()
    return key, key.public_key().public_bytes_raw()


@pytest.fixture
def daughter_s(mother, applicant):
    return entrust(None, mother, applicant(), Relation.CHILD, Consent.TOLD_STAFF)


def test_a_phone_makes_codes_offline_until_its_grant_ends(mother, daughter_s) -> None:
    key, public = phone()
    grant, granted = grant_phone(daughter_s, public)
    now = timezone.now()
    assert outcome(make.prove(key, granted, made=now)) == "pass"
    late = grant.expires_at + timedelta(minutes=10)
    assert grant.expires_at - grant.issued_at == GRANT_LIVES
    assert outcome(make.prove(key, granted, made=late), at=late) != "pass"


def test_another_phones_key_makes_no_codes_from_a_stolen_grant(daughter_s) -> None:
    _key, public = phone()
    _grant, granted = grant_phone(daughter_s, public)
    thief, _public = phone()
    assert outcome(make.prove(thief, granted, made=timezone.now())) == "refuse"


def test_when_the_mandate_ends_the_phone_makes_no_more_codes(daughter_s) -> None:
    grant, _granted = grant_phone(daughter_s, phone()[1])
    end_mandate(daughter_s.applicant, daughter_s)
    assert bytes(Revocation.objects.get().serial) == bytes(grant.serial)


def test_a_grant_never_outlives_the_mandate(mother, applicant) -> None:
    until = timezone.now() + timedelta(days=2)
    mandate = entrust(None, mother, applicant(), Relation.CHILD, Consent.ON_PAPER, valid_until=until)
    assert grant_phone(mandate, phone()[1])[0].expires_at <= until


def test_a_phone_that_asks_again_has_one_grant_and_one_phone_too_many_ends_the_oldest(daughter_s) -> None:
    same = phone()[1]
    for _ in range(3):
        grant_phone(daughter_s, same)
    assert Grant.objects.filter(voided_at=None).count() == 1
    for minute in range(MOST_PHONES + 1):
        with time_machine.travel(timezone.now() + timedelta(minutes=minute + 1)):
            grant_phone(daughter_s, phone()[1])
    assert Grant.objects.filter(voided_at=None).count() == MOST_PHONES
    assert not Grant.objects.filter(voided_at=None, phone_key=same).exists()


@pytest.mark.parametrize("public", [b"", b"x" * 31, b"\x04" + b"\x00" * 64, b"x" * 65])
def test_a_made_up_phone_key_is_refused(daughter_s, public: bytes) -> None:
    with pytest.raises(RefusedError) as refused:
        grant_phone(daughter_s, public)
    assert refused.value.code == "phone_key"


def test_what_is_published_as_trust_is_what_the_gates_read(updates) -> None:
    from gatepass.credentials import TrustList
    from gatepass.directory.lists import TRUST_FILE

    Publication(publisher()).tick()
    content = publisher().file(TRUST_FILE)
    assert content is not None
    assert [key.public for key in TrustList.decode(content).keys] == [key.public for key in trust_list().keys]
