"""Tracing in a town of `big_town`: one person, a hundred people at once, forgetting a day; SQLite and PostgreSQL.

A trace is what a tracer waits for: where these people were in the last 14 days (`visits_of`), and everybody who passed
the same gates within ten minutes of them, both ways, across midnight (`neighbours`), as Python objects. The hundred
share a home gate, as a cluster does. Beside it, what no trace can undercut here: the engine's own answer to the second
question, counted inside the engine instead of handed over. Then the last two gifts of a log: a page of the latest
passages at fifty gates, and the figures of a day from its counters.

The CPU column is this process and the database's together: on a machine that others share, it is the figure that stays.

The retention is measured last and is final: it drops the town's oldest day while another thread delivers passages of
today, and says how long the longest delivery took, beside the same deliveries without it.

    ./gatepass bench trace --folder /mnt/disk/town
    ./gatepass bench trace --folder /mnt/disk/town --postgres --only drop
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from _centre import collect_as_the_centre
from _town import Town
from big_town import ZONE, now_ms, serving_town, town_of

from gatepass.centre.passages.days import DAY_MS
from gatepass.centre.passages.log import Batch, Filters
from gatepass.centre.passages.postgres_copying import PostgresStore
from gatepass.centre.passages.sqlite_copying import SqliteStore
from gatepass.policy import Method, Outcome
from gatepass.wire.ids import uuid7
from gatepass.wire.messages import Record

Log = SqliteStore | PostgresStore
DAYS = 14
WITHIN = 10 * 60_000
CLUSTER = 100


def cpu_ms(log: Log) -> float:
    """That this process, and the database's process which answers it, have used so far."""
    used = time.process_time() * 1000
    if isinstance(log, PostgresStore):
        for connection in log._connections._idle:
            fields = Path(f"/proc/{connection.info.backend_pid}/stat").read_text().rpartition(")")[2].split()
            used += (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")
    return used


def timed(log: Log, rounds: Sequence[Callable[[], object]]) -> tuple[np.ndarray, float]:
    """Wall-clock ms of each, and mean CPU ms."""
    took = []
    used = cpu_ms(log)
    for work in rounds:
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return np.array(took), (cpu_ms(log) - used) / len(rounds)


def row(name: str, took: np.ndarray, cpu: float | None, note: str, target: str = "") -> None:
    spread = [f"{np.percentile(took, percent):,.1f}" for percent in (50, 95, 100)]
    spread.append("" if cpu is None else f"{cpu:,.1f}")
    print(f"| {name} | {len(took)} | {' | '.join(spread)} | {target} | {note} |", flush=True)


def traces(log: Log, town: Town, rounds: int) -> None:
    keys = town.keys()
    until = town.calendar.bounds(town.last)[1]
    since = until - DAYS * DAY_MS
    chance = np.random.default_rng(5)
    found: list[int] = []

    def trace(people: list[bytes]) -> None:
        found.append(len(log.neighbours(log.visits_of(people, since, until), within=WITHIN)))

    def persons(count: int) -> list[list[bytes]]:
        return [[keys[place].tobytes()] for place in chance.integers(0, town.people, count).tolist()]

    def clusters(count: int) -> list[list[bytes]]:
        starts = chance.integers(0, max(1, town.people - CLUSTER), count).tolist()
        return [[key.tobytes() for key in keys[start : start + CLUSTER]] for start in starts]

    for name, people, target in (
        ("one person, first asked", persons(rounds), "25 p95"),
        ("100 people, first asked", clusters(max(5, rounds // 10)), "1,000"),
    ):
        found.clear()
        took = timed(log, [lambda one=one: trace(one) for one in people])
        row(name, *took, f"{np.median(found):,.0f} encounters", target)
        took = timed(log, [lambda one=one: trace(one) for one in people])
        row(name.replace("first asked", "asked again"), *took, "", target)
        visits = [[log.visits_of(one, since, until)] for one in people]
        took = timed(log, [lambda one=one: limit(log, one[0]) for one in visits])
        row("… counted inside the engine (the limit)", *took, "")


def limit(log: Log, visits: Sequence[object]) -> int:
    """How many rows lie in the windows: the same index, and nothing handed over."""
    numbers = log._names.numbers
    windows = [(*numbers([v.gate]), v.at - WITHIN, v.at + WITHIN) for v in visits]  # type: ignore[attr-defined]
    if isinstance(log, PostgresStore):
        question = (
            "SELECT sum(p.n)::bigint FROM unnest(%b::int[], %b::bigint[], %b::bigint[]) AS w (gate, since, until)"
            " CROSS JOIN LATERAL (SELECT count(person) AS n FROM passages AS q"
            " WHERE q.gate = w.gate AND q.at BETWEEN w.since AND w.until OFFSET 0) AS p"
        )
        with log._connections.reading() as connection:
            return connection.execute(question, [list(c) for c in zip(*windows, strict=True)]).fetchall()[0][0]
    total = 0
    for day in {log._calendar.day(since) for _, since, _ in windows}:
        low, high = log._calendar.bounds(day)
        part = [w for w in windows if low <= w[1] < high]
        texts = ",".join(f"({gate},{since},{until})" for gate, since, until in part)
        with log._reading(day) as connection:
            total += connection.execute(
                f"WITH w(gate, since, until) AS (VALUES {texts}) SELECT count(p.person) FROM w CROSS JOIN passages AS p"
                " ON p.gate = w.gate AND p.at BETWEEN w.since AND w.until"
            ).fetchall()[0][0]
    return total


def pages(log: Log, town: Town, rounds: int) -> None:
    chance = np.random.default_rng(6)
    until = town.calendar.bounds(town.last)[1]
    for name, gates in (("50 gates", 50), ("2,500 gates", 2500), ("every gate", 0)):
        # Whoever may see the whole town asks for every gate without naming them.
        chosen = [
            frozenset(map(str, chance.choice(town.gates, min(gates, town.gates), replace=False) + 1)) if gates else None
            for _ in range(max(5, rounds // 4))
        ]
        took = timed(log, [lambda one=one: log.read(Filters(0, until, gates=one), limit=50) for one in chosen])
        row(f"the latest 50 passages of {name}", *took, "", "200 p95")
        first = town.last - timedelta(days=27)
        for span, since in (("a day's", town.last), ("28 days'", first)):
            asked = [lambda one=one, since=since: figures(log, since, town.last, one) for one in chosen]
            row(f"{span} figures of {name}", *timed(log, asked), "from counters", "200 p95")


def figures(log: Log, first: date, last: date, gates: frozenset[str] | None) -> None:
    """What the page of statistics asks."""
    log.movements(first, last, gates, by=frozenset({"hour"}))
    log.flow(first, last, gates, by=frozenset())
    log.gate_totals(first, last, gates)


def deliveries(log: Log, stop: Callable[[], bool], seq: list[int]) -> np.ndarray:
    took = []
    while not stop():
        now = now_ms()
        records = [
            Record(
                seq=seq[0] + n, id=uuid7(now), at=now, person=os.urandom(16), direction="in", outcome=Outcome.PASS,
                reasons=("green",), method=Method.CARD, document="resident_card", knowledge=7,
            )
            for n in range(50)
        ]  # fmt: skip
        seq[0] += 50
        began = time.perf_counter()
        (answer,) = log.append([Batch("1", "dev-bench", records)])
        took.append((time.perf_counter() - began) * 1000)
        assert answer.receipt.next == seq[0], "not stored"  # type: ignore[union-attr]
    return np.array(took)


def retention(log: Log) -> None:
    """Drops the oldest day; the deliveries are 50 records each, one after the other."""
    seq = [log.receipt("dev-bench").next]
    deadline = time.perf_counter() + 3
    quiet = deliveries(log, lambda: time.perf_counter() > deadline, seq)
    told: dict[str, float] = {}
    day = log.days()[0]

    def drop() -> None:
        began = time.perf_counter()
        told["rows"] = log.drop_day(day)
        told["ms"] = (time.perf_counter() - began) * 1000

    dropping = threading.Thread(target=drop)
    dropping.start()
    busy = deliveries(log, lambda: not dropping.is_alive(), seq)
    dropping.join()
    row("forgetting a day", np.array([told["ms"]]), None, f"{told['rows']:,.0f} rows", "1,000")
    row("a delivery of 50, nothing else", quiet, None, "")
    row("a delivery of 50, meanwhile", busy, None, "the intake is not blocked")


def main(argv: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, prog="./gatepass bench trace"
    )
    parser.add_argument("--folder", type=Path, help="a town of `big_town`; without it the benchmark is passed over")
    parser.add_argument("--postgres", action="store_true", help="the town's own PostgreSQL, in the folder")
    parser.add_argument("--dsn", help="this PostgreSQL")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument(
        "--only",
        nargs="*",
        choices=("traces", "pages", "drop"),
        default=("traces", "pages"),
        help="of these; `drop` forgets the oldest day, for good",
    )
    wanted = parser.parse_args(argv)
    if wanted.folder is None:
        print("passed over: make a town with `./gatepass bench big_town`, then name its folder by --folder")
        return
    town = town_of(wanted.folder)
    collect_as_the_centre()
    with ExitStack() as stack:
        log: Log
        if wanted.postgres or wanted.dsn:
            log = PostgresStore(wanted.dsn or stack.enter_context(serving_town(wanted.folder)), ZONE, clock=now_ms)
        else:
            log = SqliteStore(wanted.folder / "passages", ZONE, clock=now_ms)
        stack.callback(log.close)
        engine = "SQLite" if isinstance(log, SqliteStore) else "PostgreSQL"
        print(
            f"{engine}: {town.passages:,} passages in {len(log.days())} days, {town.people:,} people, {town.gates:,}"
            f" gates; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
        )
        print("\n| question | times | p50 ms | p95 ms | max ms | mean CPU ms | target ms | |")
        print("|---|---:|---:|---:|---:|---:|---:|---|")
        if "traces" in wanted.only:
            traces(log, town, wanted.rounds)
        if "pages" in wanted.only:
            pages(log, town, wanted.rounds)
        if "drop" in wanted.only:
            retention(log)


if __name__ == "__main__":
    main(sys.argv[1:])
