"""Which columns of a table hold numbers, so that their headings stand right as the numbers do."""

from __future__ import annotations

import re

ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
CELL = re.compile(r"<t[dh]\b([^>]*)>")
CLASS = re.compile(r'\bclass="([^"]*)"')


def number_columns(body: str) -> list[bool]:
    """For each column of the first row without a cell across several: is it of class "number"?  Empty without one."""
    for row in ROW.findall(str(body)):
        cells = CELL.findall(row)
        if not any("colspan=" in cell for cell in cells):
            return [_is_number(cell) for cell in cells]
    return []


def _is_number(attributes: str) -> bool:
    found = CLASS.search(attributes)
    return found is not None and "number" in found[1].split()
