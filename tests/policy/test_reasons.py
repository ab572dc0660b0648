"""Every word around a decision: complete, polite, short enough, and silent about anybody's health."""

from __future__ import annotations

import json
import re
import string
import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from gatepass.identity import DocumentKind
from gatepass.identity.documents import DOCUMENT_ERROR_CODES
from gatepass.languages import LANGUAGES, Language
from gatepass.policy import Advice, Colour, Decision, Method, Outcome, reasons, reference
from gatepass.policy.reasons import (
    ADVICE,
    COLOURS,
    FAULTS,
    KINDS,
    METHODS,
    NOTICES,
    OUTCOMES,
    REASONS,
    RESOLUTIONS,
    checks,
    reason_for_fault,
    spoken,
)
from gatepass.speech.prompts import PROMPTS

ROOT = Path(__file__).parents[2]
SOURCE = Path(reasons.__file__).with_name("reasons.toml").read_text("utf-8")

# What nobody else at the gate may learn. Stems, so that every inflection is found.
NOT_IN_PUBLIC: dict[Language, str] = {
    "zh-Hans": "红|黄|绿|健康|隔离|检测|核酸|阳性|感染|密接|接触|病|疫|发热|居家|申诉",
    "zh-Hant": "紅|黃|綠|健康|隔離|檢測|篩檢|陽性|感染|接觸|病|疫|發燒|申訴",
    "en": "red|yellow|green|health|quarantin|isolat|test|positive|infect|contact|ill|fever|appeal",
    "ko": "빨간|노란|녹색|건강|격리|검사|양성|감염|접촉|질병|발열|자택|이의",
    "ja": "赤|黄|緑|健康|隔離|検査|陽性|感染|接触|病|発熱|自宅|異議",
}


def public_texts() -> Iterator[tuple[str, Language, str]]:
    for code, reason in REASONS.items():
        for language, wording in reason.texts.items():
            yield f"reason.{code}.word", language, wording.word
            yield f"reason.{code}.sentence", language, wording.sentence
    for code, advice in ADVICE.items():
        for language, step in advice.texts.items():
            yield f"advice.{code}.sentence", language, step.sentence
    for code, texts in NOTICES.items():
        for language, text in texts.items():
            yield f"notice.{code}", language, text
    for code, prompt in PROMPTS.items():
        for language, text in prompt.texts.items():
            yield f"prompt.{code}", language, text


def all_texts() -> Iterator[tuple[str, Language, str]]:
    yield from public_texts()
    for code, reason in REASONS.items():
        for language, wording in reason.texts.items():
            yield f"reason.{code}.guard", language, wording.guard
    for code, advice in ADVICE.items():
        for language, step in advice.texts.items():
            yield f"advice.{code}.guard", language, step.guard
    tables = {"kind": KINDS, "method": METHODS, "colour": COLOURS, "outcome": OUTCOMES}
    tables["resolution"] = {code: each.texts for code, each in RESOLUTIONS.items()}
    for table, by_code in tables.items():
        for code, texts in by_code.items():
            for language, text in texts.items():
                yield f"{table}.{code}", language, text


def em(text: str) -> float:
    """Width in em: a CJK character is one em wide, a Latin one about half of it."""
    return sum(1.0 if unicodedata.east_asian_width(character) in "WF" else 0.55 for character in text)


def test_no_public_sentence_tells_a_bystander_about_somebodys_health() -> None:
    for where, language, text in public_texts():
        stems = NOT_IN_PUBLIC[language]
        found = re.search(rf"\b({stems})" if language == "en" else stems, text, re.IGNORECASE)
        assert found is None, (where, language, found)


def test_every_text_exists_in_five_languages_and_says_something() -> None:
    languages: dict[str, list[Language]] = {}
    for where, language, text in all_texts():
        assert text == text.strip()
        assert text
        assert unicodedata.is_normalized("NFC", text), where
        languages.setdefault(where, []).append(language)
    for where, found in languages.items():
        assert tuple(found) == LANGUAGES, where


def test_a_word_is_short_enough_to_be_read_from_four_metres() -> None:
    """At 120 px on a screen 1080 px wide, a line holds 8 em. Two lines at most; a piece without a space on one."""
    for code, reason in REASONS.items():
        for language, wording in reason.texts.items():
            assert em(wording.word) <= 10, (code, language, em(wording.word))
            assert max(em(piece) for piece in wording.word.split(" ")) <= 8, (code, language)
            assert not wording.word.endswith((".", "。")), (code, language)


