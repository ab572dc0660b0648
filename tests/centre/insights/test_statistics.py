"""The figures agree with the rows, and with each other, to the last digit."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta

import msgspec
import pytest
from django.utils import translation
from tests.centre.passages.conftest import NOON
from tests.centre.passages.contract import TUESDAY, about, at, further, record

from gatepass.centre.insights.statistics import InOut, Statistics, statistics
from gatepass.centre.insights.tables import tables
from gatepass.centre.passages.log import Filters
from gatepass.centre.passages.storage import passage_log, town_days
from gatepass.policy import Method, Outcome
from gatepass.wire.messages import Record

pytestmark = pytest.mark.django_db
FIRST = TUESDAY - timedelta(days=13)
OUTCOMES = {Outcome.PASS: ("green", "yellow_allowed"), Outcome.HOLD: ("unknown", "yellow"), Outcome.REFUSE: ("red",)}
METHODS = [
    (Method.CARD, "resident_card"),
    (Method.TYPED, "resident_card"),
    (Method.CARD, "passport"),
    (Method.CODE, ""),
]


def lives(rng: random.Random, direction: str, journal: int) -> list[Record]:
    """Two weeks at one gate: passages at any hour, words of guards and further answers about some of them."""
    records: list[Record] = []
    for _ in range(300):
        day = FIRST + timedelta(days=rng.randrange(14))
        hour = rng.choice((0, 7, 8, 8, 9, 12, 17, 18, 23)) if day < TUESDAY else rng.choice((0, 7, 8, 9, 11))
        outcome = rng.choices(list(OUTCOMES), (8, 2, 1))[0]
        method, document = rng.choice(METHODS)
        seq = len(records) + 1 + journal * 100_000
        moment = at(hour, rng.randrange(60), day=day)
        first = record(
            seq, moment, rng.randbytes(16), outcome=outcome, reasons=(rng.choice(OUTCOMES[outcome]),), method=method,
            document=document, direction=direction,
        )  # fmt: skip
        records.append(first)
        if rng.random() < 0.2:
            records.append(about(first, seq + 1, rng.choice((Outcome.PASS, Outcome.REFUSE))))
        elif rng.random() < 0.1:
            records.append(further(first, seq + 1, rng.choice(list(Outcome)), reasons=("expired",)))
    return records


def added_up(raw: list[Record], wanted: set[date]) -> Counter[tuple]:
    """Everything that the figures say, from the rows themselves: one plain walk, no counter of the log."""
    days, sums, outcome_of = town_days(), Counter(), {}
    for one in sorted(raw, key=lambda one: one.seq):
        day, hour = days.slot(one.at)
        if one.about is None:
            before, outcome_of[one.id] = 0, one.outcome
            if day in wanted:
                sums["decision", str(one.outcome), one.reasons[0]] += 1
                typed = one.method is Method.TYPED or not one.document
                sums["document", "" if typed else one.document, str(one.method) if typed else ""] += 1
        else:
            before, outcome_of[one.about] = int(outcome_of[one.about] is Outcome.PASS), one.outcome
        if day in wanted:
            sums["people", day, hour, one.direction] += int(one.outcome is Outcome.PASS) - before
    return +sums


def said(found: Statistics) -> Counter[tuple]:
    sums: Counter[tuple] = Counter()
    for one in found.reasons:
        sums["decision", one.outcome, one.reason] += one.total
    for shown in found.documents:
        sums["document", shown.document, shown.method] += shown.total
    return sums


@pytest.fixture
def town_with_two_weeks(town, keep) -> tuple[list[Record], set[str]]:
    rng = random.Random(20260203)
    near, far = lives(rng, "in", 0), lives(rng, "out", 1)
    keep(town.east, *near)
    keep(town.far_gate, *far)
    return near + far, {str(town.east.pk), str(town.far_gate.pk)}


@pytest.mark.parametrize(
    ("first", "last"), [(TUESDAY, TUESDAY), (TUESDAY - timedelta(days=6), TUESDAY), (FIRST, TUESDAY)]
)
def test_every_figure_is_the_sum_of_the_rows(town_with_two_weeks, first: date, last: date) -> None:
    raw, gates = town_with_two_weeks
    span = {first + timedelta(days=n) for n in range((last - first).days + 1)}
    found, rows = statistics(passage_log(), first, last, gates), added_up(raw, span)
    assert said(found) == Counter({key: n for key, n in rows.items() if key[0] != "people"})
    people = {key[1:]: n for key, n in rows.items() if key[0] == "people"}
    for place, day in enumerate(sorted(span)):
        for hour in range(24):
            both = people.get((day, hour, "in"), 0) + people.get((day, hour, "out"), 0)
            assert found.heat[place][hour] == both
    assert found.entered == sum(n for (_, _, way), n in people.items() if way == "in")
    assert found.left == sum(n for (_, _, way), n in people.items() if way == "out")


def test_the_tables_agree_with_each_other_and_with_the_list_of_passages(town_with_two_weeks) -> None:
    _raw, gates = town_with_two_weeks
    found = statistics(passage_log(), FIRST, TUESDAY, gates)
    made = {table.name: table for table in tables(found, [], {}, "en", hide=False)}
    for name in ("hours", "days"):
        assert made[name].total[1:3] == [found.entered, found.left]
        assert [sum(row[place] for row in made[name].rows) for place in (1, 2)] == [found.entered, found.left]
    assert sum(sum(row[1:]) for row in made["heat"].rows) == found.entered + found.left
    for name, place in (("outcomes", 1), ("reasons", 3), ("documents", 1), ("gates", 4)):
        assert made[name].total[place] == found.decisions
        assert sum(row[place] for row in made[name].rows) == found.decisions
    assert made["gates"].total[2:4] == [found.entered, found.left]
    assert made["gates"].total[5:] == [found.of_outcome("hold"), found.of_outcome("refuse")]
    held = 0
    after: str | None = None
    filters = Filters(since=0, until=NOON * 2, gates=frozenset(gates))
    while True:
        page = passage_log().read(filters, after=after, limit=200)
        held += len(page.passages)
        if (after := page.next) is None:
            break
    assert held == found.decisions == 600


def test_the_figures_are_the_same_after_the_rows_are_forgotten(town_with_two_weeks) -> None:
    _raw, gates = town_with_two_weeks
    before = statistics(passage_log(), FIRST, TUESDAY, gates)
    for day in list(passage_log().days()):
        passage_log().drop_day(day)
    assert statistics(passage_log(), FIRST, TUESDAY, gates) == before


def test_every_gate_without_a_name_is_the_same_as_all_of_them_named(town_with_two_weeks) -> None:
    _raw, gates = town_with_two_weeks
    assert statistics(passage_log(), FIRST, TUESDAY, None) == statistics(passage_log(), FIRST, TUESDAY, gates)


def test_gates_that_are_too_many_for_a_page_stand_in_one_row_and_the_total_stays(town_with_two_weeks) -> None:
    _raw, gates = town_with_two_weeks
    found = statistics(passage_log(), FIRST, TUESDAY, gates)
    for hide in (False, True):
        with translation.override("en"):
            whole, short = (
                next(one for one in tables(found, [], {}, "en", hide=hide, most_gates=most) if one.name == "gates")
                for most in (None, 1)
            )
        assert short.rows == [whole.rows[0], ["", "1 further gate", *whole.rows[1][2:]]]
        assert short.total == whole.total
        assert len(short.spec["labels"]) == 1


def test_parts_of_a_town_add_up_to_the_town(town_with_two_weeks) -> None:
    _raw, gates = town_with_two_weeks
    whole = statistics(passage_log(), FIRST, TUESDAY, gates)
    parts = [statistics(passage_log(), FIRST, TUESDAY, {gate}) for gate in gates]
    assert sum(part.decisions for part in parts) == whole.decisions
    assert [sum(column) for column in zip(*(part.heat[3] for part in parts), strict=True)] == whole.heat[3]
    days = [statistics(passage_log(), day, day, gates) for day in (FIRST + timedelta(days=n) for n in range(14))]
    assert sum(day.entered for day in days) == whole.entered


def test_a_day_that_runs_on_is_compared_with_its_full_hours_alone(town, keep) -> None:
    week_ago = TUESDAY - timedelta(days=7)
    keep(
        town.east,
        *(record(n, at(9, n, day=week_ago)) for n in range(1, 5)),
        *(record(n, at(12, n, day=week_ago)) for n in range(5, 10)),
        *(record(n, at(9, n, day=TUESDAY)) for n in range(10, 16)),
        record(16, at(12, 0, day=TUESDAY)),
    )
    gates = {str(town.east.pk)}
    found = statistics(passage_log(), TUESDAY, TUESDAY, gates, now=(TUESDAY, 12))
    assert found.over == (6, 4)
    assert found.change == 0.5
    assert found.before[9] == InOut(4, 0)
    assert statistics(passage_log(), TUESDAY, TUESDAY, gates).over == (7, 9)
    assert statistics(passage_log(), week_ago, week_ago, gates).change is None


def test_ten_days_are_compared_with_two_weeks_before(town, keep) -> None:
    keep(town.east, record(1, at(9, day=TUESDAY - timedelta(days=14))), record(2, at(9, day=TUESDAY)))
    found = statistics(passage_log(), TUESDAY - timedelta(days=9), TUESDAY, {str(town.east.pk)})
    assert found.over == (1, 1)


def test_figures_survive_being_stored(town_with_two_weeks) -> None:
    _raw, gates = town_with_two_weeks
    found = statistics(passage_log(), FIRST, TUESDAY, gates)
    assert msgspec.convert(msgspec.json.decode(msgspec.json.encode(found)), Statistics) == found


def test_a_small_count_is_hidden_with_all_that_would_give_it_away(town, keep) -> None:
    keep(
        town.east,
        *(record(n, at(9, n % 60, day=TUESDAY)) for n in range(1, 41)),
        *(record(n, at(10, n % 60, day=TUESDAY), outcome=Outcome.HOLD, reasons=("unknown",)) for n in range(41, 61)),
        *(record(n, at(11, n % 60, day=TUESDAY), outcome=Outcome.REFUSE, reasons=("red",)) for n in (61, 62)),
    )
    found = statistics(passage_log(), TUESDAY, TUESDAY, {str(town.east.pk)})
    with translation.override("en"):
        open_ones = {table.name: table for table in tables(found, [], {}, "en", hide=False)}
        hidden = {table.name: table for table in tables(found, [], {}, "en", hide=True)}
    assert [row[1] for row in open_ones["outcomes"].rows] == [40, 20, 2]
    shown = [row[1] for row in hidden["outcomes"].rows]
    assert shown[2] == "<5"
    assert sum(isinstance(value, int) for value in [*shown, hidden["outcomes"].total[1]]) == 2
    assert "reasons" not in hidden
    assert hidden["gates"].header == ["Site", "Gate", "Entered", "Left"]
