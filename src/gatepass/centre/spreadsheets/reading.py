"""Bytes of an uploaded file become rows of text.

Exception
└── FileError(code, **fields)     file_too_large, file_kind, file_unreadable, file_locked, file_empty,
                                  file_too_many_rows (most), file_too_many_columns (most)

The codes are those of `centre.errors`, so that a page has a sentence for each.
"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

MOST_BYTES: Final = 8_000_000
MOST_ROWS: Final = 10_000
MOST_COLUMNS: Final = 60
MOST_LETTERS: Final = 500
"""Of one cell; what is longer is cut."""
ABOVE_THE_LIST: Final = 20
"""Rows that may stand over and under the list itself: a title, the headings, a remark."""
SECONDS: Final = 40

ENCODINGS: Final = ("utf-8", "gb18030", "big5", "cp949", "cp932", "utf-16")
"""What spreadsheets of the five languages write a CSV file in."""

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SEPARATORS: Final = ",;\t"

Known = Callable[[Sequence[str]], int]
"""How many cells of a row are headings that the asker knows: the encoding that makes most of them is the right one."""


class FileError(Exception):
    def __init__(self, code: str, **fields: int) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file that is not empty."""

    number: int
    """As the spreadsheet counts it, from 1."""
    cells: list[str] = field(repr=False)
    notes: dict[int, str] = field(default_factory=dict)
    """Column -> `digits_lost` (a long number that was kept as a number) or `error` (#N/A and its like)."""


@dataclass(frozen=True, slots=True)
class Table:
    lines: list[Line] = field(repr=False)
    sheets: list[str] = field(default_factory=list)
    """Names of all sheets of the workbook; empty for CSV."""
    sheet: int = 0
    encoding: str = ""
    """One of `ENCODINGS`; empty for XLSX."""

    @property
    def width(self) -> int:
        return max((len(line.cells) for line in self.lines), default=0)


def read_table(
    content: bytes,
    *,
    sheet: int = 0,
    encoding: str = "",
    known: Known | None = None,
    most_rows: int = MOST_ROWS,
) -> Table:
    """XLSX or CSV by what the bytes are, never by the file's name. `encoding` is a guess where it is empty."""
    if len(content) > MOST_BYTES:
        raise FileError("file_too_large")
    if content.startswith(_ZIP):
        return _checked(_open_workbook(content, sheet, most_rows), most_rows)
    if content.startswith(_OLE):
        # A locked workbook and one of before 2007 wear the same coat; inside, names are UTF-16.
        locked = "EncryptedPackage".encode("utf-16-le") in content
        raise FileError("file_locked" if locked else "file_kind")
    return _checked(_read_csv(content, encoding, known), most_rows)


def _checked(table: Table, most_rows: int) -> Table:
    if not table.lines:
        raise FileError("file_empty")
    if len(table.lines) > most_rows + ABOVE_THE_LIST:
        raise FileError("file_too_many_rows", most=most_rows)
    if table.width > MOST_COLUMNS:
        raise FileError("file_too_many_columns", most=MOST_COLUMNS)
    return table


def _open_workbook(content: bytes, sheet: int, most_rows: int) -> Table:
    command = [sys.executable, "-I", "-m", "gatepass.centre.spreadsheets.workbook", str(sheet)]
    try:
        opened = subprocess.run(
            [*command, str(most_rows + ABOVE_THE_LIST + 1)],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            env={"PATH": "/usr/bin:/bin"},
            check=True,
        )
        told: dict[str, Any] = json.loads(opened.stdout)
    except (subprocess.SubprocessError, ValueError):
        # Killed by its limits, or by the file.
        raise FileError("file_unreadable") from None
    if "fault" in told:
        raise FileError(told["fault"])
    lines = [
        Line(number, cells, {int(column): note for column, note in notes.items()})
        for number, cells, notes in told["lines"]
    ]
    return Table(lines, told["sheets"], told["sheet"])


def _read_csv(content: bytes, encoding: str, known: Known | None) -> Table:
    if encoding not in ENCODINGS:
        encoding = _guess(content, known)
    try:
        text = _decoded(content, encoding)
    except UnicodeDecodeError:
        text = content.decode(encoding, "replace")
    lines = _lines(text)
    # What is neither a zip nor text: pictures, PDFs, programs.
    strange = sum(letter < " " and letter not in "\t\n\r" for letter in text[:4000])
    if strange > 4 or content.startswith((b"%PDF", b"{\\rtf", b"<!DOCTYPE", b"<html")):
        raise FileError("file_kind")
    return Table(lines, encoding=encoding)


def _guess(content: bytes, known: Known | None) -> str:
    """By its byte order mark; else UTF-8 if it is valid; else the encoding in which most headings are words we know."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    best, most = "", -1
    for encoding in ENCODINGS[:-1]:
        try:
            text = _decoded(content, encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8":
            return encoding
        first = _lines(text[:20_000])[:ABOVE_THE_LIST]
        headings = max((known(line.cells) for line in first), default=0) if known else 0
        if headings > most:
            best, most = encoding, headings
    return best or "gb18030"


def _decoded(content: bytes, encoding: str) -> str:
    return content.decode("utf-8-sig" if encoding == "utf-8" else encoding)


def _lines(text: str) -> list[Line]:
    first = text[:20_000].splitlines()[:ABOVE_THE_LIST]
    separator = max(_SEPARATORS, key=lambda mark: sum(line.count(mark) for line in first))
    lines: list[Line] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return lines
        except csv.Error:
            # A cell of more than 128 kB: a quote that was never closed.
            raise FileError("file_unreadable") from None
        tidied = [tidy(cell) for cell in cells]
        while tidied and not tidied[-1]:
            tidied.pop()
        if tidied:
            lines.append(Line(number, tidied))


def tidy(text: str) -> str:
    """White space at the ends and marks that nobody sees are dropped; what is too long is cut."""
    return "".join(max(letter, " ") for letter in text[:MOST_LETTERS]).strip().removeprefix("\ufeff")
