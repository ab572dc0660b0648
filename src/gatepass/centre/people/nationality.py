"""States and regions in words: `KOR` is 韩国, 대한민국, South Korea; and back, as people write it in a list.

Words are those of the Unicode CLDR, from Babel; codes are those of `identity.states`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from babel import Locale
from babel.core import get_global
from django.utils.translation import get_language

from gatepass.identity.states import ALPHA_3_OF, state

_LOCALES: Final = {"zh-hans": "zh_Hans", "zh-hant": "zh_Hant", "en": "en", "ko": "ko", "ja": "ja"}
# Shorter than the CLDR's, as people write them.
_SHORT: Final[Mapping[str, Mapping[str, str]]] = {
    "HKG": {"zh-hans": "中国香港", "zh-hant": "中國香港", "en": "Hong Kong, China", "ko": "홍콩", "ja": "香港"},
    "MAC": {"zh-hans": "中国澳门", "zh-hant": "中國澳門", "en": "Macao, China", "ko": "마카오", "ja": "マカオ"},
}
_ALSO: Final[Mapping[str, str]] = {
    "中华人民共和国": "CHN", "中華人民共和國": "CHN", "大陆": "CHN", "chinese": "CHN", "prc": "CHN",
    "香港": "HKG", "hong kong": "HKG", "澳门": "MAC", "澳門": "MAC", "macau": "MAC",
    "中国台湾": "TWN", "中國台灣": "TWN", "臺灣": "TWN", "taiwan": "TWN",
    "南朝鲜": "KOR", "南韩": "KOR", "韩": "KOR", "한국": "KOR", "korea": "KOR", "korean": "KOR", "south korean": "KOR",
    "朝鲜": "PRK", "日": "JPN", "日本国": "JPN", "japanese": "JPN", "美": "USA", "usa": "USA", "us": "USA",
    "american": "USA", "アメリカ": "USA", "uk": "GBR", "british": "GBR", "英": "GBR", "法": "FRA", "德": "DEU",
}  # fmt: skip


def nationality_word(code: str) -> str:
    """In the active language; a code that has no word stands as it is."""
    return _words(get_language() or "zh-hans").get(code, code)


def nationality_choices() -> list[tuple[str, str]]:
    """(code, word), sorted by word; the five states of the five languages first."""
    words = _words(get_language() or "zh-hans")
    near = [(code, words[code]) for code in ("CHN", "HKG", "MAC", "TWN", "KOR", "JPN")]
    others = sorted(((code, word) for code, word in words.items()), key=lambda pair: pair[1])
    return near + [pair for pair in others if pair not in near]


def read_nationality(words: str) -> str:
    """The alpha-3 code for a code or a word in one of the five languages; empty where nothing fits."""
    plain = " ".join(words.split()).casefold()
    return state(plain.upper()) or _codes().get(plain, "") if plain else ""


@cache
def _words(language: str) -> Mapping[str, str]:
    territories = Locale.parse(_LOCALES.get(language, "en")).territories
    aliases = get_global("territory_aliases")
    words = {code: territories[aliases[code][0]] for code in ALPHA_3_OF.values() if aliases[code][0] in territories}
    return words | {code: short[language] for code, short in _SHORT.items() if language in short}


@cache
def _codes() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for language in _LOCALES:
        found.update((word.casefold(), code) for code, word in _words(language).items())
    return found | dict(_ALSO)
