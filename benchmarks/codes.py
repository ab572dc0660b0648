"""Health codes: made and judged per second beside bare signatures, and how long a hostile string can keep `judge` busy.

    ./gatepass bench codes
    ./gatepass bench codes --rounds 40 --strings 20000

The first table is measured in one interleaved run: each round times every row once, so that what else the machine does
falls on all alike; medians over the rounds. The limit of a row is the bare signatures of `cryptography` in it: one
Ed25519 check for a paper code; one of Ed25519, one of P-256 and the phone's point unpacked for a dynamic one. What a
row takes beyond its limit is base45, CBOR, COSE and the rules.

The second table judges strings of every kind that somebody may hold before a camera: damaged codes, random text, deep
and wide CBOR, other countries' prefixes, megabytes. A string that took longer than 2 ms is judged five times more and
its best time counts, so that a moment in which the machine did something else is not taken for a slow string.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gatepass.credentials import Purpose, TrustedKey, TrustList, base45, judge, make

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
BATCH = 100
SUSPICIOUS_S = 0.002
ALLOWED_MS = 50.0
BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

TOWN = Ed25519PrivateKey.generate()
PHONE = generate_private_key(SECP256R1())
TRUST = TrustList([TrustedKey(TOWN.public_key().public_bytes_raw(), "town", frozenset(Purpose), NOW)])
PERSON = os.urandom(16)
PHONE_PUBLIC = PHONE.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def new_paper() -> str:
    return make.paper(TOWN, person=PERSON, serial=make.new_serial(), issued=NOW, expires=NOW + timedelta(days=180))


def new_grant() -> bytes:
    return make.grant(
        TOWN,
        person=PERSON,
        phone=PHONE_PUBLIC,
        serial=make.new_serial(),
        issued=NOW,
        expires=NOW + timedelta(days=14),
    )


class Void:
    """A hundred thousand revoked codes."""

    def __init__(self) -> None:
        from gatepass.directory.revocations import Revocations, as_serials

        self.inner = Revocations([as_serials(os.urandom(8) for _ in range(100_000))])


def timed(what: Callable[[], object]) -> float:
    """Microseconds of one call, over a batch."""
    began = time.perf_counter()
    for _ in range(BATCH):
        what()
    return (time.perf_counter() - began) / BATCH * 1e6


def rates(rounds: int) -> None:
    paper, grant = new_paper(), new_grant()
    dynamic = make.prove(PHONE, grant, made=NOW)
    void = Void().inner
    message = os.urandom(140)
    town: Ed25519PublicKey = TOWN.public_key()
    phone: EllipticCurvePublicKey = PHONE.public_key()
    by_town, by_phone = TOWN.sign(message), PHONE.sign(message, ECDSA(SHA256()))
    compressed = PHONE.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    rows: dict[str, Callable[[], object]] = {
        "bare: sign, Ed25519": lambda: TOWN.sign(message),
        "bare: sign, P-256": lambda: PHONE.sign(message, ECDSA(SHA256())),
        "bare: check, Ed25519": lambda: town.verify(by_town, message),
        "bare: check, P-256": lambda: phone.verify(by_phone, message, ECDSA(SHA256())),
        "bare: a point of P-256 unpacked": lambda: EllipticCurvePublicKey.from_encoded_point(SECP256R1(), compressed),
        "paper code made": new_paper,
        "grant made": new_grant,
        "dynamic code made (phone's side, Python)": lambda: make.prove(PHONE, grant, made=NOW),
        "paper code judged": lambda: judge(paper, trust=TRUST, at=NOW, revocations=void),
        "dynamic code judged": lambda: judge(dynamic, trust=TRUST, at=NOW, revocations=void),
    }
    limits = {
        "paper code made": ("bare: sign, Ed25519",),
        "grant made": ("bare: sign, Ed25519",),
        "dynamic code made (phone's side, Python)": ("bare: sign, P-256",),
        "paper code judged": ("bare: check, Ed25519",),
        "dynamic code judged": ("bare: check, Ed25519", "bare: check, P-256", "bare: a point of P-256 unpacked"),
    }
    assert judge(paper, trust=TRUST, at=NOW).outcome == judge(dynamic, trust=TRUST, at=NOW).outcome == "pass"
    samples: dict[str, list[float]] = {name: [] for name in rows}
    ratios: dict[str, list[float]] = {name: [] for name in limits}
    for _ in range(rounds):
        once = {name: timed(what) for name, what in rows.items()}
        for name, took in once.items():
            samples[name].append(took)
        for name, parts in limits.items():
            ratios[name].append(once[name] / sum(once[part] for part in parts))
    print(f"{'one core':<44}{'µs':>8}{'per second':>12}{'of its limit':>14}")
    for name, taken in samples.items():
        middle = statistics.median(taken)
        beside = f"{1 / statistics.median(ratios[name]):.0%}" if name in ratios else ""
        print(f"{name:<44}{middle:>8.0f}{1e6 / middle:>12,.0f}{beside:>14}")


# Hostile strings

GENUINE = [new_paper() for _ in range(50)] + [make.prove(PHONE, new_grant(), made=NOW) for _ in range(50)]


def damaged(chance: random.Random) -> str:
    whole = chance.choice(GENUINE)
    text = list(whole)
    while "".join(text) == whole:
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(text))
            text[at : at + chance.choice((0, 1, 1, 3))] = [chance.choice(BASE45)]
    return "".join(text)


def random_characters(chance: random.Random) -> str:
    return "".join(chr(chance.randrange(0x110000)) for _ in range(chance.randrange(400)))


def random_base45(chance: random.Random) -> str:
    return "GP1:" + "".join(chance.choices(BASE45, k=chance.randrange(520)))


def random_cbor(chance: random.Random) -> str:
    """Bytes that are CBOR for a while: heads of every kind, nested, with lengths that are not there."""
    heads = bytes((0xD2, 0x84, 0x9F, 0xBF, 0x81, 0xA1, 0x5B, 0x7B, 0x9B, 0xBB, 0xFB, 0xC1, 0xD8, 0xF6, 0x43, 0x58))
    body = bytes(chance.choice(heads) if chance.random() < 0.7 else chance.randrange(256) for _ in range(330))
    return "GP1:" + base45.encode(body[: chance.randrange(1, 330)])


def nested(chance: random.Random) -> str:
    head = chance.choice((b"\x81", b"\xa1\x00", b"\xc1", b"\xd2\x84", b"\x9f", b"\xbf\x00"))
    return "GP1:" + base45.encode((head * 340)[:338])


def foreign(chance: random.Random) -> str:
    prefix = chance.choice(("HC1:", "shc:/", "shlink:/", "https://x#shlink:/", '{"data":{"hdr":', "B64:", "GP2:", ""))
    return prefix + "".join(chance.choices(BASE45, k=chance.randrange(4000)))


def huge(chance: random.Random) -> str:
    prefix = chance.choice(("GP1:", "HC1:", "https://", ""))
    return prefix + chance.choice(("A", "\x00", "\ud800", "字")) * chance.choice(
        (513, 4_296, 65_536, 70_000, 10_000_000)
    )


KINDS: dict[Callable[[random.Random], str], float] = {
    damaged: 0.3,
    random_characters: 0.15,
    random_base45: 0.2,
    random_cbor: 0.2,
    nested: 0.04,
    foreign: 0.1,
    huge: 0.01,
}


def strings(number: int) -> Iterator[tuple[str, str]]:
    chance = random.Random(number)
    for kind, share in KINDS.items():
        for _ in range(round(number * share)):
            yield kind.__name__.replace("_", " "), kind(chance)


def seconds(text: str) -> float:
    began = time.perf_counter()
    judge(text, trust=TRUST, at=NOW)
    took = time.perf_counter() - began
    if took <= SUSPICIOUS_S:
        return took
    again = []
    for _ in range(5):
        began = time.perf_counter()
        judge(text, trust=TRUST, at=NOW)
        again.append(time.perf_counter() - began)
    return min(again)


def hostile(number: int) -> bool:
    taken: dict[str, list[float]] = {}
    raised: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    for kind, text in strings(number):
        try:
            verdict = judge(text, trust=TRUST, at=NOW)
        except Exception:  # noqa: BLE001 - that is what is counted
            raised[kind] += 1
            continue
        passed[kind] += verdict.outcome == "pass"
        taken.setdefault(kind, []).append(seconds(text) * 1000)
    head = f"{'hostile strings':<20}{'judged':>10}{'raised':>8}{'passed':>8}"
    print(f"\n{head}{'p50 ms':>9}{'p99 ms':>9}{'most ms':>9}{'over 50':>9}")
    everything = [each for times in taken.values() for each in times]
    for kind, times in [*taken.items(), ("all", everything)]:
        ordered = sorted(times)
        row = (raised[kind], passed[kind]) if kind != "all" else (raised.total(), passed.total())
        over = sum(each > ALLOWED_MS for each in times)
        middle, late = ordered[len(times) // 2], ordered[int(len(times) * 0.99)]
        print(
            f"{kind:<20}{len(times):>10,}{row[0]:>8}{row[1]:>8}{middle:>9.3f}{late:>9.3f}{ordered[-1]:>9.3f}{over:>9}"
        )
    return not raised.total() and not passed.total() and max(everything) <= ALLOWED_MS


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--rounds", type=int, default=30)
    words.add_argument("--strings", type=int, default=500_000)
    asked = words.parse_args()
    rates(asked.rounds)
    if not hostile(asked.strings):
        raise SystemExit("a string raised, passed, or took too long")


if __name__ == "__main__":
    main()
