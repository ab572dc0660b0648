from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import translation
from tests.cast import LI, SUN, WANG
from tests.centre.people.test_residents import KIM

from gatepass.centre.accounts.roles import Role
from gatepass.centre.people.actions import Registration, import_residents, register_resident, retire_document
from gatepass.centre.people.duplicates import MOST, Sought, find_duplicates
from gatepass.centre.people.merges.actions import merge
from gatepass.centre.people.protection.actions import protect
from gatepass.identity import Document, DocumentKind, Holder, PartialDate
from gatepass.identity.names import Name

pytestmark = pytest.mark.django_db


def somebody(number: int, name: str, birth: PartialDate | None, nationality: str = "CHN") -> Document:
    holder = Holder(native_name=name, birth=birth, nationality=nationality)
    return Document(kind=DocumentKind.OTHER, issuer="CHN", number=f"T{number:06d}", holder=holder)


def test_another_spelling_is_found_with_reasons_in_the_readers_language(town, employ) -> None:
    kim = register_resident(None, Registration(KIM, site=town.estate.pk))
    user = employ(Role.OFFICE)
    sought = Sought(Name("KIM MIN-JUN"), PartialDate(1988), "KOR")
    (found,) = find_duplicates(user, sought)
    assert found.resident == kim
    assert not found.same_document
    said = set()
    for language in ("zh-hans", "zh-hant", "en", "ko", "ja"):
        with translation.override(language):
            said.add(tuple(found.reasons))
    assert len(said) == 5
    assert all(len(reasons) >= 2 for reasons in said)


def test_a_document_outweighs_every_name_even_a_retired_one(register, employ) -> None:
    wang = register(WANG)
    retire_document(None, wang.documents.get(), "expired")
    user = employ(Role.OFFICE)
    (found,) = find_duplicates(user, Sought(Name("Somebody Else"), documents=(WANG.document,)))
    assert (found.resident, found.same_document, found.score) == (wang, True, 1.0)
    with translation.override("en"):
        assert found.reasons[0] == "The document is the same."


def test_birth_date_weighs_more_than_the_name(register, employ) -> None:
    wang = register(WANG)
    user = employ(Role.OFFICE)
    assert find_duplicates(user, Sought(Name("王秀英"), PartialDate(1960, 1, 1), "CHN")) == []
    (same,) = find_duplicates(user, Sought(Name("Wang Xiuying"), PartialDate(1941, 3, 12), "CHN"))
    assert (same.resident, same.match.verdict) == (wang, "same")
    (slip,) = find_duplicates(user, Sought(Name("王秀英"), PartialDate(1941, 12, 3), "CHN"))
    assert "birth_slip" in [reason.code for reason in slip.match.reasons]


def test_at_most_five_and_the_likeliest_first(town, employ) -> None:
    born = PartialDate(1950, 5, 5)
    import_residents(
        [Registration(somebody(n, "王伟", born if n == 7 else None), site=town.estate.pk) for n in range(9)]
    )
    found = find_duplicates(employ(Role.OFFICE), Sought(Name("王伟"), born, "CHN"))
    assert len(found) == MOST
    assert found[0].resident.birth == "1950-05-05"
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_among_many_of_one_name_the_one_born_in_that_year_is_found(town, employ) -> None:
    """More people of a name than are read: the year of birth narrows the reading."""
    many = [
        Registration(somebody(n, "王伟", PartialDate(1900 + n % 100, 1 + n % 12, 1)), site=town.estate.pk)
        for n in range(400)
    ]
    import_residents(many)
    found = find_duplicates(employ(Role.OFFICE), Sought(Name("Wang Wei"), PartialDate(1977, 6, 1), "CHN"))
    assert found[0].resident.birth == "1977-06-01"


def test_nobody_outside_the_users_area_is_a_candidate(town, register, employ) -> None:
    register(WANG, town.far_site)
    sought = Sought(Name(WANG.name), documents=(WANG.document,))
    assert find_duplicates(employ(Role.OFFICE, community=town.community), sought) == []
    assert find_duplicates(employ(Role.OFFICE, site=town.hospital), sought) == []
    assert find_duplicates(employ(Role.AUDITOR), sought) == []
    assert len(find_duplicates(employ(Role.OFFICE, site=town.far_site), sought)) == 1


def test_a_protected_person_is_a_candidate_for_the_named_staff_only(register, employ) -> None:
    wang = register(WANG)
    named, other = employ(Role.OFFICE), employ(Role.OFFICE)
    protect(None, wang, [named])
    sought = Sought(Name(WANG.name), PartialDate(1941, 3, 12), documents=(WANG.document,))
    assert find_duplicates(other, sought) == []
    assert [one.resident for one in find_duplicates(named, sought)] == [wang]


def test_the_one_who_asks_is_left_out_and_a_merged_half_is_nobody(register, employ) -> None:
    wang, li, sun = register(WANG), register(LI), register(SUN)
    user = employ(Role.OFFICE)
    assert find_duplicates(user, Sought(Name(WANG.name)), without=wang.pk) == []
    merge(None, sun, li)
    (found,) = find_duplicates(user, Sought(Name("Li Jianguo")))
    assert found.resident == sun


@pytest.mark.parametrize("name", ["", " ", "12345", "\x00", "?" * 500, "王" * 500, "'; DROP TABLE people_namekey"])
def test_whatever_is_typed_does_no_harm(register, employ, name) -> None:
    register(WANG)
    assert find_duplicates(employ(Role.OFFICE), Sought(Name(name))) == []
    assert find_duplicates(employ(Role.OFFICE), Sought(Name(""), documents=(replace(KIM, number=name or "A1"),))) == []
