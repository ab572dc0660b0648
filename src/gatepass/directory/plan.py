"""What both ends of the update repository agree on: names, facts, and which deltas a gate should fetch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

import msgspec

from gatepass.directory.errors import DirectoryError

FACTS: Final = "gatepass"
"""The field of timestamp.json that holds `Facts`. Clients of the framework keep fields that they do not know."""
_PLAIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_NAME: Final = re.compile(r"directory-(0|[1-9][0-9]{0,17})(?:\.base|-([1-9][0-9]{0,17})\.delta)")
REQUEST_COST: Final = 1500
"""What one more request weighs against bytes: headers and signature."""

Span = tuple[int, int]


class Facts(msgspec.Struct, frozen=True):
    """What timestamp.json says besides: some 600 signed bytes tell a gate that what it has still holds."""

    as_of: Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
    """The directory knows everything up to this moment: ms since 1970 UTC."""
    directory: Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
    """Its version; 0 before the first base."""
    base: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{32})?$")] = ""
    """The first 16 bytes of the base's checksum: two centres may both have a base 1."""

    @classmethod
    def of(cls, fields: dict[str, Any]) -> Facts:
        """From the unrecognised fields of a timestamp. Raises: DirectoryError: refused."""
        try:
            return msgspec.convert(fields.get(FACTS), cls)
        except msgspec.ValidationError:
            raise DirectoryError("refused") from None


def base_name(version: int) -> str:
    return f"directory-{version}.base"


def delta_name(span: Span) -> str:
    return f"directory-{span[0]}-{span[1]}.delta"


@dataclass(frozen=True, slots=True)
class Listing:
    """The directory's part of the repository: the base's version (None before the first) and bytes by delta."""

    base: int | None
    deltas: dict[Span, int]

    @classmethod
    def of(cls, lengths: Mapping[str, int]) -> Listing:
        """From all target names and their lengths; names of other files are passed over."""
        base, deltas = None, {}
        for name, length in lengths.items():
            match = _NAME.fullmatch(name)
            if match is None:
                continue
            if match[2] is None:
                base = max(int(match[1]), base or 0)
            else:
                deltas[int(match[1]), int(match[2])] = length
        return cls(base, deltas)


def is_directory(name: str) -> bool:
    """Names that are the directory's own: other files may not begin like this."""
    return name.startswith("directory-")


def is_revocations(name: str) -> bool:
    """Names of the lists of revoked codes, likewise."""
    return name.startswith("revocations-")


def is_file(name: str) -> bool:
    """Names that other files may have: plain ones, so that none leads out of a folder."""
    return bool(_PLAIN.fullmatch(name)) and not is_directory(name) and not is_revocations(name)


def cheapest(deltas: Mapping[Span, int], start: int, goal: int) -> list[Span] | None:
    """The deltas that lead from version `start` to `goal` with the fewest bytes, in order; None where none do.

    A delta may begin before the version that one has (it says what is, not what differs), so that a gate that was
    away takes the coarse ones whole.
    """
    best: dict[int, tuple[int, list[Span]]] = {start: (0, [])}
    for first, last in sorted(deltas, key=lambda span: (span[1], span[0])):
        ways = [reached for version, reached in best.items() if first <= version < last]
        if not ways:
            continue
        cost, path = min(ways, key=lambda way: way[0])
        cost += deltas[first, last] + REQUEST_COST
        if last not in best or cost < best[last][0]:
            best[last] = cost, [*path, (first, last)]
    return best[goal][1] if goal in best else None


RADIX: Final = 4


def merges_due(base: int, version: int) -> list[Span]:
    """The coarser deltas that become due at `version`: for each power of 4 that divides the count since the base."""
    due = []
    reach = RADIX
    while version > base and (version - base) % reach == 0:
        due.append((version - reach, version))
        reach *= RADIX
    return due


def worth_keeping(spans: Iterable[Span]) -> set[Span]:
    """The four latest deltas of each length. Together they still lead from the base to the newest version."""
    by_length: dict[int, list[Span]] = {}
    for first, last in spans:
        by_length.setdefault(last - first, []).append((first, last))
    return {span for same in by_length.values() for span in sorted(same)[-RADIX:]}
