"""The directory's bytes beside the least possible; deltas of a minute, an hour and a day; times to build and apply.

The least possible: where a stranger is accepted with probability e, and a state has entropy H, any structure needs
log2(1/e) + H bits a person; a delta of m people among n needs log2(n over m) + m · H. It is printed for states drawn as
in a town (H as counted) and for states of which nothing is known in advance (5 bits), which is what we store.

    ./gatepass bench directory_size --people 10000000
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from gatepass.directory import STATES, Delta, Directory
from gatepass.directory.build import build_with_order
from gatepass.directory.fetching import FolderFetcher, Subscriber
from gatepass.directory.publishing import Publisher
from gatepass.directory.store import DirectoryStore

MIX = {8: 0.93, 9: 0.02, 19: 0.03, 10: 0.01, 28: 0.006, 0: 0.004}
"""Share of each state code: mostly green without advice, as in a town."""
A_DAY = 0.01
"""Share of the people whose state changes in a day."""
SECTIONS = ("bucket blocks", "bucket starts", "remainders, upper 16 bits", "remainders, lower 4 bits", "exceptions")


def entropy(codes: np.ndarray) -> float:
    share = np.bincount(codes, minlength=32) / len(codes)
    return float(-sum(p * math.log2(p) for p in share.tolist() if p))


def log2_choose(n: int, m: int) -> float:
    return (math.lgamma(n + 1) - math.lgamma(m + 1) - math.lgamma(n - m + 1)) / math.log(2)


def median_ms(rounds: int, work: Callable[[], object]) -> float:
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def sizes(directory: Directory, content_bytes: int, codes: np.ndarray) -> None:
    base, people = directory.base, len(directory)
    print("| part | bytes | bytes a person |\n|---|---|---|")
    for name, length in zip((*SECTIONS, "colours and advice"), base.section_bytes, strict=True):
        print(f"| {name} | {length:,} | {length / people:.3f} |")
    print(f"| **whole file** | **{content_bytes:,}** | **{content_bytes / people:.3f}** |")
    accept = math.log2(people) - base.bucket_bits - 20
    for what, bits in (("states as drawn", entropy(codes)), ("any state", 5.0)):
        least = (-accept + bits) / 8
        held = content_bytes / people
        print(
            f"| least possible, 2^{accept:.1f}, {what} ({bits:.2f} bits) | | {least:.3f} (ours: {held / least:.2f} ×) |"
        )
    print()


def deltas(directory: Directory, rounds: int) -> None:
    people = directory.base.people
    dice = np.random.default_rng(5)
    print("| changes | people | bytes | least possible | ours ÷ least | encode ms | decode ms | apply ms |")
    print("|---|---|---|---|---|---|---|---|")
    for name, share in (("a minute", 1 / 1440), ("an hour", 1 / 24), ("a day", 1.0)):
        changed = max(1, round(people * A_DAY * share))
        ranks = np.sort(dice.choice(people, changed, replace=False))
        codes = dice.choice(np.array([*MIX], np.uint8), changed, p=[*MIX.values()])
        delta = Delta(
            base_version=1,
            base_checksum=directory.checksum,
            base_people=people,
            from_version=1,
            to_version=2,
            as_of=1,
            people=people,
            ranks=ranks,
            codes=codes,
        )
        content = delta.encode()
        least = (log2_choose(people, changed) + changed * 5) / 8
        print(
            f"| {name} | {changed:,} | {len(content):,} | {least:,.0f} | {len(content) / least:.2f} "
            f"| {median_ms(rounds, delta.encode):.2f} | {median_ms(rounds, lambda raw=content: Delta.decode(raw)):.2f} "
            f"| {median_ms(rounds, lambda what=delta: directory.with_delta(what)):.2f} |"
        )
    print()


def times(keys: np.ndarray, codes: np.ndarray, folder: Path, rounds: int) -> None:
    """The whole way, signatures, hashes and fsyncs included; centre and gate on one machine, without a network."""
    now = datetime.now(UTC)
    publisher = Publisher(folder / "centre")
    store = DirectoryStore(folder / "gate")
    subscriber = Subscriber(store, FolderFetcher(publisher.repository), publisher.trust_root)
    hour = max(1, round(len(keys) * A_DAY / 24))
    dice = np.random.default_rng(6)
    publish, refresh, touch, confirm = [], [], [], []
    print("| step | ms |\n|---|---|")
    first = median_ms(1, lambda: publisher.publish_base((keys, codes), now))
    print(f"| publish a base, signed, whole keys kept | {first:,.0f} |")
    print(f"| fetch, verify and install it | {median_ms(1, subscriber.refresh):,.0f} |")
    for _ in range(rounds):
        picked = keys[dice.choice(len(keys), hour, replace=False)].tobytes()
        states = dice.integers(0, 32, hour).tolist()
        changes = {picked[16 * n : 16 * n + 16]: STATES[code] for n, code in enumerate(states)}
        publish.append(median_ms(1, lambda what=changes: publisher.publish_changes(what, now)))
        refresh.append(median_ms(1, subscriber.refresh))
        touch.append(median_ms(1, lambda: publisher.touch(datetime.now(UTC))))
        confirm.append(median_ms(1, subscriber.refresh))
    print(f"| publish an hour's changes ({hour:,}), signed | {statistics.median(publish):.1f} |")
    print(f"| fetch, verify and install them | {statistics.median(refresh):.1f} |")
    print(f"| publish that nothing changed | {statistics.median(touch):.1f} |")
    print(f"| fetch and verify that | {statistics.median(confirm):.1f} |")
    restart = median_ms(rounds, lambda: DirectoryStore(folder / "gate"))
    print(f"| restart of a gate: open, verify the checksum, apply deltas | {restart:.1f} |")
    metadata = {path.name: path.stat().st_size for path in (folder / "gate" / "trust").glob("*.json")}
    print(
        f"\nMetadata of one change besides the delta: targets {metadata['targets.json']:,}, "
        f"snapshot {metadata['snapshot.json']:,}, timestamp {metadata['timestamp.json']:,} bytes."
    )


def main(argv: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--people", type=int, default=10_000_000)
    options.add_argument("--rounds", type=int, default=7)
    chosen = options.parse_args(argv)
    print(
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {chosen.people:,} people\n"
    )
    dice = np.random.default_rng(2020)
    keys = dice.integers(0, 256, (chosen.people, 16), dtype=np.uint8)
    codes = dice.choice(np.array([*MIX], np.uint8), chosen.people, p=[*MIX.values()])
    began = time.perf_counter()
    content = build_with_order(keys, codes, version=1, as_of=1).content
    print(f"Built in {time.perf_counter() - began:.1f} s.\n")
    with tempfile.TemporaryDirectory(prefix="gatepass-bench-") as folder:
        path = Path(folder) / "1.base"
        path.write_bytes(content)
        directory = Directory.open(path)
        sizes(directory, len(content), codes)
        deltas(directory, chosen.rounds)
        times(keys, codes, Path(folder), chosen.rounds)


if __name__ == "__main__":
    main(sys.argv[1:])
