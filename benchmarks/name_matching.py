"""Do two writings belong to one name? Ours beside rapidfuzz alone and beside trigram similarity, in the same run.

Precision, recall and F1 on tests/identity/names/pairs.toml, for the half that was tuned on, for the half that was not,
and for rare names, which show where the tables end.
A pair counts as found where the verdict is `likely` or `same`, or where a peer's similarity reaches its threshold. Each
peer gets the threshold that serves it best on the tuning half; SORMAS's own default (0.65) stands beside it. Peers see
the two strings only; so the pairs with birth dates and nationalities are also left out in a table of their own.

    ./gatepass bench name_matching
"""

from __future__ import annotations

import platform
import statistics
import time
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import anyascii
from rapidfuzz import fuzz, utils

from gatepass.identity import PartialDate
from gatepass.identity.names import NameMatch, compare, keys

PAIRS = Path(__file__).parents[1] / "tests/identity/names/pairs.toml"
SORMAS_THRESHOLD = 0.65
CUSTOMARY = 0.85
"""Where people set token_sort_ratio who have no labelled pairs: the best threshold by F1 takes nearly everything."""


@dataclass(frozen=True)
class Pair:
    split: str
    kind: str
    match: bool
    a: str
    b: str
    nationalities: tuple[str, str] = ("", "")
    births: tuple[PartialDate | None, PartialDate | None] = (None, None)

    def compare(self) -> NameMatch:
        return compare(
            self.a,
            self.b,
            birth_a=self.births[0],
            birth_b=self.births[1],
            nationality_a=self.nationalities[0],
            nationality_b=self.nationalities[1],
        )


@dataclass(frozen=True)
class Figures:
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def _date(text: str) -> PartialDate:
    year, month, day = map(int, text.split("-"))
    return PartialDate(year, month, day)


def labelled() -> list[Pair]:
    pairs = []
    for group in tomllib.loads(PAIRS.read_text(encoding="utf-8"))["group"]:
        for a, b, *rest in group["pairs"]:
            nationalities = (rest[0], rest[1]) if rest else ("", "")
            births = (_date(rest[2]), _date(rest[3])) if len(rest) > 2 else (None, None)
            pairs.append(Pair(group["split"], group["kind"], group["match"], a, b, nationalities, births))
    return pairs


def figures(pairs: Iterable[Pair], found: Callable[[Pair], bool]) -> Figures:
    """Precision and recall of one rule; 0 where it finds nothing at all."""
    seen = [(pair.match, found(pair)) for pair in pairs]
    right = sum(match and hit for match, hit in seen)
    return Figures(right / max(1, sum(hit for _, hit in seen)), right / max(1, sum(match for match, _ in seen)))


def ours(pair: Pair) -> bool:
    return pair.compare().verdict != "different"


def token_sort(pair: Pair) -> float:
    return fuzz.token_sort_ratio(pair.a, pair.b, processor=utils.default_process) / 100


def token_sort_romanised(pair: Pair) -> float:
    a, b = anyascii.anyascii(pair.a), anyascii.anyascii(pair.b)
    return fuzz.token_sort_ratio(a, b, processor=utils.default_process) / 100


def trigrams(text: str) -> set[str]:
    """As PostgreSQL's pg_trgm: each word in small letters, two spaces before and one after."""
    return {
        padded[i : i + 3]
        for word in utils.default_process(text).split()
        for padded in [f"  {word} "]
        for i in range(len(word) + 1)
    }


def trigram(pair: Pair) -> float:
    a, b = trigrams(pair.a), trigrams(pair.b)
    return len(a & b) / len(a | b) if a | b else 0.0


def is_latin(pair: Pair) -> bool:
    return all(ord(character) < 0x2000 and not 0x400 <= ord(character) < 0x500 for character in pair.a + pair.b)


def best_threshold(pairs: Sequence[Pair], similarity: Callable[[Pair], float]) -> float:
    steps = [step / 100 for step in range(5, 100)]
    return max(steps, key=lambda t: figures(pairs, lambda p: similarity(p) >= t).f1)


SPLITS = ("tuning", "held_out", "rare")


def _table(title: str, pairs: Sequence[Pair]) -> None:
    parts = {split: [p for p in pairs if p.split == split] for split in SPLITS}
    print(f"\n{title}: {', '.join(f'{len(some)} {split}' for split, some in parts.items())}\n")
    print(f"| rule | threshold |{''.join(f' {split} P | R | F1 |' for split in SPLITS)}")
    print("|---|---|" + "---|" * 3 * len(SPLITS))
    rules: list[tuple[str, str, Callable[[Pair], bool]]] = [("gatepass names.compare", "likely", ours)]
    peers = (
        ("rapidfuzz token_sort_ratio", token_sort),
        ("rapidfuzz token_sort_ratio after anyascii", token_sort_romanised),
        ("trigram similarity", trigram),
    )
    for name, similarity in peers:
        best = best_threshold(parts["tuning"], similarity)
        rules.append((name, f"{best:.2f}, best on tuning", lambda p, s=similarity, t=best: s(p) >= t))  # type: ignore[misc]
    rules.append(("rapidfuzz token_sort_ratio", f"{CUSTOMARY:.2f}, customary", lambda p: token_sort(p) >= CUSTOMARY))
    rules.append(("trigram similarity, as SORMAS", f"{SORMAS_THRESHOLD:.2f}", lambda p: trigram(p) >= SORMAS_THRESHOLD))
    for name, threshold, found in rules:
        reached = [figures(parts[split], found) for split in SPLITS]
        cells = [f"{figure:.3f}" for f in reached for figure in (f.precision, f.recall, f.f1)]
        print(f"| {name} | {threshold} | {' | '.join(cells)} |")


def main() -> None:
    pairs = labelled()
    for pair in pairs:
        pair.compare()  # tables are read at the first use
    print(f"Python {platform.python_version()}, {platform.machine()}")
    _table("All pairs (ours also sees birth date and nationality where a pair has them)", pairs)
    _table("Names alone", [p for p in pairs if p.nationalities == ("", "")])
    _table("Both in Latin letters, names alone", [p for p in pairs if p.nationalities == ("", "") and is_latin(p)])
    print("\nBy kind, ours (right / pairs)\n\n| kind | tuning | held out | rare |\n|---|---|---|---|")
    for kind in dict.fromkeys(p.kind for p in pairs):
        cells = []
        for split in SPLITS:
            some = [p for p in pairs if p.kind == kind and p.split == split]
            cells.append(f"{sum(ours(p) == p.match for p in some)} / {len(some)}" if some else "")
        print(f"| {kind} | {' | '.join(cells)} |")
    found = [p for p in pairs if p.match]
    print(f"\nPairs of one name that share a key: {sum(bool(keys(p.a) & keys(p.b)) for p in found)} of {len(found)}")
    tested = [p for p in pairs if p.split == "held_out"]
    strangers = [(p, q) for p, q in permutations(tested, 2) if not {p.a, p.b} & {q.a, q.b}]
    mistaken = [compare(p.a, q.b).verdict != "different" for p, q in strangers]
    print(f"Names of different pairs taken for one (some do stand in two): {sum(mistaken)} of {len(mistaken):,}")
    took = []
    for pair in pairs:
        began = time.perf_counter()
        pair.compare()
        took.append((time.perf_counter() - began) * 1e6)
    print(f"One comparison: median {statistics.median(took):.0f} µs, longest {max(took):.0f} µs")


if __name__ == "__main__":
    main()
