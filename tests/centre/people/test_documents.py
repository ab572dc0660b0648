from __future__ import annotations

import pytest
from django.db import connection
from tests.cast import LI, STRANGER, WANG
from tests.centre.people.test_residents import KIM

from gatepass.centre.accounts.roles import Role
from gatepass.centre.audit.models import Entry
from gatepass.centre.codes.models import DirectoryChange
from gatepass.centre.codes.states import all_states, states_of
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.access import access_residents, documents_of, key_of, matching, with_document, with_phone
from gatepass.centre.people.actions import (
    PhoneFacts,
    Registration,
    add_document,
    change_resident,
    register_resident,
    retire_document,
    set_phones,
)
from gatepass.centre.people.models import IdentityDocument, NameKey, Phone, Resident

pytestmark = pytest.mark.django_db
Retired = IdentityDocument.Retired


def test_a_second_document_leads_gates_and_staff_to_the_same_person(register) -> None:
    wang = register(WANG)
    DirectoryChange.objects.all().delete()
    add_document(None, wang, KIM)
    assert wang.documents.count() == 2
    assert bytes(DirectoryChange.objects.get().person_key) == key_of(KIM)
    assert set(states_of([key_of(KIM), key_of(WANG.document)]).values()) == set(dict(all_states()).values())
    assert Resident.objects.get(with_document(documents_of(WANG.number))) == wang


def test_a_retired_document_leads_to_nobody_and_gates_forget_it(register) -> None:
    wang = register(WANG)
    document = wang.documents.get()
    DirectoryChange.objects.all().delete()
    retire_document(None, document, Retired.LOST)
    assert not Resident.objects.filter(with_document(documents_of(WANG.number))).exists()
    assert states_of([key_of(WANG.document)]) == {key_of(WANG.document): None}
    assert dict(all_states()) == {}
    assert DirectoryChange.objects.count() == 1
    with pytest.raises(RefusedError, match="document_retired_already"):
        retire_document(None, document, Retired.EXPIRED)


def test_what_was_retired_by_mistake_can_be_entered_again_even_by_its_true_holder(register) -> None:
    wang, li = register(WANG), register(LI)
    retire_document(None, wang.documents.get(), Retired.MISTAKE)
    add_document(None, li, WANG.document)
    assert Resident.objects.get(with_document(documents_of(WANG.number))) == li


def test_a_document_in_use_belongs_to_one_person(register) -> None:
    wang, li = register(WANG), register(LI)
    with pytest.raises(RefusedError, match="document_held"):
        add_document(None, wang, WANG.document)
    with pytest.raises(RefusedError) as refused:
        add_document(None, li, WANG.document)
    assert (refused.value.code, refused.value.fields) == ("document_known", {"resident": wang.pk})
    assert li.documents.count() == 1


def test_of_somebody_in_another_area_one_learns_no_more_than_that_it_cannot_be_done_here(
    town, register, employ
) -> None:
    register(WANG, town.far_site)
    user = employ(Role.OFFICE, community=town.community)
    with pytest.raises(RefusedError) as refused:
        register_resident(user, Registration(WANG.document, site=town.estate.pk))
    assert (refused.value.code, refused.value.fields) == ("document_elsewhere", {})


def test_several_documents_and_phones_are_registered_at_once(town) -> None:
    phones = (PhoneFacts("0571 8888 1234", Phone.Purpose.HOME), PhoneFacts("+86 138-0000-0000", preferred=True))
    kim = register_resident(None, Registration(KIM, site=town.estate.pk, further=(STRANGER.document,), phones=phones))
    assert kim.documents.count() == 2
    assert kim.phone == "13800000000"
    assert [str(phone.number) for phone in kim.phones.all()] == ["13800000000", "057188881234"]
    assert Resident.objects.get(with_phone("１３８ 0000 0000")) == kim
    assert not Resident.objects.filter(with_phone("13800000001")).exists()


def test_telephone_numbers_are_sealed(town, register) -> None:
    wang = register(WANG)
    set_phones(None, wang, [PhoneFacts("13800000000")])
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, number_key FROM people_phone")
        assert all(b"13800000000" not in bytes(column) for column in cursor.fetchone())
    assert str(Phone.objects.get().number) == "13800000000"


def test_setting_the_same_phones_again_changes_nothing(register) -> None:
    wang = register(WANG)
    numbers = [PhoneFacts("13800000000"), PhoneFacts("13900000000", preferred=True)]
    set_phones(None, wang, numbers)
    set_phones(None, wang, list(reversed(numbers)))
    wang.refresh_from_db()
    assert wang.revision == 1
    set_phones(None, wang, numbers[:1])
    wang.refresh_from_db()
    assert wang.revision == 2


def test_a_change_names_its_fields_and_never_what_they_say(register) -> None:
    wang = register(WANG)
    assert change_resident(None, wang, {"latin_name": "WANG XIUYING", "language": "ko", "sex": wang.sex}) == [
        "language",
        "latin_name",
    ]
    assert Entry.objects.get(verb="resident:change").fields == {"fields": ["language", "latin_name"]}
    assert change_resident(None, wang, {"latin_name": "WANG XIUYING"}) == []
    assert Entry.objects.filter(verb="resident:change").count() == 1


def test_two_who_edit_at_once_notice_it(register) -> None:
    wang = register(WANG)
    seen = wang.revision
    change_resident(None, wang, {"language": "ko"}, revision=seen)
    with pytest.raises(RefusedError, match="changed_meanwhile"):
        change_resident(None, wang, {"language": "ja"}, revision=seen)


def test_a_new_name_is_found_and_the_old_one_no_longer(town, register, employ) -> None:
    wang = register(WANG)
    change_resident(None, wang, {"full_name": "欧阳娜"})
    user = employ(Role.OFFICE)
    assert access_residents(user).filter(matching("Ouyang Na")).get() == wang
    assert not access_residents(user).filter(matching("Wang Xiuying")).exists()
    assert set(NameKey.objects.values_list("birth_year", flat=True)) == {1941}


def test_who_moves_to_another_site_leaves_room_and_household(town, register) -> None:
    wang = register_resident(None, Registration(WANG.document, site=town.estate.pk, household="3-2-501"))
    assert wang.household.label == "3-2-501"
    change_resident(None, wang, {"site": town.hospital})
    wang = Resident.objects.get(pk=wang.pk)
    assert (wang.household, wang.memberships.count()) == (None, 1)
