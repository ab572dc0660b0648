from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepass.identity import PartialDate
from gatepass.identity.names import Name, compare
from gatepass.identity.names.name import sentences
from gatepass.languages import LANGUAGES

BIRTH = PartialDate(1984, 3, 9)

LETTERS = st.sampled_from(
    "王伟單于尉迟万俟佐藤子林李朴金김박준희サとーっゃ々ÜßøaeiounghzXY '-.·,12\u0301\u200b\ud800𠮷ｱﾞ"
)
ANY_NAME = st.one_of(st.text(max_size=60), st.text(LETTERS, max_size=40))


def codes(match):
    return [reason.code for reason in match.reasons]


@pytest.mark.parametrize(
    ("characters", "surname"),
    [
        ("单", "SHAN"), ("仇", "QIU"), ("曾", "ZENG"), ("解", "XIE"), ("区", "OU"), ("查", "ZHA"),
        ("朴", "PIAO"), ("尉迟", "YUCHI"),
        ("万俟", "MOQI"), ("盖", "GE"), ("任", "REN"), ("华", "HUA"), ("缪", "MIAO"), ("翟", "ZHAI"),
        ("繁", "PO"), ("欧阳", "OUYANG"),
    ],
)  # fmt: skip
def test_a_chinese_surname_has_its_own_reading(characters, surname):
    assert compare(f"{characters}晓明", f"{surname} XIAOMING").verdict == "likely"


@pytest.mark.parametrize(
    ("characters", "usual"), [("单", "DAN"), ("仇", "CHOU"), ("曾", "CENG"), ("查", "CHA"), ("任", "RAN"), ("华", "YE")]
)
def test_the_word_s_reading_is_no_surname(characters, usual):
    if usual == "CHA":  # 查 is spelled so in Hong Kong
        assert compare(f"{characters}晓明", f"{usual} XIAOMING", nationality_a="CHN").score < 0.9
        return
    assert compare(f"{characters}晓明", f"{usual} XIAOMING", nationality_a="CHN").verdict == "different"


@pytest.mark.parametrize(
    ("hanja", "spellings"),
    [
        ("李", "LEE YI RHEE"), ("崔", "CHOI CHOE"), ("朴", "PARK PAK BAK"), ("林", "LIM IM"),
        ("柳", "RYU YOO"), ("金", "KIM GIM"),
    ],
)  # fmt: skip
def test_a_korean_surname_has_many_spellings(hanja, spellings):
    for spelling in spellings.split():
        assert compare(f"{hanja}英姬", f"{spelling} YOUNGHEE", nationality_a="KOR").verdict == "likely", spelling


def test_a_korean_is_not_read_as_mandarin_only():
    assert (
        compare("李英姬", "RHEE YOUNG HEE", nationality_a="KOR").score
        > compare("李英姬", "LI YINGJI", nationality_a="KOR").score
    )


def test_pinyin_of_a_korean_is_found_and_called_unusual():
    match = compare("李英姬", "LI YINGJI", nationality_a="KOR", nationality_b="KOR")
    assert match.verdict == "likely"
    assert codes(match) == ["reads_pinyin", "reading_unexpected", "nationality_same"]


def test_unknown_nationality_tries_every_reading():
    assert compare("林惠子", "LIN HUIZI").verdict == "likely"
    assert compare("林惠子", "HAYASHI KEIKO").verdict == "likely"
    assert compare("林惠子", "IM HYEJA").verdict == "likely"


def test_equal_sound_in_other_characters_is_another_name():
    match = compare(Name("王伟", latin="WANG WEI"), Name("王薇", latin="WANG WEI"))
    assert match.verdict == "different"
    assert codes(match) == ["homophone"]


def test_the_passport_spelling_helps_where_the_scripts_differ():
    assert compare(Name("金民俊", latin="KIM MINJOON"), "KIM MINJOON").verdict == "same"


