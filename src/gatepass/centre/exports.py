"""A table as CSV, with the byte order mark that spreadsheets ask for. In memory: thousands of rows, not millions."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse

from gatepass.centre.spreadsheets import XLSX, Sheet, xlsx

# A spreadsheet runs a cell that begins like this as a formula.
_FORMULA = frozenset("=+-@\t\r")


def csv_response(name: str, header: Iterable[Any], rows: Iterable[Iterable[Any]]) -> HttpResponse:
    """`name` is the file's name without ending, ASCII."""
    text = io.StringIO(newline="")
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow([str(word) for word in header])
    writer.writerows([plain(cell) for cell in row] for row in rows)
    # One text: an answer that is given lines asks for each how it is to be encoded.
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def plain(cell: Any) -> str:
    """A cell that no spreadsheet runs."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text[:1] in _FORMULA else text


def table_response(
    request: HttpRequest, name: str, header: Iterable[Any], rows: Iterable[Iterable[Any]]
) -> HttpResponse:
    """CSV, or the same table as XLSX where the address says `as=xlsx`."""
    if request.GET.get("as") != "xlsx":
        return csv_response(name, header, rows)
    response = HttpResponse(xlsx([Sheet(name, list(header), (list(row) for row in rows))]), content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    response.headers["Cache-Control"] = "no-store"
    return response
