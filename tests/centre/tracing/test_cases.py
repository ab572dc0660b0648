"""Two people, a window and an end: what a case needs before anything is read, and that its end is one."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone
from tests.cast import LI, STRANGER, WANG
from tests.centre.tracing.things import facts, opened, tracers

from gatepass.centre.accounts.roles import Role
from gatepass.centre.audit.models import Entry
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.protection.actions import protect
from gatepass.centre.privacy.purge import purge_round
from gatepass.centre.sending.thread import SendingThread
from gatepass.centre.tracing import actions
from gatepass.centre.tracing.access import access_cases, access_contacts, colleagues, open_now
from gatepass.centre.tracing.finding import count_contacts
from gatepass.centre.tracing.models import Case, Contact, Extension
from gatepass.languages import LANGUAGES

pytestmark = pytest.mark.django_db


def refused(code: str):
    return pytest.raises(RefusedError, match=f"^{code}$")


def test_nobody_confirms_their_own_case_and_until_somebody_does_nothing_is_read(town) -> None:
    one, other = tracers()
    case = actions.open_case(one, facts(), [WANG.document])
    with refused("case_own"):
        actions.confirm_case(one, case)
    for ask in (lambda: count_contacts(one, case), lambda: access_contacts(other, case)):
        with refused("case_not_open"):
            ask()
    actions.confirm_case(other, case)
    assert case.state == "open"
    assert count_contacts(one, case) == 0


def test_the_database_refuses_a_case_that_one_person_opened_and_confirmed(town) -> None:
    one, _other = tracers()
    case = actions.open_case(one, facts(), [WANG.document])
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state="open", confirmed_by=one)


def test_of_two_answers_the_first_counts_and_the_audit_has_one_entry(town) -> None:
    one, other, third = tracers(3)
    case = actions.open_case(one, facts(), [WANG.document])
    stale = Case.objects.get(pk=case.pk)
    actions.confirm_case(other, case)
    with refused("case_not_now"):
        actions.confirm_case(third, stale)
    with refused("case_not_now"):
        actions.refuse_case(third, stale)
    assert Entry.objects.filter(verb="case:confirm").count() == 1
    assert not Entry.objects.filter(verb="case:refuse").exists()


def test_whoever_opened_a_case_may_take_it_back_and_it_never_opens_again(town) -> None:
    one, other = tracers()
    case = actions.open_case(one, facts(), [WANG.document])
    actions.refuse_case(one, case)
    with refused("case_not_now"):
        actions.confirm_case(other, case)


def test_the_clock_closes_a_case_on_the_very_read_before_any_job_has_run(town) -> None:
    case = opened(WANG.document)
    with time_machine.travel(case.expires_at, tick=False):
        assert Case.objects.get(pk=case.pk).state == "open"
        with refused("case_not_open"):
            open_now(case)
        with refused("case_not_open"):
            count_contacts(case.opened_by, case)
    with time_machine.travel(case.expires_at - timedelta(seconds=1), tick=False):
        assert open_now(case) == case


def test_the_upkeep_writes_down_what_has_run_out_once(town) -> None:
    case = opened(WANG.document)
    proposed = actions.open_case(case.opened_by, facts(), [LI.document])
    later = case.expires_at + timedelta(minutes=1)
    assert actions.close_expired(later) == 2
    assert actions.close_expired(later) == 0
    case.refresh_from_db()
    assert (case.state, case.ending) == ("closed", "expired")
    proposed.refresh_from_db()
    assert proposed.state == "closed"
    assert Entry.objects.filter(verb="case:expire", actor="system").count() == 2


def test_the_serving_process_does_the_upkeep(town, monkeypatch) -> None:
    case = opened(WANG.document)
    with time_machine.travel(case.expires_at, tick=False):
        SendingThread().once()
    case.refresh_from_db()
    assert case.state == "closed"


def test_a_case_that_was_closed_early_is_shut_at_once(town) -> None:
    case = opened(WANG.document)
    actions.close_case(case.opened_by, case)
    with refused("case_not_open"):
        access_contacts(case.confirmed_by, case)


def test_more_time_needs_a_second_person_too(town) -> None:
    case = opened(WANG.document)
    one, other = case.opened_by, case.confirmed_by
    until = case.expires_at + timedelta(days=7)
    asked = actions.ask_for_extension(one, case, until, "The incubation is longer.")
    with refused("extension_waits"):
        actions.ask_for_extension(other, case, until, "again")
    with refused("case_own"):
        actions.grant_extension(one, asked)
    actions.grant_extension(other, asked)
    case.refresh_from_db()
    assert case.expires_at == until
    with refused("case_not_now"):
        actions.refuse_extension(other, asked)


def test_more_time_for_a_case_that_has_run_out_meanwhile_opens_nothing(town) -> None:
    case = opened(WANG.document)
    asked = actions.ask_for_extension(case.opened_by, case, case.expires_at + timedelta(days=3), "x")
    with time_machine.travel(case.expires_at, tick=False), refused("case_not_now"):
        actions.grant_extension(case.confirmed_by, asked)
    assert Extension.objects.get(pk=asked.pk).state == "asked"
    case.refresh_from_db()
    assert not case.is_open_at(asked.until - timedelta(hours=1))


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("reason", {"reason": "  "}),
        ("legal_basis", {"legal_basis": "because"}),
        ("until", {"until": timezone.now() - timedelta(days=60)}),
        ("until", {"since": timezone.now() - timedelta(days=60)}),
        ("expires_at", {"expires_at": timezone.now() + timedelta(days=90)}),
        ("expires_at", {"expires_at": timezone.now() - timedelta(days=1)}),
        ("margin", {"margin": 0}),
        ("margin", {"margin": 61}),
    ],
)
def test_a_case_without_a_reason_a_basis_or_a_bounded_time_is_refused(town, field, changes) -> None:
    with pytest.raises(RefusedError) as caught:
        actions.open_case(tracers(1)[0], facts(**changes), [WANG.document])
    assert caught.value.fields == {"field": field}


def test_a_case_is_for_one_to_three_people(town) -> None:
    for persons in ([], [STRANGER.document] * 4):
        with refused("case_facts"):
            actions.open_case(tracers(1)[0], facts(), persons)


def test_a_grant_for_a_community_opens_its_cases_and_not_those_of_the_town(town, employ) -> None:
    near, far = opened(WANG.document, town.community), opened(WANG.document, town.far_community)
    whole = opened(WANG.document)
    assert set(access_cases(employ(Role.TRACER, community=town.community))) == {near}
    assert set(access_cases(employ(Role.TRACER, site=town.estate))) == set()
    assert set(access_cases(employ(Role.TRACER))) == {near, far, whole}
    for role in set(Role) - {Role.TRACER}:
        assert not access_cases(employ(role)).exists()


def test_colleagues_are_the_tracers_who_may_open_the_case(town, employ) -> None:
    case = opened(WANG.document, town.community)
    near, far = employ(Role.TRACER, community=town.community), employ(Role.TRACER, community=town.far_community)
    assert near in colleagues(case)
    assert far not in colleagues(case)


def test_before_and_after_the_case_the_audit_holds_no_name_number_or_reason(town) -> None:
    case = opened(WANG.document)
    actions.close_case(case.opened_by, case)
    said = " ".join(str(entry.fields) for entry in Entry.objects.filter(object=f"case:{case.pk}"))
    assert "infectious_disease_law" in said
    for secret in (WANG.name, WANG.number, WANG.number[-4:], "strain"):
        assert secret not in said


def test_a_case_for_somebody_under_protection_knows_the_card_and_no_resident(town, register, employ) -> None:
    hidden = register(WANG)
    protect(None, hidden, [employ(Role.OFFICE)])
    case = opened(WANG.document)
    assert Contact.objects.get(case=case).resident is None
    assert Entry.objects.filter(verb="protected:try_number", object=f"resident:{hidden.pk}").exists()


def test_four_weeks_after_its_end_what_a_case_found_is_purged_and_the_case_stays(town, register) -> None:
    register(WANG)
    case = opened(WANG.document)
    actions.close_case(case.opened_by, case)
    now = timezone.now()
    purge_round(now + timedelta(days=27))
    assert Contact.objects.exists()
    purge_round(now + timedelta(days=29))
    assert not Contact.objects.exists()
    assert Case.objects.filter(pk=case.pk).exists()
    purge_round(now + timedelta(days=366))
    assert not Case.objects.exists()


def test_each_basis_and_reason_is_there_in_five_languages() -> None:
    from gatepass.centre.tracing import words

    for table in (words.BASES, words.REASONS):
        for code, texts in table.items():
            assert len({texts[language] for language in LANGUAGES}) >= 4, code
    assert all(basis["source"] for basis in words.BASES.values())
    with pytest.raises(ValueError, match=r"basis.x lacks zh-Hant"):
        words.read_words('[basis.x]\nzh-Hans = "a"\nen = "b"\nko = "c"\nja = "d"')
