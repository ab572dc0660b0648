"""Do two names belong to one person? A score of the names, then birth date and nationality, which weigh more.

1. Each name is parted into writings, one per script. Two writings in one native script decide alone: 王伟 and 王薇 are
   both WANG WEI, and differ.
2. Otherwise the best pair of writings counts: equal words, a reading that agrees, a slip.
3. A birth date that differs pulls any name below `likely`; one that agrees lifts a doubtful name. Nationality likewise,
   more weakly.

Every figure below was set on the `tuning` half of tests/identity/names/pairs.toml.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from gatepass.identity.documents import PartialDate
from gatepass.identity.names import latin
from gatepass.identity.names import native as native_scripts
from gatepass.identity.names.name import Name, NameMatch, Reason, Verdict
from gatepass.identity.names.readings import REGIONS
from gatepass.identity.names.writing import Script, Writing, writings

SAME: Final = 0.95
LIKELY: Final = 0.75

PREFERRED_AT_MOST: Final = 0.8
BIRTH_SAME: Final = 0.5
"""Share of the doubt that an equal birth date takes away."""
BIRTH_COMPATIBLE: Final = 0.2
BIRTH_SLIP: Final = 0.85
BIRTH_DIFFERS: Final = 0.3
NATIONALITY_SAME: Final = 0.1
NATIONALITY_DIFFERS: Final = 0.85

Birth = PartialDate | date | None


def compare(
    a: str | Name,
    b: str | Name,
    *,
    birth_a: Birth = None,
    birth_b: Birth = None,
    nationality_a: str = "",
    nationality_b: str = "",
) -> NameMatch:
    """Compare two names, each a string as typed or a `Name`. Nationality: ISO 3166-1 alpha-3, or empty.

    Never raises on any text; a text without a letter in it is `different` from all. Symmetric and deterministic. Only
    the first 120 characters and 10 words of a name are looked at, so that time is bounded.
    """
    score, codes = _names(_as_name(a), _as_name(b), nationality_a, nationality_b)
    score, codes = _births(score, codes, _partial(birth_a), _partial(birth_b))
    if nationality_a and nationality_b:
        if nationality_a == nationality_b:
            score, codes = (
                score + (1 - score) * NATIONALITY_SAME * (score >= latin.DOUBTFUL),
                [*codes, "nationality_same"],
            )
        elif not {nationality_a, nationality_b} <= REGIONS:
            score, codes = score * NATIONALITY_DIFFERS, [*codes, "nationality_differs"]
    score = round(min(1.0, max(0.0, score)), 4)
    verdict: Verdict = "same" if score >= SAME else "likely" if score >= LIKELY else "different"
    return NameMatch(verdict, score, tuple(map(Reason, codes)))


_DECIDING: Final = frozenset({Script.HAN, Script.HANGUL})
"""Where both names are written in it, no other writing is asked."""


def _as_name(name: str | Name) -> Name:
    return name if isinstance(name, Name) else Name(name)


def _partial(birth: Birth) -> PartialDate | None:
    return PartialDate.from_date(birth) if isinstance(birth, date) else birth


def _names(a: Name, b: Name, nationality_a: str, nationality_b: str) -> tuple[float, list[str]]:
    written_a = [*writings(a.full), *writings(a.latin)]
    written_b = [*writings(b.full), *writings(b.latin)]
    pairs = [(one, other) for one in written_a for other in written_b]
    native = [(one, other) for one, other in pairs if one.script is other.script and one.script in _DECIDING]
    found = [_writings(one, other, nationality_a, nationality_b) for one, other in native or pairs]
    best = max(found, default=(0.0, "empty_name", ""))
    liked = [(w, v) for w in writings(a.preferred) for v in (*written_b, *writings(b.preferred))]
    liked += [(v, w) for w in writings(b.preferred) for v in written_a]
    for written_by_a, written_by_b in liked:
        score, *_ = _writings(written_by_a, written_by_b, nationality_a, nationality_b)
        if not native and best[0] < min(score, PREFERRED_AT_MOST):
            best = (min(score, PREFERRED_AT_MOST), "preferred_name", "")
    return best[0], [code for code in best[1:] if code]


def _writings(a: Writing, b: Writing, nationality_a: str, nationality_b: str) -> tuple[float, str, str]:
    if a.script is Script.LATIN and b.script is Script.LATIN:
        return (*latin.compare(a, b, nationality_a, nationality_b), "")
    if a.script is Script.LATIN or (b.script, b.words) < (a.script, a.words):
        a, b, nationality_a, nationality_b = b, a, nationality_b, nationality_a
    if b.script is Script.LATIN:
        return native_scripts.compare_with_latin(a, b, nationality_a or nationality_b)
    if a.script is b.script:
        return (*native_scripts.compare_same_script(a, b), "")
    return native_scripts.compare_across(a, b, nationality_a or nationality_b, nationality_b or nationality_a)


def _births(score: float, codes: list[str], a: PartialDate | None, b: PartialDate | None) -> tuple[float, list[str]]:
    if a is None or b is None:
        return score, codes
    pairs = [
        (x, y) for x, y in ((a.year, b.year), (a.month, b.month), (a.day, b.day)) if x is not None and y is not None
    ]
    if all(x == y for x, y in pairs):
        if len(pairs) == 3:
            return score + (1 - score) * BIRTH_SAME, [*codes, "birth_same"]
        return score + (1 - score) * BIRTH_COMPATIBLE, [*codes, "birth_compatible"]
    swapped = a.year == b.year and len(pairs) == 3 and (a.month, a.day) == (b.day, b.month)
    text_a, text_b = a.isoformat(), b.isoformat()
    if swapped or (len(text_a) == len(text_b) and sum(x != y for x, y in zip(text_a, text_b, strict=True)) == 1):
        return score * BIRTH_SLIP, [*codes, "birth_slip"]
    return score * BIRTH_DIFFERS, [*codes, "birth_differs"]
