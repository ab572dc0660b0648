from __future__ import annotations

import io

import openpyxl
import pytest
from tests.cast import LI, SUN, WANG, ZHAO
from tests.centre.people.test_residents import KIM, form

from gatepass.centre.accounts.roles import Role
from gatepass.centre.audit.models import Entry
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.people.actions import (
    PhoneFacts,
    Registration,
    add_document,
    change_resident,
    register_resident,
    set_phones,
)
from gatepass.centre.people.households.actions import found_household, move_household
from gatepass.centre.people.merges.actions import merge
from gatepass.centre.people.merges.models import Merge
from gatepass.centre.people.models import Resident, SavedFilter
from gatepass.policy import Colour

pytestmark = pytest.mark.django_db


def change(person: Resident, **facts) -> dict:
    usual = {
        "full_name": person.full_name, "sex": person.sex, "birth": person.birth, "language": person.language,
        "nationality": person.nationality, "site": person.site_id, "revision": person.revision,
        "phones-TOTAL_FORMS": 2, "phones-INITIAL_FORMS": 0,
    }  # fmt: skip
    return usual | facts


def test_the_edit_page_changes_the_person_and_the_telephones(town, register, employ, log_in) -> None:
    wang = register(WANG)
    client = log_in(employ(Role.SOCIAL_WORKER, community=town.community))
    said = change(wang, preferred_name="王奶奶", language="ko")
    said |= {"phones-0-number": "+86 138 0000 0000", "phones-0-purpose": "own", "phones-1-number": "0571-88881234",
             "phones-1-purpose": "relative", "phones-1-whose": "女儿", "phones-1-preferred": "on"}  # fmt: skip
    assert client.post(f"/residents/{wang.pk}/change/", said).status_code == 302
    wang.refresh_from_db()
    assert (wang.preferred_name, wang.language) == ("王奶奶", "ko")
    assert [(str(one.number), one.whose) for one in wang.phones.all()] == [
        ("057188881234", "女儿"),
        ("13800000000", ""),
    ]
    page = client.get(f"/residents/{wang.pk}/").content.decode()
    assert "王奶奶" in page
    assert "女儿" in page


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"full_name": ""}, "This field is required"),
        ({"birth": "1941-02-30"}, "This date does not exist"),
        ({"birth": "12.3.1941"}, "Enter a valid value"),
        ({"revision": 99}, "Somebody else changed this resident"),
        ({"phones-0-number": "none"}, "Write the telephone number"),
        ({"room": "1-1-1"}, "This is no room of the chosen site"),
    ],
)
def test_what_is_wrong_with_an_edit_is_said_and_nothing_is_saved(register, employ, log_in, facts, sentence) -> None:
    wang = register(WANG)
    page = log_in(employ(Role.OFFICE)).post(f"/residents/{wang.pk}/change/", change(wang, preferred_name="x") | facts)
    assert sentence in page.content.decode()
    assert Resident.objects.get().preferred_name == ""


def test_a_person_is_moved_to_the_own_sites_only(town, register, employ, log_in) -> None:
    wang = register(WANG)
    client = log_in(employ(Role.OFFICE, community=town.community))
    assert client.post(f"/residents/{wang.pk}/change/", change(wang, site=town.far_site.pk)).status_code == 200
    assert client.post(f"/residents/{wang.pk}/change/", change(wang, site=town.hospital.pk)).status_code == 302


def test_documents_are_added_and_retired_on_their_pages(town, register, employ, log_in) -> None:
    wang, li = register(WANG), register(LI)
    client = log_in(employ(Role.SOCIAL_WORKER, community=town.community))
    said = {"kind": "passport", "number": "M12345678", "issuer": "KOR"}
    assert client.post(f"/residents/{wang.pk}/documents/new/", said).status_code == 302
    page = client.post(f"/residents/{li.pk}/documents/new/", said).content.decode()
    assert f'href="/residents/{wang.pk}/"' in page
    assert "has this document already" in client.post(f"/residents/{wang.pk}/documents/new/", said).content.decode()
    first, second = wang.documents.order_by("pk")
    address = f"/residents/{wang.pk}/documents/{first.pk}/retire/"
    assert "last document" not in client.get(address).content.decode()
    assert client.post(address, {"reason": "nonsense"}).status_code == 200
    client.post(address, {"reason": "replaced"})
    assert "last document" in client.get(f"/residents/{wang.pk}/documents/{second.pk}/retire/").content.decode()
    assert client.get(f"/residents/{li.pk}/documents/{first.pk}/retire/").status_code == 404
    assert "1 retired document" in client.get(f"/residents/{wang.pk}/").content.decode()


