"""The worker: reads, checks, enters and takes back lists, some hundred rows at a time, one list after the other.

Every step is one transaction, and what is still to be done is in the rows themselves: a centre that is stopped in the
middle goes on where it was. Whoever holds the lock on DIR/imports.lock works; other processes stand by.
"""

from __future__ import annotations

import json
from typing import Final

import structlog
from django.db import DatabaseError, transaction
from django.utils import timezone

from gatepass.centre.audit.actions import record
from gatepass.centre.one_worker import Task, Worker, kinds_of, places_of
from gatepass.centre.people.imports.actions import KEEP, to_enter, to_undo
from gatepass.centre.people.imports.checking import Surroundings
from gatepass.centre.people.imports.checks import Earlier, check_rows
from gatepass.centre.people.imports.entering import clear_founded, enter_rows, take_back
from gatepass.centre.people.imports.models import AT_WORK, Import, Row
from gatepass.centre.spreadsheets import FileError, read_table

State = Import.State
TICK: Final = 0.5
"""Seconds between two looks for a list: one indexed query."""
CHUNK: Final = 200
"""Rows in one transaction: a third of a second, in which nobody else writes."""
FORGET_EVERY_S: Final = 3600.0

log = structlog.get_logger(__name__)


def work_off() -> None:
    """Everything that waits, in this thread; for tests and for the command line."""
    worker = Chunks()
    while worker.step():
        pass


class Chunks:
    """Not thread-safe: one thread calls `step`."""

    def __init__(self) -> None:
        self._around: Surroundings | None = None
        self._earlier: tuple[int, Earlier] | None = None

    def step(self) -> bool:
        """One chunk of the oldest list that waits; False where there is none."""
        batch = Import.objects.select_related("by", "site").filter(state__in=AT_WORK).order_by("pk").first()
        if batch is None:
            self._around = None
            return False
        match batch.state:
            case State.READING:
                self._read(batch)
            case State.CHECKING:
                self._check(batch)
            case State.RUNNING:
                self._run(batch)
            case _:
                self._undo(batch)
        return True

    def _read(self, batch: Import) -> None:
        try:
            table = read_table(bytes(batch.content or b""), sheet=batch.sheet, encoding=batch.encoding)
        except FileError:
            # It was readable when it was uploaded.
            log.warning("list not readable any more", batch=batch.pk)
            _move(batch, State.MAPPING)
            return
        fields = {place: name for name, place in batch.columns.items()}
        rows = []
        for line in table.lines:
            said = {fields[place]: cell for place, cell in enumerate(line.cells) if place in fields and cell}
            if line.number > batch.header and said:
                notes = {fields[place]: note for place, note in line.notes.items() if place in fields}
                values = json.dumps(said, ensure_ascii=False)
                rows.append(Row(batch=batch, number=line.number, values=values, notes=notes))
        with transaction.atomic():
            batch.rows.all().delete()
            Row.objects.bulk_create(rows, batch_size=500)
            batch.total, batch.done = len(rows), 0
            _move(batch, State.CHECKING)

    def _check(self, batch: Import) -> None:
        with transaction.atomic():
            rows = list(batch.rows.filter(finding=Row.Finding.WAITING)[:CHUNK])
            if batch.stop:
                batch.rows.all().delete()
                _move(batch, State.MAPPING)
            elif rows:
                check_rows(batch, rows, self._surroundings(batch), self._earlier_rows(batch))
                _advance(batch, len(rows))
            else:
                _move(batch, State.CHECKED)

    def _run(self, batch: Import) -> None:
        with transaction.atomic():
            rows = list(to_enter(batch.rows.all()).select_related("target").order_by("number")[:CHUNK])
            if batch.stop:
                _move(batch, State.STOPPED)
            elif rows:
                enter_rows(batch, rows, self._surroundings(batch))
                Import.objects.filter(pk=batch.pk).update(founded=batch.founded)
                _advance(batch, len(rows))
            else:
                _finish(batch)

    def _undo(self, batch: Import) -> None:
        with transaction.atomic():
            # The last ones first, as they came.
            rows = list(to_undo(batch.rows.all()).select_related("resident").order_by("-number")[:CHUNK])
            if batch.stop:
                _move(batch, State.STOPPED)
            elif rows:
                take_back(batch, rows)
                _advance(batch, len(rows))
            else:
                clear_founded(batch)
                _move(batch, State.UNDONE)

    def _earlier_rows(self, batch: Import) -> Earlier | None:
        if batch.kind != Import.Kind.RESIDENTS:
            return None
        if self._earlier is None or self._earlier[0] != batch.pk or not batch.done:
            self._earlier = batch.pk, Earlier(batch, self._surroundings(batch))
        return self._earlier[1]

    def _surroundings(self, batch: Import) -> Surroundings:
        """Read once for a list and a state: its sites, its rooms."""
        known = self._around
        if known is None or (known.batch.pk, known.batch.state) != (batch.pk, batch.state):
            known = self._around = Surroundings(batch, batch.by)
        return known


def _finish(batch: Import) -> None:
    """Nothing is left to be entered; what was left out says so, and the file itself goes."""
    batch.rows.filter(outcome="", choice=Row.Choice.SKIP).update(outcome=Row.Outcome.SKIPPED)
    batch.rows.filter(outcome="", finding=Row.Finding.KNOWN).update(outcome=Row.Outcome.SKIPPED)
    batch.content, batch.preview = None, None
    _move(batch, State.DONE)


def _advance(batch: Import, rows: int) -> None:
    Import.objects.filter(pk=batch.pk).update(done=batch.done + rows)


def _move(batch: Import, state: Import.State) -> None:
    batch.state, batch.stop, batch.moved_at = state, False, timezone.now()
    batch.save()


def put_aside() -> bool:
    """The oldest list that waits goes back to whoever uploaded it: its columns, or stopped where it was."""
    batch = Import.objects.filter(state__in=AT_WORK).order_by("pk").first()
    if batch is not None:
        early = batch.state in {State.READING, State.CHECKING}
        _move(batch, State.MAPPING if early else State.STOPPED)
    return batch is not None


def forget_old_rows() -> int:
    """Rows of lists that nobody has moved for a month are erased; what they counted stays. How many lists."""
    old = Import.objects.filter(erased_at__isnull=True, moved_at__lt=timezone.now() - KEEP).exclude(state__in=AT_WORK)
    lists = list(old)
    for batch in lists:
        with transaction.atomic():
            outcomes = batch.rows.values_list("outcome", flat=True)
            counts = {outcome: list(outcomes).count(outcome) for outcome in set(outcomes)}
            batch.counts = {**batch.counts, **counts}
            batch.rows.all().delete()
            batch.content, batch.preview, batch.erased_at = None, None, timezone.now()
            batch.save()
            record(None, "import:forget", batch)
    return len(lists)


class ImportingThread(Worker):
    """Between `start()` and `stop()`, lists that wait are worked off."""

    def __init__(self) -> None:
        super().__init__(
            "imports", Task("imports", TICK, self._work), Task("old-lists", FORGET_EVERY_S, forget_old_rows)
        )
        self._worker = Chunks()

    def _work(self) -> bool:
        try:
            return self._worker.step()
        except DatabaseError:
            raise  # a full disk or a locked file: the rows are as they were, and are tried again
        except Exception as error:  # noqa: BLE001
            log.error("list put aside", error=kinds_of(error), at=places_of(error))  # noqa: TRY400
            return put_aside()
