"""Everybody's colour by the policy in force: a whole town, the end of a day, one changed fact.

The town: each resident has a document, a code and three facts on average (declarations, tests, vaccinations, stays, a
few contacts, quarantines and cases). Every round, in this order:

  the limit      the same rows read and the same rows written by SQLite alone, two processes reading, no judgement
  all change     everybody was green by an import: the policy sets 1 code in 3 anew, and its version in all
  nothing new    the same once more: judged, found the same
  a new version  two numbers of the policy are others: some colours change, everybody's version does
  a day ends     only those whose `valid_until` has come

and after it, one fact after another is recorded while the threads of the server run: until the code has followed.

    ./gatepass bench reevaluation --people 1000000
    ./gatepass bench reevaluation --people 50000 --rounds 1
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

SEED = 20261123
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
SPAN = 4000


def set_up(folder: Path) -> None:
    os.environ["GATEPASS_CENTRE_DIR"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "gatepass.centre.settings"
    import django
    import structlog
    from django.core.management import call_command

    django.setup()
    structlog.configure(processors=[lambda _logger, _name, _event: (_ for _ in ()).throw(structlog.DropEvent)])
    call_command("migrate", verbosity=0)


def insert(model: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Rows into a model's table, as quick as SQLite takes them; what a row does not say has its default."""
    from django.db import connection, transaction

    fields = [field for field in model._meta.concrete_fields if not (field.primary_key and field.name == "id")]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    statement = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({", ".join(["%s"] * len(fields))})'

    def values() -> Iterator[list[Any]]:
        for row in rows:
            given = [row.get(field.attname, field.get_default()) for field in fields]
            yield [field.get_db_prep_save(value, connection) for field, value in zip(fields, given, strict=True)]

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(statement, values())


def settle(people: int) -> None:
    from gatepass.centre.codes.models import Code
    from gatepass.centre.facts.models import Fact
    from gatepass.centre.people.models import IdentityDocument, Resident
    from gatepass.centre.sites.actions import create_community, create_site

    site = create_site(None, create_community(None, "c"), "s")
    chance = random.Random(SEED)
    insert(
        Resident,
        (
            {"site_id": site.pk, "full_name": f"P{key}", "birth": f"{1930 + key % 90}-05-17", "registered_at": NOW,
             "changed_at": NOW}
            for key in range(people)
        ),
    )  # fmt: skip
    insert(
        IdentityDocument,
        (
            {"kind": "resident_card", "issuer": "CHN", "number": b"-", "resident_id": key + 1, "added_at": NOW,
             "person_key": chance.randbytes(16)}
            for key in range(people)
        ),
    )  # fmt: skip
    insert(Fact, (fact for key in range(people) for fact in facts_of(key + 1, chance)))
    green(people)
    Code.objects.count()


def green(people: int) -> None:
    from gatepass.centre.codes.models import Code, CodeChange, DirectoryChange

    for model in (CodeChange, DirectoryChange, Code):
        model.objects.all()._raw_delete("default")
    codes = ({"resident_id": key + 1, "colour": "green", "reason": "C", "since": NOW} for key in range(people))
    insert(Code, codes)


WELL = {"symptoms": [], "temperature": None, "contact": False, "travelled": False}