def test_a_preferred_name_suggests_and_no_more():
    match = compare(Name("陈大文", preferred="Peter Chan"), "PETER CHAN")
    assert match.verdict == "likely"
    assert codes(match) == ["preferred_name"]


def test_another_birth_date_outweighs_an_equal_name():
    match = compare("王伟", "王伟", birth_a=BIRTH, birth_b=date(1992, 7, 30))
    assert match.verdict == "different"
    assert codes(match) == ["same_writing", "birth_differs"]


def test_an_equal_birth_date_lifts_a_reading_to_same_and_a_homophone_to_likely():
    assert compare("陈建国", "CHEN JIANGUO", birth_a=BIRTH, birth_b=BIRTH).verdict == "same"
    assert compare("王晓明", "王小明", birth_a=BIRTH, birth_b=BIRTH).verdict == "likely"
    assert compare("王秀英", "李桂花", birth_a=BIRTH, birth_b=BIRTH).verdict == "different"


def test_day_and_month_swapped_are_a_slip():
    assert (
        codes(compare("孙丽", "孙丽", birth_a=PartialDate(1990, 4, 5), birth_b=PartialDate(1990, 5, 4)))[-1]
        == "birth_slip"
    )


def test_a_partly_known_birth_date_agrees_as_far_as_it_goes():
    match = compare("孙丽", "SUN LI", birth_a=PartialDate(1990), birth_b=PartialDate(1990, 5, 4))
    assert codes(match)[-1] == "birth_compatible"
    assert codes(compare("孙丽", "孙丽", birth_a=PartialDate(1990), birth_b=PartialDate(1961)))[-1] == "birth_differs"


def test_another_nationality_lowers_and_a_region_of_one_country_does_not():
    assert compare("李娜", "LI NA", nationality_a="CHN", nationality_b="USA").score < compare("李娜", "LI NA").score
    assert "nationality_differs" not in codes(compare("陳大文", "陈大文", nationality_a="HKG", nationality_b="CHN"))


@pytest.mark.parametrize("empty", ["", "   ", "…", "\u200b", "—"])
def test_a_name_without_a_letter_matches_nothing(empty):
    match = compare(empty, empty)
    assert match.verdict == "different"
    assert codes(match) == ["empty_name"]


def test_every_reason_speaks_five_languages_and_holds_no_name():
    for code, texts in sentences().items():
        assert set(texts) == set(LANGUAGES), code
        assert all(text and "{" not in text for text in texts.values())


def test_a_name_is_in_no_repr():
    assert "王" not in repr(Name("王伟", latin="WANG", preferred="王"))
    assert "王" not in repr(compare("王伟", "王伟"))


@settings(max_examples=400)
@given(ANY_NAME, ANY_NAME, st.sampled_from(["", "CHN", "KOR", "JPN", "xx", "GBR"]), st.sampled_from(["", "HKG", "KOR"]))
def test_any_two_texts_are_compared_alike_both_ways(a, b, one, other):
    match = compare(a, b, nationality_a=one, nationality_b=other)
    assert 0 <= match.score <= 1
    assert match.reasons
    assert all(reason.sentences["en"] for reason in match.reasons)
    turned = compare(b, a, nationality_a=other, nationality_b=one)
    assert (turned.verdict, turned.score) == (match.verdict, match.score)


@settings(max_examples=200)
@given(ANY_NAME.filter(lambda text: any(c.isascii() and c.isalpha() for c in text)))
def test_a_name_is_the_same_as_itself(name):
    assert compare(name, name).verdict == "same"


@pytest.mark.parametrize(
    "flood", ["a", "a ", "ji hun ", "王", "金英", "김", "희", "佐藤", "あ", "っ", "ã", "o'", "王 a 김 あ ", "ﷺ"]
)
def test_time_is_bounded_on_any_length(flood):
    long = flood * (1_000_000 // len(flood))
    compare("王伟", "WANG WEI")
    began = time.perf_counter()
    compare(Name(long, long, long), Name(long + "b", "b" + long, long))
    assert time.perf_counter() - began < 1
