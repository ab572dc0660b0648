from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import translation

from gatepass.centre import translations
from gatepass.centre.accounts.roles import Role
from gatepass.centre.errors import SENTENCES


def test_no_language_has_a_gap() -> None:
    assert translations.findings() == []


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A room with two sentences, translated into all five languages."""
    room, locale = tmp_path / "room", tmp_path / "locale"
    room.mkdir()
    (room / "views.py").write_text('_("Welcome, %(name)s.")\nngettext("%(n)d gate", "%(n)d gates", n)\n')
    monkeypatch.setattr(translations, "TREES", {locale: (room,)})
    monkeypatch.setattr(translations, "CENTRE", tmp_path)
    translations.update()
    for language in translations.LOCALES:
        path = translations.po_path(locale, language)
        text = path.read_text()
        if language != "en":
            text = text.replace(
                'msgid "Welcome, %(name)s."\nmsgstr ""', 'msgid "Welcome, %(name)s."\nmsgstr "X %(name)s"'
            )
            text = text.replace('msgstr[0] ""', 'msgstr[0] "%(n)d x"')
        path.write_text(text)
    assert translations.findings() == []
    return locale


def change(tree: Path, old: str, new: str) -> list[str]:
    path = translations.po_path(tree, "ko")
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return translations.findings()


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('msgstr "X %(name)s"', 'msgstr ""', "empty"),
        ('msgstr "X %(name)s"', 'msgstr "X %(nom)s"', "other placeholders"),
        ('msgstr "X %(name)s"', 'msgstr "X"', "other placeholders"),
        ('msgstr[0] "%(n)d x"', 'msgstr[0] "x"', "other placeholders"),
        ('msgid "Welcome, %(name)s."', 'msgid "Farewell, %(name)s."', "missing"),
        ('#, python-format\nmsgid "Welcome', '#, fuzzy, python-format\nmsgid "Welcome', "fuzzy"),
    ],
)
def test_each_kind_of_gap_is_named(tree: Path, old: str, new: str, fault: str) -> None:
    assert any(fault in line and line.startswith("locale/ko") for line in change(tree, old, new))


def test_a_sentence_that_nobody_uses_is_named(tree: Path) -> None:
    with translations.po_path(tree, "ja").open("a") as file:
        file.write('\nmsgid "Left over"\nmsgstr "X"\n')
    assert translations.findings() == ["locale/ja: unused: 'Left over'"]


def test_a_sentence_with_two_translations_is_named(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other, locale = tree.parent / "other", tree.parent / "elsewhere"
    other.mkdir()
    (other / "views.py").write_text('_("Welcome, %(name)s.")')
    monkeypatch.setitem(translations.TREES, locale, (other,))
    translations.update()
    for language in translations.LOCALES:
        path = translations.po_path(locale, language)
        said = "Y" if language == "ko" else "X"
        path.write_text(path.read_text().replace('msgstr ""', f'msgstr "{said} %(name)s"'))
    assert translations.findings() == [
        "elsewhere/ko: translated otherwise than in locale/ko: 'Welcome, %(name)s.'",
    ]


def test_an_update_keeps_what_is_translated_and_drops_what_is_unused(tree: Path) -> None:
    room = tree.parent / "room" / "views.py"
    room.write_text('_("Welcome, %(name)s.")\n_("New")\n')
    translations.update()
    text = translations.po_path(tree, "zh_Hans").read_text()
    assert 'msgstr "X %(name)s"' in text
    assert "gates" not in text
    assert 'msgid "New"\nmsgstr ""' in text


def test_catalogues_are_compiled_once_and_again_when_they_change(tree: Path) -> None:
    assert translations.compile_catalogues() == len(translations.LOCALES)
    assert translations.compile_catalogues() == 0


def test_every_refusal_has_a_sentence_of_its_own_in_each_language() -> None:
    for language in ("zh-hans", "zh-hant", "en", "ko", "ja"):
        with translation.override(language):
            assert len({str(sentence) for sentence in SENTENCES.values()}) == len(SENTENCES)


def test_roles_are_named_in_each_language() -> None:
    names = set()
    for language in ("zh-hans", "en", "ko", "ja"):
        with translation.override(language):
            names.add(str(Role.OFFICE.label))
    assert len(names) == 4
