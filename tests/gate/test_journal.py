"""The journal: numbers without gaps, durable, unreadable to others, and what a sick disk may not do to it."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import apsw
import msgspec
import pytest
from tests.waiting import until

from gatepass.gate import writing
from gatepass.gate.journal import UNNUMBERED, JournalFile, open_or_rescue
from gatepass.gate.writing import JournalWriter
from gatepass.policy import Method, Outcome
from gatepass.wire.ids import uuid7
from gatepass.wire.messages import Record

KEY = bytes(range(32))
NOW = 1_800_000_000_000


def entry(at: int = NOW, person: bytes | None = None) -> Record:
    return Record(
        seq=UNNUMBERED, id=uuid7(at), at=at, person=person or secrets.token_bytes(16), direction="in",
        outcome=Outcome.PASS, reasons=("green",), method=Method.CARD, document="resident_card", knowledge=1,
    )  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def test_numbers_begin_at_one_and_have_no_gap(path: Path) -> None:
    journal = JournalFile(path, KEY)
    first = journal.append([entry(), entry()])
    second = journal.append([entry()])
    assert [record.seq for record in first + second] == [1, 2, 3]
    assert journal.verify().sound
    journal.close()


def test_a_person_is_forgotten_and_the_numbers_keep_their_order(path: Path) -> None:
    journal = JournalFile(path, KEY)
    who, other = b"w" * 16, b"o" * 16
    sealed = msgspec.structs.replace(entry(person=who), sealed=b"who she is")
    journal.append([entry(person=who), sealed, entry(person=other)])
    assert journal.forget(frozenset({who})) == (2, 1)
    assert [(one.seq, one.person, one.sealed) for one in journal.between(1, 9, 9)] == [
        (1, None, None),
        (2, None, None),
        (3, other, None),
    ]
    assert journal.forget(frozenset({who})) == (0, 0)
    assert journal.verify().sound
    assert path.with_name(path.name + "-wal").stat().st_size == 0
    journal.close()


def test_what_the_disk_has_not_taken_yet_is_forgotten_as_well(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        journal = JournalWriter(path, KEY, now_ms=lambda: NOW)
        who = b"w" * 16
        await journal.append(entry(person=who))
        with monkeypatch.context() as full:
            full.setattr(JournalFile, "append", _refuses)
            await journal.append(entry(person=who))
            assert journal.held == 1
            forgotten = await journal.forget(frozenset({who}))
            assert (forgotten.records, forgotten.sealed) == (2, 0)
        await until(lambda: journal.held == 0)
        stored = await journal.ask(lambda file: file.between(1, 9, 9))
        assert [record.person for record in stored] == [None, None]
        await journal.close()

    asyncio.run(story())


def _refuses(_journal: JournalFile, _entries: Any) -> Any:
    raise apsw.FullError


def test_a_refused_transaction_spends_no_number(path: Path) -> None:
    journal = JournalFile(path, KEY)
    journal.append([entry()])

    def half() -> Any:
        yield entry()
        raise OSError("the power went")

    with pytest.raises(OSError, match="power"):
        journal.append(half())
    assert [record.seq for record in journal.append([entry()])] == [2]
    journal.close()


def test_the_file_says_nothing_without_its_key(path: Path) -> None:
    person = secrets.token_bytes(16)
    journal = JournalFile(path, KEY)
    journal.append([entry(person=person)])
    journal.close()
    content = path.read_bytes()
    assert person not in content
    assert b"resident_card" not in content
    assert b"SQLite" not in content
    with pytest.raises(apsw.NotADBError):
        JournalFile(path, bytes(32))
    assert path.stat().st_mode & 0o077 == 0


def test_pruning_keeps_what_is_not_acknowledged_and_never_restarts_the_numbers(path: Path) -> None:
    journal = JournalFile(path, KEY)
    journal.append([entry(at=NOW - 10), entry(at=NOW - 10), entry(at=NOW - 10)])
    journal.mark_acked(2)
    assert journal.prune(NOW) == 2
    assert [record.seq for record in journal.between(1, 9, 9)] == [3]
    journal.mark_acked(3)
    assert journal.prune(NOW) == 0, "the newest stays: it carries the number"
    assert journal.append([entry()])[0].seq == 4
    journal.close()


def test_a_damaged_journal_is_kept_aside_and_its_readable_rows_go_on(path: Path) -> None:
    journal = JournalFile(path, KEY)
    for _ in range(40):
        journal.append([entry() for _ in range(20)])
    journal.mark_acked(100)
    journal.close()
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = secrets.token_bytes(4096)
    path.write_bytes(content)

    rescued, damaged = open_or_rescue(path, KEY, now_ms=NOW)
    found = rescued.verify()
    assert damaged
    assert found.last == 800
    assert found.acked == 100
    assert 0 < found.missing < 200, "only the rows of the broken page are gone"
    assert rescued.append([entry()])[0].seq == 801
    rescued.close()
    assert list(path.parent.glob("journal.db.damaged-*"))


def test_an_unreadable_journal_never_gives_a_number_twice(path: Path) -> None:
    journal = JournalFile(path, KEY)
    journal.append([entry() for _ in range(5)])
    journal.close()
    path.write_bytes(secrets.token_bytes(20_000))
    rescued, damaged = open_or_rescue(path, KEY, now_ms=NOW)
    assert damaged
    assert rescued.append([entry()])[0].seq == NOW // 1000 + 1
    rescued.close()


def test_what_waits_together_is_stored_together(path: Path) -> None:
    async def story() -> None:
        commits = []
        writer = JournalWriter(path, KEY, now_ms=lambda: NOW, on_stored=lambda records: commits.append(len(records)))
        records = await asyncio.gather(*(writer.append(entry()) for _ in range(200)))
        assert [record.seq for record in records if record] == list(range(1, 201))
        assert len(commits) < 50
        await writer.close()

    asyncio.run(story())


def test_the_gate_does_not_wait_for_a_slow_disk(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "PATIENCE_S", 0.05)

    async def story() -> None:
        writer = JournalWriter(path, KEY, now_ms=lambda: NOW)
        hurry = asyncio.create_task(writer.ask(lambda _journal: time.sleep(0.3)))
        await asyncio.sleep(0.01)
        assert await writer.append(entry()) is None
        assert "journal_slow" in writer.states
        await hurry
        assert (await writer.append(entry())).seq == 2, "the slow one was stored all the same"  # type: ignore[union-attr]
        assert writer.states == []
        await writer.close()

    asyncio.run(story())


def test_a_full_disk_holds_records_in_order_and_leaves_no_gap(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`max_page_count` makes SQLite itself say SQLITE_FULL, as a full disk does."""
    monkeypatch.setattr(writing, "RETRY_S", 0.05)
    allowed = {"pages": 12}
    really_open = writing.open_or_rescue

    def on_small_disk(*arguments: Any, **named: Any) -> tuple[JournalFile, bool]:
        journal, damaged = really_open(*arguments, **named)
        journal._connection.pragma("max_page_count", allowed["pages"])
        return journal, damaged

    monkeypatch.setattr(writing, "open_or_rescue", on_small_disk)

    async def story() -> None:
        writer = JournalWriter(path, KEY, now_ms=lambda: NOW)
        people = [secrets.token_bytes(16) for _ in range(400)]
        answers = [await writer.append(entry(person=person)) for person in people]
        stored = [answer for answer in answers if answer]
        assert 0 < len(stored) < 400, "the disk was full in the middle"
        assert writer.states == ["journal_full"]
        assert writer.held == 400 - len(stored)
        assert writer.waiting == 400

        allowed["pages"] = 100_000
        await until(lambda: not writer.held)
        assert writer.states == []
        records = await writer.ask(lambda journal: journal.between(1, 1000, 1000))
        assert [record.seq for record in records] == list(range(1, 401))
        assert [record.person for record in records] == people
        await writer.close()

    asyncio.run(story())


