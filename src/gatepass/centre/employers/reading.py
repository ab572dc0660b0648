"""A company's spreadsheet: which column is which, and one row read by the checks of the residents' lists."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gatepass.centre.people.access import key_of
from gatepass.centre.people.imports.checking import check_resident
from gatepass.centre.people.imports.columns import guessed as guessed_of_residents
from gatepass.centre.people.imports.columns import plain_heading
from gatepass.centre.people.imports.values import CellError, read_birth
from gatepass.centre.sites.models import Site
from gatepass.identity import Document

# Field, its label, an invented example, and what others call it, in five languages.
FIELDS: Final[tuple[tuple[str, Promise, str, tuple[str, ...]], ...]] = (
    ("full_name", _("Full name"), "KIM MINJI", ("姓名", "성명", "氏名")),
    ("nationality", _("Nationality"), "KOR", ("国籍", "國籍", "국적")),
    ("document_number", _("Document number"), "M12345678", ("护照号码", "证件号码", "passport", "passport number")),
    ("document_kind", _("Kind of document"), "", ("证件类型",)),
    ("employee_number", _("Employee number"), "A-104", ("工号", "工號", "사번", "社員番号")),
    ("department", _("Department"), "", ("部门", "部門", "부서", "部署")),
    ("since", _("Works here from"), "2026-03-01", ("入职日期", "到職日期", "입사일", "入社日")),
    ("until", _("Until"), "", ("离职日期", "離職日期", "퇴사일", "退社日")),
    ("permit_number", _("Work permit"), "", ("工作许可证号", "工作許可證號", "취업 허가", "就労許可")),
    (
        "permit_until",
        _("Permit valid until"),
        "2027-02-28",
        ("许可有效期至", "許可有效期至", "허가 만료일", "許可期限"),
    ),
)
NEEDED: Final = ("full_name", "document_number")
_LONGEST: Final = {"employee_number": 40, "department": 80, "permit_number": 40}
_NO_END: Final = date(2199, 12, 31)


@dataclass(frozen=True, slots=True)
class Entry:
    """A right row."""

    document: Document
    key: bytes
    said: Mapping[str, str]
    since: date | None
    until: date | None
    permit_until: date | None


class _Anywhere:
    """`check_resident` asks where a row belongs; a company's row belongs to no site."""

    def __init__(self) -> None:
        self.today = timezone.localdate()

    def site(self, _words: str) -> Site:
        return Site(pk=0)

    def rooms(self, _site: int) -> Mapping[Any, int]:
        return {}


def columns_of(cells: Sequence[str]) -> dict[str, int]:
    """Field -> column; the headings of a residents' list are understood as well."""
    fields = [field for field, _label, _example, _words in FIELDS]
    found = {field: place for field, place in guessed_of_residents("residents", cells).items() if field in fields}
    plain = [plain_heading(cell) for cell in cells]
    for field, label, _example, words in FIELDS:
        known = {plain_heading(word) for word in (*words, str(label))}
        for place, heading in enumerate(plain):
            if field not in found and heading in known and place not in found.values():
                found[field] = place
    return found


def check(values: str, notes: Mapping[str, str]) -> tuple[Entry | None, list[tuple[str, str, dict[str, Any]]]]:
    """`values` is JSON, field -> text. An entry only where there is no fault."""
    said: dict[str, str] = json.loads(values)
    registration, faults = check_resident(said, notes, _Anywhere())  # type: ignore[arg-type]
    days: dict[str, date | None] = {}
    for field in ("since", "until", "permit_until"):
        try:
            days[field] = read_day(said[field]) if said.get(field) else None
        except CellError as error:
            faults.append((field, error.code, error.fields))
    for field, most in _LONGEST.items():
        if len(said.get(field, "")) > most:
            faults.append((field, "row_too_long", {"most": most}))
    since, until = days.get("since"), days.get("until")
    if since and until and until < since:
        faults.append(("until", "row_ends_before", {}))
    if bool(said.get("permit_number")) != bool(said.get("permit_until")):
        faults.append(("permit_until" if said.get("permit_number") else "permit_number", "row_permit_half", {}))
    if registration is None or faults:
        return None, faults
    document = registration.document
    return Entry(document, key_of(document), said, since, until, days["permit_until"]), []


def read_day(text: str) -> date:
    """A whole date, in the forms of the five languages. CellError `row_date`, `row_date_range`."""
    read = read_birth(text, _NO_END)
    if not (read.month and read.day):
        raise CellError("row_date")
    return date(read.year, read.month, read.day)
