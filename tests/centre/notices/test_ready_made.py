"""What is shipped: every text in five languages, and all five say the same."""

from __future__ import annotations

import re
from datetime import date

import pytest

from gatepass.centre.notices.figures import differences, figures
from gatepass.centre.notices.glossary import Term, merged, shipped, slips
from gatepass.centre.notices.lengths import SCREEN_MOST, columns, sms_segments
from gatepass.centre.notices.prose import blocks, to_html, to_words
from gatepass.centre.notices.ready_made import EXAMPLE, FIELDS, READY_MADE, fields_of, written
from gatepass.languages import LANGUAGES

MOST_SEGMENTS = 3


def test_at_least_twelve_are_shipped_and_every_kind_is_among_them() -> None:
    assert len(READY_MADE) >= 12
    assert {one.kind for one in READY_MADE.values()} == {"poster", "notice", "letter", "card", "handbook"}


@pytest.mark.parametrize("name", READY_MADE)
def test_all_five_languages_are_complete_and_ask_for_the_same_fields(name: str) -> None:
    one = READY_MADE[name]
    assert set(one.fields) <= set(FIELDS)
    for language in LANGUAGES:
        text = one.texts[language]
        assert fields_of(text) == set(one.fields), language
        assert all((text.title.strip(), text.short.strip(), text.body.strip())), language


@pytest.mark.parametrize("name", READY_MADE)
def test_all_five_agree_in_dates_telephone_numbers_and_figures(name: str) -> None:
    texts = READY_MADE[name].filled(EXAMPLE)
    for part in ("title", "short", "body"):
        for ours in LANGUAGES:
            for theirs in LANGUAGES:
                found = differences(getattr(texts[ours], part), ours, getattr(texts[theirs], part), theirs)
                assert found == [], (part, ours, theirs)


@pytest.mark.parametrize("name", READY_MADE)
def test_all_five_have_the_same_parts_and_use_the_words_of_the_glossary(name: str) -> None:
    texts = READY_MADE[name].texts
    shapes = {
        language: [(block.kind, len(block.lines)) for block in blocks(texts[language].body)] for language in LANGUAGES
    }
    for language in LANGUAGES:
        assert shapes[language] == shapes["zh-Hans"], language
        assert slips(shipped(), texts["zh-Hans"].body, "zh-Hans", texts[language].body, language) == [], language


@pytest.mark.parametrize("name", READY_MADE)
def test_the_short_sentence_fits_a_screen_and_few_text_messages(name: str) -> None:
    for language, text in READY_MADE[name].filled(EXAMPLE).items():
        assert columns(text.short) <= SCREEN_MOST, (language, columns(text.short))
        assert sms_segments(text.short) <= MOST_SEGMENTS, language


def test_no_text_has_signs_of_another_script() -> None:
    traditional, simplified = set("體溫證請護觀碼們"), set("体证请护观码们")
    for one in READY_MADE.values():
        said = {language: f"{text.title}{text.short}{text.body}" for language, text in one.texts.items()}
        assert not traditional & set(said["zh-Hans"]), one.name
        assert not simplified & set(said["zh-Hant"]), one.name
        assert not re.search(r"[가-힣]", said["ja"] + said["zh-Hans"]), one.name
        assert not re.search(r"[぀-ヿ一-鿿]", said["ko"]), one.name
        assert not re.search(r"[぀-ヿ가-힣一-鿿]", said["en"]), one.name


def test_a_date_is_written_as_each_language_writes_it() -> None:
    day = date(2026, 3, 12)
    assert [written(day, language) for language in LANGUAGES] == [
        "3月12日",
        "3月12日",
        "12 March",
        "3월 12일",
        "3月12日",
    ]


# --- the little markup ---


def test_markup_becomes_six_tags_and_everything_else_is_text() -> None:
    text = "## 在家里\n- 开**窗**\n- <script>alert(1)</script>\n\n1. 一\n2. 二\n\n请 & 谢谢\n再见"
    assert to_html(text) == (
        "<h2>在家里</h2><ul><li>开<strong>窗</strong></li><li>&lt;script&gt;alert(1)&lt;/script&gt;</li></ul>"
        "<ol><li>一</li><li>二</li></ol><p>请 &amp; 谢谢<br>再见</p>"
    )
    assert to_words(text).splitlines()[:2] == ["在家里", "开窗"]


def test_what_is_typed_oddly_is_text_and_turns_nothing_around() -> None:
    assert to_html("**a\n***\n\u202eabc\x00") == "<p>**a<br>***<br>abc</p>"
    assert to_html("") == ""


# --- the glossary ---


def test_a_missing_and_an_avoided_word_are_named() -> None:
    source = "居家观察期间请出示健康码"
    [first, second] = slips(shipped(), source, "zh-Hans", "During home isolation, please show your QR", "en")
    assert {(first.wanted, first.instead), (second.wanted, second.instead)} == {
        ("home observation", "home isolation"),
        ("health code", ""),
    }
    assert slips(shipped(), source, "zh-Hans", "During home observation, please show your health code", "en") == []


def test_the_word_of_the_town_comes_before_the_shipped_one() -> None:
    own = Term({"zh-Hans": "健康码", "zh-Hant": "健康碼", "en": "gate code", "ko": "출입 코드", "ja": "入場コード"})
    [slip] = slips(merged([own]), "请出示健康码", "zh-Hans", "please show your health code", "en")
    assert slip.wanted == "gate code"


def test_text_messages_are_counted_as_the_networks_count_them() -> None:
    assert [sms_segments(text) for text in ("", "a" * 160, "a" * 161, "码" * 70, "码" * 71, "𬭎" * 35, "[" * 81)] == [
        0,
        1,
        2,
        1,
        2,
        1,
        2,
    ]


def test_figures_of_a_filled_in_text_are_found_at_all() -> None:
    read = {(one.kind, str(one.value[0])) for one in figures(READY_MADE["testing"].filled(EXAMPLE)["ko"].body, "ko")}
    assert {("date", "3"), ("time", "510"), ("time", "1020"), ("phone", "57187654321"), ("amount", "24")} <= read
