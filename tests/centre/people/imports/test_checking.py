from __future__ import annotations

from datetime import date

import pytest
from django.conf import settings
from django.utils import translation
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.cast import WANG
from tests.centre.people.imports.lists import HEADINGS

from gatepass.centre.accounts.roles import Role
from gatepass.centre.errors import SENTENCES
from gatepass.centre.people.addresses.actions import enter_places
from gatepass.centre.people.imports.checking import Surroundings, check_place, check_resident
from gatepass.centre.people.imports.columns import COLUMNS, guessed, print_of
from gatepass.centre.people.imports.models import Import
from gatepass.centre.people.imports.values import CellError, read_birth, read_word
from gatepass.centre.people.imports.words import FAULTS
from gatepass.centre.people.nationality import read_nationality
from gatepass.identity import DocumentKind

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
RIGHT = {"full_name": WANG.name, "document_number": WANG.number}


@pytest.fixture
def around(town, employ) -> Surroundings:
    return Surroundings(Import(kind="residents", site=town.estate), employ(Role.SOCIAL_WORKER, town.community))


def faults(said: dict[str, str], around: Surroundings, **notes: str) -> list[tuple[str, str]]:
    registration, found = check_resident(RIGHT | said, notes, around)
    assert (registration is None) == bool(found)
    assert all(code in FAULTS or code in SENTENCES for _field, code, _fields in found)
    return [(field, code) for field, code, _fields in found]


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        (HEADINGS, "full_name document_number sex phone relation building unit room"),
        (["氏名", "ローマ字氏名", "旅券番号", "国籍"], "full_name latin_name document_number nationality"),
        (["성명", "여권번호", "생년월일", "전화번호"], "full_name document_number birth phone"),
        (["Full name", "Passport No.", "Date of birth"], "full_name document_number birth"),
        (["序號", "姓名*（必填）", "身分證字號", "聯絡電話"], "- full_name document_number phone"),
        (["备注", "x", "", "Name"], "- - - full_name"),
    ],
)
def test_columns_are_recognised_by_headings_of_five_languages(headings, fields) -> None:
    found = {place: field for field, place in guessed("residents", headings).items()}
    assert " ".join(found.get(place, "-") for place in range(len(headings))) == fields


def test_the_template_of_every_language_is_recognised_whole() -> None:
    for kind, columns in COLUMNS.items():
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                headings = [str(column.label) for column in columns]
            assert guessed(kind, headings) == {column.field: n for n, column in enumerate(columns)}, (kind, language)


def test_lists_of_one_make_have_one_print() -> None:
    assert print_of(["姓名", "Name (full)"]) == print_of([" 姓 名*", "NAME（必填）"])
    assert print_of(["姓名"]) != print_of(["姓名", ""])


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("1941-03-12", "1941-03-12"),
        ("1941/3/12", "1941-03-12"),
        ("1941.03.12", "1941-03-12"),
        ("19410312", "1941-03-12"),
        ("1941年3月12日", "1941-03-12"),
        ("1941년 3월 12일", "1941-03-12"),
        ("１９４１－３－１２", "1941-03-12"),
        ("1941-03-12 00:00", "1941-03-12"),
        ("1941年3月", "1941-03"),
        ("1941", "1941"),
    ],
)
def test_a_date_is_read_year_first_in_every_form(text, iso) -> None:
    assert read_birth(text, TODAY).isoformat() == iso


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("12/03/1941", "row_date"),
        ("1941-13-01", "row_date"),
        ("1941-02-30", "row_date"),
        ("194103", "row_date"),
        ("29847", "row_date"),
        ("three", "row_date"),
        ("2027-01-01", "row_date_range"),
        ("1641-03-12", "row_date_range"),
    ],
)
def test_a_date_of_which_nobody_can_be_sure_is_not_guessed(text, code) -> None:
    with pytest.raises(CellError) as wrong:
        read_birth(text, TODAY)
    assert wrong.value.code == code


@pytest.mark.parametrize(
    ("field", "word", "value"),
    [
        ("sex", "女", "female"),
        ("sex", " Ｍale ", "male"),
        ("sex", "여자", "female"),
        ("document_kind", "护照", "passport"),
        ("document_kind", "Mainland travel permit for Taiwan residents", "taiwan_permit"),
        ("document_kind", "在留カード", None),
        ("relation", "儿媳", "child_in_law"),
        ("relation", "世帯主", "head"),
        ("language", "한국어", "ko"),
    ],
)
def test_words_of_five_languages_mean_the_same(field, word, value) -> None:
    if value is None:
        with pytest.raises(CellError):
            read_word(field, word)
    else:
        assert read_word(field, word) == value


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("韩国", "KOR"),
        ("대한민국", "KOR"),
        ("korea", "KOR"),
        ("JPN", "JPN"),
        ("中国香港", "HKG"),
        ("Germany", "DEU"),
        ("D", "DEU"),
        ("Atlantis", ""),
        ("", ""),
    ],
)
def test_a_nationality_is_known_by_its_name_or_code(words, code) -> None:
    assert read_nationality(words) == code


