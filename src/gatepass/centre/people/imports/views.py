from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

import msgspec
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import BinaryField, Count, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts.access import asking, may_open
from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import csv_response
from gatepass.centre.people.access import access_residents
from gatepass.centre.people.fields import EncryptedTextField
from gatepass.centre.people.imports import actions
from gatepass.centre.people.imports.access import access_import, access_imports, access_row, access_rows
from gatepass.centre.people.imports.columns import COLUMNS
from gatepass.centre.people.imports.forms import LookForm, MappingForm, UploadForm
from gatepass.centre.people.imports.lines import lines_of
from gatepass.centre.people.imports.models import AT_WORK, Import, Row
from gatepass.centre.people.imports.words import WHY, fault_words
from gatepass.centre.spreadsheets import XLSX, Sheet, xlsx
from gatepass.centre.spreadsheets.reading import MOST_BYTES

PAGE = 25
LISTS = 50
MOST_EXPORTED = 10_000
State = Import.State
Finding = Row.Finding


@never_cache
@require_GET
def imports(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    page = Paginator(access_imports(user), LISTS).get_page(request.GET.get("page"))
    return render(request, "imports/imports.html", {"page": page, "may_import": may_open(user, "import_new")})


@require_GET
def imports_export(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    lists = access_imports(user, "imports_export")[:MOST_EXPORTED]
    rows = [
        (one.created_at.isoformat(timespec="minutes"), one.file_name, one.get_kind_display(), one.site or "",
         one.by.full_name, one.get_state_display(), one.total)
        for one in lists
    ]  # fmt: skip
    with transaction.atomic():
        record(user, "import:export", "import:many", count=len(rows))
    header = (_("When"), _("File"), _("What is in it"), _("Site"), _("Uploaded by"), _("State of the list"), _("Rows"))
    return csv_response("imports", header, rows)


@never_cache
@require_http_methods(["GET", "POST"])
def import_new(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    kind = request.GET.get("kind", Import.Kind.RESIDENTS)
    kind = kind if kind in Import.Kind.values else Import.Kind.RESIDENTS
    form = UploadForm(user, request.POST or None, request.FILES or None, initial={"kind": kind})
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        upload: UploadedFile = facts["file"]
        try:
            batch = actions.upload(user, facts["kind"], upload.name or "", upload.read(MOST_BYTES + 1), facts["site"])
        except RefusedError as refused:
            form.add_error("file", refused.sentence)
        else:
            return redirect("import", batch.pk)
    return render(request, "imports/new.html", {"form": form, "kind": kind})


@require_GET
def import_template(request: HttpRequest) -> HttpResponse:
    """An empty list with the headings in the reader's language, and one invented row."""
    kind = request.GET.get("kind", Import.Kind.RESIDENTS)
    kind = kind if kind in Import.Kind.values else Import.Kind.RESIDENTS
    columns = COLUMNS[kind]
    header = [f"{column.label}*" if column.needed else str(column.label) for column in columns]
    book = xlsx([Sheet(str(Import.Kind(kind).label), header, [[column.example for column in columns]])])
    response = HttpResponse(book, content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{kind}.xlsx"'
    return response


@never_cache
@require_GET
def import_page(request: HttpRequest, batch: int) -> HttpResponse:
    """The page of a list: its columns, its progress, its rows, or what came of it; by its state."""
    user = asking(request)
    found = access_import(user, batch)
    if found.state == State.MAPPING:
        return _mapping_page(request, user, found, None)
    if found.state in AT_WORK:
        return render(request, "imports/progress.html", _progress(found))
    return render(request, "imports/rows.html", _rows_context(request, user, found))


@never_cache
@require_GET
def import_progress(request: HttpRequest, batch: int) -> HttpResponse:
    """The part of the page that changes while the worker works; empty once it is done, and the page loads anew."""
    found = access_import(asking(request), batch, "import_progress")
    if found.state not in AT_WORK:
        return HttpResponse()
    return render(request, "imports/progress_bar.html", _progress(found))


def _progress(batch: Import) -> dict[str, Any]:
    share = 100 * batch.done // batch.total if batch.total else 0
    return {"batch": batch, "percent": share, "working": batch.state in AT_WORK}


@require_POST
def import_map(request: HttpRequest, batch: int) -> HttpResponse:
    """Another look at the file, or the columns are right."""
    user = asking(request)
    found = access_import(user, batch, "import_map")
    if request.POST.get("step") == "anew":
        return _then(request, found, lambda: actions.map_anew(user, found))
    preview = json.loads(str(found.preview or "{}"))
    if request.POST.get("step") == "look":
        look = LookForm(found, preview.get("sheets", []), request.POST)
        if look.is_valid():
            facts = look.cleaned_data
            sheet = facts.get("sheet")
            return _then(
                request,
                found,
                lambda: actions.look_again(
                    user,
                    found,
                    sheet=sheet if isinstance(sheet, int) else None,
                    encoding=facts.get("encoding") or "",
                    header=facts.get("header") or 0,
                ),
            )
    form = MappingForm(user, found, preview.get("width", 0), request.POST)
    if form.is_valid():
        try:
            actions.map_columns(user, found, form.columns(), form.cleaned_data["site"])
        except RefusedError as refused:
            form.add_error(None, refused.sentence)
        else:
            return redirect("import", found.pk)
    return _mapping_page(request, user, found, form)


def _mapping_page(request: HttpRequest, user: User, batch: Import, form: MappingForm | None) -> HttpResponse:
    preview = json.loads(str(batch.preview or "{}"))
    width, lines = preview.get("width", 0), preview.get("lines", [])
    form = form or MappingForm(user, batch, width)
    headings: list[str] = next((cells for number, cells in lines if number == batch.header), [])
    below = [cells for number, cells in lines if number > batch.header][:3]
    columns = [
        (bound, headings[place] if place < len(headings) else "", [_cell(cells, place) for cells in below])
        for place, bound in enumerate(form.column_fields)
    ]
    context = {
        "batch": batch,
        "form": form,
        "columns": columns,
        "look": LookForm(batch, preview.get("sheets", [])),
        "needed": [column.label for column in COLUMNS[batch.kind] if column.needed],
    }
    return render(request, "imports/mapping.html", context)


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _rows_context(request: HttpRequest, user: User, batch: Import) -> dict[str, Any]:
    rows = access_rows(user, batch)
    counts = _counted(rows)
    tabs = _tabs(counts.findings, counts.outcomes)
    shown = request.GET.get("show", "")
    if shown not in {name for name, _word, _count in tabs}:
        shown = tabs[0][0] if tabs else ""
    pages = Paginator(_shown(rows, shown), PAGE)
    # Every row is under one tab, and has been counted there.
    pages.count = sum(count for name, _word, count in tabs if name == shown)
    page = pages.get_page(request.GET.get("page"))
    return {
        "batch": batch,
        "tabs": tabs,
        "shown": shown,
        "page": page,
        "lines": lines_of(user, batch, list(page), "import"),
        "findings": counts.findings,
        "outcomes": counts.outcomes,
        "undecided": counts.undecided,
        "ready": counts.ready if batch.state in actions.OPEN else 0,
        "back": counts.back if batch.state in {State.DONE, State.STOPPED} else 0,
        "may_mend": batch.state in actions.OPEN,
        "is_places": batch.kind == Import.Kind.PLACES,
    }


@dataclass(slots=True)
class Counts:
    """Of a list's rows, from one look at them all."""

    findings: Counter[str] = field(default_factory=Counter)
    """What is not entered."""
    outcomes: Counter[str] = field(default_factory=Counter)
    """What is, or was refused."""
    undecided: Counter[str] = field(default_factory=Counter)
    """By finding, what nobody has decided."""
    ready: int = 0
    """Those that a run takes: `actions.to_enter`."""

    @property
    def back(self) -> int:
        """Those that an undoing takes: `actions.to_undo`."""
        return sum(self.outcomes[one] for one in actions.BACK)


def _counted(rows: QuerySet[Row]) -> Counts:
    counts = Counts()
    for outcome, finding, choice, count in (
        rows.order_by().values_list("outcome", "finding", "choice").annotate(count=Count("pk"))
    ):
        if outcome:
            counts.outcomes[outcome] += count
            continue
        counts.findings[finding] += count
        if not choice:
            counts.undecided[finding] += count
        if choice in actions.TAKEN.get(finding, ()):
            counts.ready += count
    return counts


def _tabs(findings: Counter[str], outcomes: Counter[str]) -> list[tuple[str, str, int]]:
    """What there is to see, the most urgent first."""
    words: list[tuple[str, str, int]] = [
        (str(one), str(one.label), findings[one])
        for one in (Finding.WRONG, Finding.ALIKE, Finding.KNOWN, Finding.READY)
        if findings[one]
    ]
    words += [
        (str(one), str(one.label), outcomes[one])
        for one in (Row.Outcome.REFUSED, Row.Outcome.KEPT, Row.Outcome.CREATED, Row.Outcome.LINKED, Row.Outcome.SKIPPED,
                    Row.Outcome.UNDONE)
        if outcomes[one]
    ]  # fmt: skip
    return words


def _shown(rows: Any, shown: str) -> Any:
    if shown in Finding.values:
        return rows.filter(outcome="", finding=shown)
    return rows.filter(outcome=shown) if shown else rows


@never_cache
@require_http_methods(["GET", "POST"])
def import_row(request: HttpRequest, batch: int, number: int) -> HttpResponse:
    """One row: mended, or decided about. A script gets the row drawn anew; a browser without one the page."""
    user = asking(request)
    found = access_import(user, batch, "import_row")
    row = access_row(user, found, number)
    refusal = ""
    if request.method == "POST":
        try:
            _answer(request, user, found, row)
        except (RefusedError, ValueError) as refused:
            refusal = refused.sentence if isinstance(refused, RefusedError) else _("Choose one of the answers.")
        row.refresh_from_db()
    (line,) = lines_of(user, found, [row], "import_row")
    if request.headers.get("x-requested-with") == "fetch":
        return render(request, "imports/row.html", {"batch": found, "line": line, "refusal": refusal, "mended": True})
    if refusal:
        messages.error(request, refusal)
    if request.method == "POST":
        return redirect(f"{reverse('import', args=[found.pk])}?{request.POST.get('back', '')}")
    return render(request, "imports/one_row.html", {"batch": found, "line": line})


def _answer(request: HttpRequest, user: User, batch: Import, row: Row) -> None:
    """What was typed counts first, and then the answer that was pressed."""
    said = {name.removeprefix("cell-"): str(text) for name, text in request.POST.items() if name.startswith("cell-")}
    if "choice" not in request.POST or actions.differs(row, said):
        actions.mend_row(user, batch, row, said)
    if "choice" in request.POST:
        choice, _sep, target = request.POST["choice"].partition(":")
        person = None
        if target.isdecimal():
            person = access_residents(user, "resident").filter(pk=int(target)).first()
        actions.decide_row(user, batch, row, choice, person)


@require_POST
def import_decide(request: HttpRequest, batch: int) -> HttpResponse:
    """The same answer for all about whom nobody has decided."""
    user = asking(request)
    found = access_import(user, batch, "import_decide")
    finding, choice = request.POST.get("finding", ""), request.POST.get("choice", "")
    return _then(
        request, found, lambda: actions.decide_all(user, found, access_rows(user, found), finding, choice), finding
    )


@require_POST
def import_run(request: HttpRequest, batch: int) -> HttpResponse:
    user = asking(request)
    found = access_import(user, batch, "import_run")
    return _then(request, found, lambda: actions.run(user, found))


@require_POST
def import_stop(request: HttpRequest, batch: int) -> HttpResponse:
    user = asking(request)
    found = access_import(user, batch, "import_stop")
    return _then(request, found, lambda: actions.stop(user, found))


@require_POST
def import_undo(request: HttpRequest, batch: int) -> HttpResponse:
    user = asking(request)
    found = access_import(user, batch, "import_undo")
    return _then(request, found, lambda: actions.undo(user, found))


@require_POST
def import_drop(request: HttpRequest, batch: int) -> HttpResponse:
    user = asking(request)
    found = access_import(user, batch, "import_drop")
    try:
        actions.drop(user, found)
    except RefusedError as refused:
        messages.error(request, refused.sentence)
        return redirect("import", found.pk)
    messages.success(request, _("The list is thrown away. Nothing of it was entered."))
    return redirect("imports")


@require_GET
def import_left(request: HttpRequest, batch: int) -> HttpResponse:
    """The rows that were not entered, with what is wrong in words: to be mended in a spreadsheet and brought again."""
    user = asking(request)
    found = access_import(user, batch, "import_left")
    rows = access_rows(user, found).filter(outcome__in=["", Row.Outcome.REFUSED])
    columns = [column.field for column in COLUMNS[found.kind] if column.field in found.columns]
    # Ten thousand rows: what is wrong with one is the same text in many, read and put into words once, and no row of
    # the model is made.
    findings = {value: str(label) for value, label in Finding.choices}

    @cache
    def in_words(faults: str, why: str, finding: str) -> str:
        told = [fault_words(code, fields) for _field, code, fields in json.loads(faults)]
        return " ".join([*told, str(WHY[why])] if why in WHY else told) or findings[finding]

    stored = rows.annotate(sealed=Cast("values", BinaryField()), faults_text=Cast("faults", TextField()))
    opened = cast("EncryptedTextField", Row._meta.get_field("values")).opener()  # noqa: SLF001 - Django's documented `_meta`
    lines = []
    for number, sealed, faults, why, finding in stored.values_list("number", "sealed", "faults_text", "why", "finding")[
        :MOST_EXPORTED
    ]:
        said = msgspec.json.decode(opened(bytes(sealed)))
        lines.append([number, *[said.get(column, "") for column in columns], in_words(faults, why, finding)])
    with transaction.atomic():
        record(user, "import:export_left", found, count=len(lines))
    labels = {column.field: str(column.label) for column in COLUMNS[found.kind]}
    header = [_("Row"), *(labels[column] for column in columns), _("What is wrong")]
    return csv_response("left", header, lines)


def _then(request: HttpRequest, batch: Import, work: Any, show: str = "") -> HttpResponse:
    """Do it, say what was refused, and go to the page of the list."""
    try:
        work()
    except (RefusedError, ValueError) as refused:
        sentence = refused.sentence if isinstance(refused, RefusedError) else _("Choose one of the answers.")
        messages.error(request, sentence)
    address = reverse("import", args=[batch.pk])
    return redirect(f"{address}?show={show}" if show in Finding.values else address)