def facts_of(resident: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    def fact(kind: str, days: float, data: dict[str, Any], lasts: float | None = None) -> dict[str, Any]:
        at = NOW - timedelta(days=days)
        until = None if lasts is None else at + timedelta(days=lasts)
        row = {"resident_id": resident, "kind": kind, "at": at, "until": until, "data": data}
        return {**row, "source": "self", "recorded_at": at}

    declared = WELL if chance.random() < 0.98 else {**WELL, "symptoms": ["cough"]}
    yield fact("declaration", chance.uniform(0, 20), declared)
    yield fact("vaccination", 90, {"against": "sars_cov_2", "dose": 2, "complete": True})
    if chance.random() < 0.6:
        yield fact("test", chance.uniform(0, 30), {"method": "pcr", "result": "negative", "pathogen": "sars_cov_2"})
    if chance.random() < 0.3:
        region = chance.choice(["330100", "310100", "420100", "411500", "440800"])
        yield fact("stay", chance.uniform(3, 40), {"region": region, "transit": False}, chance.uniform(1, 3))
    if chance.random() < 0.03:
        yield fact("contact", chance.uniform(0, 20), {"degree": chance.choice(["close", "venue", "secondary"])})
    if chance.random() < 0.01:
        yield fact("quarantine", chance.uniform(0, 10), {"form": "home"}, 14)
    if chance.random() < 0.002:
        yield fact("case", chance.uniform(0, 20), {"status": "confirmed", "pathogen": "sars_cov_2"})


def enact(text: str) -> None:
    """Written, approved and in force, without asking anybody: this is no town."""
    from gatepass.centre.policies.actions import write_version
    from gatepass.centre.policies.models import PolicyVersion, Term

    version = write_version(None, text)
    PolicyVersion.objects.filter(pk=version.pk).update(state="approved")
    begin = NOW + timedelta(seconds=version.number)
    Term.objects.create(version=version, effective_from=begin, ordered_at=NOW, begun_at=NOW)


def evaluate_all(at: datetime) -> dict[str, Any]:
    from gatepass.centre.policies.in_force import rulebook
    from gatepass.centre.policies.runs import judge_everybody

    return judge_everybody(rulebook(at), at, site=None, write=True).as_json()


# ---------------------------------------------------------------- the limit


def read_span(path: str, first: int, last: int) -> int:
    """What judging reads, by sqlite3 alone, with the facts' JSON parsed."""
    database = sqlite3.connect(path)
    span = first, last
    people = "SELECT id, site_id, birth FROM people_resident WHERE id BETWEEN ? AND ?"
    codes = "SELECT * FROM codes_code WHERE resident_id BETWEEN ? AND ?"
    known = (
        "SELECT resident_id, kind, at, until, data FROM facts_fact WHERE resident_id BETWEEN ? AND ? "
        "AND withdrawn_at IS NULL"
    )
    rows = database.execute(people, span).fetchall() + database.execute(codes, span).fetchall()
    facts = database.execute(known, span).fetchall()
    database.close()
    return len(rows) + sum(len(json.loads(fact[4])) for fact in facts)


TERM = "UPDATE codes_code SET valid_until = ?, policy_id = NULL WHERE resident_id = ?"
CODE = "UPDATE codes_code SET colour = 'red', reason = 'A4', advice = 'stay_home' WHERE resident_id = ?"
HISTORY = (
    "INSERT INTO codes_codechange (resident_id, at, colour, reason, advice, by_name, by_hand) "
    "VALUES (?, '2026-11-20 04:00:00', 'red', 'A4', 'stay_home', '', 0)"
)
OUTBOX = (
    "INSERT INTO codes_directorychange (person_key, queued_at) SELECT person_key, '2026-11-20 04:00:00' "
    "FROM people_identitydocument WHERE resident_id BETWEEN ? AND ?"
)


def limit(path: str, people: int, changed: int) -> None:
    """Two processes read everything; this one writes each code's term, and code, history and outbox of `changed`."""
    spans = [(path, first, min(first + SPAN - 1, people)) for first in range(1, people + 1, SPAN)]
    share = changed / people
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA synchronous=FULL")
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        futures = [pool.submit(read_span, *span) for span in spans]
        for (_path, first, last), future in zip(spans, futures, strict=True):
            future.result()
            some = range(first, first + round((last - first + 1) * share))
            database.execute("BEGIN IMMEDIATE")
            database.executemany(TERM, [("2026-11-30 16:00:00", key) for key in range(first, last + 1)])
            database.executemany(CODE, [(key,) for key in some])
            database.executemany(HISTORY, [(key,) for key in some])
            database.execute(OUTBOX, (some.start, some.stop - 1))
            database.execute("COMMIT")
    database.close()


# ---------------------------------------------------------------- the table


class Took(NamedTuple):
    seconds: float
    processor: float
    """Seconds of all cores together, those of the judging processes included: what other work on the machine leaves
    as it is."""


def timed(work: Callable[[], Any]) -> tuple[Took, Any]:
    began, used = time.perf_counter(), os.times()
    found = work()
    seconds, now = time.perf_counter() - began, os.times()
    return Took(seconds, sum(now[:4]) - sum(used[:4])), found


def one_round(folder: Path, people: int, number: int, community: str) -> dict[str, tuple[Took, int]]:
    from django.db import connection

    from gatepass.centre.codes.models import Code
    from gatepass.centre.policies import actions

    took: dict[str, tuple[Took, int]] = {}
    green(people)
    enact(community.replace('"2020.1"', f'"{number}.0"'))
    at = NOW + timedelta(minutes=number)
    spent, report = timed(lambda: evaluate_all(at))
    changed = people - report["same"]
    took["all change"] = spent, changed
    spent, report = timed(lambda: evaluate_all(at + timedelta(seconds=1)))
    assert report["same"] == people, report
    took["nothing new"] = spent, 0
    enact(stricter(community.replace('"2020.1"', f'"{number}.1"')))
    spent, report = timed(lambda: evaluate_all(at + timedelta(seconds=30)))
    took["a new version"] = spent, people - report["same"]
    midnight = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
    due = Code.objects.filter(valid_until__lte=midnight, policy__isnull=False).count()

    import time_machine

    def day_ends() -> None:
        with time_machine.travel(midnight, tick=True):
            while actions.look_at_due(midnight):
                pass

    took["a day ends"] = timed(day_ends)[0], due
    green(people)
    connection.close()
    took["the limit"] = timed(lambda: limit(str(folder / "centre.sqlite3"), people, changed))[0], changed
    return took


def stricter(text: str) -> str:
    """Two numbers are others, and so would some cases be: they expect what comes out."""
    text = text.replace('close_contacts.0.days_ago"}, 14', 'close_contacts.0.days_ago"}, 10')
    text = text.replace('medium_stays.0.ended_days_ago"}, 14', 'medium_stays.0.ended_days_ago"}, 10')
    from gatepass.policy.colours import PolicyError, read_policy
    from gatepass.policy.colours.layout import laid_out

    document = json.loads(text)
    try:
        read_policy(text)
    except PolicyError as error:
        for finding in error.findings:
            case = document["cases"][int(finding.where.split("/")[2])]
            if finding.code == "case_until":
                del case["valid_until"]
            else:
                case.update(reason=finding.fields["got"], rule=None)
                case.pop("valid_until", None)
    return laid_out(document)


def following(residents: int) -> list[float]:
    """Milliseconds from a recorded contact to the code that has followed, the threads of the server running."""
    from django.utils import timezone

    from gatepass.centre.codes.models import Code
    from gatepass.centre.facts.actions import record_fact
    from gatepass.centre.people.models import Resident
    from gatepass.centre.policies.worker import ColourThread
    from gatepass.policy.colours import FactKind

    threads = ColourThread()
    threads.start()
    waits = []
    try:
        chosen = Code.objects.filter(colour="green").values_list("resident_id", flat=True)[:residents]
        for resident in Resident.objects.filter(pk__in=list(chosen)):
            record_fact(None, resident, FactKind.CONTACT, timezone.now(), data={"degree": "close"})
            began = time.perf_counter()
            while Code.objects.values_list("colour", flat=True).get(pk=resident.pk) != "red":
                time.sleep(0.005)
            waits.append((time.perf_counter() - began) * 1000)
    finally:
        threads.stop()
    return sorted(waits)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--people", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--folder", type=Path, default=None, help="where the town is written; some 2 GB for a million")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="gatepass-", dir=chosen.folder) as name:
        folder = Path(name)
        set_up(folder)
        from gatepass.policy.colours import shipped

        community = shipped()["community-2020"].replace('"2020-02-11', '"2019-02-11')
        written, _ = timed(lambda: settle(chosen.people))
        size = (folder / "centre.sqlite3").stat().st_size / 1e6
        machine = f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores"
        print(f"{machine}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}")
        print(f"{chosen.people:,} residents, {size:,.0f} MB, written in {written.seconds:,.0f} s\n")
        rounds = [one_round(folder, chosen.people, number + 1, community) for number in range(chosen.rounds)]
        head = (
            "colours that change",
            "seconds (median)",
            "range",
            "of processor",
            "residents a second",
            "to the limit",
        )
        print(f"| what | {' | '.join(head)} |\n|{'---|' * 7}")
        base = statistics.median(each["the limit"][0].seconds for each in rounds)
        for what in ("the limit", "all change", "nothing new", "a new version", "a day ends"):
            took = [each[what][0].seconds for each in rounds]
            used = statistics.median(each[what][0].processor for each in rounds)
            middle, count = statistics.median(took), rounds[0][what][1]
            judged = count if what == "a day ends" else chosen.people
            rate, ratio = judged / middle, middle / base
            spread = f"{min(took):,.1f} to {max(took):,.1f}"
            print(f"| {what} | {count:,} | {middle:,.1f} | {spread} | {used:,.1f} | {rate:,.0f} | {ratio:.1f} × |")
        print(f"\nload of the machine at the end: {os.getloadavg()[0]:.1f}")
        waits = following(30)
        middle = statistics.median(waits)
        print(f"\na fact changes → the code has followed, {len(waits)} times (promised: 2,000 ms):")
        print(f"median {middle:,.0f} ms, longest {waits[-1]:,.0f} ms")


if __name__ == "__main__":
    sys.exit(main())
