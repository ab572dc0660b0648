from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.cast import LI, WANG

from gatepass.centre.accounts.roles import Role
from gatepass.centre.applications.access import access_applications
from gatepass.centre.applications.actions import apply, approve, refuse, withdraw
from gatepass.centre.applications.facts import ApplicationFacts, StayTold
from gatepass.centre.applications.models import Application
from gatepass.centre.errors import RefusedError
from gatepass.centre.facts.models import Fact
from gatepass.centre.limits.limits import LIMITS
from gatepass.centre.mandates.access import mandates_of
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.people.actions import PhoneFacts, Registration, register_resident
from gatepass.centre.people.models import Resident
from gatepass.centre.people.protection.actions import protect
from gatepass.centre.sending.models import Message
from gatepass.policy.colours.facts import Declaration, Stay

pytestmark = pytest.mark.django_db
MOTHER_S_PHONE = "13900012345"


def told(character=WANG, **more) -> ApplicationFacts:
    document = character.document
    holder = document.holder
    return ApplicationFacts(
        full_name=holder.native_name or holder.latin_name,
        latin_name=holder.latin_name,
        kind=document.kind,
        number=document.number,
        issuer=document.issuer,
        birth=holder.birth.isoformat(),
        sex=holder.sex,
        nationality=holder.nationality,
        declaration=Declaration(symptoms=[]),
        **more,
    )


def send(applicant, town, facts=None, relation=Relation.CHILD, consent=Consent.TOLD_APPLICANT) -> Application:
    return apply(applicant, town.estate, relation, consent, facts or told(), None)


def test_a_daughter_applies_and_the_office_approves(applicant, town, employ) -> None:
    daughter = applicant()
    stay = StayTold(timezone.now() - timedelta(days=3), timezone.now() - timedelta(days=1), Stay(region="420100"))
    application = send(daughter, town, told(stays=[stay]))
    assert not mandates_of(daughter).exists()
    mother = approve(employ(Role.OFFICE), application)
    assert mother.full_name == WANG.document.holder.native_name
    mandate = mandates_of(daughter).get()
    assert (mandate.resident, mandate.relation, mandate.consent) == (mother, Relation.CHILD, Consent.TOLD_APPLICANT)
    assert sorted(Fact.objects.values_list("kind", "source")) == [("declaration", "helper"), ("stay", "helper")]
    assert "approved" in Message.objects.get().text


def test_whose_number_is_registered_already_is_linked_and_not_registered_twice(
    applicant, town, employ, register
) -> None:
    mother = register()
    application = send(applicant(), town)
    assert application.state == Application.State.SENT
    assert approve(employ(Role.OFFICE), application) == mother
    assert Resident.objects.count() == 1


def test_the_office_may_choose_a_candidate_under_another_spelling(applicant, town, employ, register) -> None:
    known = register(LI)
    assert approve(employ(Role.OFFICE), send(applicant(), town), known) == known
    assert Resident.objects.count() == 1


def known_with_phone(town, phone=MOTHER_S_PHONE, purpose="own") -> Resident:
    return register_resident(
        None, Registration(WANG.document, site=town.estate.pk, phones=(PhoneFacts(phone, purpose=purpose),))
    )


def test_the_own_telephone_on_record_is_approved_at_once(applicant, town) -> None:
    resident = known_with_phone(town)
    own = applicant(MOTHER_S_PHONE)
    application = send(own, town, relation=Relation.SELF, consent=Consent.OWN)
    assert application.state == Application.State.APPROVED
    assert mandates_of(own).get().resident == resident


@pytest.mark.parametrize("attack", ["other_phone", "relatives_phone", "other_name", "for_somebody_else"])
def test_a_number_alone_gives_nobody_somebody_elses_code(applicant, town, attack: str) -> None:
    known_with_phone(town, purpose="relative" if attack == "relatives_phone" else "own")
    attacker = applicant("13700012345" if attack == "other_phone" else MOTHER_S_PHONE)
    facts = told()
    if attack == "other_name":
        facts = ApplicationFacts(
            full_name="赵敏", kind=facts.kind, number=facts.number, issuer="CHN", birth="1990-01-01",
            declaration=Declaration(),
        )  # fmt: skip
    if attack == "for_somebody_else":
        application = send(attacker, town, facts)
    else:
        application = send(attacker, town, facts, Relation.SELF, Consent.OWN)
    assert application.state == Application.State.SENT
    assert not mandates_of(attacker).exists()
    assert not Fact.objects.exists()


def test_a_refusal_says_the_next_step_and_changes_nothing(applicant, town, employ) -> None:
    application = send(applicant(), town)
    refuse(employ(Role.OFFICE), application, Application.Refusal.CONSENT)
    assert "did not agree" in Message.objects.get().text
    assert not Resident.objects.exists()
    with pytest.raises(RefusedError) as refused:
        approve(employ(Role.OFFICE), application)
    assert refused.value.code == "application_decided"


def test_the_same_application_is_sent_once_and_may_be_withdrawn_and_sent_again(applicant, town) -> None:
    daughter = applicant()
    application = send(daughter, town)
    with pytest.raises(RefusedError) as refused:
        send(daughter, town)
    assert refused.value.code == "application_waits"
    with pytest.raises(RefusedError):
        withdraw(applicant(MOTHER_S_PHONE), application)
    withdraw(daughter, application)
    assert send(daughter, town).state == Application.State.SENT


def test_trying_numbers_is_stopped(applicant, town) -> None:
    guesser = applicant()
    for _ in range(LIMITS["number_of_applicant"].most):
        withdraw(guesser, send(guesser, town))
    with pytest.raises(RefusedError) as refused:
        send(guesser, town)
    assert refused.value.code == "too_many"


def test_staff_see_applications_for_their_own_sites_and_for_protected_people_only_the_named(
    applicant, town, employ, register
) -> None:
    near, far = employ(Role.OFFICE, community=town.community), employ(Role.OFFICE, community=town.far_community)
    mother = register()
    application = send(applicant(), town)
    assert list(access_applications(near, "residents")) == [application]
    assert not access_applications(far, "residents").exists()
    named = employ(Role.OFFICE, community=town.community)
    protect(None, mother, [named])
    assert not access_applications(near, "residents").exists()
    assert list(access_applications(named, "residents")) == [application]


def test_what_was_told_is_encrypted(applicant, town) -> None:
    from django.db import connection

    send(applicant(), town)
    with connection.cursor() as cursor:
        cursor.execute("SELECT facts FROM applications_application")
        stored = bytes(cursor.fetchone()[0])
    assert WANG.document.number.encode() not in stored
