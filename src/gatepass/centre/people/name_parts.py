"""Parts of names: whoever types 小 or `ong w` finds everybody with it in the name, in a town of any size.

A character of Chinese, kana or hangul is a part by itself; words of letters are cut into all their threes. One or two
letters alone would be in nearly every name: they are looked for at the beginning of words only, as `^w` and `^wa`.

Who is found at all is decided by the part that stands in the fewest names; the other parts and, last, the name itself
narrow that. SQLite's FTS5 was rejected: its trigrams find no name of two characters, and its answers come in the order
of rows, so that everybody called 王 would be read and sorted for the first fifty.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.db import connection

from gatepass.centre.people.models import NamePart, Resident
from gatepass.identity.names import Name

LETTERS: Final = 3
FIRST_IDEOGRAPH: Final = "\u2e80"
"""From here on a character says as much as three letters do."""

_BETWEEN: Final = re.compile(r"[\W_]+")


def parts_of(name: Name) -> set[str]:
    """What is kept of a name."""
    found: set[str] = set()
    for text in (name.full, name.latin, name.preferred):
        small = text.casefold()
        for letters, ideograph in _runs(small):
            found.update([ideograph] if ideograph else _threes(letters))
        for word in _BETWEEN.split(small):
            first = word[: LETTERS - 1]
            if first and first < FIRST_IDEOGRAPH:
                found.update((f"^{first[0]}", f"^{first}"))
    return found


@dataclass(frozen=True, slots=True)
class Sought:
    """A typed part of a name."""

    words: str
    parts: tuple[str, ...]
    """All of them stand in every name that is meant; none where the text has no letter."""
    exact: bool
    """Nothing but the part is to be compared."""


def sought(words: str) -> Sought:
    words = words.strip()
    runs = list(_runs(words.casefold()))
    found = {part for letters, ideograph in runs for part in ([ideograph] if ideograph else _threes(letters))}
    if found:
        return Sought(words, tuple(sorted(found)), exact=len(words) == 1)
    # Only short words: each but the first surely begins one of the name's.
    short = [letters for letters, _ in runs if letters and _BETWEEN.fullmatch(letters) is None]
    if len(short) == 1:
        return Sought(words, (f"^{short[0]}",), exact=True)
    return Sought(words, tuple(sorted({f"^{letters}" for letters in short[1:]})), exact=False)


def _runs(small: str) -> Iterator[tuple[str, str]]:
    """(letters without a blank, "") or ("", one character)."""
    for word in small.split():
        letters = ""
        for character in word:
            if character < FIRST_IDEOGRAPH:
                letters += character
                continue
            if letters:
                yield letters, ""
                letters = ""
            yield "", character
        if letters:
            yield letters, ""


def _threes(letters: str) -> Iterator[str]:
    return (letters[at : at + LETTERS] for at in range(len(letters) - LETTERS + 1))


def keep_parts(residents: Iterable[Resident]) -> None:
    """Inside the transaction that writes their names. Past the ORM, as the keys of names are."""
    table = NamePart._meta.db_table  # noqa: SLF001 - Django's documented `_meta`
    rows = [(part, one.full_name, one.pk) for one in residents for part in parts_of(one.name)]
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} (part, name, resident_id) VALUES (%s, %s, %s)", rows)  # noqa: S608