def test_while_a_name_is_typed_candidates_come_with_reasons_and_nothing_stands_in_an_address(
    town, register, employ, log_in
) -> None:
    wang = register(WANG)
    client = log_in(employ(Role.SOCIAL_WORKER, community=town.community))
    said = {"full_name": "WANG XIUYING", "birth": "1941-03-12", "nationality": "CHN"}
    page = client.post("/residents/duplicates/", said).content.decode()
    assert f"/residents/{wang.pk}/" in page
    assert 'class="reasons small"' in page
    assert client.post("/residents/duplicates/", said | {"without": wang.pk}).content.decode().strip() == ""
    by_number = client.post("/residents/duplicates/", {"kind": "resident_card", "number": WANG.number})
    assert "The document is the same." in by_number.content.decode()
    assert client.get("/residents/duplicates/").status_code == 302
    for odd in ({"birth": "x-y"}, {"kind": "nonsense", "number": "1"}, {"full_name": "王" * 900}, {}):
        assert client.post("/residents/duplicates/", odd).status_code == 200


def test_a_known_document_leads_to_its_holder_where_one_may_know_that(town, register, employ, log_in) -> None:
    wang = register(WANG)
    near, far = (log_in(employ(Role.OFFICE, community=one)) for one in (town.community, town.far_community))
    assert f'href="/residents/{wang.pk}/"' in near.post("/residents/new/", form(town)).content.decode()
    page = far.post("/residents/new/", form(town, site=town.far_site.pk)).content.decode()
    assert "cannot be registered here" in page
    assert f"/residents/{wang.pk}/" not in page


def test_the_list_narrows_by_age_household_telephone_language_and_state(town, register, employ, log_in) -> None:
    wang, li, sun = register(WANG), register(LI), register(SUN)
    kim = register_resident(None, Registration(KIM, site=town.hospital.pk, phone="13800000000"))
    household = found_household(None, town.estate, "A")
    move_household(None, wang, household)
    set_colour(None, sun, Colour.RED, "A1")
    change_resident(None, li, {"language": "ko"})
    client = log_in(employ(Role.OFFICE))

    def found(query: str) -> set[str]:
        page = client.get(f"/residents/?{query}").content.decode()
        return {one.full_name for one in (wang, li, sun, kim) if f">{one.full_name}</a>" in page}

    assert found("oldest=70") == {"王秀英"}
    assert found("youngest=40") == {"孙丽", "김민준"}
    assert found("oldest=50&youngest=70") == {"李建国"}
    assert found("alone=yes") == {"王秀英"}
    assert found("alone=none") == {"李建国", "孙丽", "김민준"}
    assert found("phone=yes") == {"김민준"}
    assert found("phone=no&colour=red") == {"孙丽"}
    assert found("nationality=KOR") == {"김민준"}
    assert found("language=ko") == {"李建国", "김민준"}
    assert found("words=Kim Minjun") == {"김민준"}
    assert found("words=Wang Xiuying") == {"王秀英"}
    assert found("oldest=999") == set()


def test_a_filter_is_saved_without_anybodys_name_and_shared_with_colleagues(town, register, employ, log_in) -> None:
    register(WANG)
    own, colleague = employ(Role.OFFICE), employ(Role.SOCIAL_WORKER, community=town.community)
    client = log_in(own)
    said = {"name": "old and alone", "query": "oldest=70&alone=yes&words=王秀英&evil=1", "shared": "on"}
    client.post("/residents/filters/save/", said)
    assert SavedFilter.objects.get().query == "oldest=70&alone=yes"
    client.post("/residents/filters/save/", said | {"query": "oldest=80"})
    saved = SavedFilter.objects.get()
    assert saved.query == "oldest=80"
    assert 'href="/residents/?oldest=80"' in log_in(colleague).get("/residents/").content.decode()
    log_in(colleague).post(f"/residents/filters/{saved.pk}/drop/")
    assert SavedFilter.objects.exists()
    client.post("/residents/filters/save/", said | {"shared": ""})
    assert "old and alone" not in log_in(colleague).get("/residents/").content.decode()
    assert client.post("/residents/filters/save/", {"name": "", "query": ""}).status_code == 302
    client.post(f"/residents/filters/{saved.pk}/drop/")
    assert not SavedFilter.objects.exists()


