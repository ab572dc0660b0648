from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.http import Http404
from django.utils import timezone
from tests.cast import LI

from gatepass.centre.accounts.roles import Role
from gatepass.centre.audit.models import Entry
from gatepass.centre.errors import RefusedError
from gatepass.centre.mandates.access import access_mandates, access_own, mandates_of
from gatepass.centre.mandates.actions import INVITATION_LIVES, accept, end_mandate, entrust, invite
from gatepass.centre.mandates.models import Consent, Mandate, Relation

pytestmark = pytest.mark.django_db
FRIEND = "13900012345"


def test_a_daughter_acts_for_her_mother_and_for_nobody_else(applicant, register) -> None:
    mother, stranger, daughter = register(), register(LI), applicant()
    entrust(None, mother, daughter, Relation.CHILD, Consent.TOLD_STAFF)
    assert access_own(daughter, mother.pk).resident == mother
    with pytest.raises(Http404):
        access_own(daughter, stranger.pk)
    with pytest.raises(Http404):
        access_own(applicant(FRIEND), mother.pk)


def test_a_mandate_that_has_run_out_or_was_ended_opens_nothing(applicant, register) -> None:
    mother, daughter = register(), applicant()
    until = timezone.now() + timedelta(days=30)
    mandate = entrust(None, mother, daughter, Relation.CHILD, Consent.ON_PAPER, valid_until=until)
    with time_machine.travel(until + timedelta(seconds=1)):
        assert not mandates_of(daughter).exists()
    end_mandate(daughter, mandate)
    assert not mandates_of(daughter).exists()
    assert Entry.objects.filter(verb="mandate:end").count() == 1
    end_mandate(daughter, mandate)
    assert Entry.objects.filter(verb="mandate:end").count() == 1


def test_a_mandate_given_again_is_one_mandate(applicant, register) -> None:
    mother, daughter = register(), applicant()
    entrust(None, mother, daughter, Relation.CHILD, Consent.TOLD_APPLICANT)
    entrust(None, mother, daughter, Relation.CHILD, Consent.ON_PAPER)
    assert [one.consent for one in Mandate.objects.all()] == [Consent.ON_PAPER]


@pytest.mark.parametrize(
    ("relation", "consent"), [(Relation.CHILD, Consent.OWN), (Relation.SELF, Consent.TOLD_APPLICANT)]
)
def test_nobody_acts_without_a_consent_that_fits(applicant, register, relation, consent) -> None:
    with pytest.raises(RefusedError) as refused:
        entrust(None, register(), applicant(), relation, consent)
    assert refused.value.code == "consent_missing"


def test_an_invitation_opens_once_and_for_a_week(applicant, register, employ) -> None:
    mother = register()
    token = invite(employ(Role.OFFICE), mother, Relation.CHILD, Consent.TOLD_STAFF)
    with time_machine.travel(timezone.now() + INVITATION_LIVES + timedelta(seconds=1)), pytest.raises(RefusedError):
        accept(applicant(), token, None)
    from gatepass.centre.applicants.models import Applicant

    daughter = Applicant.objects.get()
    mandate = accept(daughter, token, None)
    assert (mandate.relation, mandate.consent) == (Relation.CHILD, Consent.TOLD_STAFF)
    with pytest.raises(RefusedError) as refused:
        accept(applicant(FRIEND), token, None)
    assert refused.value.code == "invitation_unknown"


def test_the_person_invites_and_whoever_was_entrusted_does_not(applicant, register) -> None:
    mother, her_phone, daughter = register(), applicant(FRIEND), applicant()
    own = entrust(None, mother, her_phone, Relation.SELF, Consent.OWN)
    entrusted = accept(daughter, invite(own, mother, Relation.CHILD, Consent.TOLD_STAFF), None)
    assert entrusted.consent == Consent.OWN_PHONE
    with pytest.raises(RefusedError) as refused:
        invite(entrusted, mother, Relation.FAMILY, Consent.TOLD_APPLICANT)
    assert refused.value.code == "mandate_not_own"


def test_guessing_invitations_is_stopped(applicant) -> None:
    guesser, codes = applicant(), []
    for _ in range(40):
        with pytest.raises(RefusedError) as refused:
            accept(guesser, "guess", "203.0.113.9")
        codes.append(refused.value.code)
    assert codes[0] == "invitation_unknown"
    assert codes[-1] == "too_many"


def test_staff_see_the_mandates_of_their_own_residents_only(applicant, register, employ, town) -> None:
    mother = register()
    entrust(None, mother, applicant(), Relation.CHILD, Consent.TOLD_STAFF)
    assert access_mandates(employ(Role.OFFICE, community=town.community), mother).count() == 1
    with pytest.raises(Http404):
        access_mandates(employ(Role.OFFICE, community=town.far_community), mother)
