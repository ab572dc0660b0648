"""The process that opens an XLSX file from a stranger: `python -m gatepass.centre.spreadsheets.workbook SHEET ROWS`.

The file comes on standard input. On standard output goes one JSON object: `{"sheets": [...], "sheet": 0, "lines":
[[number, [cell, ...], {column: note}], ...]}`, or `{"fault": code}`. It knows neither Django nor the centre's keys, may
use one gigabyte and twenty seconds of a processor, and can write no file.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import resource
import sys
import warnings
import zipfile
from typing import Any, Final

MOST_UNPACKED: Final = 150_000_000
"""A workbook of 10,000 rows unpacks to some 15 MB."""
MOST_PARTS: Final = 1_000
MOST_COLUMNS: Final = 61
FARTHEST: Final = 200_000
"""Rows that are walked through, empty ones included: a single cell may say that it is in the last of a million."""
EXACT: Final = 2**53
"""From here on a spreadsheet keeps no number exactly; 18 digits lose their last three."""
MEMORY: Final = 1_000_000_000
PROCESSOR_SECONDS: Final = 20


def main(sheet: int, most_rows: int) -> dict[str, Any]:
    content = io.BytesIO(sys.stdin.buffer.read())
    try:
        with zipfile.ZipFile(content) as parts:
            inside = parts.infolist()
        # What a part claims to unpack to is all that zipfile ever reads of it.
        if len(inside) > MOST_PARTS or sum(part.file_size for part in inside) > MOST_UNPACKED:
            return {"fault": "file_too_large"}
        if not any(part.filename == "[Content_Types].xml" for part in inside):
            return {"fault": "file_kind"}
        return _read(content, sheet, most_rows)
    except MemoryError:
        return {"fault": "file_too_large"}
    except Exception:  # noqa: BLE001 - a damaged workbook leads zip, XML and openpyxl to whatever they raise
        return {"fault": "file_unreadable"}


def _read(content: io.BytesIO, sheet: int, most_rows: int) -> dict[str, Any]:
    import openpyxl  # type: ignore[import-untyped]

    book = openpyxl.load_workbook(content, read_only=True, data_only=True, keep_links=False)
    names = [one.title for one in book.worksheets]
    if not names:
        return {"fault": "file_empty"}
    sheet = sheet if 0 <= sheet < len(names) else 0
    page = book.worksheets[sheet]
    # The size that a sheet claims is not believed.
    page.reset_dimensions()
    lines = []
    rows = page.iter_rows(max_row=FARTHEST, max_col=MOST_COLUMNS)
    for number, row in enumerate(rows, 1):
        cells, notes = [], {}
        for column, cell in enumerate(row):
            text, note = _text(cell.value, cell.data_type)
            cells.append(text)
            if note:
                notes[column] = note
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            lines.append([number, cells, notes])
            if len(lines) >= most_rows:
                break
    return {"sheets": names, "sheet": sheet, "lines": lines}


def _text(value: Any, kind: str) -> tuple[str, str]:
    """What a cell says, and a note where that is not to be trusted."""
    from gatepass.centre.spreadsheets.reading import tidy

    match value:
        case None:
            return "", ""
        case str():
            return tidy(value), "error" if kind == "e" else ""
        case bool():
            return "1" if value else "0", ""
        case int() | float():
            note = "digits_lost" if abs(value) >= EXACT else ""
            whole = isinstance(value, int) or value.is_integer()
            return (str(int(value)) if whole else f"{value:.15g}"), note
        case dt.datetime():
            midnight = value.time() == dt.time()
            return (value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="minutes")), ""
        case _:
            return tidy(str(value)), ""


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    warnings.simplefilter("ignore")
    json.dump(main(int(sys.argv[1]), int(sys.argv[2])), sys.stdout)
