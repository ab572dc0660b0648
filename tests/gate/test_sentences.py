"""What the gate says to its people: complete in five languages, and every code that the program uses has its words."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest

import gatepass.gate
from gatepass.gate import problems
from gatepass.gate.problems import DeskError, GateError, preferred_language, sentences
from gatepass.identity.documents import DOCUMENT_ERROR_CODES
from gatepass.languages import LANGUAGES

HERE = Path(gatepass.gate.__file__).parent
ALL = [(kind, code) for kind, table in sentences().items() for code in table]


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize(("kind", "code"), ALL)
def test_every_sentence_is_there_in_five_languages_with_the_same_fields(kind: str, code: str) -> None:
    texts = sentences()[kind][code]
    assert tuple(texts) == LANGUAGES
    assert all(text.strip() for text in texts.values())
    assert len({frozenset(_fields(text)) for text in texts.values()}) == 1


def _raised() -> set[str]:
    names = {"GateError", "EnrolmentError", "FolderError", "DeskError"}
    return {
        str(call.args[0].value)
        for file in HERE.glob("*.py")
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in names
        and call.args and isinstance(call.args[0], ast.Constant)
    }  # fmt: skip


def test_everything_that_can_be_wrong_with_a_number_and_every_slip_has_its_sentence() -> None:
    wrong = {code for code in DOCUMENT_ERROR_CODES if code.startswith("number_")} | {"state_code"}
    of_a_card = {"number_birth_mismatch", "number_kind_mismatch"}
    assert set(sentences()["number"]) == wrong - of_a_card
    assert set(sentences()["slip"]) == {"swapped", "mistyped"}


def test_a_wrong_number_is_told_with_its_place_and_never_with_its_digits() -> None:
    error = DeskError("number_invalid", detail="number_check", slip="transposition", swapped="7-8", mistyped="3")
    assert error.sentence("en").endswith("Probably characters 7-8 have changed places.")
    error = DeskError("number_invalid", detail="number_birth_date", slip="digit", swapped="", mistyped="11,12")
    assert error.sentence("ja").endswith("11, 12 文字目の打ち間違いのようです。")
    assert (
        DeskError("number_invalid", detail="of_next_year").sentence("en")
        == sentences()["error"]["number_invalid"]["en"]
    )


def test_every_refusal_has_its_sentence_and_no_sentence_is_idle() -> None:
    assert _raised() == set(sentences()["error"])


def test_every_state_has_its_sentence() -> None:
    source = "\n".join(
        (HERE / name).read_text("utf-8")
        for name in ("health.py", "uplink.py", "writing.py", "commands.py", "faces.py", "../vision/models.py")
    )
    for code in sentences()["state"]:
        assert f'"{code}"' in source, f"state {code} is never said"


def test_every_desk_refusal_has_a_status() -> None:
    for code, status in problems._STATUS.items():
        assert DeskError(code).status == status
        assert code in sentences()["error"]


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("zh-TW,zh;q=0.9", "zh-Hant"), ("zh-HK", "zh-Hant"), ("zh-Hant-TW", "zh-Hant"), ("zh_TW.UTF-8", "zh-Hant"),
        ("zh-CN", "zh-Hans"), ("zh", "zh-Hans"), ("ko-KR", "ko"), ("ja,en", "ja"), ("fr,en;q=0.5", "en"),
        ("fr", "zh-Hans"), ("", "zh-Hans"), (";;;,,", "zh-Hans"), ("C.UTF-8", "zh-Hans"),
    ],
)  # fmt: skip
def test_the_first_language_that_we_speak_is_chosen(accept: str, language: str) -> None:
    assert preferred_language(accept) == language


def test_an_error_says_its_fields() -> None:
    assert "sam9:x" in GateError("reader_unknown", reader="sam9:x", families="sam").sentence("en")
