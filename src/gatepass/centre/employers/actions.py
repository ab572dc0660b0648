"""The verbs of employers. Each is one transaction with its audit entry; names and numbers stand in neither."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from gatepass.centre.accounts.access import Asker, actor_of
from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.roles import Role
from gatepass.centre.audit.actions import record
from gatepass.centre.employers.credit_code import read_credit_code
from gatepass.centre.employers.models import (
    Answer,
    Appointment,
    Colleague,
    Company,
    Confirmation,
    StaffList,
    StaffRow,
    Whereabouts,
    WorkPermit,
)
from gatepass.centre.employers.reading import FIELDS, NEEDED, Entry, check, columns_of
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.access import key_of
from gatepass.centre.people.models import IdentityDocument
from gatepass.centre.sites.models import Community
from gatepass.centre.spreadsheets import FileError, read_table
from gatepass.identity import Document, names

MOST_ROWS: Final = 2000
"""A row costs a millisecond (its person key): two seconds, within one request."""
DUE_DAY: Final = 10
Finding = StaffRow.Finding
Said = Answer.Said


def found_company(by: User | None, name: str, credit_code: str, community: Community) -> Company:
    """RefusedError `credit_code`, `company_known`."""
    code = read_credit_code(credit_code)
    try:
        with transaction.atomic():
            company = Company.objects.create(
                name=name.strip(), credit_code=code, community=community, created_at=timezone.now()
            )
            record(by, "company:found", company, community=community.pk)
    except IntegrityError:
        raise RefusedError("company_known") from None
    return company


def appoint(by: User | None, company: Company, user: User, channel: str, address: str) -> Appointment:
    """RefusedError `not_a_grid_worker`, `appointed_already`."""
    if not user.is_active or not any(grant.role == Role.GRID_WORKER for grant in user.granted):
        raise RefusedError("not_a_grid_worker")
    try:
        with transaction.atomic():
            appointment = Appointment.objects.create(
                company=company, user=user, channel=channel, address=address, since=timezone.now()
            )
            record(by, "company:appoint", company, user=user.pk)
    except IntegrityError:
        raise RefusedError("appointed_already") from None
    return appointment


def end_appointment(by: User, appointment: Appointment) -> None:
    """From the next click on, the company is closed to that grid worker."""
    with transaction.atomic():
        if Appointment.objects.filter(pk=appointment.pk, until__isnull=True).update(until=timezone.now()):
            record(by, "company:end_appointment", appointment.company, user=appointment.user_id)


def report_whereabouts(by: User, colleague: Colleague, state: str, place: str, until: date | None) -> None:
    with transaction.atomic():
        Whereabouts.objects.create(colleague=colleague, state=state, place=place, until=until, at=timezone.now(), by=by)
        record(by, "colleague:report", colleague, state=str(state))


def set_permit(by: User, colleague: Colleague, number: str, valid_until: date) -> None:
    """A new permit is warned about anew."""
    with transaction.atomic():
        _keep_permit(colleague, number, valid_until)
        record(by, "colleague:set_permit", colleague)


def end_employment(by: User, colleague: Colleague, last_day: date) -> None:
    """RefusedError `ends_before`."""
    if colleague.since and last_day < colleague.since:
        raise RefusedError("ends_before")
    with transaction.atomic():
        Colleague.objects.filter(pk=colleague.pk).update(until=last_day, changed_at=timezone.now())
        record(by, "colleague:leave", colleague)


def upload_staff(by: User, company: Company, file_name: str, content: bytes) -> StaffList:
    """RefusedError `file_…`, `import_columns` (`missing`)."""
    try:
        table = read_table(content, known=lambda cells: len(columns_of(cells)), most_rows=MOST_ROWS)
    except FileError as error:
        raise RefusedError(error.code, **error.fields) from None
    head = max(table.lines[:20], key=lambda line: (len(columns_of(line.cells)), -line.number))
    columns = columns_of(head.cells)
    missing = [str(label) for field, label, _example, _words in FIELDS if field in NEEDED and field not in columns]
    if missing:
        raise RefusedError("import_columns", missing=", ".join(missing))
    fields = {place: field for field, place in columns.items()}
    with transaction.atomic():
        staff_list = StaffList.objects.create(
            company=company, by=by, file_name=file_name[-120:], created_at=timezone.now()
        )
        for line in table.lines:
            said = {fields[place]: cell for place, cell in enumerate(line.cells) if place in fields and cell}
            if line.number > head.number and said:
                notes = {fields[place]: note for place, note in line.notes.items() if place in fields}
                StaffRow.objects.create(
                    staff_list=staff_list, number=line.number, values=json.dumps(said, ensure_ascii=False), notes=notes
                )
        _check(staff_list)
        record(by, "stafflist:upload", staff_list, company=company.pk, rows=staff_list.rows.count())
    return staff_list


def mend_staff_row(by: User, row: StaffRow, said: Mapping[str, str], *, somebody_else: bool = False) -> None:
    """What was typed instead; the whole list is looked at again, for a number that stood there twice."""
    before = json.loads(str(row.values))
    known = {field for field, *_rest in FIELDS}
    changed = {
        field: text.strip() for field, text in said.items() if field in known and text.strip() != before.get(field, "")
    }
    with transaction.atomic():
        row.values = json.dumps({**before, **changed}, ensure_ascii=False)
        row.notes = {field: note for field, note in row.notes.items() if field not in changed}
        row.somebody_else = somebody_else
        row.save()
        _check(row.staff_list)
        record(by, "stafflist:mend", row.staff_list, row=row.number, fields=sorted(changed))
    row.refresh_from_db()


def leave_out(by: User, row: StaffRow) -> None:
    with transaction.atomic():
        staff_list, number = row.staff_list, row.number
        row.delete()
        _check(staff_list)
        record(by, "stafflist:leave_out", staff_list, row=number)


def enter_staff(by: User, staff_list: StaffList) -> int:
    """Every ready row becomes a colleague, or brings one up to date; the others stay. How many."""
    with transaction.atomic():
        rows = list(staff_list.rows.filter(finding=Finding.READY))
        for row in rows:
            entry, _faults = check(str(row.values), row.notes)
            if entry is not None:
                _keep(staff_list.company, entry)
        StaffRow.objects.filter(pk__in=[row.pk for row in rows]).delete()
        staff_list.entered += len(rows)
        staff_list.save(update_fields=["entered"])
        record(by, "stafflist:enter", staff_list, count=len(rows))
    return len(rows)


@dataclass(frozen=True, slots=True)
class ColleagueFacts:
    """What a company says of one of its people. Empty: not said."""

    document: Document
    full_name: str = field(repr=False)
    latin_name: str = field(repr=False)
    nationality: str
    employee_number: str
    department: str
    since: date | None
    until: date | None
    permit: tuple[str, date] | None = field(repr=False)
    """Number, and last day."""


def enter_colleague(by: Asker, company: Company, facts: ColleagueFacts) -> tuple[Colleague, bool]:
    """One more of a company's people, or what has changed of one whom the list has already; and whether it is new.

    RefusedError `ends_before`.
    """
    if facts.since and facts.until and facts.until < facts.since:
        raise RefusedError("ends_before")
    key = key_of(facts.document)
    with transaction.atomic():
        colleague, new = _kept(company, facts, key)
        record(actor_of(by), "colleague:enter", colleague, new=new)
    return colleague, new


def open_month(company: Company, today: date) -> Confirmation:
    """The confirmation of this month; made at the first look, by a page or by the clock."""
    month = today.replace(day=1)
    return Confirmation.objects.get_or_create(
        company=company, month=month, defaults={"due_on": month + timedelta(days=DUE_DAY - 1)}
    )[0]


def to_confirm(company: Company, today: date) -> list[Colleague]:
    """Foreign colleagues who work there."""
    return [one for one in company.colleagues.all() if one.is_foreign and (one.until is None or one.until >= today)]


def confirm_month(by: User, confirmation: Confirmation, said: Mapping[int, str], today: date) -> None:
    """RefusedError `month_confirmed`, `month_incomplete` (somebody came onto the list since the page was opened).

    Whoever has left, left today unless the person's page says otherwise.
    """
    answers = {pk: Said(answer) for pk, answer in said.items()}
    with transaction.atomic():
        if not Confirmation.objects.filter(pk=confirmation.pk, confirmed_at=None).update(
            confirmed_at=timezone.now(), confirmed_by=by
        ):
            raise RefusedError("month_confirmed")
        colleagues = to_confirm(confirmation.company, today)
        if {one.pk for one in colleagues} != set(answers):
            raise RefusedError("month_incomplete")
        Answer.objects.bulk_create(
            [Answer(confirmation=confirmation, colleague=one, said=answers[one.pk]) for one in colleagues]
        )
        for one in colleagues:
            if answers[one.pk] == Said.LEFT:
                end_employment(by, one, max(today, one.since or today))
        counts = {str(answer): count for answer, count in Counter(answers.values()).items()}
        Confirmation.objects.filter(pk=confirmation.pk).update(counts=counts)
        record(by, "company:confirm_month", confirmation.company, month=confirmation.month.isoformat(), **counts)


def note_export(by: User, company: Company, what: str, count: int) -> None:
    with transaction.atomic():
        record(by, "company:export", company, what=what, count=count)


def _check(staff_list: StaffList) -> None:
    """Faults and findings of all rows. Candidates are colleagues of the same company: nobody else's names count."""
    rows = list(staff_list.rows.all())
    there = list(staff_list.company.colleagues.all())
    by_key = {bytes(one.person_key) for one in there}
    named = [(one, _whole(one.full_name)) for one in there]
    first: dict[bytes, int] = {}
    for row in rows:
        entry, faults = check(str(row.values), row.notes)
        row.alike, row.person_key = None, entry.key if entry else None
        if entry is not None and first.setdefault(entry.key, row.number) != row.number:
            faults = [("document_number", "row_twice", {"row": first[entry.key]})]
        row.faults = [list(fault) for fault in faults]
        row.finding = Finding.WRONG if faults else Finding.READY
        if entry is not None and not faults and entry.key not in by_key and not row.somebody_else:
            keys = _whole(entry.said["full_name"])
            row.alike = next((one for one, theirs in named if keys & theirs), None)
            row.finding = Finding.ALIKE if row.alike else Finding.READY
        row.save()


