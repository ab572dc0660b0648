"""The unified social credit code of a legal person: 18 characters, the last one checks (GB 32100-2015, annex A)."""

from __future__ import annotations

import unicodedata
from typing import Final

from gatepass.centre.errors import RefusedError

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""31 characters: no I, O, S, V, Z."""


def read_credit_code(text: str) -> str:
    """RefusedError `credit_code`."""
    code = "".join(unicodedata.normalize("NFKC", text).upper().split())
    if len(code) != 18 or any(letter not in ALPHABET for letter in code) or code[17] != check_character(code[:17]):
        raise RefusedError("credit_code")
    return code


def check_character(first: str) -> str:
    total = sum(ALPHABET.index(letter) * pow(3, place, 31) for place, letter in enumerate(first))
    return ALPHABET[-total % 31]
