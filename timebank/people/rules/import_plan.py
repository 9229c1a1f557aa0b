"""A whole spreadsheet: which rows can be taken, in which order, and why the others cannot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from timebank.people.rules.headings import Sheet
from timebank.people.rules.import_row import Fault, ImportedRow, read


@dataclass(frozen=True, slots=True)
class Plan:
    """`rows` to be taken, guardians before those they guard; `faults` of the others by row number."""

    rows: tuple[ImportedRow, ...]
    faults: dict[int, list[Fault]]
    guardians: dict[str, ImportedRow]  # rows by member number, for those who name them


def plan(sheet: Sheet, today: date) -> Plan:
    """Reads every row; of two that claim one member number, ID number or person, the first one counts."""
    faults: dict[int, list[Fault]] = {}
    good: list[ImportedRow] = []
    for number, cells in sheet.rows:
        wide = any(cell.strip() for cell in cells[len(sheet.header) :])
        answer = [Fault("columns_many")] if wide else read(number, sheet.cells(cells), today)
        if isinstance(answer, ImportedRow):
            good.append(answer)
        else:
            faults[number] = answer
    kept = list(_once(good, faults))
    by_number = {row.member_no: row for row in kept if row.member_no}
    return Plan(tuple(_guardians_first(kept, by_number)), faults, by_number)


def _once(rows: Iterable[ImportedRow], faults: dict[int, list[Fault]]) -> Iterable[ImportedRow]:
    seen: dict[tuple[str, object], int] = {}
    for row in rows:
        claims = _claims(row)
        doubled = [(code, column, seen[code, value]) for code, column, value in claims if (code, value) in seen]
        if doubled:
            faults[row.number] = [Fault(code, column, {"row": first}) for code, column, first in doubled]
        else:
            seen |= {(code, value): row.number for code, _, value in claims}
            yield row


def _claims(row: ImportedRow) -> list[tuple[str, str, object]]:
    """What only one row of a file may have."""
    claims: list[tuple[str, str, object]] = []
    if row.member_no:
        claims.append(("member_no_twice", "member_no", row.member_no))
    if row.id_number:
        claims.append(("id_twice", "id_number", row.id_number))
    if not claims:
        whole = (row.name, row.birth_date, row.phone, row.territory_code, row.address)
        claims.append(("row_twice", "name", whole))
    return claims


def _guardians_first(rows: list[ImportedRow], by_number: dict[str, ImportedRow]) -> list[ImportedRow]:
    """Rows in the order of the file, except that a guardian comes before the ward (a circle stays in file order)."""
    placed: dict[int, ImportedRow] = {}

    def place(row: ImportedRow, waiting: frozenset[int]) -> None:
        if row.number in placed or row.number in waiting:
            return
        guardian = by_number.get(row.guardian_member_no)
        if guardian:
            place(guardian, waiting | {row.number})
        placed[row.number] = row

    for row in rows:
        place(row, frozenset())
    return list(placed.values())
