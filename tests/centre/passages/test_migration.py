"""From day files to PostgreSQL and back: everything that the log promises is the same afterwards."""

from __future__ import annotations

import random
from datetime import date

import pytest
from tests.centre.passages.contract import (
    LI,
    MINUTE,
    MONDAY,
    SHANGHAI,
    SUN,
    TUESDAY,
    WANG,
    Clock,
    about,
    at,
    further,
    record,
)
from tests.postgres import empty_schema

from gatepass.centre.passages.copying import Digester, Store
from gatepass.centre.passages.log import Batch, Filters, LogInUseError
from gatepass.centre.passages.migration import NotEmptyError, Proof, migrate, work
from gatepass.centre.passages.postgres_copying import PostgresStore
from gatepass.centre.passages.sqlite_copying import SqliteStore
from gatepass.policy import Method, Outcome

SUNDAY = date(2026, 11, 22)
FIRST, LAST = date(2026, 11, 1), date(2026, 12, 31)


@pytest.fixture
def clock():
    return Clock(at(12, day=TUESDAY))


@pytest.fixture
def files(tmp_path, clock):
    store = SqliteStore(tmp_path / "passages", SHANGHAI, clock=clock)
    yield store
    store.close()


@pytest.fixture
def server(clock):
    with empty_schema() as (dsn, schema):
        store = PostgresStore(dsn, SHANGHAI, clock=clock, schema=schema)
        yield store
        store.close()


@pytest.fixture(params=["to the server", "to files"])
def both(request, files, server) -> tuple[Store, Store]:
    return (files, server) if request.param == "to the server" else (server, files)


def live(store: Store) -> None:
    """Three days with everything that a log can hold; the first one is forgotten, and then has a late record."""
    chance = random.Random(8)
    for gate in ("east", "west"):
        records, seq = [], 0
        for day in (SUNDAY, MONDAY, TUESDAY):
            for minute in range(0, 660, 11):
                seq += 1
                person = chance.choice([WANG, LI, SUN, None])
                records.append(
                    record(
                        seq, at(0, minute % 60, day=day) + minute * MINUTE, person,
                        outcome=chance.choice(list(Outcome)), reasons=chance.choice([("green",), ("red", "stale")]),
                        direction=chance.choice(["in", "out"]), method=chance.choice(list(Method)),
                        sealed=b"sealed" if person is None else None,
                    )
                )  # fmt: skip
        held = record(500, at(23, 59, 50, day=MONDAY), outcome=Outcome.HOLD, reasons=("unknown",))
        word = about(held, 501, Outcome.PASS)
        early_word = about(record(503, at(9, day=TUESDAY)), 502, Outcome.REFUSE)
        records += [held, word, further(held, 504, Outcome.PASS, SUN), early_word, record(510, 5_000)]
        store.append([Batch(gate, f"dev-{gate}", records)])
    store.drop_day(SUNDAY)
    store.append([Batch("east", "dev-east", [record(600, at(8, day=SUNDAY))])])
    store.drop_day(SUNDAY)
    store.append([Batch("east", "dev-east", [record(601, at(9, day=SUNDAY))])])


def moved(source: Store, target: Store) -> Proof:
    return migrate(source, target, read=lambda day, rows: None)


def summed(counted) -> dict[tuple[object, ...], int]:
    """A store may list a day in two parts: what rows are held of, and what was forgotten."""
    sums: dict[tuple[object, ...], int] = {}
    for *key, total in counted:
        sums[tuple(key)] = sums.get(tuple(key), 0) + total
    return {key: total for key, total in sums.items() if total}


def told(store: Store) -> dict[str, object]:
    """Whatever a user of the log could ask."""
    visits = store.visits_of([WANG, LI, SUN], 0, 2**53)
    return {
        "days": store.days(),
        "passages": store.read(Filters(0, 2**53), limit=10_000).passages,
        "flow": summed(store.flow(FIRST, LAST)),
        "movements": summed(store.movements(FIRST, LAST)),
        "visits": visits,
        "neighbours": store.neighbours(visits, within=10 * MINUTE),
        "receipts": [store.receipt("dev-east"), store.receipt("dev-west")],
        "sealed": [store.sealed(p.journal, p.seq, p.at) for p in store.read(Filters(0, 2**53), limit=10_000).passages],
    }