def test_memory_is_bounded_and_the_loss_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "HELD_MOST", 10)

    async def story() -> None:
        writer = JournalWriter(path, KEY, now_ms=lambda: NOW)
        await writer.ask(lambda journal: journal._connection.pragma("query_only", True))
        writer._open = _refuse  # type: ignore[assignment]
        for _ in range(15):
            assert await writer.append(entry()) is None
        assert writer.held == 10
        assert writer.lost == 5
        assert writer.states == ["journal_full", "journal_lost"]
        await writer.close()

    asyncio.run(story())


def _refuse(**_named: Any) -> Any:
    raise apsw.CantOpenError


def test_a_gate_that_starts_on_a_full_disk_decides_and_stores_later(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "RETRY_S", 0.05)
    really_open = writing.open_or_rescue
    monkeypatch.setattr(writing, "open_or_rescue", lambda *_arguments, **named: _refuse(**named))

    async def story() -> None:
        writer = JournalWriter(path, KEY, now_ms=lambda: NOW)
        assert await writer.append(entry()) is None
        assert writer.states == ["journal_full"]
        writer._open = lambda **named: really_open(path, KEY, **named)  # type: ignore[assignment]
        await until(lambda: not writer.held)
        assert writer.last == 1
        await writer.close()

    asyncio.run(story())


_APPENDER = """
import asyncio, sys
from pathlib import Path
from gatepass.gate.writing import JournalWriter
from tests.gate.test_journal import KEY, entry

async def main():
    writer = JournalWriter(Path(sys.argv[1]), KEY, now_ms=lambda: 0)
    print("open", flush=True)
    while True:
        for record in await asyncio.gather(*(writer.append(entry()) for _ in range(3))):
            print(record.seq, record.id.hex(), flush=True)

asyncio.run(main())
"""


@pytest.mark.slow
def test_kill_9_at_any_moment_loses_nothing_that_was_acknowledged(path: Path) -> None:
    told: dict[int, str] = {}
    for round_ in range(8):
        child = subprocess.Popen([sys.executable, "-c", _APPENDER, str(path)], stdout=subprocess.PIPE, text=True)
        assert child.stdout
        child.stdout.readline()
        time.sleep(0.02 + 0.03 * round_)
        os.kill(child.pid, signal.SIGKILL)
        for line in child.stdout.read().splitlines():
            words = line.split()
            if len(words) == 2 and len(words[1]) == 32:  # the last line may be torn by the kill
                assert int(words[0]) not in told
                told[int(words[0])] = words[1]
        child.wait()
        child.stdout.close()
    journal, damaged = open_or_rescue(path, KEY, now_ms=NOW)
    found = journal.verify()
    kept = {record.seq: record.id.hex() for record in journal.between(1, 10**9, 10**9)}
    journal.close()
    assert not damaged
    assert found.sound
    assert found.first == 1
    assert told.items() <= kept.items()
    assert len(told) > 100
