"""`./gatepass migrate-store`: what the operator sees of a move."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from gatepass.centre.passages.copying import Store
from gatepass.centre.passages.log import LogInUseError, PassageLogError
from gatepass.centre.passages.migration import NotEmptyError, Proof, migrate, work

Engine = Literal["postgresql", "files"]
DSN = "GATEPASS_CENTRE_PASSAGES_DSN"


def move(folder: Path, dsn: str, to: Engine, moved: Callable[[Proof], None] = lambda _proof: None) -> int:
    """The exit code: 0 with a whole proof, 1 where something differs or stood in the way, 130 when interrupted.

    `moved` is told what was copied and compared, whole or not. Django's settings must be there; its database is not
    asked.
    """
    from gatepass.centre.passages.postgres_copying import PostgresStore
    from gatepass.centre.passages.sqlite_copying import SqliteStore
    from gatepass.centre.passages.storage import now_ms, town_zone

    told, out = Console(stderr=True), Console()
    opened: list[Store] = []
    try:
        files = SqliteStore(folder, town_zone(), clock=now_ms)
        opened.append(files)
        server = PostgresStore(dsn, town_zone(), clock=now_ms)
        opened.append(server)
        source, target = (files, server) if to == "postgresql" else (server, files)
        proof = _with_progress(source, target, told)
    except KeyboardInterrupt:
        told.print("Stopped. The days that are whole stay in the new store; say the same again to go on.")
        return 130
    except LogInUseError:
        told.print("A centre runs on one of the two stores. Stop it first, then say the same again.")
        return 1
    except NotEmptyError as error:
        told.print(f"Nothing was moved: {error}. Move into an empty store, or into the one where this move began.")
        return 1
    except PassageLogError as error:
        told.print(f"PostgreSQL does not answer ({error}). See that it runs and that {DSN} is right.")
        return 1
    finally:
        for store in opened:
            store.close()
    moved(proof)
    report(proof, out)
    if not proof.is_whole:
        told.print("The two stores DIFFER in what the table marks. Go on with the old one, and keep both.")
        return 1
    told.print(_next_step(to, folder))
    return 0


def _with_progress(source: Store, target: Store, console: Console) -> Proof:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    source.become_writer()
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("rows copied and read back", total=work(source))

        def read(day: date, rows: int) -> None:
            progress.update(bar, advance=rows, description=f"{day}, rows copied and read back")

        return migrate(source, target, read=read)


def report(proof: Proof, console: Console) -> None:
    table = Table("day", "rows here", "rows there", "digest here", "digest there", "counters", "")
    for day in proof.days:
        sides = [(f"{side.rows:,}", str(side)[:16]) if side else ("forgotten", "") for side in (day.source, day.target)]
        (rows, digest), (there, digest_there) = sides
        table.add_row(
            day.day.isoformat(), rows, there, digest, digest_there,
            "equal" if day.sums_agree else "DIFFER", "ok" if day.is_equal else "DIFFERS",
        )  # fmt: skip
    console.print(table)
    held = sum(day.source.rows for day in proof.days if day.source)
    console.print(f"names of gates and journals: {'equal' if proof.names_agree else 'DIFFER'}")
    console.print(f"which records of each journal have arrived: {'equal' if proof.runs_agree else 'DIFFER'}")
    console.print(f"{held:,} rows in {len(proof.days)} days: {'every one is there' if proof.is_whole else 'NOT EQUAL'}")


def _next_step(to: Engine, folder: Path) -> str:
    if to == "postgresql":
        return (
            f"Start the centre with {DSN} set: from now on passages are kept in PostgreSQL.\n"
            f"When it has run for a day, remove {folder}: what is forgotten there must be forgotten here, too."
        )
    return (
        f"Start the centre without {DSN}: from now on passages are kept as day files.\n"
        "When it has run for a day, drop the schema `gatepass` in PostgreSQL: it forgets nothing by itself any more."
    )
