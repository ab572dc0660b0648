"""`paper_pdf`: one paper code as PDF, typeset by Typst. Rendered here and not in `credentials`, which reads no fonts.

The QR code is a vector drawing at error correction level Q (a quarter of it may be stained or folded away), version 10
with 57 modules a side: 0.76 mm a module on the card, 1.8 mm on the A4 page. docs/health-code.md reckons what a camera
sees of them.

Letters come from the machine's own fonts: Debian's fonts-noto-cjk has all five languages in one package. Where no
suitable font is found nothing is printed: empty boxes instead of a name are worse than the sentence that says what to
install.

PaperError(code)
    fonts_missing     `sentence` says which package to install
    too_large         the text is no health code: it does not fit into a QR code of this size
"""

from __future__ import annotations

import io
import json
import tomllib
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any, Final

import msgspec
import segno
import typst

from gatepass.identity.masking import mask_name
from gatepass.languages import LANGUAGES, Language

VERSION: Final = 10
MODULES: Final = VERSION * 4 + 17
MOST_CHARACTERS: Final = 60
"""Of a name, an issuer, a help line. A card has an end."""
LONGEST_WORD: Final = 16

# Families by language, the first one that is installed: Debian's package, then the names under which others ship it.
_FONTS: Final[dict[Language, tuple[str, ...]]] = {
    "zh-Hans": ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN"),
    "zh-Hant": ("Noto Sans CJK TC", "Noto Sans TC", "Source Han Sans TC", "Source Han Sans TW"),
    "en": ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN"),
    "ko": ("Noto Sans CJK KR", "Noto Sans KR", "Source Han Sans K", "Source Han Sans KR"),
    "ja": ("Noto Sans CJK JP", "Noto Sans JP", "Source Han Sans", "Source Han Sans JP"),
}
# Language, region and script: which glyphs of a character Typst takes, and where it may break a line.
_LOCALES: Final[dict[Language, tuple[str, str, str]]] = {
    "zh-Hans": ("zh", "CN", "hans"),
    "zh-Hant": ("zh", "TW", "hant"),
    "en": ("en", "GB", "latn"),
    "ko": ("ko", "KR", "kore"),
    "ja": ("ja", "JP", "jpan"),
}
MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


class Size(StrEnum):
    CARD = "card"
    """85.6 x 54 mm (ISO/IEC 7810 ID-1), front and back."""
    A4 = "a4"
    """A large code, what to do with it, and the card to cut out."""


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is printed, in one language."""

    title: str
    subtitle: str
    valid_until: str
    date: str
    number: str
    alt: str
    hold: str
    colour: str
    yours: str
    lost: str
    cut: str
    fonts_missing: str
    """For the staff member who wanted to print."""


def _words() -> dict[Language, Words]:
    text = resources.files(__package__).joinpath("words.toml").read_text("utf-8")
    read = msgspec.convert(tomllib.loads(text), dict[Language, Words])
    if tuple(read) != LANGUAGES:
        raise ValueError("words.toml: not the five languages, in the order of LANGUAGES")
    return read


WORDS: Final = _words()


class PaperError(Exception):
    """Nothing was printed. `code` is stable; `sentence` is for the staff member, in the language of the paper."""

    def __init__(self, code: str, sentence: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence


def fonts_missing(language: Language) -> bool:
    """Whether this machine has no font for papers in `language`."""
    return not _family(language)


def paper_pdf(
    code: str,
    *,
    name: str,
    masked: bool,
    last_day: date,
    number: str,
    issuer: str,
    help_line: str,
    language: Language,
    size: Size,
) -> bytes:
    """The PDF of a paper code. The same facts give the same bytes; it takes some ten milliseconds.

    code        what `credentials.make.paper` gave
    name        of the holder: printed whole, or as 王* where `masked`; empty prints none. No number is ever printed.
    last_day    on which the code is valid, in the site's civil time
    number      `credentials.serials.written(serial)`: by it a loss is reported
    help_line   where: a telephone number or a place; may be empty

    Raises:
        PaperError: fonts_missing, too_large.
    """
    words = WORDS[language]
    facts = {
        **letters(language),
        "size": size.value,
        "svg": _svg(code),
        "modules": MODULES,
        "title": words.title,
        "words": msgspec.to_builtins(words),
        "name": _plain(mask_name(name) if masked else name),
        "last_day": _written(last_day, words),
        "number": _plain(number),
        "issuer": _plain(issuer),
        "help": _plain(help_line),
    }
    (made,) = _typeset(facts, format="pdf", pdf_standards=["ua-1"])
    return made


def letters(language: Language) -> dict[str, Any]:
    """Fonts and locale for a document in this language. PaperError `fonts_missing`."""
    family = _family(language)
    if not family:
        raise PaperError("fonts_missing", WORDS[language].fonts_missing)
    lang, region, script = _LOCALES[language]
    return {"fonts": [family], "lang": lang, "region": region, "script": script}


def _typeset(facts: dict[str, Any], **form: Any) -> list[bytes]:
    made = compiler().compile(input=_template(), sys_inputs={"facts": json.dumps(facts)}, **form)
    return [made] if isinstance(made, bytes) else list(made or ())


@cache
def compiler() -> typst.Compiler:
    return typst.Compiler(font_paths=_fonts(), ignore_system_fonts=True)


def document(template: bytes, facts: dict[str, Any]) -> typst.Compiler:
    """A compiler of its own for one document, which can be asked about it (`query`) and printed (`compile`)."""
    inputs = {"facts": json.dumps(facts)}
    return typst.Compiler(input=template, sys_inputs=inputs, font_paths=_fonts(), ignore_system_fonts=True)


@cache
def _fonts() -> typst.Fonts:
    """Looked for once: a quarter of a second."""
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True)


def _family(language: Language) -> str:
    installed = set(_fonts().families())
    return next((family for family in _FONTS[language] if family in installed), "")


@cache
def _template() -> bytes:
    return resources.files(__package__).joinpath("paper.typ").read_bytes()


def _svg(code: str) -> str:
    try:
        symbol = segno.make(code, error="q", version=VERSION, mode="alphanumeric", boost_error=False)
    except ValueError as error:  # segno's DataOverflowError is one
        raise PaperError("too_large") from error
    out = io.BytesIO()
    symbol.save(out, kind="svg", border=4, light="#fff", xmldecl=False)
    return out.getvalue().decode()


def _written(day: date, words: Words) -> str:
    return words.date.format(year=day.year, month=day.month, day=day.day, month_name=MONTHS[day.month - 1])


def _plain(text: str) -> str:
    """One line of characters that can be printed; a word that is wider than the card may break anywhere."""
    line = "".join(character if character.isprintable() else " " for character in text)
    words = " ".join(line.split())[:MOST_CHARACTERS].split(" ")
    return " ".join("\u200b".join(word) if len(word) > LONGEST_WORD else word for word in words)
