"""Mutated inputs by the million: what an honest device sends, damaged as lines, hands and other people's software do.

    ./gatepass fuzz                              a million inputs over all parsers
    ./gatepass fuzz --inputs 100000 chip mrz     fewer, and two of them
    ./gatepass fuzz --seed 7                     other inputs; the same seed gives the same ones

Prints a line for each parser: inputs, how many were accepted, how many refused with each code, what was not promised,
and the slowest input (the best of five times, so that what else the machine did is not counted).
"""

from __future__ import annotations

import argparse
import base64
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from fuzz.parsers import ACCEPTED, PARSERS, Parser

MOST_FINDINGS: Final = 5
"""Of one parser: further ones are counted."""

_LOOKED_AT_AGAIN: Final = 20
_SUSPICIOUS_S: Final = 0.002

# What stands at the borders of bytes, lengths, dates and characters.
_WORDS: Final = (
    b"\x00", b"\xff", b"\x7f", b"\x80", b"\x00\x00", b"\xff\xff", b"\x01\x00", b"\x00\x01", b"\xaa\xaa\xaa\x96\x69",
    b"\xaa\x96\x69", b"00", b"99", b"13", b"31", b"32", b"<<", b"<", b"X", b"x", b" ", b"\r\n", b"\x02", b"\x03",
    b"\xe9\x95\xbf\xe6\x9c\x9f", b"\xef\xbc\x90", b"\x7f\x95\x1f\x67", b"\x00\xd8", b"\x00\xdc", b"\xf0\xa0\xae\xb7",
    b"\x30\x80", b"\x00\x00\x00\x00", b"\x82\xff\xff", b"\x84\xff\xff\xff\xff", b"\x61\x00", b"\x90\x00", b"]Q1",
)  # fmt: skip


def mutated(seeds: list[bytes], chance: random.Random, longest: int) -> bytes:
    """One seed with one to eight kinds of damage, often one."""
    octets = bytearray(chance.choice(seeds))
    for _ in range(min(1 + int(chance.expovariate(0.9)), 8)):
        chance.choice(_DAMAGE)(octets, seeds, chance)
    return bytes(octets[:longest])


def _flip(octets: bytearray, _: list[bytes], chance: random.Random) -> None:
    if octets:
        octets[chance.randrange(len(octets))] ^= 1 << chance.randrange(8)


def _replace(octets: bytearray, _: list[bytes], chance: random.Random) -> None:
    if octets:
        octets[chance.randrange(len(octets))] = chance.randrange(256)


def _digit(octets: bytearray, _: list[bytes], chance: random.Random) -> None:
    places = [at for at, octet in enumerate(octets) if 0x30 <= octet <= 0x39]
    if places:
        octets[chance.choice(places)] = chance.randrange(0x30, 0x3A)


def _word(octets: bytearray, _: list[bytes], chance: random.Random) -> None:
    at, word = chance.randrange(len(octets) + 1), chance.choice(_WORDS)
    octets[at : at + (len(word) if chance.random() < 0.7 else 0)] = word


def _count(octets: bytearray, _: list[bytes], chance: random.Random) -> None:
    """A length that is off by a little."""
    if octets:
        at = chance.randrange(len(octets))
        octets[at] = (octets[at] + chance.choice((-4, -2, -1, 1, 2, 4))) & 0xFF


def _insert(octets: bytearray, _: list[bytes], chance: random.Random) -> None:
    at = chance.randrange(len(octets) + 1)
    octets[at:at] = chance.randbytes(chance.randint(1, 8))


def _delete(octets: bytearray, _: list[bytes], chance: random.Random) -> None:
    at = chance.randrange(len(octets) + 1)
    del octets[at : at + chance.choice((1, 1, 2, 3, 8, 64))]


def _cut(octets: bytearray, _: list[bytes], chance: random.Random) -> None:
    del octets[chance.randrange(len(octets) + 1) :]


def _repeat(octets: bytearray, _: list[bytes], chance: random.Random) -> None:
    at = chance.randrange(len(octets) + 1)
    piece = bytes(octets[at : at + chance.choice((1, 2, 4, 16, 64))])
    octets[at:at] = piece * chance.choice((1, 1, 2, 10))


def _splice(octets: bytearray, seeds: list[bytes], chance: random.Random) -> None:
    """The rest, or a field, of another input."""
    other = chance.choice(seeds)
    at = chance.randrange(min(len(octets), len(other)) + 1)
    if chance.random() < 0.5:
        octets[at:] = other[at:]
    else:
        size = chance.choice((2, 4, 16, 36))
        octets[at : at + size] = other[at : at + size]