def test_whatever_one_could_ask_has_the_same_answer_after_the_move(both):
    source, target = both
    live(source)
    before = told(source)
    proof = moved(source, target)
    assert proof.is_whole
    assert [day.day for day in proof.days] == [SUNDAY, MONDAY, TUESDAY]
    assert all(day.source.rows > 0 for day in proof.days)
    assert told(target) == told(source) == before


def test_the_town_goes_on_in_the_new_store_as_if_nothing_had_happened(both):
    source, target = both
    live(source)
    moved(source, target)
    new_kind = record(700, at(10, day=TUESDAY), reasons=("green", "never_seen_before"))
    late_passage = record(503, at(9, day=TUESDAY))
    again = record(1, at(0, day=SUNDAY))
    new_gate = record(1, at(11, day=TUESDAY))
    for store in both:
        (answer,) = store.append([Batch("east", "dev-east", [new_kind, late_passage, again])])
        assert [one.seq for one in answer.fresh] == [700, 503]
        store.append([Batch("new", "dev-new", [new_gate])])
        assert store.drop_day(MONDAY) > 0
    assert told(target) == told(source)


def test_a_move_there_and_back_ends_where_it_began(files, server, tmp_path, clock):
    live(files)
    moved(files, server)
    back = SqliteStore(tmp_path / "back", SHANGHAI, clock=clock)
    assert moved(server, back).is_whole
    assert told(back) == told(files)
    back.close()


def test_a_move_that_was_interrupted_goes_on_with_the_next_day_and_adds_nothing_twice(both):
    source, target = both
    live(source)
    reads = []

    def interrupt(day, rows):
        reads.append(rows)
        if day == MONDAY:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        migrate(source, target, read=interrupt)
    assert target.days() == [SUNDAY]
    assert moved(source, target).is_whole
    assert moved(source, target).is_whole
    assert told(target) == told(source)


def test_progress_adds_up_to_the_work(both):
    source, target = both
    live(source)
    reads = []
    for _ in range(2):
        migrate(source, target, read=lambda day, rows: reads.append(rows))
    assert sum(reads) == 2 * work(source) > 0


def test_a_changed_row_on_either_side_is_named_by_its_day(files, server):
    live(files)
    moved(files, server)
    with files._files.reading(MONDAY) as connection:
        connection.execute("PRAGMA query_only = 0")
        connection.execute("UPDATE passages SET at = at + 1 WHERE seq = 500")
        connection.execute("PRAGMA query_only = 1")
    proof = moved(files, server)
    assert not proof.is_whole
    assert [day.day for day in proof.days if not day.is_equal] == [MONDAY]


def test_a_digest_knows_every_field_and_no_order(files):
    live(files)
    copy = files.read_day(MONDAY)
    rows = [row for portion in copy.rows for row in portion]

    def digest(rows):
        copy.rows = [rows]
        digester = Digester(copy)
        list(digester.rows())
        return digester.digest

    whole = digest(rows)
    assert digest(rows[::-1]) == whole
    assert digest(rows[1:]) != whole
    assert digest([*rows, rows[0], rows[0]]) != whole
    for place, value in enumerate((7, 7, 7, 7, None, 8, b"x" * 16, b"y" * 16, b"z" * 16)):
        changed = list(rows[0])
        changed[place] = value if value is not None else next(kind for kind in copy.kinds if kind != changed[place])
        assert digest([tuple(changed), *rows[1:]]) != whole, place


def test_a_target_with_other_passages_is_left_alone(both):
    source, target = both
    live(source)
    target.append([Batch("north", "dev-north", [record(1, at(8))])])
    with pytest.raises(NotEmptyError):
        moved(source, target)
    assert len(target.read(Filters(0, 2**53)).passages) == 1


def test_nothing_is_moved_while_a_centre_runs_on_either_side(both, monkeypatch):
    source, target = both
    live(source)

    def in_use():
        raise LogInUseError("centre")

    for store in both:
        with monkeypatch.context() as running:
            running.setattr(store, "become_writer", in_use)
            with pytest.raises(LogInUseError):
                moved(source, target)
    assert target.days() == []
