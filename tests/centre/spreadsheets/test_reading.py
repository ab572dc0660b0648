from __future__ import annotations

import io
import zipfile
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepass.centre.errors import SENTENCES
from gatepass.centre.spreadsheets import FileError, Sheet, Table, read_table, xlsx

HEAD = ["姓名", "性別", "성명", "氏名", "Name"]


def known(cells) -> int:
    return sum(cell in {"姓名", "证件号码", "證件號碼", "성명", "신분증번호", "氏名", "番号"} for cell in cells)


def texts(table: Table) -> list[list[str]]:
    return [line.cells for line in table.lines]


def workbook(rows, **cells) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    for row in rows:
        page.append(row)
    for place, value in cells.items():
        page[place] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def changed(content: bytes, name: str, new: bytes) -> bytes:
    """The same workbook with one part replaced."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        parts = {part.filename: file.read(part) for part in file.infolist()}
    return packed(parts | {name: new})


def fault(content: bytes, **how) -> str:
    with pytest.raises(FileError) as refused:
        read_table(content, **how)
    assert refused.value.code in SENTENCES
    str(SENTENCES[refused.value.code]).format(**refused.value.fields)
    return refused.value.code


@pytest.mark.parametrize(
    ("encoding", "rows"),
    [
        ("utf-8", "姓名,证件号码\n王秀英,A1\n"),
        ("utf-8-sig", "姓名,证件号码\n王秀英,A1\n"),
        ("gb18030", "姓名,证件号码\n王秀英,A1\n"),
        ("big5", "姓名,證件號碼\n陳大文,A1\n"),
        ("cp949", "성명,신분증번호\n김민준,A1\n"),
        ("cp932", "氏名,番号\n佐藤健太,A1\n"),
        ("utf-16", "姓名\t证件号码\n王秀英\tA1\n"),
    ],
)
def test_a_csv_file_of_any_spreadsheet_is_read_in_its_own_encoding(encoding, rows) -> None:
    table = read_table(rows.encode(encoding), known=known)
    assert texts(table) == [line.replace("\t", ",").split(",") for line in rows.splitlines()]


def test_the_encoding_that_somebody_chose_is_used() -> None:
    content = "姓名,x\n王秀英,1\n".encode("gb18030")
    assert read_table(content, encoding="big5").encoding == "big5"
    assert texts(read_table(content, encoding="gb18030"))[1] == ["王秀英", "1"]


def test_rows_keep_their_numbers_and_empty_ones_are_left_out() -> None:
    table = read_table(b'a;b\n\n;;\n"one\nmore";2\nlast;3\n')
    assert [(line.number, line.cells) for line in table.lines] == [
        (1, ["a", "b"]),
        (4, ["one more", "2"]),
        (6, ["last", "3"]),
    ]


def test_what_a_workbook_says_is_read_as_text() -> None:
    content = workbook(
        [["姓名", "生日", "号码", "数"], ["王秀英", None, "330102194103121828", 501.0]],
        B2=date(1941, 3, 12),
        E2="=1+1",
    )
    table = read_table(content)
    assert texts(table)[1][:4] == ["王秀英", "1941-03-12", "330102194103121828", "501"]
    assert table.sheets == ["Sheet"]


def test_a_long_number_that_lost_its_last_digits_is_noted() -> None:
    table = read_table(workbook([["号码"], [330102194103121828], [33010219410312]]))
    assert [line.notes for line in table.lines] == [{}, {0: "digits_lost"}, {}]


def test_another_sheet_can_be_chosen_and_a_wrong_one_is_the_first() -> None:
    content = xlsx([Sheet("one", ["a"], [["1"]]), Sheet("two/2", ["b"], [["2"]])])
    assert read_table(content).sheets == ["one", "two 2"]
    assert texts(read_table(content, sheet=1)) == [["b"], ["2"]]
    assert texts(read_table(content, sheet=9)) == [["a"], ["1"]]


def test_what_is_written_is_read_back_and_no_cell_is_a_formula() -> None:
    rows = [["330102194103121828", "=HYPERLINK(1)"], ["+86 1", "@x"], ["", "a\x00b"]]
    content = xlsx([Sheet("s", ["a", "b"], rows)])
    assert texts(read_table(content))[1:] == [["330102194103121828", "=HYPERLINK(1)"], ["+86 1", "@x"], ["", "ab"]]
    cells = openpyxl.load_workbook(io.BytesIO(content)).active
    assert "f" not in {cell.data_type for row in cells.iter_rows() for cell in row}


@pytest.mark.slow
def test_hostile_workbooks_are_refused_in_words() -> None:
    good = workbook([["a"], ["1"]])
    sheet = "xl/worksheets/sheet1.xml"
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "'
        + b"x" * 1000
        + b'">'
        + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 20) for n in range(9))
        + b"]><worksheet><sheetData><row><c><v>&j;</v></c></row></sheetData></worksheet>"
    )
    assert fault(changed(good, sheet, bomb)) == "file_unreadable"
    outside = b"<worksheet><sheetData><row><c t='str'><v>&e;</v></c></row></sheetData></worksheet>"
    outside = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + outside
    assert fault(changed(good, sheet, outside)) == "file_unreadable"
    assert fault(changed(good, "xl/media/zeros", bytes(200_000_000))) == "file_too_large"
    assert fault(packed({"a.txt": b"not a workbook"})) == "file_kind"
    assert fault(packed({f"{n}": b"" for n in range(1100)})) == "file_too_large"
    assert fault(good[:-60]) == "file_unreadable"
    assert fault(good[:200] + bytes(60) + good[260:]) == "file_unreadable"
    far = b'<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    assert fault(changed(good, sheet, far)) == "file_empty"


def test_files_of_other_kinds_are_refused_in_words() -> None:
    assert fault(b"") == "file_empty"
    assert fault(b"\n\n ,,\n") == "file_empty"
    assert fault(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)) == "file_kind"
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    assert fault(locked) == "file_locked"
    assert fault(b"%PDF-1.7\nx,y\n") == "file_kind"
    assert fault(b"\x89PNG\r\n\x1a\n" + bytes(range(256))) == "file_kind"
    assert fault(b"x" * 8_000_001) == "file_too_large"
    assert fault(b"a,b\n" * 10_100) == "file_too_many_rows"
    assert fault(b"a\n" * 60, most_rows=30) == "file_too_many_rows"
    assert fault(b"," * 70 + b"a\n") == "file_too_many_columns"
    assert fault(b'"' + b"x" * 200_000) == "file_unreadable"


def outcome(content: bytes) -> bool:
    """Rows, or a fault that has its sentence."""
    try:
        return bool(read_table(content, known=known).lines)
    except FileError as error:
        return error.code in SENTENCES


@settings(max_examples=300)
@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_any_bytes_give_rows_or_a_refusal(content) -> None:
    if content.startswith(b"PK\x03\x04"):
        return
    assert outcome(content)


@pytest.mark.slow
@settings(max_examples=12)
@given(st.data())
def test_a_damaged_workbook_gives_rows_or_a_refusal(data) -> None:
    content = bytearray(workbook([HEAD, ["1", "2", "3", "4", "5"]]))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    assert outcome(bytes(content))