def _whole(name: str) -> frozenset[str]:
    """Keys of the whole name; those of its parts would make all KIMs alike."""
    return frozenset(key for key in names.keys(name) if ":" not in key or key.startswith("han:"))


def _keep(company: Company, entry: Entry) -> None:
    holder, said = entry.document.holder, entry.said
    permit = (said["permit_number"], entry.permit_until) if entry.permit_until is not None else None
    facts = ColleagueFacts(
        entry.document,
        said["full_name"],
        holder.latin_name,
        holder.nationality,
        said.get("employee_number", ""),
        said.get("department", ""),
        entry.since,
        entry.until,
        permit,
    )
    _kept(company, facts, entry.key)


def _kept(company: Company, facts: ColleagueFacts, key: bytes) -> tuple[Colleague, bool]:
    document = IdentityDocument.objects.filter(person_key=key, retired_at__isnull=True).first()
    told = {
        "employee_number": facts.employee_number,
        "department": facts.department,
        "since": facts.since,
        "until": facts.until,
    }
    colleague, new = Colleague.objects.get_or_create(
        company=company,
        person_key=key,
        defaults={
            "full_name": facts.full_name,
            "latin_name": facts.latin_name,
            "nationality": facts.nationality,
            "number": facts.document.number,
            "resident": document.resident if document else None,
            "changed_at": timezone.now(),
            **told,
        },
    )
    if not new:
        # What the list leaves empty stays as it was.
        filled = {name: value for name, value in {**told, "nationality": facts.nationality}.items() if value}
        Colleague.objects.filter(pk=colleague.pk).update(**filled, full_name=facts.full_name, changed_at=timezone.now())
    if facts.permit is not None:
        _keep_permit(colleague, *facts.permit)
    return colleague, new


def _keep_permit(colleague: Colleague, number: str, valid_until: date) -> None:
    permit = WorkPermit.objects.filter(colleague=colleague).first() or WorkPermit(colleague=colleague)
    if permit.valid_until != valid_until:
        permit.warned = None
    permit.number, permit.valid_until = number, valid_until
    permit.save()
