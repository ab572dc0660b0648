from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation
from tests.cast import LI, RESIDENTS, STRANGER, SUN, WANG

from gatepass.centre import keys
from gatepass.centre.accounts.roles import Role
from gatepass.centre.audit.models import Entry
from gatepass.centre.codes.models import DirectoryChange
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.access import access_residents, documents_of, matching, with_document
from gatepass.centre.people.actions import Registration, import_residents, read_typed_document, register_resident
from gatepass.centre.people.fields import SealedValueError
from gatepass.centre.people.models import IdentityDocument, Resident
from gatepass.identity import Document, DocumentKind, Holder, PartialDate
from gatepass.identity.masking import mask_number
from gatepass.wire.keys import person_key

pytestmark = pytest.mark.django_db

KIM = Document(
    kind=DocumentKind.PASSPORT,
    issuer="KOR",
    number="M12345678",
    holder=Holder(native_name="김민준", latin_name="KIM MINJUN", birth=PartialDate(1988), nationality="KOR"),
)


def form(town, **facts) -> dict[str, str]:
    usual = {
        "site": town.estate.pk,
        "full_name": "王秀英",
        "kind": "resident_card",
        "number": WANG.number,
        "language": "zh-hans",
    }
    return usual | facts


def test_a_registered_resident_is_found_by_the_key_that_the_gate_makes(register) -> None:
    resident = register(WANG)
    key = person_key(keys.person_key_secret(settings.KEYS_DIR), WANG.document)
    document = IdentityDocument.objects.get(person_key=key)
    assert document.resident == resident
    assert bytes(DirectoryChange.objects.get().person_key) == key


def test_the_number_is_not_in_the_database_file(register) -> None:
    register(WANG)
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM people_identitydocument")
        stored = bytes(cursor.fetchone()[0])
    assert WANG.number.encode() not in stored
    assert IdentityDocument.objects.get().number == WANG.number


def test_an_altered_or_moved_number_does_not_open(register) -> None:
    register(WANG)
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM people_identitydocument")
        stored = bytearray(cursor.fetchone()[0])
        stored[-1] ^= 1
        cursor.execute("UPDATE people_identitydocument SET number = %s", [sqlite3.Binary(bytes(stored))])
    with pytest.raises(SealedValueError):
        IdentityDocument.objects.get()


def test_one_document_is_registered_once(register) -> None:
    register(WANG)
    with pytest.raises(RefusedError, match="document_known"):
        register(WANG)
    assert Resident.objects.count() == 1


def test_no_text_of_a_resident_names_the_resident(register) -> None:
    resident = register(WANG)
    assert "王" not in f"{resident} {resident!r} {resident.documents.get()!r}"
    assert not any("王" in str(entry.fields) or WANG.number in str(entry.fields) for entry in Entry.objects.all())


def test_a_list_is_imported_with_one_audit_entry(town) -> None:
    residents = import_residents([Registration(person.document, site=town.estate.pk) for person in RESIDENTS])
    assert [resident.full_name for resident in residents] == [person.name for person in RESIDENTS]
    assert residents[0].birth == "1941-03-12"
    entry = Entry.objects.get(verb="resident:import")
    assert entry.fields == {"count": len(RESIDENTS), "sites": [town.estate.pk]}
    assert not Entry.objects.filter(verb="resident:register").exists()
    assert DirectoryChange.objects.count() == len(RESIDENTS)


