"""A company's spreadsheet on its way: brought, mended row by row, entered."""

from __future__ import annotations

import json

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts.access import asking
from gatepass.centre.employers import actions
from gatepass.centre.employers.access import access_company, access_staff_list
from gatepass.centre.employers.forms import ListForm
from gatepass.centre.employers.models import StaffRow
from gatepass.centre.employers.reading import FIELDS, NEEDED
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.imports.words import faults_by_field
from gatepass.centre.spreadsheets import XLSX, Sheet, xlsx
from gatepass.centre.spreadsheets.reading import MOST_BYTES

ROWS = 25


@never_cache
@require_http_methods(["GET", "POST"])
def staff_lists(request: HttpRequest, company: int) -> HttpResponse:
    user = asking(request)
    found = access_company(user, company, "staff_lists")
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            new = actions.upload_staff(user, found, file.name or "", file.read(MOST_BYTES + 1))
        except RefusedError as refused:
            form.add_error("file", refused.sentence)
        else:
            return redirect("staff_list", found.pk, new.pk)
    page = Paginator(found.lists.select_related("by"), ROWS).get_page(request.GET.get("page"))
    return render(request, "employers/lists.html", {"company": found, "form": form, "page": page})


@require_GET
def staff_template(request: HttpRequest, company: int) -> HttpResponse:
    """An empty list with the headings in the reader's language, and one invented row."""
    access_company(asking(request), company, "staff_template")
    header = [f"{label}*" if field in NEEDED else str(label) for field, label, _example, _words in FIELDS]
    book = xlsx([Sheet(_("Colleagues"), header, [[example for _field, _label, example, _words in FIELDS]])])
    response = HttpResponse(book, content_type=XLSX)
    response.headers["Content-Disposition"] = 'attachment; filename="colleagues.xlsx"'
    return response


@never_cache
@require_GET
def staff_list(request: HttpRequest, company: int, staff_list: int) -> HttpResponse:
    """The rows that need a person first, each with its own form."""
    user = asking(request)
    found = access_company(user, company, "staff_list")
    batch = access_staff_list(user, found, staff_list, "staff_list")
    ready = batch.rows.filter(finding=StaffRow.Finding.READY)
    page = Paginator(batch.rows.exclude(pk__in=ready).select_related("alike"), ROWS).get_page(request.GET.get("page"))
    lines = []
    for row in page:
        said, wrong = json.loads(str(row.values)), faults_by_field(row.faults)
        cells = [(field, label, said.get(field, ""), wrong.get(field, "")) for field, label, _e, _w in FIELDS]
        # What has to be mended, and whose row it is, first; a phone has no room for ten fields of every row.
        shown = [cell for cell in cells if cell[3] or cell[0] in NEEDED]
        others = [cell[:3] for cell in cells if cell not in shown]
        elsewhere = [sentence for field, sentence in wrong.items() if field not in {cell[0] for cell in cells}]
        lines.append((row, shown, others, elsewhere))
    context = {"company": found, "list": batch, "page": page, "lines": lines, "ready": ready.count()}
    return render(request, "employers/list.html", context)


@require_POST
def staff_row(request: HttpRequest, company: int, staff_list: int, row: int) -> HttpResponse:
    user = asking(request)
    found = access_company(user, company, "staff_row")
    batch = access_staff_list(user, found, staff_list, "staff_row")
    line = get_object_or_404(StaffRow, staff_list=batch, number=row)
    if request.POST.get("step") == "out":
        actions.leave_out(user, line)
    else:
        said = {field: request.POST.get(field, "")[:500] for field, *_rest in FIELDS}
        actions.mend_staff_row(user, line, said, somebody_else=request.POST.get("step") == "else")
    return redirect("staff_list", found.pk, batch.pk)


@require_POST
def staff_enter(request: HttpRequest, company: int, staff_list: int) -> HttpResponse:
    user = asking(request)
    found = access_company(user, company, "staff_enter")
    batch = access_staff_list(user, found, staff_list, "staff_enter")
    count = actions.enter_staff(user, batch)
    said = ngettext("One row has been entered.", "%(count)s rows have been entered.", count) % {"count": count}
    messages.success(request, said)
    return redirect("staff_list", found.pk, batch.pk)
