"""Words in any of the five languages find an approved answer, and it is shown in the reader's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepass.languages import LANGUAGES
from gatepass.wire.answers import Answer, Answers, Finder, Said, decode, pieces


def answer(number: int, gates: list[str] | None = None, **questions: str) -> Answer:
    said = {"zh-Hans": "zh", "zh-Hant": "tw", "en": "en", "ko": "ko", "ja": "ja"}
    texts = {language: Said(language, questions[said[language]], "…", "…") for language in LANGUAGES}
    return Answer(number, gates, texts)


CLEANER = answer(
    1, zh="保洁阿姨可以进小区吗？", tw="清潔阿姨可以進社區嗎？", en="May my cleaning lady come in?",
    ko="청소 도우미가 들어올 수 있나요?", ja="清掃の人は入れますか？",
)  # fmt: skip
PARCEL = answer(
    2, zh="快递放在哪里？", tw="包裹放在哪裡？", en="Where are parcels left?",
    ko="택배는 어디에 두나요?", ja="荷物はどこに置かれますか？",
)  # fmt: skip
PETS = answer(
    3, gates=["7"], zh="可以遛狗吗？", tw="可以遛狗嗎？", en="May I walk my dog?",
    ko="개를 산책시켜도 되나요?", ja="犬の散歩はできますか？",
)  # fmt: skip
ALL = Answers([CLEANER, PARCEL, PETS])


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("can my cleaner visit", CLEANER), ("CLEANING", CLEANER), ("clean", CLEANER), ("保洁", CLEANER),
        ("清潔阿姨", CLEANER), ("청소하는 분", CLEANER), ("清掃", CLEANER), ("parcel for me", PARCEL),
        ("택배가 왔어요", PARCEL), ("包裹", PARCEL), ("狗", None), ("遛狗", PETS), ("ｄｏｇ", PETS),
    ],
)  # fmt: skip
def test_words_of_any_language_find_their_answer(typed: str, found: Answer | None) -> None:
    assert Finder(ALL.answers).find(typed)[:1] == ([found] if found else [])


def test_what_nobody_has_answered_finds_nothing() -> None:
    finder = Finder(ALL.answers)
    for typed in ("", "?", "may I", "swimming pool opening hours", "游泳池几点开门"):
        assert finder.find(typed) == [], typed


def test_a_gate_has_its_own_answers_and_those_of_the_town() -> None:
    assert decode(ALL.encode()).at("1", 5) == [CLEANER, PARCEL]
    assert decode(ALL.encode()).at("7", 5) == [CLEANER, PARCEL, PETS]
    over = Answer(5, None, CLEANER.texts, ends=5)
    assert Answers([over]).at("1", 4) == [over]
    assert Answers([over]).at("1", 5) == []
    half = Answer(4, None, {"en": CLEANER.texts["en"]})
    assert Answers([half]).at("1", 5) == []


@given(st.binary(max_size=300))
def test_a_damaged_file_holds_no_answer(content: bytes) -> None:
    assert isinstance(decode(content).at("1", 5), list)


@given(st.text(max_size=200))
def test_whatever_is_typed_is_answered(typed: str) -> None:
    Finder(ALL.answers).find(typed)
    assert all(pieces(typed))


def test_a_file_that_is_no_list_of_answers_holds_none() -> None:
    for content in (b"", b"[]", b"\xff", b'{"answers":7}', b'{"of_a_later_release":' + b"[" * 100_000):
        assert decode(content) == Answers()