def test_an_import_is_all_or_nothing_and_names_the_line(town, register) -> None:
    register(SUN)
    rows = [Registration(person.document, site=town.estate.pk) for person in (WANG, LI, SUN)]
    with pytest.raises(RefusedError) as refused:
        import_residents(rows)
    assert (refused.value.code, refused.value.fields) == ("document_known", {"row": 3})
    with pytest.raises(RefusedError) as refused:
        import_residents([*rows[:2], rows[0]])
    assert refused.value.fields == {"row": 3}
    assert Resident.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "issuer", "number", "code"),
    [
        ("resident_card", "", "33010219410312182", "number_length"),
        ("resident_card", "", WANG.number[:17] + "A", "number_characters"),
        ("resident_card", "", "99" + WANG.number[2:], "number_region"),
        ("resident_card", "", WANG.number[:10] + "1345" + WANG.number[14:], "number_birth_date"),
        ("resident_card", "", WANG.number[:6] + "2941" + WANG.number[10:], "number_birth_range"),
        ("resident_card", "", WANG.number[:16] + "9" + WANG.number[17], "number_check"),
        ("passport", "KOR", "M1", "number_form"),
        ("passport", "KOR", "M1234é", "number_form"),
        ("passport", "KO", "M12345678", "document_issuer"),
        ("passport", "", "M12345678", "document_issuer"),
        ("taiwan_permit", "", "M12345678", "number_form"),
        ("hkm_permit", "", "12345678", "number_form"),
        ("foreigner_pr", "", "932682198501010018", "number_check"),
        ("other", "CHN", "A1", "document_number"),
        ("card_uid", "", "04A2B3C4D5", "number_form"),
        ("card_uid", "", "pupil 7", "number_form"),
        ("other", "CHINA", "A123", "document_issuer"),
    ],
)
def test_what_is_wrong_with_a_typed_document_has_its_own_sentence(
    town, employ, log_in, kind, issuer, number, code
) -> None:
    with pytest.raises(RefusedError) as refused:
        read_typed_document(kind, issuer, number)
    assert refused.value.code == code
    page = log_in(employ(Role.OFFICE)).post("/residents/new/", form(town, kind=kind, issuer=issuer, number=number))
    with translation.override("en"):
        assert refused.value.sentence in page.content.decode()


@pytest.mark.parametrize(
    ("kind", "issuer", "typed", "number", "nationality"),
    [
        ("resident_card", "", "６１０１０４６２０９２７６９０", "610104196209276908", "CHN"),
        ("hmt_residence", "", "810000199408230021", "810000199408230021", "HKG"),
        ("foreigner_pr", "", "pak 310080010103", "PAK310080010103", "PAK"),
        ("hkm_permit", "", "h1234567802", "H12345678", "HKG"),
        ("taiwan_permit", "", "1234 5678", "12345678", "TWN"),
        ("passport", "kor", "m1234-5678", "M12345678", ""),
        ("other", "CHN", "ab 12", "AB12", ""),
        ("card_uid", "", "04:a2:b3:c4:d5:e6:80", "04A2B3C4D5E680", ""),
        ("card_uid", "CHN", "04a2b3c4", "04A2B3C4", ""),
    ],
)
def test_a_typed_number_of_any_kind_is_read_as_its_kind_writes_it(kind, issuer, typed, number, nationality) -> None:
    document = read_typed_document(kind, issuer, typed)
    assert (document.number, document.holder.nationality) == (number, nationality)


def test_a_slip_is_pointed_at_and_the_right_number_never_said() -> None:
    swapped = WANG.number[:16] + WANG.number[17] + WANG.number[16]
    with pytest.raises(RefusedError) as refused:
        read_typed_document("resident_card", "", swapped)
    with translation.override("en"):
        assert "17-18" in refused.value.sentence
    assert WANG.number not in refused.value.sentence


def test_eight_digits_find_whoever_carries_them(town) -> None:
    permit = register_resident(None, Registration(read_typed_document("taiwan_permit", "", "12345678"), town.estate.pk))
    passport = register_resident(None, Registration(read_typed_document("passport", "SGP", "12345678"), town.estate.pk))
    assert set(Resident.objects.filter(with_document(documents_of("1234 5678")))) == {permit, passport}


def test_the_form_registers_and_trusts_the_number_more_than_the_fields_beside_it(town, employ, log_in) -> None:
    client = log_in(employ(Role.SOCIAL_WORKER, community=town.community))
    page = client.post("/residents/new/", form(town, sex="male", birth="2001-01-01", number=f" {WANG.number.lower()} "))
    resident = Resident.objects.get()
    assert page.headers["location"] == f"/residents/{resident.pk}/"
    assert (resident.sex, resident.birth, resident.nationality) == ("female", "1941-03-12", "CHN")
    assert Entry.objects.get(verb="resident:register").actor_name


