"""The verbs of imports. What takes long only sets the state: `work` does it, row by row, and survives a restart."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.imports.checks import check_rows, recheck_twins
from gatepass.centre.people.imports.columns import COLUMNS, guessed, print_of
from gatepass.centre.people.imports.models import AT_WORK, Import, Row
from gatepass.centre.people.imports.models import Mapping as Remembered
from gatepass.centre.people.imports.rows import save_rows
from gatepass.centre.people.models import Resident
from gatepass.centre.sites.models import Site
from gatepass.centre.spreadsheets import ENCODINGS, FileError, Table, read_table

State = Import.State
Choice = Row.Choice
Finding = Row.Finding

OPEN: Final = (State.CHECKED, State.STOPPED, State.DONE)
"""States in which rows can be mended and decided about, and those that are ready can be entered."""
PREVIEWED: Final = 25
KEEP: Final = timedelta(days=30)
"""So long a list can be undone; then its rows are erased."""


def upload(by: User, kind: str, file_name: str, content: bytes, site: Site | None) -> Import:
    """RefusedError `file_…`. The columns are guessed, or remembered from the last list with these headings."""
    kind = Import.Kind(kind)
    table = _read(content, kind)
    now = timezone.now()
    batch = Import(by=by, kind=kind, file_name=file_name[-120:], site=site, content=content, created_at=now)
    _look(batch, table)
    with transaction.atomic():
        _move(batch, State.MAPPING)
        record(by, "import:upload", batch, kind=str(kind), rows=batch.total)
    return batch


def look_again(by: User, batch: Import, *, sheet: int | None = None, encoding: str = "", header: int = 0) -> None:
    """Another sheet, another encoding, another row of headings. RefusedError `file_…`, `import_not_now`."""
    content = _content(batch, State.MAPPING)
    table = _read(content, batch.kind, batch.sheet if sheet is None else sheet, encoding or batch.encoding)
    _look(batch, table, header)
    with transaction.atomic():
        _move(batch, State.MAPPING, State.MAPPING)
        record(by, "import:map", batch, rows=batch.total)


def map_columns(by: User, batch: Import, columns: Mapping[str, int], site: Site | None) -> None:
    """The columns are right: read and check every row. RefusedError `import_columns` (`missing`), `import_not_now`."""
    wanted = COLUMNS[batch.kind]
    known = {column.field for column in wanted}
    missing = [str(column.label) for column in wanted if column.needed and column.field not in columns]
    if missing:
        raise RefusedError("import_columns", missing=", ".join(missing))
    batch.columns = {field: place for field, place in columns.items() if field in known}
    batch.site = site
    batch.done = 0
    headings = _headings(batch)
    with transaction.atomic():
        _move(batch, State.READING, State.MAPPING)
        Remembered.objects.update_or_create(
            kind=batch.kind,
            headings=print_of(headings),
            defaults={"columns": batch.columns, "used_at": timezone.now()},
        )
        record(by, "import:map", batch, rows=batch.total)


def map_anew(by: User, batch: Import) -> None:
    """Back to the columns; what was mended or decided is given up."""
    _content(batch, State.CHECKED)
    with transaction.atomic():
        _move(batch, State.MAPPING, State.CHECKED)
        batch.rows.all().delete()
        record(by, "import:map", batch, rows=0)


def mend_row(by: User, batch: Import, row: Row, said: Mapping[str, str]) -> None:
    """What a person typed in the place of what the file had; the row is checked again at once."""
    _at(batch, *OPEN)
    before = json.loads(str(row.values))
    fields = {column.field for column in COLUMNS[batch.kind]}
    changed = {name: text.strip() for name, text in said.items() if name in fields}
    changed = {name: text for name, text in changed.items() if text != before.get(name, "") or name in row.notes}
    row.values = json.dumps({**before, **changed}, ensure_ascii=False)
    row.notes = {name: note for name, note in row.notes.items() if name not in changed}
    row.choice, row.target = Choice.NONE, None
    with transaction.atomic():
        _free(row)
        row.save(update_fields=["values", "notes", "choice", "target"])
        check_rows(batch, [row])
        recheck_twins(batch)
        record(by, "import:mend", batch, row=row.number, fields=sorted(changed))
    row.refresh_from_db()


def differs(row: Row, said: Mapping[str, str]) -> bool:
    """Whether somebody typed something else than the row says."""
    before = json.loads(str(row.values))
    return any(text.strip() != before.get(name, "") for name, text in said.items())


def decide_row(by: User, batch: Import, row: Row, choice: str, target: Resident | None = None) -> None:
    """Leave out, add to `target`, or register as somebody else. RefusedError `import_choice`."""
    _at(batch, *OPEN)
    choice = Choice(choice)
    if row.finding == Finding.WRONG and choice not in {Choice.SKIP, Choice.NONE}:
        raise RefusedError("import_choice")
    if choice == Choice.CREATE and row.finding == Finding.KNOWN:
        raise RefusedError("import_choice")
    if choice == Choice.LINK and (target is None or target.pk not in row.candidates):
        raise RefusedError("import_choice")
    with transaction.atomic():
        _free(row)
        row.choice, row.target = choice, target if choice == Choice.LINK else None
        row.save(update_fields=["choice", "target"])
        record(by, "import:decide", batch, row=row.number, choice=str(choice))


def decide_all(by: User, batch: Import, rows: QuerySet[Row], finding: str, choice: str) -> int:
    """The same for all rows of a finding about which nobody has decided; how many. A link goes to the likeliest."""
    _at(batch, *OPEN)
    allowed = {Finding.ALIKE: {Choice.SKIP, Choice.CREATE}, Finding.KNOWN: {Choice.SKIP, Choice.LINK}}
    if Choice(choice) not in allowed.get(Finding(finding), set()):
        raise RefusedError("import_choice")
    with transaction.atomic():
        open_rows = list(rows.filter(finding=finding, choice="", outcome=""))
        for row in open_rows:
            row.choice = choice
            row.target_id = row.candidates[0] if choice == Choice.LINK and row.candidates else None
        save_rows(open_rows, ("choice", "target"))
        record(by, "import:decide", batch, rows=len(open_rows), choice=str(choice))
    return len(open_rows)


def run(by: User, batch: Import) -> None:
    """Enter what is ready or decided; also what was left of a list before. RefusedError `import_not_now`."""
    with transaction.atomic():
        batch.total, batch.done = to_enter(batch.rows.all()).count(), 0
        _move(batch, State.RUNNING, *OPEN)
        record(by, "import:run", batch, rows=batch.total)


def stop(by: User, batch: Import) -> None:
    """After the rows in hand. What has been entered stays, and can be undone."""
    with transaction.atomic():
        if not Import.objects.filter(pk=batch.pk, state__in=AT_WORK).update(stop=True):
            raise RefusedError("import_not_now")
        record(by, "import:stop", batch)


def undo(by: User, batch: Import) -> None:
    """Take back every row that nobody has touched since. RefusedError `import_not_now`."""
    with transaction.atomic():
        batch.total, batch.done = to_undo(batch.rows.all()).count(), 0
        _move(batch, State.UNDOING, State.DONE, State.STOPPED)
        record(by, "import:undo", batch, rows=batch.total)


def drop(by: User, batch: Import) -> None:
    """Throw a list away of which nothing has been entered."""
    with transaction.atomic():
        batch.content, batch.preview = None, None
        _move(batch, State.DROPPED, State.MAPPING, State.CHECKED)
        batch.rows.all().delete()
        record(by, "import:drop", batch)


TAKEN: Final = {
    Finding.READY: (Choice.NONE, Choice.LINK, Choice.CREATE),
    Finding.ALIKE: (Choice.CREATE, Choice.LINK),
    Finding.KNOWN: (Choice.LINK,),
}
"""Rows that a run takes: without a fault, and where somebody may be there already only after a decision."""
BACK: Final = (Row.Outcome.CREATED, Row.Outcome.LINKED)


def to_enter(rows: QuerySet[Row]) -> QuerySet[Row]:
    taken = Q()
    for finding, choices in TAKEN.items():
        taken |= Q(finding=finding, choice__in=choices)
    return rows.filter(taken, outcome="")


def to_undo(rows: QuerySet[Row]) -> QuerySet[Row]:
    return rows.filter(outcome__in=BACK)


def _read(content: bytes, kind: str, sheet: int = 0, encoding: str = "") -> Table:
    try:
        return read_table(
            content,
            sheet=sheet,
            encoding=encoding if encoding in ENCODINGS else "",
            known=lambda cells: len(guessed(kind, cells)),
        )
    except FileError as error:
        raise RefusedError(error.code, **error.fields) from None


def _look(batch: Import, table: Table, header: int = 0) -> None:
    """What the mapping page shows: the headings are the row of which most cells are known, if none is chosen."""
    first = table.lines[:PREVIEWED]
    chosen = next((line for line in first if line.number == header), None)
    best = chosen or max(first, key=lambda line: (len(guessed(batch.kind, line.cells)), -line.number))
    remembered = Remembered.objects.filter(kind=batch.kind, headings=print_of(best.cells)).first()
    batch.header = best.number
    batch.sheet, batch.encoding = table.sheet, table.encoding
    batch.columns = remembered.columns if remembered else guessed(batch.kind, best.cells)
    batch.total = sum(line.number > best.number for line in table.lines)
    batch.preview = json.dumps(
        {"sheets": table.sheets, "width": table.width, "lines": [[line.number, line.cells] for line in first]},
        ensure_ascii=False,
    )


def _headings(batch: Import) -> Sequence[str]:
    lines: list[Any] = json.loads(str(batch.preview))["lines"]
    return next((cells for number, cells in lines if number == batch.header), [])


def _content(batch: Import, *states: Import.State) -> bytes:
    _at(batch, *states)
    if batch.content is None:
        raise RefusedError("import_not_now")
    return bytes(batch.content)


def _at(batch: Import, *states: Import.State) -> None:
    if batch.state not in states:
        raise RefusedError("import_not_now")


def _free(row: Row) -> None:
    """Of a stopped list, rows that were entered are no longer mended."""
    if Row.objects.filter(pk=row.pk).exclude(outcome="").exists():
        raise RefusedError("import_not_now")


def _move(batch: Import, state: Import.State, *from_states: Import.State) -> None:
    """Save it in its new state, by compare-and-set: of two who press at once, one moves it."""
    if from_states:
        moved = Import.objects.filter(pk=batch.pk, state__in=from_states).update(state=state)
        if not moved:
            raise RefusedError("import_not_now")
    batch.state, batch.stop, batch.moved_at = state, False, timezone.now()
    batch.save()
