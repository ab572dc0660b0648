"""What every `PassageLog` promises, written once: an engine's test subclasses `PassageLogContract`."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from gatepass.centre.passages import newest
from gatepass.centre.passages.log import (
    Appended,
    BadCursorError,
    Batch,
    Encounter,
    Filters,
    PassageLog,
    Sighting,
    Window,
)
from gatepass.policy import Method, Outcome
from gatepass.wire.ids import uuid7
from gatepass.wire.messages import PassageReceipt, Record

SHANGHAI = ZoneInfo("Asia/Shanghai")
MINUTE = 60_000
WANG = b"wang" * 4
LI = b"li.." * 4
SUN = b"sun." * 4
MONDAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)


def at(hour: int, minute: int = 0, second: int = 0, *, day: date = MONDAY) -> int:
    """Milliseconds of a local time of day in Shanghai."""
    return int(datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=SHANGHAI).timestamp() * 1000)


def record(seq: int, moment: int, person: bytes | None = WANG, **changes) -> Record:
    values = {
        "id": uuid7(moment),
        "direction": "in",
        "outcome": Outcome.PASS,
        "reasons": ("green",),
        "method": Method.CARD,
        "document": "resident_card",
        "knowledge": 7,
    }
    return Record(**{**values, **changes, "seq": seq, "at": moment, "person": person})


def about(passage: Record, seq: int, outcome: Outcome, moment: int | None = None) -> Record:
    reason = "known_to_guard" if outcome is Outcome.PASS else "not_expected"
    return record(
        seq, moment or passage.at + 20_000, passage.person, outcome=outcome, reasons=(reason,), about=passage.id,
        direction=passage.direction,
    )  # fmt: skip


def further(passage: Record, seq: int, outcome: Outcome, person: bytes | None = None, **changes) -> Record:
    """What the gate itself answered after a further document of the same person."""
    return record(
        seq, passage.at + 2_000, person or passage.person, outcome=outcome, about=passage.id,
        direction=passage.direction, **changes,
    )  # fmt: skip


class Clock:
    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


def _summed(counted, by: set[str]) -> list:
    apart = [one if "hour" in by else one._replace(hour=-1) for one in counted]
    return apart if "gate" in by else [one._replace(gate="") for one in apart]


def _sums(counted) -> dict[tuple, int]:
    sums: Counter[tuple] = Counter()
    for *key, total in counted:
        sums[tuple(key)] += total
    return {key: total for key, total in sums.items() if total}


class PassageLogContract:
    """`self.log` is a fresh log whose clock stands at Tuesday noon; `self.reopen()` opens the same storage again."""

    log: PassageLog
    clock: Clock

    def reopen(self) -> None:
        raise NotImplementedError

    def opened_elsewhere(self) -> str:
        """Lines of Python that open the same storage as `log`, with `SHANGHAI` and `clock` at hand."""
        raise NotImplementedError

    def let_go(self) -> None:
        """Waits until the storage has noticed that its writer was killed."""

    def add(self, *records: Record, gate: str = "east", journal: str | None = None) -> Appended:
        (answer,) = self.log.append([Batch(gate, journal or f"dev-{gate}", records)])
        assert isinstance(answer, Appended), answer
        return answer

    def through(self, direction: str = "in", gates: Iterable[str] | None = None) -> int:
        return sum(
            movement.total
            for movement in self.log.movements(date(2026, 11, 1), date(2026, 12, 31), gates)
            if movement.direction == direction
        )

    def everything(self, **filters) -> list:
        return self.log.read(Filters(**{"since": 0, "until": 2**53, **filters}), limit=10_000).passages

    def test_a_person_who_is_erased_is_gone_from_the_rows_and_the_counts_stay(self):
        sealed = record(1, at(8), sealed=b"who she is")
        self.add(sealed, record(2, at(9), LI), record(3, at(8, day=TUESDAY)))
        later = record(4, at(11, day=TUESDAY))
        self.add(later)
        gone = self.log.forget_people([WANG, SUN], at(10, day=TUESDAY))
        assert tuple(gone) == (2, 1)
        assert [passage.person for passage in self.everything()] == [WANG, None, LI, None]
        assert self.log.windows(WANG, at(0), at(23, day=TUESDAY), margin=0) == [Window("east", later.at, later.at)]
        assert self.log.sealed("dev-east", 1, sealed.at) is None
        assert self.through() == 4
        assert tuple(self.log.forget_people([WANG], at(10, day=TUESDAY))) == (0, 0)
        assert self.add(sealed).fresh == []
        assert self.add(record(5, at(11, 30, day=TUESDAY))).receipt.next == 6

    # Taking in

    def test_a_receipt_says_how_far_the_journal_has_arrived(self):
        assert self.add(record(1, at(8)), record(2, at(8, 1))).receipt == PassageReceipt(next=3, missing=[])

    def test_an_unknown_journal_has_nothing_yet(self):
        assert self.log.receipt("dev-new") == PassageReceipt(next=1, missing=[])

    def test_a_gap_is_named_until_it_is_filled(self):
        assert self.add(record(1, at(8)), record(5, at(8, 4))).receipt == PassageReceipt(next=2, missing=[(2, 4)])
        assert self.add(record(3, at(8, 2))).receipt == PassageReceipt(next=2, missing=[(2, 2), (4, 4)])
        assert self.add(record(4, at(8, 3)), record(2, at(8, 1))).receipt == PassageReceipt(next=6, missing=[])

    def test_a_record_delivered_again_is_stored_once_and_counted_once(self):
        passage = record(1, at(8))
        assert self.add(passage).fresh == [passage]
        assert self.add(passage, record(2, at(9))).fresh != [passage]
        assert self.add(passage).fresh == []
        assert len(self.everything()) == 2
        assert self.through() == 2

    def test_the_same_delivery_twice_in_one_commit_is_stored_once(self):
        batch = Batch("east", "dev-east", [record(1, at(8)), record(2, at(8, 1))])
        answers = self.log.append([batch, batch])
        assert [answer.receipt.next for answer in answers] == [3, 3]
        assert len(self.everything()) == 2
        assert self.through() == 2

    def test_any_order_and_any_repetition_ends_in_the_same_log(self):
        chance = random.Random(5)
        passages = [record(n, at(8) + n * 700, bytes([n % 250]) * 16) for n in range(1, 400)]
        deliveries = [passages[start : start + 20] for start in range(0, 400, 10)] * 2
        chance.shuffle(deliveries)
        for delivery in deliveries:
            if delivery:
                self.add(*chance.sample(delivery, len(delivery)))
        assert self.log.receipt("dev-east") == PassageReceipt(next=400, missing=[])
        assert [p.seq for p in self.everything()] == list(range(399, 0, -1))
        assert self.through() == 399

    def test_a_replaced_terminal_begins_at_one_and_loses_nothing(self):
        self.add(record(1, at(8)), journal="dev-old")
        assert self.add(record(1, at(9)), journal="dev-new").receipt.next == 2
        assert len(self.everything(gates=frozenset({"east"}))) == 2

    def test_what_has_arrived_is_known_after_a_restart(self):
        self.add(record(1, at(8)), record(2, at(23, 59)), record(3, at(0, 1, day=TUESDAY)), record(6, at(9)))
        self.reopen()
        assert self.log.receipt("dev-east") == PassageReceipt(next=4, missing=[(4, 5)])
        assert self.add(record(2, at(23, 59))).fresh == []

    def test_a_device_whose_clock_is_impossible_is_filed_under_the_time_of_receipt(self):
        self.add(record(1, 5_000), record(2, 2**52), record(3, at(8)))
        lost, found = (
            [p for p in self.everything() if p.centre_time],
            [p for p in self.everything() if not p.centre_time],
        )
        assert {p.at for p in lost} == {self.clock.now}
        assert [p.at for p in found] == [at(8)]

    @pytest.mark.slow
    def test_no_acknowledged_record_is_lost_when_the_centre_is_killed(self):
        script = (
            "from gatepass.centre.passages.log import Batch\n"
            "from tests.centre.passages.contract import SHANGHAI, Clock, TUESDAY, at, record\n"
            "clock = Clock(at(12, day=TUESDAY))\n" + self.opened_elsewhere() + "\n"
            'seq = log.receipt("dev-east").next\n'
            "while True:\n"
            "    moment = at(23, 50) + seq * 1000\n"
            "    records = [record(n, moment) for n in range(seq, seq + 7)]\n"
            '    (answer,) = log.append([Batch("east", "dev-east", records)])\n'
            "    seq = answer.receipt.next\n"
            "    print(seq, flush=True)\n"
        )
        self.log.close()
        acknowledged = 1
        for lines in (3, 40, 11):
            child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
            for _ in range(lines):
                acknowledged = int(child.stdout.readline())
            os.kill(child.pid, signal.SIGKILL)
            acknowledged = max([acknowledged, *map(int, child.stdout.read().split("\n")[:-1])])
            child.stdout.close()
            child.wait()
            self.let_go()
        self.reopen()
        receipt = self.log.receipt("dev-east")
        assert receipt.next >= acknowledged
        assert receipt.missing == []
        assert sorted(p.seq for p in self.everything()) == list(range(1, receipt.next))
        assert self.through() == receipt.next - 1

    # People inside

    def test_a_person_who_was_held_and_admitted_has_entered(self):
        held = record(1, at(8), outcome=Outcome.HOLD, reasons=("unknown",))
        self.add(held)
        assert self.through() == 0
        self.add(about(held, 2, Outcome.PASS))
        assert self.through() == 1

    def test_a_person_who_was_held_and_refused_has_not_entered(self):
        held = record(1, at(8), outcome=Outcome.HOLD, reasons=("unknown",))
        self.add(held, about(held, 2, Outcome.REFUSE))
        assert self.through() == 0

    def test_a_person_who_passed_and_turned_back_has_not_entered(self):
        passed = record(1, at(8))
        self.add(passed)
        self.add(about(passed, 2, Outcome.REFUSE))
        assert self.through() == 0

    def test_admitted_twice_is_one_person(self):
        held = record(1, at(8), outcome=Outcome.HOLD)
        self.add(held, about(held, 2, Outcome.PASS))
        self.add(about(held, 3, Outcome.PASS))
        assert self.through() == 1

    def test_the_last_word_counts_whatever_order_the_words_arrive_in(self):
        chance = random.Random(6)
        for _ in range(12):
            before = self.through()
            gate = f"gate-{chance.random()}"
            held = record(1, at(8), outcome=chance.choice([Outcome.HOLD, Outcome.PASS, Outcome.REFUSE]))
            words = [about(held, 2, Outcome.PASS), about(held, 3, Outcome.REFUSE), about(held, 4, Outcome.PASS)]
            story = [held, *words]
            chance.shuffle(story)
            while story:
                portion, story = story[: chance.randint(1, 3)], story[chance.randint(1, 3) :]
                self.add(*portion, gate=gate)
            self.add(held, *words, gate=gate)
            assert self.through() == before + 1

    def test_a_person_held_before_midnight_and_admitted_after_it_has_entered_once(self):
        held = record(1, at(23, 59), outcome=Outcome.HOLD)
        self.add(held)
        self.add(about(held, 2, Outcome.PASS, at(0, 1, day=TUESDAY)))
        assert self.through() == 1
        assert self.everything()[0].verdict is Outcome.PASS

    def test_a_verdict_is_found_after_the_clock_was_stepped(self):
        held = record(1, at(8), outcome=Outcome.PASS, id=uuid7(at(9, 30)))
        self.add(held)
        self.add(about(held, 2, Outcome.REFUSE, at(7, 30)))
        assert self.through() == 0

    def test_whom_a_further_document_lets_in_has_entered_once(self):
        held = record(1, at(8), LI, outcome=Outcome.HOLD, reasons=("unknown",), document="passport")
        self.add(held, further(held, 2, Outcome.PASS, SUN, document="foreigner_pr"))
        assert self.through() == 1
        (passage,) = self.everything()
        assert (passage.outcome, passage.verdict, passage.person) == (Outcome.HOLD, Outcome.PASS, LI)
        assert passage.word is not None
        assert passage.word.is_of_gate
        assert (passage.word.reasons, passage.word.document, passage.word.person) == (("green",), "foreigner_pr", SUN)

    def test_who_has_passed_and_shows_more_has_entered_once(self):
        passed = record(1, at(8), reasons=("green", "unproven_allowed"), method=Method.PRINTED)
        self.add(passed)
        self.add(further(passed, 2, Outcome.PASS))
        assert self.through() == 1

    def test_who_is_called_back_by_a_further_document_has_not_entered(self):
        passed = record(1, at(8))
        self.add(passed, further(passed, 2, Outcome.REFUSE, SUN, reasons=("red",)))
        assert self.through() == 0

    def test_the_guard_has_the_last_word_after_a_further_answer(self):
        held = record(1, at(8), outcome=Outcome.HOLD)
        again = further(held, 2, Outcome.HOLD, reasons=("yellow",))
        self.add(about(held, 3, Outcome.PASS), again)
        self.add(held)
        assert self.through() == 1
        (passage,) = self.everything()
        assert passage.word is not None
        assert not passage.word.is_of_gate
        assert passage.word.reasons == ("known_to_guard",)

    def test_a_word_is_whole_across_midnight_and_after_the_clock_was_stepped(self):
        late = record(1, at(23, 59, 59), outcome=Outcome.HOLD, reasons=("unknown",))
        stepped = record(3, at(8), outcome=Outcome.HOLD, reasons=("unknown",))
        self.add(late, further(late, 2, Outcome.PASS), stepped, about(stepped, 4, Outcome.PASS, at(5)))
        words = {passage.seq: passage.word for passage in self.everything()}
        assert {seq: word and word.reasons for seq, word in words.items()} == {1: ("green",), 3: ("known_to_guard",)}

    def test_each_direction_counts_for_itself(self):
        self.add(record(1, at(8)), record(2, at(9)), gate="east")
        self.add(record(1, at(10), direction="out"), gate="west")
        assert (self.through("in"), self.through("out")) == (2, 1)
        assert (self.through("in", ["west"]), self.through("out", ["west"])) == (0, 1)

    # Reading

    def test_a_page_is_newest_first_over_all_gates_and_days(self):
        self.add(record(1, at(8)), record(2, at(23, 59)), gate="east")
        self.add(record(1, at(9)), record(2, at(0, 1, day=TUESDAY)), gate="west")
        assert [p.at for p in self.everything()] == [at(0, 1, day=TUESDAY), at(23, 59), at(9), at(8)]

    def test_pages_by_cursor_list_every_passage_once_even_in_the_same_millisecond(self):
        for gate in ("a", "b", "c"):
            self.add(*(record(n, at(8) + (n // 7) * 1000) for n in range(1, 101)), gate=gate)
        seen, cursor = [], None
        while True:
            page = self.log.read(Filters(0, 2**53), after=cursor, limit=17)
            seen += [(p.gate, p.seq) for p in page.passages]
            cursor = page.next
            if cursor is None:
                break
        assert len(seen) == len(set(seen)) == 300

    @pytest.mark.parametrize(
        ("few", "looks"),
        [
            pytest.param(500, 0, id="few-hours-at-once"),
            pytest.param(-100, 0, id="at-each-gate"),
            pytest.param(-100, 1000, id="through-the-town"),
        ],
    )
    def test_every_filter_finds_the_same_passages_whichever_way_they_are_looked_for(self, few, looks, monkeypatch):
        monkeypatch.setattr(newest, "FEW_ROWS", few)
        monkeypatch.setattr(newest, "ROWS_A_LOOK", looks)
        chance = random.Random(12)
        made = []
        for gate in ("east", "west", "north"):
            seq, records = 0, []
            for _ in range(60):
                moment = at(chance.randrange(11), chance.randrange(3), day=chance.choice([MONDAY, TUESDAY]))
                first = record(
                    seq + 1, moment, outcome=chance.choice(list(Outcome)), direction=chance.choice(["in", "out"]),
                    method=chance.choice([Method.CARD, Method.TYPED]),
                )  # fmt: skip
                records.append(first)
                decided = chance.choice([None, Outcome.PASS, Outcome.HOLD])
                if decided is Outcome.HOLD:
                    records.append(further(first, seq + 2, decided, reasons=("expired",)))
                elif decided:
                    records.append(about(first, seq + 2, decided))
                made.append((gate, first, decided in {None, Outcome.HOLD}))
                seq += 2
            self.add(*records, gate=gate)
        east_and_west = frozenset({"east", "west"})
        for gates in (None, east_and_west, frozenset({"east", "west", "north"}), frozenset({"nowhere"})):
            for outcomes in (frozenset(), frozenset({Outcome.HOLD}), frozenset({Outcome.PASS, Outcome.REFUSE})):
                for unresolved in (False, True):
                    since, until = at(3), at(9, day=TUESDAY)
                    filters = Filters(since, until, gates, outcomes, frozenset({"in"}), unresolved=unresolved)
                    found, after = [], None
                    while True:
                        page = self.log.read(filters, after=after, limit=7)
                        found += [(one.gate, one.seq) for one in page.passages]
                        if page.next is None:
                            break
                        after = page.next
                    wanted = {
                        (gate, one.seq)
                        for gate, one, open_ in made
                        if (gates is None or gate in gates) and (not outcomes or one.outcome in outcomes)
                        and one.direction == "in" and since <= one.at < until and (open_ or not unresolved)
                    }  # fmt: skip
                    assert len(found) == len(wanted)
                    assert set(found) == wanted

    def test_rows_are_not_looked_for_at_gates_and_on_days_that_have_none(self, monkeypatch):
        self.add(record(1, at(8)), gate="east")
        self.add(record(1, at(8)), record(2, at(8, day=TUESDAY)), gate="west")
        self.add(record(1, at(9, day=TUESDAY), outcome=Outcome.REFUSE, reasons=("red",)), gate="north")
        looked: list[str] = []
        for name in ("slice_rows", "newest_rows"):
            asked = getattr(self.log._ask, name)

            def look(*held, asked=asked, **wanted):
                looked.extend(self.log._names.name(gate) for gate in wanted["gates"])
                return asked(*held, **wanted)

            monkeypatch.setattr(self.log._ask, name, look)
        assert [p.gate for p in self.everything(gates=frozenset({"north", "east"}))] == ["north", "east"]
        assert looked == ["north", "east"]
        looked.clear()
        assert self.everything(gates=frozenset({"north"}), outcomes=frozenset({Outcome.PASS})) == []
        assert self.everything(gates=frozenset({"north", "west"}), methods=frozenset({Method.TYPED})) == []
        assert looked == []

    def test_new_passages_do_not_shift_the_next_page(self):
        self.add(*(record(n, at(8) + n) for n in range(1, 31)))
        first = self.log.read(Filters(0, 2**53), limit=10)
        self.add(*(record(n, at(9) + n) for n in range(31, 61)))
        second = self.log.read(Filters(0, 2**53), after=first.next, limit=10)
        assert [p.seq for p in second.passages] == list(range(20, 10, -1))

    @pytest.mark.parametrize(
        "cursor", ["x", "1-2-3", "1-2-3-4-5", "-1-2-3-4", "9" * 90, "²-1-1-1", "", "1-1-1-1 OR 1=1"]
    )
    def test_an_invented_cursor_is_refused_or_ignored(self, cursor):
        self.add(record(1, at(8)))
        if cursor:
            with pytest.raises(BadCursorError):
                self.log.read(Filters(0, 2**53), after=cursor)

    def test_filters_narrow_to_gate_time_outcome_direction_and_method(self):
        self.add(
            record(1, at(8)),
            record(2, at(9), outcome=Outcome.HOLD, method=Method.TYPED),
            record(3, at(10), direction="out"),
        )
        self.add(record(1, at(9, 30), outcome=Outcome.REFUSE, reasons=("red",)), gate="west")
        assert [p.gate for p in self.everything(gates=frozenset({"west"}))] == ["west"]
        assert self.everything(gates=frozenset()) == []
        assert self.everything(gates=frozenset({"nowhere"})) == []
        assert [p.seq for p in self.everything(since=at(9), until=at(9, 30))] == [2]
        assert [p.at for p in self.everything(outcomes=frozenset({Outcome.REFUSE, Outcome.HOLD}))] == [at(9, 30), at(9)]
        assert [p.seq for p in self.everything(directions=frozenset({"out"}))] == [3]
        assert [p.seq for p in self.everything(methods=frozenset({Method.TYPED}))] == [2]

    def test_what_waits_for_a_person_is_what_nobody_has_decided(self):
        first, second = (record(n, at(8, n), outcome=Outcome.HOLD) for n in (1, 2))
        self.add(first, second, about(first, 3, Outcome.REFUSE))
        assert [p.seq for p in self.everything(outcomes=frozenset({Outcome.HOLD}), unresolved=True)] == [2]
        assert {p.seq: p.verdict for p in self.everything()} == {1: Outcome.REFUSE, 2: None}

    def test_a_further_answer_that_holds_decides_nothing(self):
        held = record(1, at(8), outcome=Outcome.HOLD, reasons=("unknown",))
        self.add(held, further(held, 2, Outcome.HOLD, SUN, reasons=("yellow",)))
        assert [p.seq for p in self.everything(outcomes=frozenset({Outcome.HOLD}), unresolved=True)] == [1]
        self.add(about(held, 3, Outcome.PASS))
        assert self.everything(unresolved=True) == []

    def test_every_field_comes_back_as_it_went_in(self):
        full = record(
            1, at(8), None, outcome=Outcome.HOLD, reasons=("unreadable", "stale"), document="", method=Method.TYPED,
            knowledge=2**52, direction="out", sealed=b"\x01" * 300,
        )  # fmt: skip
        self.add(full)
        (passage,) = self.everything()
        for name in ("seq", "id", "at", "person", "direction", "outcome", "reasons", "method", "document", "knowledge"):
            assert getattr(passage, name) == getattr(full, name)
        assert self.log.sealed("dev-east", 1, at(8)) == b"\x01" * 300
        assert self.log.sealed("dev-east", 2, at(8)) is None

    # Tracing

    def test_windows_of_one_person_are_widened_and_joined(self):
        self.add(record(1, at(8)), record(2, at(8, 5)), record(3, at(12)), record(4, at(12, 1), LI))
        assert self.log.windows(WANG, at(0), at(23, 59), margin=10 * MINUTE) == [
            Window("east", at(7, 50), at(8, 15)),
            Window("east", at(11, 50), at(12, 10)),
        ]

    def test_present_lists_everybody_in_a_window_once(self):
        self.add(record(1, at(8)), record(2, at(8, 9), LI), record(3, at(8, 30), SUN))
        self.add(record(1, at(8, 1), SUN), gate="west")
        windows = self.log.windows(WANG, at(0), at(23, 59), margin=10 * MINUTE)
        assert [(s.person, s.at) for s in self.log.present([*windows, *windows])] == [(WANG, at(8)), (LI, at(8, 9))]

    def test_whom_a_further_document_made_known_is_present_under_both_keys_and_nobody_twice(self):
        passport = record(1, at(8), LI, outcome=Outcome.HOLD, reasons=("unknown",))
        card = record(3, at(8, 1), outcome=Outcome.HOLD, reasons=("document_expired", "green"))
        self.add(passport, further(passport, 2, Outcome.PASS, SUN), card, further(card, 4, Outcome.PASS))
        self.add(about(card, 5, Outcome.REFUSE))
        seen = self.log.present([Window("east", at(7), at(9))])
        assert [(s.person, s.at) for s in seen] == [(LI, at(8)), (SUN, at(8) + 2000), (WANG, at(8, 1))]
        assert self.log.windows(SUN, at(0), at(23, 59), margin=MINUTE), "a tracer who asks for the permit finds it"

    def test_a_window_at_five_to_midnight_reaches_into_the_next_day(self):
        self.add(record(1, at(23, 55)), record(2, at(0, 3, day=TUESDAY), LI), record(3, at(0, 30, day=TUESDAY), SUN))
        windows = self.log.windows(WANG, at(0), at(23, 59), margin=10 * MINUTE)
        assert [s.person for s in self.log.present(windows)] == [WANG, LI]

    def test_a_window_just_after_midnight_reaches_back_into_the_day_before(self):
        self.add(record(1, at(23, 55), LI), record(2, at(0, 2, day=TUESDAY)))
        windows = self.log.windows(WANG, at(0, day=TUESDAY), at(1, day=TUESDAY), margin=10 * MINUTE)
        assert [s.person for s in self.log.present(windows)] == [LI, WANG]

    def test_visits_are_those_of_everybody_asked_for_oldest_first_with_both_ends_of_the_time(self):
        self.add(record(1, at(8)), record(2, at(9), LI), record(3, at(10), SUN), record(4, at(9, day=TUESDAY)))
        self.add(record(1, at(8, 30), direction="out"), gate="west")
        assert self.log.visits_of({WANG, LI}, at(8), at(9, day=TUESDAY)) == [
            Sighting(WANG, "east", at(8), "in"),
            Sighting(WANG, "west", at(8, 30), "out"),
            Sighting(LI, "east", at(9), "in"),
            Sighting(WANG, "east", at(9, day=TUESDAY), "in"),
        ]
        assert self.log.visits_of([WANG, WANG], at(8), at(8, 29)) == [Sighting(WANG, "east", at(8), "in")]
        assert self.log.visits_of([], at(0), at(23)) == self.log.visits_of([b"none" * 4], at(0), at(23)) == []

    def test_a_visit_is_listed_once_whatever_the_guard_and_further_documents_say_about_it(self):
        held = record(1, at(8), LI, outcome=Outcome.HOLD, reasons=("unknown",))
        self.add(
            held, further(held, 2, Outcome.HOLD, SUN), further(held, 3, Outcome.PASS), about(held, 4, Outcome.PASS)
        )
        assert [(s.person, s.at) for s in self.log.visits_of([LI, SUN], at(0), at(23))] == [
            (LI, at(8)),
            (SUN, at(8) + 2000),
        ]

    def test_the_passages_of_some_moments_are_read_with_what_became_of_them(self):
        held = record(2, at(8), LI, outcome=Outcome.HOLD, reasons=("unknown",))
        self.add(record(1, at(7)), held, further(held, 3, Outcome.HOLD, SUN), about(held, 4, Outcome.PASS))
        self.add(record(1, at(8), SUN), gate="west")
        self.add(record(5, at(0, 1, day=TUESDAY)))
        points = [
            ("east", at(0, 1, day=TUESDAY)),
            ("east", at(8)),
            ("east", at(8)),
            ("nowhere", at(8)),
            ("west", at(7)),
        ]
        found = self.log.passages_at(points)
        assert [(one.gate, one.seq, one.verdict) for one in found] == [("east", 2, Outcome.PASS), ("east", 5, None)]
        assert found == [
            one
            for gate, moment in (points[1], points[0])
            for one in self.log.read(Filters(moment, moment + 1, gates=frozenset({gate}))).passages
        ]
        assert self.log.passages_at([]) == []

    def test_a_trace_over_many_days_is_the_same_as_day_by_day(self):
        days = [date(2026, 11, day) for day in range(18, 25)]
        for seq, day in enumerate(days, 1):
            self.add(record(2 * seq, at(8, day=day)), record(2 * seq + 1, at(8, 1, day=day), LI))
        whole = at(0, day=days[0]), at(23, day=days[-1])
        visits = self.log.visits_of([WANG], *whole)
        assert visits == [one for day in days for one in self.log.visits_of([WANG], at(0, day=day), at(23, day=day))]
        met = self.log.neighbours(visits, within=10 * MINUTE)
        assert met == [one for visit in visits for one in self.log.neighbours([visit], within=10 * MINUTE)]
        assert len(met) == len(days)

    def test_neighbours_are_everybody_else_at_the_gate_within_the_minutes_before_and_after_both_ends_included(self):
        near, far = 10 * MINUTE, 10 * MINUTE + 1
        self.add(record(1, at(8)), record(2, at(8) - near, LI), record(3, at(8) + near, SUN, direction="out"))
        self.add(record(4, at(8) - far, SUN), record(5, at(8) + far, LI))
        self.add(record(1, at(8, 1), SUN), gate="west")
        visits = self.log.visits_of([WANG], at(0), at(23))
        assert self.log.neighbours(visits, within=near) == [
            Encounter(WANG, "east", at(8), "in", LI, at(8) - near, "in"),
            Encounter(WANG, "east", at(8), "in", SUN, at(8) + near, "out"),
        ]
        assert self.log.neighbours([], within=near) == []
        assert self.log.neighbours([Sighting(WANG, "nowhere", at(8), "in")], within=near) == []

    def test_neighbours_reach_over_midnight_from_either_side(self):
        after = at(0, 3, day=TUESDAY)
        self.add(record(1, at(23, 55)), record(2, after, LI), record(3, at(0, 30, day=TUESDAY), SUN))
        before_midnight, after_midnight = self.log.visits_of([WANG, LI], at(0), at(23, day=TUESDAY))
        assert self.log.neighbours([before_midnight], within=10 * MINUTE) == [
            Encounter(WANG, "east", at(23, 55), "in", LI, after, "in")
        ]
        assert self.log.neighbours([after_midnight], within=10 * MINUTE) == [
            Encounter(LI, "east", after, "in", WANG, at(23, 55), "in")
        ]

    def test_two_who_are_both_traced_are_neighbours_of_each_other_and_the_order_is_that_of_the_visits(self):
        self.add(record(1, at(8)), record(2, at(8, 1), LI), record(3, at(8, 2)), record(4, at(9), SUN))
        visits = list(reversed(self.log.visits_of([WANG, LI], at(0), at(23))))
        met = [(e.person, e.at, e.other, e.other_at) for e in self.log.neighbours(visits, within=5 * MINUTE)]
        assert met == [
            (WANG, at(8, 2), LI, at(8, 1)),
            (LI, at(8, 1), WANG, at(8)),
            (LI, at(8, 1), WANG, at(8, 2)),
            (WANG, at(8), LI, at(8, 1)),
        ]

    def test_neighbours_and_windows_see_the_same_people(self):
        chance = random.Random(7)
        crowd = [bytes([n]) * 16 for n in range(1, 30)]
        moments = sorted(at(23, 0) + chance.randrange(0, 120 * MINUTE) for _ in range(300))
        self.add(*(record(n, moment, chance.choice(crowd)) for n, moment in enumerate(moments, start=1)))
        for person in crowd[:5]:
            visits = self.log.visits_of([person], at(0), at(2, day=TUESDAY))
            met = {(e.other, e.other_at) for e in self.log.neighbours(visits, within=7 * MINUTE)}
            windows = self.log.windows(person, at(0), at(2, day=TUESDAY), margin=7 * MINUTE)
            assert met == {(s.person, s.at) for s in self.log.present(windows) if s.person != person}

    # Counters and retention

    def test_counters_say_how_many_of_each_kind_came_in_each_hour(self):
        held = record(3, at(9), outcome=Outcome.HOLD, reasons=("unknown", "stale"), method=Method.TYPED)
        self.add(record(1, at(8)), record(2, at(8, 59, 59)), held, about(held, 4, Outcome.PASS))
        flow = {(f.hour, f.outcome, f.reason, f.method): f.total for f in self.log.flow(MONDAY, MONDAY)}
        assert flow == {(8, "pass", "green", "card"): 2, (9, "hold", "unknown", "typed"): 1}

    def test_counters_can_be_summed_over_hours_and_gates_of_dropped_days_too(self):
        self.add(record(1, at(8)), record(2, at(9)), record(3, at(9, day=TUESDAY)), gate="east")
        self.add(record(1, at(8)), gate="west")
        for _ in range(2):
            flow = self.log.flow(MONDAY, MONDAY, by=frozenset())
            assert [(f.hour, f.gate, f.total) for f in flow] == [(-1, "", 3)]
            by_hour = self.log.movements(MONDAY, MONDAY, ["east"], by=frozenset({"hour"}))
            assert sorted((m.hour, m.gate, m.total) for m in by_hour) == [(8, "", 1), (9, "", 1)]
            by_gate = self.log.movements(MONDAY, TUESDAY, by=frozenset({"gate"}))
            assert sorted((m.day, m.hour, m.gate, m.total) for m in by_gate) == [
                (MONDAY, -1, "east", 2), (MONDAY, -1, "west", 1), (TUESDAY, -1, "east", 1)
            ]  # fmt: skip
            self.log.drop_day(MONDAY)

    def test_sums_over_gates_and_over_hours_are_those_of_the_counters_however_the_day_came_together(self):
        chance = random.Random(11)
        seqs = {"east": 0, "west": 0, "north": 0}

        def more(count: int, *days: date) -> None:
            for _ in range(count):
                gate, moment = (
                    chance.choice(list(seqs)),
                    at(chance.randrange(11), chance.randrange(60), day=chance.choice(days)),
                )
                first = record(
                    seqs[gate] + 1, moment, outcome=chance.choice(list(Outcome)),
                    direction=chance.choice(["in", "out"]),
                    reasons=chance.choice([("green",), ("red", "stale"), ("red",)]),
                )  # fmt: skip
                word = about(first, seqs[gate] + 2, chance.choice([Outcome.PASS, Outcome.REFUSE]))
                words = [word] if chance.random() < 0.4 else []
                self.add(*chance.sample([first, *words], 1 + len(words)), gate=gate)
                seqs[gate] += 2

        def agree() -> None:
            for gates in (None, ["east", "west"], ["nowhere"]):
                flow, moved = self.log.flow(MONDAY, TUESDAY, gates), self.log.movements(MONDAY, TUESDAY, gates)
                for by in ({"hour"}, {"gate"}, set()):
                    told = _sums(self.log.flow(MONDAY, TUESDAY, gates, by=frozenset(by)))
                    assert told == _sums(_summed(flow, by))
                    told = _sums(self.log.movements(MONDAY, TUESDAY, gates, by=frozenset(by)))
                    assert told == _sums(_summed(moved, by))
                totals = {one.gate: list(one[1:]) for one in self.log.gate_totals(MONDAY, TUESDAY, gates)}
                expected: dict[str, list[int]] = {}
                for one in moved:
                    expected.setdefault(one.gate, [0] * 5)[("in", "out").index(one.direction)] += one.total
                for one in flow:
                    expected.setdefault(one.gate, [0] * 5)[2 + list(Outcome).index(one.outcome)] += one.total
                assert {g: n for g, n in totals.items() if any(n)} == {g: n for g, n in expected.items() if any(n)}

        more(40, MONDAY, TUESDAY)
        agree()
        self.log.drop_day(MONDAY)
        agree()
        more(20, MONDAY, TUESDAY)
        agree()
        self.log.drop_day(MONDAY)
        more(5, MONDAY)
        self.reopen()
        agree()

    def test_a_dropped_day_leaves_its_counters_and_its_numbers(self):
        self.add(record(1, at(8)), record(2, at(23, 59)), record(3, at(0, 1, day=TUESDAY)))
        flow, through = sorted(self.log.flow(MONDAY, TUESDAY)), self.through()
        assert self.log.drop_day(MONDAY) == 2
        assert self.log.days() == [TUESDAY]
        assert [p.seq for p in self.everything()] == [3]
        assert self.log.windows(WANG, at(0), at(23, 59), margin=0) == []
        self.reopen()
        assert (sorted(self.log.flow(MONDAY, TUESDAY)), self.through()) == (flow, through)
        assert self.log.receipt("dev-east").next == 4
        assert self.add(record(1, at(8))).fresh == []

    def test_dropping_a_day_that_is_not_there_does_nothing(self):
        assert self.log.drop_day(MONDAY) == 0

    def test_a_late_delivery_for_a_dropped_day_is_added_to_its_counters(self):
        self.add(record(1, at(8)))
        self.log.drop_day(MONDAY)
        self.add(record(2, at(8, 30)))
        self.log.drop_day(MONDAY)
        assert sum(f.total for f in self.log.flow(MONDAY, MONDAY)) == 2
        assert self.through() == 2

    def test_what_comes_while_a_day_is_dropped_is_stored_once_and_counted_once(self):
        self.add(*(record(n, at(8) + n) for n in range(1, 200)))
        dropping = threading.Thread(target=self.log.drop_day, args=[MONDAY])
        dropping.start()
        for n in range(200, 230):
            self.add(record(n, at(9) + n), record(n + 1000, at(9, day=TUESDAY) + n))
        dropping.join(30)
        self.reopen()
        assert self.through() == 229 + 30
        assert sum(f.total for f in self.log.flow(MONDAY, TUESDAY)) == 229 + 30
        assert len(self.everything(since=at(0, day=TUESDAY))) == 30
        assert self.log.receipt("dev-east").next == 230

    def test_a_page_that_is_asked_for_while_its_day_is_forgotten_is_answered_without_it(self, monkeypatch):
        self.add(record(1, at(8)), record(2, at(9, day=TUESDAY)))
        real = self.log._reading
        dropped = []

        def reading(day):
            if day == MONDAY and not dropped:
                dropped.append(self.log.drop_day(MONDAY))
            return real(day)

        monkeypatch.setattr(self.log, "_reading", reading)
        assert [p.seq for p in self.everything()] == [2]
        assert dropped == [1]
        assert self.log.days() == [TUESDAY]
