"""A whole town's passages, made with one command: as a folder of day files, or in PostgreSQL.

The town is the same one whenever and wherever it is made (`_town.py`): 200 people a gate, four passages a person and
day. 100 million passages in 25 days are one million people and 5,000 gates. Interrupt it and say the same again: days
that are there stay. Rows go in by `copying.Store`, the way that `migrate-store` uses, not through the gateway;
`ingest` measures that one. On disk 105
bytes a passage as day files, twice as much in PostgreSQL.

    ./gatepass bench big_town --folder /mnt/disk/town --passages 100_000_000
    ./gatepass bench big_town --folder /mnt/disk/town --postgres
    ./gatepass bench trace --folder /mnt/disk/town
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(1, str(Path(__file__).parents[1]))

from _town import A_DAY, Town, TownDay, cells_of, copied, day_copy, make_day
from tests.postgres import serving

from gatepass.centre.passages.copying import Cells, DayCopy, Store
from gatepass.centre.passages.days import TownDays
from gatepass.centre.passages.log import LogInUseError
from gatepass.centre.passages.postgres_copying import PostgresStore
from gatepass.centre.passages.runs import Runs
from gatepass.centre.passages.sqlite_copying import SqliteStore

ZONE = ZoneInfo("Asia/Shanghai")
DAYS = 25
SERVER = {
    "shared_buffers": "2GB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "random_page_cost": "1.1",
}
"""What an administrator would set for a database of this size; durability is left as it is."""


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def town_of(folder: Path, passages: int | None = None) -> Town:
    """The town that the folder says it is, else a new one; `town.json` keeps it the same when the day changes."""
    note = folder / "town.json"
    if note.exists():
        told = json.loads(note.read_text())
        town = Town(told["people"], date.fromisoformat(told["last"]), told["days"], TownDays(ZONE))
        if passages is not None and abs(town.passages - passages) > town.passages // 100:
            raise SystemExit(f"{folder} is a town of {town.passages:,} passages; choose another folder")
        return town
    if passages is None:
        raise SystemExit(f"{folder} holds no town; make one with `./gatepass bench big_town --folder {folder}`")
    people = max(2, passages // DAYS // A_DAY)
    town = Town(people, datetime.now(ZONE).date(), DAYS, TownDays(ZONE))
    folder.mkdir(parents=True, exist_ok=True)
    note.write_text(json.dumps({"people": people, "last": town.last.isoformat(), "days": DAYS}))
    return town


class QuickStore(PostgresStore):
    """Takes a day's rows as columns: packed by numpy, ten times as quickly as one by one."""

    def __init__(self, dsn: str, town: Town, keys: np.ndarray) -> None:
        super().__init__(dsn, ZONE, clock=now_ms)
        self.town, self.keys = town, keys

    def write_columns(self, day: date, made: TownDay, before: np.ndarray) -> int:
        self.now = made, before
        return self.write_day(day_copy(self.town, day, made, self.keys, before))

    def _packed(self, copy: DayCopy, numbers: Mapping[int, int], cells: Cells) -> Iterator[bytes]:
        made, before = self.now
        cells.update(cells_of(self.town, copy.day, made))
        kinds = np.array([numbers.get(kind, 0) for kind in range(max(numbers) + 1)])
        yield from copied(self.town, made, self.keys, before, kinds)


def fill(store: Store, town: Town, keys: np.ndarray) -> None:
    before = np.zeros(town.gates + 1, np.int64)
    store.load_names(town.names())
    held = set(store.days())
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("passages", total=town.passages)
        for day in town.dates():
            made = make_day(town, day)
            if day not in held:
                began = time.perf_counter()
                if isinstance(store, QuickStore):
                    rows = store.write_columns(day, made, before)
                else:
                    rows = store.write_day(day_copy(town, day, made, keys, before))
                took = time.perf_counter() - began
                progress.console.print(f"{day}  {rows:>12,} rows  {rows / took:>10,.0f} rows/s")
            before += made.a_gate(town.gates)
            progress.advance(bar, town.people * A_DAY)
    store.add_runs({town.gates + gate: Runs([(1, int(before[gate]))]) for gate in range(1, town.gates + 1)})


def serving_town(folder: Path) -> AbstractContextManager[str]:
    """A PostgreSQL of this town's own, in its folder."""
    data = folder / "postgres"
    data.mkdir(parents=True, exist_ok=True)
    return serving(data, restart=True, **SERVER)


def main(argv: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, prog="./gatepass bench big_town"
    )
    parser.add_argument("--folder", type=Path, help="where the town is kept; without it the benchmark is passed over")
    parser.add_argument("--passages", type=int, default=100_000_000)
    parser.add_argument("--postgres", action="store_true", help="in a PostgreSQL of its own, in the folder")
    parser.add_argument("--dsn", help="in this PostgreSQL")
    wanted = parser.parse_args(argv)
    if wanted.folder is None:
        print("passed over: name a disk with 10 GB of room by --folder")
        return
    town = town_of(wanted.folder, wanted.passages)
    keys = town.keys()
    files = wanted.folder / "passages"
    with ExitStack() as stack:
        store: Store
        if wanted.postgres or wanted.dsn:
            store = QuickStore(wanted.dsn or stack.enter_context(serving_town(wanted.folder)), town, keys)
        else:
            store = SqliteStore(files, ZONE, clock=now_ms)
        try:
            fill(store, town, keys)
        except KeyboardInterrupt:
            raise SystemExit("stopped; the days that are whole stay. Say the same again to go on.") from None
        except LogInUseError:
            raise SystemExit("another process writes there") from None
        finally:
            store.close()
    print(f"{town.people:,} people, {town.gates:,} gates, {town.days} days")


if __name__ == "__main__":
    main(sys.argv[1:])
