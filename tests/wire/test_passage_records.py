"""A delivery is read by a quicker way than its decoder's, and is refused where that one refuses it."""

from __future__ import annotations

import msgspec
import pytest

from gatepass.policy import Method, Outcome
from gatepass.wire import messages
from gatepass.wire.messages import MAX_BATCH, PassageBatch, Record, passage_records

GOOD = Record(
    seq=1, id=bytes(16), at=5, person=None, direction="in", outcome=Outcome.PASS, reasons=("green",),
    method=Method.CARD, document="", knowledge=7,
)  # fmt: skip


def body(*records: Record) -> bytes:
    return msgspec.msgpack.encode(PassageBatch(list(records)))


def changed(**words) -> Record:
    return msgspec.structs.replace(GOOD, **words)


def test_every_field_is_read_as_the_decoder_reads_it() -> None:
    full = changed(seq=2, person=b"p" * 16, document="passport", sealed=b"s", about=b"a" * 16, reasons=("red", "stale"))
    read = passage_records(body(GOOD, full))
    assert [msgspec.structs.astuple(one) for one in read] == [msgspec.structs.astuple(one) for one in (GOOD, full)]
    assert body(*read) == body(GOOD, full)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reasons": ("Green",)}, {"reasons": ("green", "no word")}, {"reasons": ()}, {"reasons": ("a" * 41,)},
        {"document": "Passport"}, {"document": "a" * 41}, {"outcome": "perhaps"}, {"person": b"short"}, {"seq": 0},
    ],
)  # fmt: skip
def test_what_the_decoder_refuses_is_refused_each_time(wrong) -> None:
    said = body(GOOD, changed(**wrong))
    for _ in range(2):
        with pytest.raises(msgspec.ValidationError):
            msgspec.msgpack.decode(said, type=PassageBatch)
        with pytest.raises(msgspec.ValidationError):
            passage_records(said)


@pytest.mark.parametrize("count", [0, MAX_BATCH + 1])
def test_none_and_too_many_are_refused(count) -> None:
    with pytest.raises(msgspec.ValidationError):
        passage_records(body(*[GOOD] * count))


def test_words_that_somebody_makes_up_are_not_remembered_without_end(monkeypatch) -> None:
    monkeypatch.setattr(messages, "MOST_WORDS", 10)
    for number in range(40):
        passage_records(body(changed(reasons=(f"word_{number}",))))
        assert len(messages._words_seen) <= 10