def _swap(octets: bytearray, _: list[bytes], chance: random.Random) -> None:
    if len(octets) > 1:
        at = chance.randrange(len(octets) - 1)
        octets[at], octets[at + 1] = octets[at + 1], octets[at]


_DAMAGE: Final[tuple[Callable[[bytearray, list[bytes], random.Random], None], ...]] = (
    _flip, _replace, _digit, _digit, _word, _count, _insert, _delete, _cut, _repeat, _splice, _splice, _swap,
)  # fmt: skip


@dataclass
class Tally:
    """What became of one parser's inputs."""

    outcomes: Counter[str] = field(default_factory=Counter)
    not_promised: list[tuple[bytes, str]] = field(default_factory=list)
    faults: int = 0
    slowest_s: float = 0.0
    seconds: float = 0.0


def tally(parser: Parser, inputs: int, seed: int) -> Tally:
    """`inputs` mutated inputs through one parser. Never raises, whatever the parser does."""
    chance = random.Random(f"{seed} {parser.name}")
    seeds, found, suspects = parser.seeds(), Tally(), list[tuple[float, bytes]]()
    began = time.perf_counter()
    for _ in range(inputs):
        octets = mutated(seeds, chance, parser.longest)
        started = time.perf_counter()
        try:
            found.outcomes[parser.parse(octets)] += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
            found.faults += 1
            if len(found.not_promised) < MOST_FINDINGS:
                found.not_promised.append((octets, f"{type(error).__name__}: {error}"))
        took = time.perf_counter() - started
        if took > _SUSPICIOUS_S and (len(suspects) < _LOOKED_AT_AGAIN or took > suspects[-1][0]):
            suspects = sorted([*suspects, (took, octets)], reverse=True)[:_LOOKED_AT_AGAIN]
    found.seconds = time.perf_counter() - began
    found.slowest_s = max((_best_of_five(parser, octets) for _, octets in suspects), default=0.0)
    return found


def _best_of_five(parser: Parser, octets: bytes) -> float:
    times = []
    for _ in range(5):
        started = time.perf_counter()
        with suppress(Exception):  # it has been told already; here it is only timed
            parser.parse(octets)
        times.append(time.perf_counter() - started)
    return min(times)


def main() -> int:
    """0 where every parser kept its promises, 1 where one did not."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("parsers", nargs="*", help=f"which; none means all: {' '.join(PARSERS)}")
    words.add_argument("--inputs", type=int, default=1_000_000, help="over all parsers together")
    words.add_argument("--seed", type=int, default=20241123)
    asked = words.parse_args()
    if unknown := [name for name in asked.parsers if name not in PARSERS]:
        print(f"no parser {' '.join(unknown)}; there are {' '.join(PARSERS)}", file=sys.stderr)
        return 2
    names = asked.parsers or list(PARSERS)
    each = -(-asked.inputs // len(names))
    faults = 0
    print(f"{'parser':<12}{'inputs':>10}{'accepted':>10}{'refused':>10}{'not promised':>14}{'slowest ms':>12}{'s':>7}")
    for name in names:
        found = tally(PARSERS[name], each, asked.seed)
        faults += found.faults
        accepted = found.outcomes[ACCEPTED]
        refused = found.outcomes.total() - accepted
        slowest = f"{found.slowest_s * 1000:.1f}" if found.slowest_s else f"< {_SUSPICIOUS_S * 1000:.0f}"
        print(
            f"{name:<12}{each:>10,}{accepted:>10,}{refused:>10,}{found.faults:>14,}{slowest:>12}{found.seconds:>7.0f}",
            flush=True,
        )
        for code, times in found.outcomes.most_common():
            if code != ACCEPTED:
                print(f"    {code:<28}{times:>10,}")
        for octets, was in found.not_promised:
            print(f"    NOT PROMISED  {was}")
            print(as_case(name, octets))
    print(f"{each * len(names):,} inputs, {faults:,} not as promised")
    return 1 if faults else 0


def as_case(name: str, octets: bytes) -> str:
    """The lines for tests/fuzz/cases.toml."""
    return f'    [[case]]\n    parser = "{name}"\n    input = "{base64.b64encode(octets).decode()}"\n    was = "…"'


if __name__ == "__main__":
    raise SystemExit(main())