def test_a_sentence_is_short_enough_to_be_read_while_walking() -> None:
    for where, language, text in public_texts():
        assert em(text) <= (42 if language == "en" else 37), (where, language, em(text))


def test_sentences_are_whole_and_polite() -> None:
    endings = {"zh-Hans": "。", "zh-Hant": "。", "en": ".", "ko": "요.|다.", "ja": "。"}
    for where, language, text in all_texts():
        if where.endswith((".sentence", ".guard")) or where.startswith("prompt."):
            assert text.endswith(tuple(endings[language].split("|"))) or where == "prompt.sound_check", (where, text)
    for where, language, text in public_texts():
        if language == "ja" and (where.endswith(".sentence") or where.startswith("prompt.")):
            for sentence in filter(None, text.split("。")):
                assert re.search(
                    r"(です|ます|ません|ません?でした|ました|ください|いたします|さん|こんにちは)$", sentence
                ), where


def test_traditional_chinese_is_written_for_taiwan_and_not_converted() -> None:
    simplified = set("请还没证码马过来员随时间为应无录须务网络讯联绿红黄门读机换领这边开关听声办电线协户")
    of_the_mainland = ("信息", "網絡", "聯系", "讀卡器", "登錄", "屏幕", "質量", "視頻", "軟件", "通過率")
    for where, language, text in all_texts():
        if language == "zh-Hant":
            assert not simplified & set(text), (where, simplified & set(text))
            assert not [word for word in of_the_mainland if word in text], where


def test_only_the_knowledge_notices_have_a_placeholder_and_in_all_languages_the_same() -> None:
    with_time = {"offline", "old", "stale"}
    for where, language, text in all_texts():
        names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
        table, _, code = where.partition(".")
        assert names == (["time"] if table == "notice" and code in with_time else []), (where, language)


def test_every_reason_and_every_advice_has_its_prompt() -> None:
    for code, reason in REASONS.items():
        assert reason.prompt in PROMPTS, code
    for code, advice in ADVICE.items():
        assert advice.prompt in PROMPTS or (code is Advice.NONE and not advice.prompt and not advice.aloud), code


def test_every_member_of_every_list_has_its_words() -> None:
    assert set(ADVICE) == set(Advice)
    assert set(OUTCOMES) == set(Outcome)
    assert set(KINDS) == {kind.value for kind in DocumentKind}
    assert set(METHODS) == {method.value for method in Method}
    assert set(COLOURS) == {colour.value for colour in Colour}
    assert {code: each.verdict for code, each in RESOLUTIONS.items()} == {
        "known_to_guard": "admit",
        "registered_on_paper": "admit",
        "accompanied": "admit",
        "emergency": "admit",
        "delivery": "admit",
        "same_person": "admit",
        "handed_over": "refuse",
        "not_expected": "refuse",
        "sent_to_office": "refuse",
        "not_same_person": "refuse",
        "declined_to_wait": "refuse",
    }


def test_every_document_error_has_its_reason() -> None:
    assert set(FAULTS[Method.CARD]) == DOCUMENT_ERROR_CODES | {"gate_fault"}
    assert set(FAULTS[Method.TYPED]) <= DOCUMENT_ERROR_CODES
    for by_code in FAULTS.values():
        assert set(by_code.values()) <= set(REASONS)
        assert {REASONS[code].outcome for code in by_code.values()} == {Outcome.HOLD}


def test_an_unheard_of_fault_is_an_unreadable_document() -> None:
    assert reason_for_fault("gremlins") == reason_for_fault("", Method.TYPED) == "document_unreadable"
    assert reason_for_fault("number_check") == "document_inconsistent"
    assert reason_for_fault("number_check", Method.TYPED) == "number_invalid"
    assert reason_for_fault("reader_vanished", Method.TYPED) == "reader_fault"


def test_only_a_colour_a_code_that_proves_nothing_or_an_invitation_that_is_not_for_now_is_ever_refused() -> None:
    assert {code for code, reason in REASONS.items() if reason.outcome is Outcome.REFUSE} == {
        "red",
        "yellow_refused",
        "code_screenshot",
        "code_shown_before",
        "code_too_old",
        "code_revoked",
        "code_forged",
        "code_wrong_key",
        "visit_other_time",
        "visit_over",
        "visit_ended",
        "visit_host_closed",
    }