def test_the_form_registers_at_the_own_sites_only(town, employ, log_in) -> None:
    client = log_in(employ(Role.SOCIAL_WORKER, site=town.hospital))
    assert client.post("/residents/new/", form(town)).status_code == 200
    assert not Resident.objects.exists()


def test_a_filter_goes_by_a_part_of_the_name_and_never_by_a_number(town, register) -> None:
    wang, _li = register(WANG), register(LI)
    kim = register_resident(None, Registration(KIM, site=town.estate.pk))

    def found(words: str) -> set[Resident]:
        return set(Resident.objects.filter(matching(words)))

    assert found("秀") == {wang}
    assert found("minjun") == {kim}
    assert found(WANG.number) == set()


def test_a_whole_number_finds_its_holder_and_a_part_of_it_nobody(town, register) -> None:
    wang, _li = register(WANG), register(LI)
    kim = register_resident(None, Registration(KIM, site=town.estate.pk))

    def found(number: str) -> set[Resident]:
        return set(Resident.objects.filter(with_document(documents_of(number))))

    assert found(WANG.number.lower()) == {wang}
    assert found("m12345678") == {kim}
    assert found(WANG.number[:10]) == set()
    assert found(STRANGER.number) == set()


def test_a_number_is_searched_without_ever_standing_in_an_address(town, register, employ, log_in) -> None:
    wang = register(WANG)
    register(LI, town.far_site)
    client = log_in(employ(Role.OFFICE, community=town.community))
    assert client.post("/residents/", {"words": f" {WANG.number} "}).headers["location"] == f"/residents/{wang.pk}/"
    for nobody in (LI.number, STRANGER.number, "123456"):
        answer = client.post("/residents/", {"words": nobody, "colour": "red"}, follow=True)
        assert answer.redirect_chain == [("/residents/?colour=red", 302)]
        assert "registered with this number" in answer.content.decode()
    assert client.post("/residents/", {"words": "秀"}).headers["location"] == "/residents/?words=%E7%A7%80"


def test_a_person_key_search_does_not_leave_the_users_scope(town, register, employ) -> None:
    register(LI, town.far_site)
    user = employ(Role.OFFICE, community=town.community)
    assert not access_residents(user).filter(matching(LI.number)).exists()


def test_the_list_filters_pages_and_survives_a_reload(town, register, employ, log_in) -> None:
    register(WANG)
    register(LI, town.hospital)
    client = log_in(employ(Role.OFFICE))
    page = client.get(f"/residents/?site={town.hospital.pk}&words=").content.decode()
    assert "李建国" in page
    assert "王秀英" not in page
    assert f'value="{town.hospital.pk}" selected' in page
    assert "Nobody fits" in client.get("/residents/?words=zzz").content.decode()
    assert client.get("/residents/?page=99&site=abc").status_code == 200


def test_an_empty_list_says_what_to_do_first(town, employ, log_in) -> None:
    assert "Nobody is registered yet" in log_in(employ(Role.OFFICE)).get("/residents/").content.decode()


def test_an_export_has_no_numbers_and_no_formulas_and_is_on_record(town, register, employ, log_in) -> None:
    register(WANG)
    evil = replace(LI.document, holder=replace(LI.document.holder, native_name="=HYPERLINK(1)"))
    register_resident(None, Registration(evil, site=town.estate.pk, phone="13800000000"))
    text = log_in(employ(Role.OFFICE)).get("/residents/export.csv").content.decode("utf-8-sig")
    assert "王秀英" in text
    assert "'=HYPERLINK(1)" in text
    assert WANG.number not in text
    assert "13800000000" not in text
    assert Entry.objects.get(verb="resident:export").fields == {"count": 2, "filtered": False}


def test_opening_a_resident_is_on_record_and_shows_the_number_masked(register, employ, log_in) -> None:
    resident = register(WANG)
    page = log_in(employ(Role.OFFICE)).get(f"/residents/{resident.pk}/").content.decode()
    assert mask_number(WANG.document.kind, WANG.number) in page
    assert WANG.number not in page
    assert Entry.objects.get(verb="resident:view").object == f"resident:{resident.pk}"
