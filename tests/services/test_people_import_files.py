"""Files as they really come: damaged, renamed, of another program, and large."""

from __future__ import annotations

import io
import zipfile

import pytest
from flask import Flask
from openpyxl import Workbook

from tests.factories.people import SYSTEM, row, sheet
from tests.factories.town import town
from timebank.core import spreadsheet
from timebank.core.errors import Refused
from timebank.people.service.imports import import_people

OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512


def workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["name", "community_code"])
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    """The workbook with one part of it replaced."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, content if part.endswith(name) else old.read(part))
    return made.getvalue()


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    "content",
    [
        OLD_EXCEL,
        workbook()[:-200],
        with_part("sheet1.xml", b"<a"),
        with_part("workbook.xml", b"<a/>"),
        with_part("styles.xml", b""),
        "name,community_code\n".encode("utf-16-be"),
    ],
    ids=["xls renamed", "cut off", "broken sheet", "no sheets", "no styles", "UTF-16 without a mark"],
)
def test_a_damaged_or_renamed_workbook_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(Refused) as refused:
        import_people(SYSTEM, content)
    assert refused.value.code == "file_unreadable"


@pytest.mark.usefixtures("app")
def test_a_small_file_that_unpacks_to_a_huge_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "MAX_UNPACKED", 1_000_000)
    with pytest.raises(Refused) as refused:
        import_people(SYSTEM, with_part("sheet1.xml", b" " * 2_000_000))
    assert refused.value.code == "file_unreadable"


def test_two_thousand_rows_of_which_a_hundred_are_wrong_come_in_once(app: Flask) -> None:
    town()
    rows = [row(number, **({"id_number": "3.20113E+17"} if number % 20 == 0 else {})) for number in range(1, 2001)]
    content = sheet(*rows)
    first = import_people(SYSTEM, content).counts
    assert (first["read"], first["rejected"]) == (2000, 100)
    assert first["created"] + first["to_review"] == 1900
    again = import_people(SYSTEM, content).counts
    assert (again["unchanged"], again["rejected"], again["created"]) == (1900, 100, 0)