def test_the_big_word_of_an_outcome_is_always_the_same() -> None:
    for outcome in (Outcome.PASS, Outcome.REFUSE):
        for language in LANGUAGES:
            words = {reason.texts[language].word for reason in REASONS.values() if reason.outcome is outcome}
            assert len(words) == 1, (outcome, language)


def test_reason_codes_fit_into_a_passage_record() -> None:
    for code in (*REASONS, *RESOLUTIONS, *NOTICES):
        assert re.fullmatch(r"[a-z][a-z0-9_]{0,39}", code)


def decision(*codes: str, advice: Advice = Advice.NONE) -> Decision:
    first = REASONS[codes[0]]
    return Decision(first.outcome, codes, advice, first.prompt)


def test_the_next_step_is_spoken_only_where_others_may_hear_it() -> None:
    assert spoken(decision("unknown", advice=Advice.APPLY)) == ("hold_unknown", "advice_apply")
    assert spoken(decision("yellow", advice=Advice.TEST)) == ("hold",)
    assert spoken(decision("green")) == ("pass",)


@pytest.mark.parametrize(
    ("codes", "document", "code"),
    [
        (("green",), "ok", "ok"),
        (("green", "knowledge_old"), "ok", "ok"),
        (("red",), "ok", "ok"),
        (("unknown",), "ok", "none"),
        (("code_expired",), "ok", "bad"),
        (("no_directory",), "ok", "none"),
        (("stale", "green"), "ok", "ok"),
        (("document_expired", "green"), "bad", "ok"),
        (("document_unreadable",), "none", "none"),
        (("reader_fault",), "none", "none"),
    ],
)
def test_the_small_ticks_tell_what_is_in_order_and_not_which_colour(
    codes: tuple[str, ...], document: str, code: str
) -> None:
    assert checks(decision(*codes)) == {"document": document, "code": code}


def test_a_third_tick_says_whether_it_is_the_person_where_faces_were_compared() -> None:
    assert checks(decision("face_mismatch", "red")) == {"person": "bad", "document": "ok", "code": "ok"}
    assert checks(decision("green", "face_same")) == {"person": "ok", "document": "ok", "code": "ok"}
    assert "person" not in checks(decision("face_not_seen", "green"))


def test_an_invitation_has_a_mark_of_its_own_and_what_was_not_shown_yet_has_none() -> None:
    assert checks(decision("visit_own_proof"), has_document=False) == {"invitation": "ok"}
    assert checks(decision("visit_over"), has_document=False) == {"invitation": "bad"}
    assert checks(decision("visit_expected", "green")) == {"invitation": "ok", "document": "ok", "code": "ok"}
    assert checks(decision("red", "visit_host_closed")) == {"invitation": "bad", "document": "ok", "code": "ok"}


def test_pages_get_every_word_as_json() -> None:
    embedded = json.loads(json.dumps(reasons.embeddable()))
    assert embedded["reason"]["green"]["zh-Hans"]["word"] == "请通行"
    assert embedded["reason"]["red"]["outcome"] == "refuse"
    assert embedded["advice"]["apply"]["ja"]["sentence"].endswith("。")
    assert embedded["resolution"]["delivery"]["verdict"] == "admit"
    assert embedded["notice"]["offline"]["zh-Hans"].format(time="10:15") == "网络中断，信息截至 10:15，照常通行"
    assert set(embedded["reason"]) == set(REASONS)


def test_a_gap_or_a_slip_in_the_file_is_refused_at_once() -> None:
    def without(key: str) -> str:
        assert SOURCE.count(key) == 1
        return SOURCE.replace(key, key.replace("ja", "fr"))

    for broken in (
        without("[reason.green.ja]"),
        without("[advice.apply.ja]"),
        SOURCE.replace('ja = "赤"', ""),
        SOURCE.replace('zh-Hans = "红码"', 'zh-Hans = ""'),
        SOURCE.replace('outcome = "refuse"', 'outcome = "arrest"'),
        SOURCE.replace("aloud = true", "loud = true"),
        SOURCE + '\n[surprise]\na = "b"\n',
    ):
        assert broken != SOURCE
        with pytest.raises((ValueError, msgspec.ValidationError)):
            reasons._read(broken)


def test_the_page_in_the_documentation_is_made_from_the_file() -> None:
    assert (ROOT / "docs" / "reasons.md").read_text("utf-8") == reference.page()


def test_translators_meet_each_reason_once() -> None:
    raw = tomllib.loads(SOURCE)
    assert list(raw["reason"]) == list(REASONS)
