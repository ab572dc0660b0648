from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.cast import LI, SUN, WANG

from gatepass.centre.accounts.roles import Role
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.codes.models import Code, CodeChange
from gatepass.centre.codes.states import states_of
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.access import access_residents, documents_of, kept_half, key_of, matching, with_document
from gatepass.centre.people.actions import PhoneFacts, Registration, change_resident, register_resident, set_phones
from gatepass.centre.people.households.actions import move_household
from gatepass.centre.people.households.models import Membership
from gatepass.centre.people.merges.actions import CHOICES, merge, unmerge
from gatepass.centre.people.models import Resident
from gatepass.policy import Advice, Colour

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(town) -> tuple[Resident, Resident]:
    """Wang twice, under two documents, with everything that a row can have."""
    kept = register_resident(None, Registration(WANG.document, site=town.estate.pk, household="A", relation="head"))
    other = register_resident(
        None, Registration(SUN.document, site=town.hospital.pk, household="B", relation="head", address="市一医院")
    )
    change_resident(None, other, {"full_name": "WANG XIUYING", "latin_name": "WANG XIUYING", "language": "en"})
    set_phones(None, kept, [PhoneFacts("13800000000")])
    set_phones(None, other, [PhoneFacts("13900000000"), PhoneFacts("13700000000")])
    set_colour(None, kept, Colour.GREEN, "C", valid_until=timezone.now() + timedelta(days=9))
    set_colour(None, other, Colour.YELLOW, "B1", Advice.TEST)
    return kept, other


def everything() -> dict[str, object]:
    """What all rows say of the two, as they are now; what only counts changes is left out."""
    return {
        "residents": list(
            Resident.objects.order_by("pk").values(
                "pk", "site", "room", "address", "full_name", "latin_name", "language", "birth", "sex", "merged_into"
            )
        ),
        "documents": [list(one.documents.values_list("pk", flat=True)) for one in Resident.objects.order_by("pk")],
        "phones": [list(one.phones.values_list("pk", "preferred")) for one in Resident.objects.order_by("pk")],
        "memberships": list(Membership.objects.order_by("pk").values("resident", "household", "relation", "until")),
        "codes": list(Code.objects.order_by("pk").values("pk", "colour", "reason", "advice", "valid_until")),
        "keys": sorted(Resident.objects.order_by().values_list("pk", "name_keys__key")),
    }


@pytest.mark.parametrize("take", [(), ("full_name", "latin_name"), ("home", "colour"), CHOICES])
def test_an_unmerge_restores_documents_household_phones_colour_and_names(pair, take) -> None:
    before = everything()
    history = set(CodeChange.objects.values_list("resident", "pk"))
    unmerge(None, merge(None, *pair, take=take))
    assert everything() == before
    assert history <= set(CodeChange.objects.values_list("resident", "pk"))


def test_a_merged_person_is_one_with_both_documents_and_all_history(pair, employ) -> None:
    kept, other = pair
    merge(None, kept, other, take=["latin_name", "colour"])
    user = employ(Role.OFFICE)
    assert list(access_residents(user)) == [kept]
    assert kept.documents.count() == 2
    assert kept.code_changes.count() == 3
    assert kept.full_name == "王秀英"
    assert kept.latin_name == "WANG XIUYING"
    assert [str(phone.number) for phone in kept.phones.all()] == ["13800000000", "13900000000", "13700000000"]
    assert kept.household.label == "A"
    yellow = (Colour.YELLOW, Advice.TEST)
    assert states_of([key_of(WANG.document), key_of(SUN.document)]) == {
        key_of(WANG.document): yellow,
        key_of(SUN.document): yellow,
    }
    assert Resident.objects.get(with_document(documents_of(SUN.number))) == kept
    assert kept_half(user, other.pk) == kept


def test_what_was_done_after_a_merge_stays_where_it_was_done(pair, town) -> None:
    kept, other = pair
    made = merge(None, kept, other, take=["latin_name", "language", "colour"])
    change_resident(None, kept, {"language": "ja"})
    set_colour(None, kept, Colour.RED, "A1", Advice.VISIT_OFFICE)
    unmerge(None, made)
    kept.refresh_from_db()
    assert (kept.language, kept.latin_name) == ("ja", "")
    assert Code.objects.get(pk=kept.pk).colour == "red"


def test_somebody_without_a_colour_gets_the_others(register) -> None:
    wang, li = register(WANG), register(LI)
    set_colour(None, li, Colour.RED, "A1")
    made = merge(None, wang, li)
    assert Code.objects.get(pk=wang.pk).colour == "red"
    unmerge(None, made)
    assert (Code.objects.get(pk=wang.pk).colour, Code.objects.get(pk=wang.pk).advice) == ("", Advice.APPLY)


def test_what_cannot_be_merged_or_parted_is_refused(register) -> None:
    wang, li, sun = register(WANG), register(LI), register(SUN)
    with pytest.raises(RefusedError, match="merge_with_itself"):
        merge(None, wang, wang)
    first = merge(None, wang, li)
    with pytest.raises(RefusedError, match="merged_already"):
        merge(None, sun, li)
    second = merge(None, sun, wang)
    with pytest.raises(RefusedError, match="merge_in_chain"):
        unmerge(None, first)
    unmerge(None, second)
    unmerge(None, first)
    with pytest.raises(RefusedError, match="unmerged_already"):
        unmerge(None, first)
    assert not Resident.objects.filter(merged_into__isnull=False).exists()


def test_a_chain_of_merges_still_leads_from_the_first_to_the_last(register, employ) -> None:
    wang, li, sun = register(WANG), register(LI), register(SUN)
    merge(None, wang, li)
    merge(None, sun, wang)
    assert kept_half(employ(Role.OFFICE), li.pk) == sun


def test_the_spelling_of_the_other_half_still_finds_the_person(register, employ) -> None:
    wang, li = register(WANG), register(LI)
    made = merge(None, wang, li)
    user = employ(Role.OFFICE)
    assert access_residents(user).filter(matching("Li Jianguo")).get() == wang
    unmerge(None, made)
    assert access_residents(user).filter(matching("Li Jianguo")).get() == li


def test_a_household_that_has_another_head_by_now_takes_its_member_back_without_that_title(pair, register) -> None:
    kept, other = pair
    household = other.household
    made = merge(None, kept, other)
    li = register(LI)
    change_resident(None, li, {"site": household.site})
    move_household(None, li, household, "head")
    unmerge(None, made)
    assert Resident.objects.get(pk=other.pk).membership.relation == "other"
