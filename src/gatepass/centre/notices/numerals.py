"""Numbers as people write them in words: 十四, 一百二十, 二〇二六, fourteen, 열네, 십사."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

DIGITS: Final = {
    c: n for n, cs in enumerate(("〇零", "一壹", "二兩两", "三", "四", "五", "六", "七", "八", "九")) for c in cs
}
TENS: Final = {"十": 10, "百": 100, "千": 1000}
CJK: Final = "〇零一二兩两三四五六七八九十百千"
WORDS: Final = {
    word: value
    for value, word in enumerate(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ],
        1,
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60}
NATIVE_TENS: Final = {"열": 10, "스물": 20, "스무": 20, "서른": 30}
NATIVE_ONES: Final = {
    "한": 1,
    "하나": 1,
    "두": 2,
    "둘": 2,
    "세": 3,
    "석": 3,
    "셋": 3,
    "네": 4,
    "넉": 4,
    "넷": 4,
    "다섯": 5,
    "여섯": 6,
    "일곱": 7,
    "여덟": 8,
    "아홉": 9,
}
NATIVE: Final = {
    **NATIVE_ONES,
    **NATIVE_TENS,
    **{ten + one: a + b for ten, a in NATIVE_TENS.items() for one, b in NATIVE_ONES.items()},
}
SINO: Final = {"일": 1, "이": 2, "삼": 3, "사": 4, "오": 5, "육": 6, "칠": 7, "팔": 8, "구": 9}


def cjk_number(text: str) -> int | None:
    """十四 14, 一百二十 120, 二〇二六 2026; None for what is no number."""
    if not text or any(c not in DIGITS and c not in TENS for c in text):
        return None
    if not any(c in TENS for c in text):
        return int("".join(str(DIGITS[c]) for c in text))
    total, ones = 0, None
    for c in text:
        if c in DIGITS:
            ones = DIGITS[c]
        else:
            total += (1 if ones is None else ones) * TENS[c]
            ones = None
    return total + (ones or 0)


def number_of(text: str) -> Decimal | None:
    plain = text.replace(",", "")
    if plain and plain[0].isdigit():
        return Decimal(plain)
    low = text.lower()
    if low in WORDS:
        return Decimal(WORDS[low])
    if text in NATIVE:
        return Decimal(NATIVE[text])
    if text and all(c in SINO or c == "십" for c in text):
        cjk = "".join({"십": "十", **{k: "〇一二三四五六七八九"[v] for k, v in SINO.items()}}[c] for c in text)
        found = cjk_number(cjk)
        return None if found is None else Decimal(found)
    found = cjk_number(text)
    return None if found is None else Decimal(found)