def test_the_workbook_holds_what_is_seen_and_no_number(town, register, employ, log_in) -> None:
    register(WANG), register(LI, town.hospital)
    client = log_in(employ(Role.OFFICE))
    answer = client.get(f"/residents/export.xlsx?site={town.hospital.pk}")
    cells = [cell.value for row in openpyxl.load_workbook(io.BytesIO(answer.content)).active for cell in row]
    assert "李建国" in cells
    assert "王秀英" not in cells
    assert not any(WANG.number in str(cell) or LI.number in str(cell) for cell in cells)
    assert Entry.objects.get(verb="resident:export").fields == {"count": 1, "filtered": True}


def test_merging_goes_side_by_side_and_back(town, register, employ, log_in) -> None:
    wang, li = register(WANG), register(LI)
    change_resident(None, li, {"full_name": "王秀英", "birth": "1941-03-12", "latin_name": "WANG XIUYING"})
    client = log_in(employ(Role.OFFICE, community=town.community))
    assert f"/residents/{wang.pk}/merge/{li.pk}/" in client.get(f"/residents/{wang.pk}/merge/").content.decode()
    page = client.get(f"/residents/{wang.pk}/merge/{li.pk}/").content.decode()
    assert 'name="latin_name" value="other" checked' in page
    client.post(f"/residents/{wang.pk}/merge/{li.pk}/", {"latin_name": "other", "sex": "kept"})
    wang.refresh_from_db()
    assert wang.latin_name == "WANG XIUYING"
    assert client.get(f"/residents/{li.pk}/").headers["location"] == f"/residents/{wang.pk}/"
    assert "Part them again" in client.get(f"/residents/{wang.pk}/").content.decode()
    client.post(f"/residents/{wang.pk}/unmerge/{Merge.objects.get().pk}/")
    assert client.get(f"/residents/{li.pk}/").status_code == 200


def test_the_other_entry_is_found_by_number_or_name(town, register, employ, log_in) -> None:
    wang, _li, sun = register(WANG), register(LI), register(SUN, town.far_site)
    client = log_in(employ(Role.OFFICE, community=town.community))
    assert "李建国" in client.post(f"/residents/{wang.pk}/merge/", {"words": LI.number}).content.decode()
    assert "李建国" in client.post(f"/residents/{wang.pk}/merge/", {"words": "Li Jianguo"}).content.decode()
    assert "Nobody in your area fits" in client.post(f"/residents/{wang.pk}/merge/", {"words": "孙丽"}).content.decode()
    assert client.get(f"/residents/{wang.pk}/merge/{sun.pk}/").status_code == 404
    assert client.get(f"/residents/{wang.pk}/merge/{wang.pk}/").status_code == 404


def test_a_merge_of_what_is_merged_already_is_refused_in_words(town, register, employ, log_in) -> None:
    wang, li, sun = register(WANG), register(LI), register(SUN)
    merge(None, wang, li)
    made = merge(None, sun, wang)
    client = log_in(employ(Role.OFFICE))
    assert client.get(f"/residents/{wang.pk}/merge/{li.pk}/").status_code == 404
    page = client.post(f"/residents/{sun.pk}/unmerge/{made.pk}/", follow=True).content.decode()
    assert "two entries again" in page
    assert "parted already" in client.post(f"/residents/{sun.pk}/unmerge/{made.pk}/", follow=True).content.decode()


def test_a_telephone_number_leads_to_its_holder(register, employ, log_in) -> None:
    zhao = register(ZHAO)
    set_phones(None, zhao, [PhoneFacts("13812345678")])
    client = log_in(employ(Role.OFFICE))
    assert client.post("/residents/", {"words": "138 1234 5678"}).headers["location"] == f"/residents/{zhao.pk}/"


def test_every_document_in_use_finds_the_person(register, employ, log_in) -> None:
    wang = register(WANG)
    add_document(None, wang, KIM)
    client = log_in(employ(Role.OFFICE))
    for number in (WANG.number, KIM.number):
        assert client.post("/residents/", {"words": number}).headers["location"] == f"/residents/{wang.pk}/"