def test_a_right_row_is_a_registration(around, town) -> None:
    phones = {"phone": "+86 138-0000-0001", "relative_phone": "0571 88881234"}
    home = {"relation": "head", "building": "3幢", "room": "501", "language": "English"}
    second = {"second_number": "E12345678", "second_kind": "passport", "second_issuer": "CHN"}
    said = RIGHT | phones | home | second
    registration, found = check_resident(said, {}, around)
    assert found == []
    assert registration is not None
    assert (registration.site, registration.language) == (town.estate.pk, "en")
    assert [document.kind for document in registration.documents] == ["resident_card", "passport"]
    assert [(phone.number, phone.purpose) for phone in registration.phones] == [
        ("13800000001", "own"),
        ("057188881234", "relative"),
    ]
    # Without a list of addresses the words are the address; who is what to whom makes a household of a room.
    assert (registration.room, registration.address, registration.household) == (None, "3幢 501", "3幢 501")
    assert registration.document.holder.birth.isoformat() == "1941-03-12"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"full_name": ""}, [("full_name", "row_name")]),
        ({"full_name": "=HYPERLINK(1)"}, [("full_name", "row_name_letters")]),
        ({"full_name": "12"}, [("full_name", "row_name_letters")]),
        ({"full_name": "王" * 121}, [("full_name", "row_too_long")]),
        ({"document_number": ""}, [("document_number", "row_number")]),
        ({"document_number": WANG.number[:17] + WANG.number[16]}, [("document_number", "number_check")]),
        ({"document_number": WANG.number[:16]}, [("document_number", "number_length")]),
        ({"document_number": "H12345678"}, [("document_kind", "row_kind_open")]),
        ({"document_number": "E12345678"}, [("issuer", "document_issuer")]),
        ({"document_number": "???"}, [("document_kind", "row_kind_open")]),
        ({"document_kind": "月票"}, [("document_kind", "row_kind")]),
        ({"document_kind": "护照", "document_number": "M12345678"}, [("issuer", "document_issuer")]),
        ({"second_number": "333", "second_kind": "其他"}, [("second_issuer", "document_issuer")]),
        ({"birth": "1942-03-12"}, [("birth", "row_birth_differs")]),
        ({"birth": "12.3.1941"}, [("birth", "row_date")]),
        ({"sex": "男"}, [("sex", "row_sex_differs")]),
        ({"sex": "?"}, [("sex", "row_sex")]),
        ({"nationality": "Atlantis"}, [("nationality", "row_nationality")]),
        ({"phone": "call me"}, [("phone", "phone_number")]),
        ({"language": "français"}, [("language", "row_language")]),
        ({"relation": "friend of a friend"}, [("relation", "row_relation")]),
        ({"site": "清河坊小区"}, [("site", "row_site")]),
        ({"full_name": "", "phone": "y"}, [("full_name", "row_name"), ("phone", "phone_number")]),
    ],
)
def test_what_is_wrong_with_a_row_names_the_cell(around, said, expected) -> None:
    assert faults(said, around) == expected


def test_what_the_spreadsheet_spoiled_is_said_once(around) -> None:
    said = {"document_number": "330102194103121000"}
    assert ("document_number", "row_digits_lost") in faults(said, around, document_number="digits_lost")
    assert faults({}, around, full_name="error") == [("full_name", "row_cell_error")]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"document_number": "H12345678", "nationality": "香港"}, DocumentKind.HKM_PERMIT),
        ({"document_number": "12345678", "nationality": "台湾"}, DocumentKind.TAIWAN_PERMIT),
        ({"document_number": "M12345678", "nationality": "韩国"}, DocumentKind.PASSPORT),
        ({"document_number": "932682198501010017"}, DocumentKind.FOREIGNER_PR),
        ({"document_number": "810000199408230021"}, DocumentKind.HMT_RESIDENCE),
    ],
)
def test_a_kind_that_the_list_leaves_out_follows_from_number_and_state(around, said, kind) -> None:
    registration, found = check_resident({"full_name": "某某"} | said, {}, around)
    assert found == []
    assert registration.document.kind is kind


def test_a_room_must_be_on_the_list_where_there_is_one(around, town) -> None:
    enter_places(None, town.estate, [("3幢", "2单元", "501")])
    said = RIGHT | {"building": "3幢", "unit": "2单元", "room": "501"}
    assert check_resident(said, {}, around)[0].room is not None
    assert faults({"building": "3幢", "unit": "2单元", "room": "999"}, around) == [("room", "row_room")]
    assert faults({"building": "9幢"}, around) == [("building", "row_room")]


def test_a_site_is_named_alone_or_with_its_community(around, town) -> None:
    assert check_resident(RIGHT | {"site": "市一医院"}, {}, around)[0].site == town.hospital.pk
    assert check_resident(RIGHT | {"site": "定安路社区 市一医院"}, {}, around)[0].site == town.hospital.pk
    around.batch.site = None
    assert faults({}, around) == [("site", "row_site_missing")]


def test_a_place_needs_its_building(around, town) -> None:
    around.batch.kind = "places"
    assert check_place({"building": " 3 幢", "room": "501"}, {}, around) == ((town.estate.pk, ("3 幢", "", "501")), [])
    place, found = check_place({"room": "501", "unit": "x" * 41}, {}, around)
    assert place is None
    assert {code for _field, code, _fields in found} == {"place_without_building", "row_too_long"}


@hypothesis_settings(max_examples=150)
@given(
    said=st.dictionaries(
        st.sampled_from([column.field for column in COLUMNS["residents"]]),
        st.text(max_size=40) | st.from_regex(r"[0-9A-Z年月日/.-]{1,20}", fullmatch=True),
    )
)
def test_any_words_in_any_cell_give_a_registration_or_faults(said) -> None:
    class Nowhere(Surroundings):
        def __post_init__(self) -> None:
            self._sites, self._by_pk = {}, {}

    registration, found = check_resident(said, {}, Nowhere(Import(kind="residents"), None))  # type: ignore[arg-type]
    assert registration is None
    assert found
    assert all(code in FAULTS or code in SENTENCES for _field, code, _fields in found)
