"""A list of 10,000 residents goes from file to registry: read, checked, compared with everybody who is there, entered.

The list is an XLSX file; one row in ten is somebody who is there under another spelling, one in a hundred is wrong.
Every step is the product's own, in one process, as the worker does it. Beside it, in the same round: the same rows
written by SQLite alone, bare (executemany into the same tables, one transaction), and the stretching of the document
numbers alone, which no import can do without.

The second table: candidates while somebody types, as the register page asks for them, in a town of `--town` people.

    ./gatepass bench import_residents
    ./gatepass bench import_residents --rows 2000 --rounds 1 --town 100000
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from anyascii import anyascii

from gatepass.demo.town import people
from gatepass.identity import DocumentKind
from gatepass.identity.names import Name
from gatepass.identity.numbers import check_character

HEADINGS = ("姓名", "证件号码", "联系电话", "地址")
TABLES = ("people_resident", "people_identitydocument", "people_phone", "people_namekey")


def set_up(folder: Path) -> None:
    os.environ["GATEPASS_CENTRE_DIR"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "gatepass.centre.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def processor() -> float:
    """Seconds of processor that this process and those that it began have used, on all cores together."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def settle(count: int, site: int, seed: int) -> None:
    """A town with names and their keys, and no documents: stretching a million numbers would take ten minutes."""
    from django.db import transaction
    from django.utils import timezone

    from gatepass.centre.people.models import Resident
    from gatepass.centre.people.name_index import index_new

    now = timezone.now()
    batch: list[Resident] = []

    def write() -> None:
        with transaction.atomic():
            index_new(Resident.objects.bulk_create(batch, batch_size=500))
        batch.clear()

    for person in people(count, seed):
        holder = person.document.holder
        birth = holder.birth.isoformat() if holder.birth else ""
        batch.append(
            Resident(
                site_id=site,
                full_name=holder.native_name or holder.latin_name,
                latin_name=holder.latin_name,
                birth=birth,
                nationality=holder.nationality,
                registered_at=now,
                changed_at=now,
            )
        )
        if len(batch) == 5000:
            write()
    write()


def a_list(rows: int, seed: int, there: list[tuple[str, str]]) -> list[tuple[str, ...]]:
    """Invented people with right numbers; every tenth has the name and the birth date of somebody who is there."""
    chance = random.Random(seed)
    lines: list[tuple[str, ...]] = []
    drawn = (person for person in people(rows * 2, seed) if person.document.kind is DocumentKind.RESIDENT_CARD)
    for place, person in enumerate(drawn):
        if len(lines) == rows:
            break
        name, number = person.document.holder.native_name, person.document.number
        if place % 10 == 0:
            name, birth = chance.choice(there)
            seventeen = f"330197{birth.replace('-', '')}{place // 10:03d}"[:17]
            name, number = anyascii(name), seventeen + check_character(seventeen)
        if place % 100 == 1:
            number = number[:-1]
        lines.append((name, number, f"138{place:08d}", f"{place % 40 + 1}幢 {place % 6 + 1}01"))
    return lines


def bare(source: Path, target: Path, first: int) -> float:
    """The rows that the import has written, written once more by SQLite alone, with the same tables and indexes."""
    with sqlite3.connect(source) as database:
        schema = [
            sql
            for table in TABLES
            for (sql,) in database.execute("SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql NOT NULL", [table])
        ]
        where = {"people_resident": "id", **dict.fromkeys(TABLES[1:], "resident_id")}
        rows = {
            table: database.execute(f"SELECT * FROM {table} WHERE {where[table]} >= ?", [first]).fetchall()
            for table in TABLES
        }
    database = sqlite3.connect(target, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    for sql in schema:
        database.execute(sql)
    began = time.perf_counter()
    database.execute("BEGIN IMMEDIATE")
    for table, some in rows.items():
        if some:
            database.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(some[0]))})", some)
    database.execute("COMMIT")
    seconds = time.perf_counter() - began
    database.close()
    return seconds


