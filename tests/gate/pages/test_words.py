"""The pages' texts: complete in five languages, nothing secret in public, nothing inline, nothing from elsewhere."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from gatepass.gate.pages import STATIC, render_desk, render_kiosk
from gatepass.gate.pages.texts import all_words
from gatepass.languages import LANGUAGES
from gatepass.policy.reasons import ADVICE, REASONS

SCRIPTS = {path.name: path.read_text("utf-8") for path in STATIC.glob("*.js")}
STYLES = {path.name: path.read_text("utf-8") for path in STATIC.glob("*.css")}


class Outline(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts = ""
        self._inside_texts = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside_texts = tag == "script" and dict(attrs).get("id") == "texts"

    def handle_endtag(self, tag: str) -> None:
        self._inside_texts = False

    def handle_data(self, data: str) -> None:
        if self._inside_texts:
            self.texts += data


@pytest.fixture(params=["kiosk", "desk"])
def html(request):
    return render_kiosk() if request.param == "kiosk" else render_desk()


def test_every_text_speaks_all_five_languages():
    for key, by_language in all_words().items():
        assert tuple(by_language) == LANGUAGES, key
        assert all(text.strip() == text and text for text in by_language.values()), key


def test_every_translation_has_the_same_fields():
    for key, by_language in all_words().items():
        fields = {frozenset(re.findall(r"\{(\w+)\}", text)) for text in by_language.values()}
        assert len(fields) == 1, key


def test_no_text_is_left_in_another_language():
    """English has no Chinese letters in it; Korean and Japanese have their own. {fields} are filled elsewhere."""
    for key, by_language in all_words().items():
        assert not re.search(r"[\u3040-\u9fff\uac00-\ud7af]", by_language["en"]), key
        assert re.search(r"[\uac00-\ud7af]", by_language["ko"]), key
        assert by_language["zh-Hans"] != by_language["en"], key


def test_every_text_that_a_page_asks_for_exists():
    asked = {match for script in SCRIPTS.values() for match in re.findall(r'"((?:desk|kiosk|page)\.\w+)"', script)}
    for page in (render_kiosk(), render_desk()):
        asked |= set(re.findall(r'data-(?:words|label)="([\w.]+)"', page))
    asked = {key for key in asked if not key.startswith("gatepass.")}
    assert asked <= set(all_words())


def test_every_text_is_used():
    sources = "".join(SCRIPTS.values()) + render_kiosk() + render_desk()
    families = (
        *("check.", "ask.", "desk.typed_", "desk.in", "desk.out", "desk.family_", "desk.face_", "questions."),
        *("visitor.for_", "report.because_", "symptom."),  # visitors.js and reports.js put them together
    )
    lost = [key for key in all_words() if f'"{key}"' not in sources and not key.startswith(families)]
    # The JSON block names every key of its page: what counts is a second mention.
    lost += [key for key in all_words() if not key.startswith(families) and sources.count(f'"{key}"') < 2]
    assert not lost
    # The page of questions is drawn by the agent, in one language.
    page = (STATIC.parent / "questions.html").read_text() + (STATIC.parent.parent / "questions.py").read_text()
    of_questions = [key for key in all_words() if key.startswith("questions.")]
    assert [key for key in of_questions if key not in page and f'"{key.split(".")[1]}"' not in page] == []


def test_the_embedded_texts_are_json_and_cannot_close_their_block(html):
    outline = Outline(html)
    texts = json.loads(outline.texts)
    assert [offered["code"] for offered in texts["languages"]] == list(LANGUAGES)
    assert set(texts["reason"]) == set(REASONS)
    for dangerous in ("<", ">", "&"):
        assert dangerous not in outline.texts


def test_tables_keep_the_order_of_their_files():
    texts = json.loads(Outline(render_desk()).texts)
    assert list(texts["reason"]) == list(REASONS)


def test_the_public_page_does_not_know_why_anybody_is_held():
    kiosk = json.loads(Outline(render_kiosk()).texts)
    for code, reason in kiosk["reason"].items():
        assert all("guard" not in reason[language] for language in LANGUAGES), code
    assert "resolution" not in kiosk
    assert set(kiosk["advice"]) == {code.value for code, advice in ADVICE.items() if advice.aloud}
    source = render_kiosk()
    for reason in REASONS.values():
        for wording in reason.texts.values():
            assert wording.guard not in source


def test_a_page_has_no_inline_script_and_no_inline_style(html):
    for tag, attributes in Outline(html).tags:
        assert tag != "style"
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        if tag == "script":
            assert attributes.get("type") == "application/json" or "src" in attributes


def test_nothing_is_fetched_from_elsewhere(html):
    for tag, attributes in Outline(html).tags:
        address = attributes.get("src") or attributes.get("href") or ""
        assert address.startswith("/static/") or not address, (tag, address)
    for name, text in (SCRIPTS | STYLES).items():
        assert "http:" not in text.replace("http://www.w3.org/2000/svg", ""), name
        assert "https://" not in text, name
        assert "@import" not in text, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_begins_in_its_language(language):
    assert f'<html lang="{language}">' in render_kiosk(language)
    assert json.loads(Outline(render_desk(language)).texts)["language"] == language


def test_the_mark_is_one_colour_and_small():
    mark = (STATIC / "mark.svg").read_text("utf-8")
    assert set(re.findall(r"#[0-9A-Fa-f]{6}", mark)) == {"#0B6B3A"}
    assert len(mark) < 500
