"""Tables that people bring: CSV in whatever encoding Excel wrote it, or a workbook."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

ENCODINGS = ("utf-8-sig", "gb18030")
MAX_CELLS_WIDE = 200
WORKBOOK = b"PK\x03\x04"
MAX_UNPACKED = 300 * 1024 * 1024  # a small file may unpack to one that fills the machine
NO_WORKBOOK = (
    InvalidFileException, zipfile.BadZipFile, zlib.error, ParseError, NotImplementedError, RuntimeError, EOFError,
    AttributeError, KeyError, IndexError, ValueError, TypeError, OverflowError,
)  # fmt: skip


class Unreadable(Exception):
    """The content is no table that we can read."""


def decode(content: bytes) -> str:
    """UTF-8 (with or without BOM), UTF-16 with BOM, else GB18030.  Raises `Unreadable`."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _try(content, "utf-16")
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("encoding")


def _try(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable("encoding") from error


def table(content: bytes) -> list[list[str]]:
    """The rows of a CSV file or of the first sheet of a workbook, every cell as text.  Raises `Unreadable`."""
    if content.startswith(WORKBOOK):
        return _workbook(content)
    text = decode(content)
    if "\x00" in text:
        raise Unreadable("binary")
    try:
        return list(csv.reader(io.StringIO(text, newline=""), _delimiter(text), strict=False))
    except csv.Error as error:
        raise Unreadable("csv") from error


def _delimiter(text: str) -> type[csv.Dialect]:
    first = text.split("\n", 1)[0]

    class Found(csv.excel):
        delimiter = max(",;\t", key=first.count)

    return Found


def _workbook(content: bytes) -> list[list[str]]:
    try:
        if sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(content)).infolist()) > MAX_UNPACKED:
            raise Unreadable("too large")
        sheet: Any = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
        return [[_cell(value) for value in row[:MAX_CELLS_WIDE]] for row in sheet.iter_rows(values_only=True)]
    except NO_WORKBOOK as error:
        raise Unreadable("workbook") from error


def _cell(value: object) -> str:
    """A number as Excel keeps it: beyond 15 digits it has already lost digits, so it is shown as the float it is."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, int) and abs(value) >= 10**15:
        return f"{value:.5E}"
    return str(value)


def records(rows: Iterable[list[str]]) -> list[tuple[int, list[str]]]:
    """The rows with anything in them, each with its number in the file (the first row is 1)."""
    return [(number, row) for number, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]