def measure(folder: Path, rows: int, rounds: int, town: int) -> None:
    set_up(folder)
    from gatepass.centre.accounts.actions import GrantWish, create_staff
    from gatepass.centre.accounts.roles import Role
    from gatepass.centre.people.access import key_of
    from gatepass.centre.people.duplicates import Sought, find_duplicates
    from gatepass.centre.people.imports import actions, work
    from gatepass.centre.people.imports.models import Import, Row
    from gatepass.centre.people.models import Resident
    from gatepass.centre.sites.actions import create_community, create_site
    from gatepass.centre.spreadsheets import Sheet, xlsx

    site = create_site(None, create_community(None, "定安路社区"), "柳浪新苑")
    user, _password = create_staff(None, "office", "Office", [GrantWish(Role.OFFICE)], password="three words together")
    settle(town, site.pk, 1)
    there = list(Resident.objects.filter(birth__contains="-").order_by("pk").values_list("full_name", "birth")[:500])
    steps: dict[str, list[float]] = {}
    cpu: list[float] = []
    for turn in range(rounds):
        lines = a_list(rows, 100 + turn, there)
        content = xlsx([Sheet("1", HEADINGS, lines)])
        newest = Resident.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        took: dict[str, float] = {}
        began, used = time.perf_counter(), processor()
        batch = actions.upload(user, "residents", "list.xlsx", content, site)
        took["upload: open the file, guess the columns"] = time.perf_counter() - began
        actions.map_columns(user, batch, batch.columns, site)
        worker = work.Worker()
        took["read the rows into the database, sealed"] = timed(worker.step)
        took["check: numbers, keys, who is there already"] = _while(worker, Import.State.CHECKING)
        batch.refresh_from_db()
        actions.decide_all(user, batch, batch.rows.all(), Row.Finding.ALIKE, Row.Choice.CREATE)
        batch.refresh_from_db()
        actions.run(user, batch)
        took["enter"] = _while(worker, Import.State.RUNNING)
        took["TOTAL"] = sum(took.values())
        cpu.append(processor() - used)
        took["limit: the same rows, bare SQLite"] = bare(
            folder / "centre.sqlite3", folder / f"bare{turn}.db", newest + 1
        )
        made = [person.document for person in people(rows, 100 + turn)]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            took["limit: stretching the numbers, all cores"] = timed(lambda: list(pool.map(key_of, made)))  # noqa: B023
        alike = batch.rows.filter(finding=Row.Finding.ALIKE).count()
        entered = batch.rows.filter(outcome="created").count()
        batch.refresh_from_db()
        actions.undo(user, batch)
        took["undo of the whole list"] = _while(worker, Import.State.UNDOING)
        assert Resident.objects.order_by("-pk").values_list("pk", flat=True).first() == newest
        print(
            f"round {turn + 1}: {entered} entered, {alike} with candidates, {rows - entered} to be mended", flush=True
        )
        for name, seconds in took.items():
            steps.setdefault(name, []).append(seconds)

    total = statistics.median(steps["TOTAL"])
    print(f"\n{rows:,} rows, a town of {town:,}, {rounds} rounds, medians\n")
    print(f"{'step':<48}{'seconds':>9}{'rows/s':>10}{'of total':>10}")
    for name, seconds in steps.items():
        middle = statistics.median(seconds)
        print(f"{name:<48}{middle:>9.2f}{rows / middle:>10,.0f}{middle / total:>10.2f}")
    print(f"\npromised: 60 s for 10,000 rows; here {total * 10_000 / rows:.1f} s", end="; ")
    print(f"processor: {statistics.median(cpu) * 10_000 / rows:.1f} s on all cores together; ", end="")
    print(f"load of the machine at the end: {os.getloadavg()[0]:.1f}")

    sought = [Sought(Name(person.document.holder.native_name), birth=None) for person in people(300, 7)]
    dated = [Sought(Name(p.document.holder.native_name), p.document.holder.birth, "CHN") for p in people(300, 7)]
    print(f"\ncandidates while typing, a town of {town:,}\n")
    print(f"{'known':<30}{'median ms':>10}{'p95 ms':>10}{'worst ms':>10}")
    for name, questions in (("name", sought), ("name, birth date, state", dated)):
        answers = sorted(timed(lambda one=one: find_duplicates(user, one, page="resident")) * 1000 for one in questions)
        middle, nearly = answers[len(answers) // 2], answers[len(answers) * 95 // 100]
        print(f"{name:<30}{middle:>10.1f}{nearly:>10.1f}{answers[-1]:>10.1f}")


def _while(worker, state: str) -> float:
    from gatepass.centre.people.imports.models import Import

    began = time.perf_counter()
    while Import.objects.filter(state=state).exists():
        worker.step()
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--town", type=int, default=50_000, help="people who are registered already")
    options = parser.parse_args()
    print(f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores, {sys.platform}")
    with tempfile.TemporaryDirectory(prefix="gatepass-bench-") as folder:
        measure(Path(folder), options.rows, options.rounds, options.town)


if __name__ == "__main__":
    main()
