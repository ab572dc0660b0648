"""Tables from strangers, read without harm, and tables for spreadsheets, written so that no cell is run.

    read_table(content, ...)  -> Table: rows of text, with their numbers in the file; FileError says what is wrong
    xlsx(name, sheets)        -> the bytes of an XLSX file

An XLSX file is a zip of XML and may be built to do harm. It is opened by a process of its own that has a gigabyte, a
few seconds and nothing else: whatever it does there, the centre reads rows or says that the file cannot be read.
"""

from gatepass.centre.spreadsheets.reading import ENCODINGS, FileError, Line, Table, read_table
from gatepass.centre.spreadsheets.writing import XLSX, Sheet, xlsx

__all__ = ["ENCODINGS", "XLSX", "FileError", "Line", "Sheet", "Table", "read_table", "xlsx"]
