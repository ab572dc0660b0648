"""The rows of a list as its page shows them: cells with their faults, and who may be there already."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gatepass.centre.accounts.models import User
from gatepass.centre.people.access import access_residents
from gatepass.centre.people.duplicates import Candidate, same_person
from gatepass.centre.people.imports import actions
from gatepass.centre.people.imports.access import access_rows
from gatepass.centre.people.imports.checking import Surroundings, check_resident
from gatepass.centre.people.imports.checks import sought_of
from gatepass.centre.people.imports.columns import COLUMNS
from gatepass.centre.people.imports.forms import cell_choices
from gatepass.centre.people.imports.models import Import, Row
from gatepass.centre.people.imports.words import WHY, faults_by_field
from gatepass.centre.people.models import Resident
from gatepass.centre.people.protection.access import note_seen
from gatepass.identity import DocumentKind
from gatepass.identity.masking import mask_number

Finding = Row.Finding
_NUMBERS = frozenset({"document_number", "second_number", "phone", "relative_phone"})


@dataclass(frozen=True, slots=True)
class Cell:
    field: str
    label: str
    text: str
    fault: str
    choices: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Line:
    """One row as the page shows it."""

    row: Row
    cells: list[Cell]
    candidates: list[Candidate]
    why: str
    open: bool
    twin: int | None
    """Another row of the list, as far as the reader may see it."""

    @property
    def wrong(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.fault]

    @property
    def name(self) -> str:
        return " ".join(cell.text for cell in self.cells[:2] if cell.text)


def lines_of(user: User, batch: Import, rows: Sequence[Row], page: str) -> list[Line]:
    """`page`: where they are shown, for the record of who was seen."""
    labels = {column.field: str(column.label) for column in COLUMNS[batch.kind]}
    wanted = {pk for row in rows for pk in row.candidates} | {row.resident_id for row in rows if row.resident_id}
    people = access_residents(user, "resident").filter(pk__in=wanted).select_related("site", "room")
    there = {one.pk: one for one in people}
    note_seen(user, list(there.values()), page)
    around = Surroundings(batch, batch.by)
    told = [row.twin for row in rows if row.twin]
    twins = set(access_rows(user, batch).filter(number__in=told).values_list("number", flat=True)) if told else set()
    return [_line(batch, row, labels, _candidates(row, there, around), twins) for row in rows]


def _candidates(row: Row, there: dict[int, Resident], around: Surroundings) -> list[Candidate]:
    """Who may be there already, as far as the reader may meet them, with the reasons of today."""
    if row.finding not in {Finding.ALIKE, Finding.KNOWN}:
        return []
    registration, _faults = check_resident(json.loads(str(row.values)), row.notes, around)
    if registration is None:
        return []
    sought = sought_of(registration)
    return [
        Candidate(there[pk], same_person(sought, there[pk]), row.finding == Finding.KNOWN and place == 0)
        for place, pk in enumerate(row.candidates)
        if pk in there
    ]


def _line(batch: Import, row: Row, labels: dict[str, str], candidates: list[Candidate], twins: set[int]) -> Line:
    said: dict[str, str] = json.loads(str(row.values))
    faults = faults_by_field(row.faults)
    cells = [
        Cell(name, label, said.get(name, ""), faults.get(name, ""), cell_choices(name))
        for name, label in labels.items()
        if name in said or name in faults
    ]
    why = str(WHY[row.why]) if row.why in WHY else ""
    is_open = batch.state in actions.OPEN and row.outcome == ""
    twin = row.twin if row.twin in twins and is_open else None
    return Line(row, cells if is_open else list(map(_masked, cells)), candidates, why, is_open, twin)


def _masked(cell: Cell) -> Cell:
    """What need not be mended need not be read in full."""
    return replace(cell, text=mask_number(DocumentKind.OTHER, cell.text)) if cell.field in _NUMBERS else cell
